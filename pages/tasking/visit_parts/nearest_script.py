"""What runs in the browser to put the nearest place first; the position never leaves it.

Distances are straight lines to the edge of an area, and 0 inside it.
"""

from __future__ import annotations

from typing import Final

NEAREST_SCRIPT: Final = """
const METRES_A_DEGREE = 111320;

function metresTo(position, rings) {  // rings: of longitude and latitude, holes among them
  const east = METRES_A_DEGREE * Math.cos(position.latitude * Math.PI / 180);
  let nearest = Infinity, inside = false;
  for (const ring of rings) {
    const at = ring.map(([longitude, latitude]) => [
      (longitude - position.longitude) * east, (latitude - position.latitude) * METRES_A_DEGREE]);
    for (let i = 1; i < at.length; i++) {
      const [ax, ay] = at[i - 1], [bx, by] = at[i];
      if ((ay > 0) !== (by > 0) && 0 < ax + (bx - ax) * ay / (ay - by)) inside = !inside;
      const dx = bx - ax, dy = by - ay, long = dx * dx + dy * dy;
      const share = long ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / long)) : 0;
      nearest = Math.min(nearest, Math.hypot(ax + share * dx, ay + share * dy));
    }
  }
  return inside ? 0 : nearest;
}

function distanceLabel(metres) {
  if (metres < 10) return "here";
  if (metres < 995) return `${Math.round(metres / 10) * 10} m away`;
  return `${(metres / 1000).toFixed(1)} km away`;
}

class Position {
  constructor(tell) {
    this.tell = tell;
    this.at = null;
    this.fault = navigator.geolocation ? "" : "unknown";
    this.look = () => { if (!document.hidden && this.allowed) this.ask(); };
    document.addEventListener("visibilitychange", this.look);
    const asked = navigator.permissions && navigator.permissions.query({name: "geolocation"});
    if (asked) asked.then((right) => { if (right.state === "granted") this.ask(); }, () => null);
  }
  stop() { document.removeEventListener("visibilitychange", this.look); }
  ask() {
    if (!navigator.geolocation) return;
    navigator.geolocation.getCurrentPosition(
      ({coords}) => {
        this.allowed = true;
        this.fault = "";
        this.at = {latitude: coords.latitude, longitude: coords.longitude};
        this.tell();
      },
      (problem) => {
        this.at = null;
        this.fault = problem.code === 1 ? "refused" : "unknown";
        this.tell();
      },
      {enableHighAccuracy: true, maximumAge: 30000, timeout: 15000});
  }
}
"""

"""How the ground is drawn in the browser: two canvases, one beneath the density and one above it.

A canvas covers what is seen and a third more on each side, so that a map is moved without being
drawn again until it has come to rest, however many streets there are. Streets are lines with edges
whose width grows with the zoom; which are drawn follows from their class. The upper canvas has the
names (`geo.screen.ground_names`).
"""

from __future__ import annotations

from typing import Final

# World coordinates are pixels of the whole world on one tile of 256, as Leaflet's zoom 0 has them.
DECODE_SCRIPT: Final = """
  const parts = {water: [], waterway: [], park: [], rail: [], station: [], street: {}};
  let origin = [0, 0];
  const world = (flat, from) => {
    const points = new Float64Array(flat.length - from);
    let [x, y] = origin;
    for (let at = from; at < flat.length; at += 2) {
      x += flat[at];
      y += flat[at + 1];
      const sine = Math.sin(y / 1e5 * Math.PI / 180);
      points[at - from] = (x / 1e5 + 180) / 360 * 256;
      points[at - from + 1] = (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
    }
    return points;
  };
  const boxed = (points, text, rings) => {
    let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity], length = 0;
    for (let at = 0; at < points.length; at += 2) {
      const x = points[at], y = points[at + 1];
      if (x < w) w = x;
      if (x > e) e = x;
      if (y < n) n = y;
      if (y > s) s = y;
      if (at) length += Math.hypot(x - points[at - 2], y - points[at - 1]);
    }
    return {points, text: text || "", rings, w, n, e, s, length};
  };
  const longest = (one, other) => other.length - one.length;
  const takeStreets = (streets, texts) => {
    for (const [name, lines] of Object.entries(streets || {})) {
      const found = lines.map((line) => boxed(world(line, 1), texts[line[0]]));
      parts.street[name] = (parts.street[name] || []).concat(found).sort(longest);
    }
  };
  const take = (ground) => {
    origin = ground.origin;
    const areas = (rows) => (rows || []).map((row) => {
      const rings = row.slice(2).map((ring) => world(ring, 0));
      const text = ground.texts[row[0]];
      return {...boxed(rings[0], text, rings), middle: text && world(row[1], 0)};
    }).sort(longest);
    parts.water = areas(ground.water);
    parts.park = areas(ground.park);
    parts.waterway = (ground.waterway || []).map((line) => boxed(world(line, 0)));
    parts.rail = (ground.rail || []).map((line) => boxed(world(line, 0)));
    parts.station = (ground.station || []).map(
      (row) => boxed(world(row, 1), ground.texts[row[0]]));
    takeStreets(ground.street, ground.texts);
  };
"""

SHEET_SCRIPT: Final = """
  const Sheet = L.Renderer.extend({
    initialize: function (draw, options) {
      this._draw = draw;
      L.Renderer.prototype.initialize.call(this, {padding: 0.34, ...options});
    },
    onAdd: function () {
      L.Renderer.prototype.onAdd.call(this);
      this._map.on("move", this._follow, this);
    },
    onRemove: function () {
      this._map.off("move", this._follow, this);
      L.DomUtil.remove(this._container);
    },
    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
    },
    _follow: function () {  // a long drag: draw on before its edge is seen
      const map = this._map, corner = map.containerPointToLayerPoint([0, 0]);
      const seen = L.bounds(corner, corner.add(map.getSize()));
      if (map._animatingZoom || map.getZoom() !== this._zoom || this._bounds.contains(seen)) return;
      this._update();
    },
    _updatePaths: function () {},
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      this.draw();
    },
    draw: function () {
      const map = this._map, sharp = Math.min(window.devicePixelRatio || 1, 2);
      const size = this._bounds.getSize(), corner = this._bounds.min;
      const canvas = this._container, ctx = canvas.getContext("2d");
      L.DomUtil.setPosition(canvas, corner);
      canvas.width = size.x * sharp;
      canvas.height = size.y * sharp;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      ctx.setTransform(sharp, 0, 0, sharp, 0, 0);
      ctx.lineJoin = "round";
      const zoom = map.getZoom(), k = Math.pow(2, zoom), left = map.getPixelOrigin().add(corner);
      this._draw(ctx, {
        zoom, k, x: left.x, y: left.y, width: size.x, height: size.y, corner,
        sees: (f) => f.e * k > left.x - 20 && f.w * k < left.x + size.x + 20
          && f.s * k > left.y - 20 && f.n * k < left.y + size.y + 20
      });
    }
  });
"""

# Widths in pixels at whole zooms; a class begins at the first that it has a width for.
GROUND_DRAW_SCRIPT: Final = """
  const CLASSES = ["path", "local", "secondary", "main", "motorway"];
  const WIDTHS = {
    motorway: {10: 1.2, 12: 2, 13: 3.2, 14: 4.6, 15: 7, 16: 11, 17: 16, 18: 24, 19: 36},
    main: {10: 1, 12: 1.7, 13: 2.8, 14: 4.2, 15: 6.5, 16: 10, 17: 15, 18: 22, 19: 34},
    secondary: {11.5: 0.7, 12: 1, 13: 1.8, 14: 3, 15: 5, 16: 8, 17: 12, 18: 18, 19: 28},
    local: {13.5: 0.7, 14: 1.1, 15: 2.8, 16: 5.4, 17: 9, 18: 14, 19: 22},
    path: {15.5: 1, 16: 1.2, 17: 1.6, 18: 2.2, 19: 3}
  };
  const widthAt = (name, zoom) => {
    const stops = Object.entries(WIDTHS[name]).map(([at, width]) => [Number(at), width])
      .sort((one, other) => one[0] - other[0]);
    if (zoom < stops[0][0]) return 0;
    const next = stops.findIndex(([at]) => at > zoom);
    if (next < 0) return stops[stops.length - 1][1];
    const [low, high] = [stops[next - 1], stops[next]];
    return low[1] * Math.pow(high[1] / low[1], (zoom - low[0]) / (high[0] - low[0]));
  };
  const trace = (ctx, view, points, closed) => {
    let lastX = Infinity, lastY = Infinity;
    for (let at = 0; at < points.length; at += 2) {
      const x = points[at] * view.k - view.x, y = points[at + 1] * view.k - view.y;
      if (!at) ctx.moveTo(x, y);
      else if (at + 2 < points.length && Math.abs(x - lastX) + Math.abs(y - lastY) < 0.8) continue;
      else ctx.lineTo(x, y);
      lastX = x;
      lastY = y;
    }
    if (closed) ctx.closePath();
  };
  const stroke = (ctx, view, features, colour, width, dash) => {
    ctx.beginPath();
    for (const each of features) trace(ctx, view, each.points);
    ctx.setLineDash(dash || []);
    ctx.lineCap = dash ? "butt" : "round";
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  };
  const fillAreas = (ctx, view, features, colour) => {
    ctx.fillStyle = colour;
    for (const each of features) {
      if (!view.sees(each)) continue;
      ctx.beginPath();
      for (const ring of each.rings) trace(ctx, view, ring, true);
      ctx.fill("evenodd");
    }
  };
  const drawStreets = (ctx, view) => {
    const seen = [];
    for (const name of CLASSES) {
      const width = widthAt(name, view.zoom);
      const lines = width ? (parts.street[name] || []).filter(view.sees) : [];
      if (lines.length) seen.push([name, width, lines]);
    }
    for (const [name, width, lines] of seen) {
      if (name === "path") stroke(ctx, view, lines, look.path, width, [3, 2.5]);
      else if (width < 1.6) stroke(ctx, view, lines, look.hairline, Math.max(0.7, width));
      else stroke(ctx, view, lines, look[name].casing, width + (width < 5 ? 1.4 : 2));
    }
    for (const [name, width, lines] of seen) {
      if (name !== "path" && width >= 1.6) stroke(ctx, view, lines, look[name].fill, width);
    }
  };
  const drawRail = (ctx, view) => {
    const lines = parts.rail.filter(view.sees), wide = view.zoom < 14 ? 1.4 : 2.6;
    stroke(ctx, view, lines, look.rail, wide);
    if (wide > 2) stroke(ctx, view, lines, look.railGap, wide - 1.2, [7, 7]);
  };
  const drawGround = (ctx, view) => {
    if (shows("areas")) {
      fillAreas(ctx, view, parts.park, look.park);
      fillAreas(ctx, view, parts.water, look.water);
      const wide = Math.max(1, (view.zoom - 11) * 0.9);
      stroke(ctx, view, parts.waterway.filter(view.sees), look.water, wide);
    }
    if (shows("streets")) drawStreets(ctx, view);
    if (shows("rail")) drawRail(ctx, view);
  };
"""

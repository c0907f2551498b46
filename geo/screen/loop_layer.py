"""One walking loop brought out on the map: its way with arrows and step numbers, all else dimmed.

The steps have the numbers of the directions beside the map. The page's other layers stay as they
are drawn; the map dims them for as long as a loop is brought out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import mapping

from geo.crs import WGS84
from geo.escaping import script_json
from geo.screen.maps import MapScript
from geo.walk_legs import pushed_aside, walk_legs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.palettes import Theme
    from geo.screen.maps import Layers
    from geo.walk_legs import Leg, WalkStep

_ASIDE_M: Final = 3.0  # at this, both ways of a street are seen from zoom 17 on
_DECIMALS: Final = 6  # of a degree: about a decimetre
_NUMBERS_AT: Final = (0.3, 0.15, 0.5, 0.7, 0.85)  # of a leg: where its number may stand
_APART_M: Final = 14.0  # two numbers that are nearer lie on one another
_ARROW_FROM: Final = 0.45  # of a leg: how far its arrow is from its number
_LEAST_ARROW_M: Final = 18.0
_LOOKS: Final[dict[Theme, dict[str, str]]] = {
    "light": {"line": "#0b57a4", "casing": "#ffffff"},
    "dark": {"line": "#8fd0ff", "casing": "#12181f"},
}

LOOP_SCRIPT: Final = """function (group, loop) {
  const style = document.createElement("style");
  style.textContent = loop.style;
  const mark = (className, html, size) => ({interactive: false, keyboard: false,
    zIndexOffset: className === "loop-step" ? 2000 : 1000,
    icon: L.divIcon({className: className, html: html, iconSize: [size, size]})});
  const pane = (map) => {  // below the names, which stay readable on the line
    const own = map.getPane("loop") || map.createPane("loop");
    own.style.zIndex = 384;
    own.style.pointerEvents = "none";
  };
  const lines = ["loop-casing", "loop-line"].map((name) => L.geoJSON(loop.way,
    {interactive: false, pane: "loop", style: {className: name}}));
  for (const arrow of loop.arrows) L.marker(arrow.at, mark("loop-arrow",
    '<span style="transform: rotate(' + arrow.turn + 'deg)">\\u25b2</span>', 16)).addTo(group);
  L.marker(loop.start, mark("loop-start", "", 22)).addTo(group);
  for (const step of loop.steps) {
    L.marker(step.at, mark("loop-step", String(step.number), 20)).addTo(group);
  }
  group.on("add", () => {
    document.head.appendChild(style);
    pane(group._map);
    lines.forEach((line) => line.addTo(group._map));
    group._map.getContainer().classList.add("has-loop");
  });
  group.on("remove", () => {
    style.remove();
    lines.forEach((line) => line.remove());
    document.querySelectorAll(".has-loop").forEach((box) => box.classList.remove("has-loop"));
  });
}"""

_STYLE: Final = """
.has-loop .leaflet-overlay-pane path {{ opacity: .22; }}
.has-loop .hotspot-rank {{ opacity: .4; }}
.loop-casing {{ fill: none; stroke: {casing}; stroke-width: 9; stroke-opacity: 1; }}
.loop-line {{ fill: none; stroke: {line}; stroke-width: 5; stroke-opacity: 1; }}
.loop-arrow {{ display: flex; align-items: center; justify-content: center; color: {line};
  font-size: 16px; line-height: 1; text-shadow: 0 0 2px {casing}, 0 0 2px {casing}; }}
.loop-start {{ box-sizing: border-box; border: 4px solid {line}; border-radius: 50%;
  background: {casing}; }}
.loop-step {{ display: flex; align-items: center; justify-content: center; box-sizing: border-box;
  border: 2px solid {line}; border-radius: 50%; background: {casing}; color: {line};
  font: 700 11px/1 system-ui, sans-serif; }}
"""


def bring_out_loop(
    layers: Layers,
    points: Sequence[tuple[float, float]],
    steps: Sequence[WalkStep],
    *,
    metric_crs: str,
    theme: Theme = "light",
) -> None:
    """Draw one loop on top of a page's layers, and dim what they hold.

    Parameters
    ----------
    layers : FeatureGroup
        The page's own; the loop is added to it.
    points : sequence of (float, float)
        The walk, in the metric CRS.
    steps : sequence of WalkStep
        Its directions; step n is drawn as number n.
    metric_crs : str
    theme : {"light", "dark"}
    """
    legs = pushed_aside(walk_legs(points, steps), by=_ASIDE_M)
    lines = [shapely.LineString(each.points) for each in legs if len(each.points) > 1]
    shares = _number_shares(legs)
    numbers = [_part_way(leg, at)[0] for leg, at in zip(legs, shares, strict=True)]
    arrows = [
        _part_way(leg, at + _ARROW_FROM if at <= 1 / 2 else at - _ARROW_FROM)
        for leg, at in zip(legs, shares, strict=True)
        if _length(leg) >= _LEAST_ARROW_M
    ]
    spots = _degrees([*numbers, shapely.Point(points[0]), *(at for at, _ in arrows)], metric_crs)
    places = [[y, x] for x, y in shapely.get_coordinates(spots).tolist()]
    turned = zip(places[len(legs) + 1 :], arrows, strict=True)
    told: dict[str, Any] = {
        "style": _STYLE.format(**_LOOKS[theme]),
        "way": {
            "type": "GeometryCollection",
            "geometries": [mapping(each) for each in _degrees(lines, metric_crs)],
        },
        "start": places[len(legs)],
        "steps": [
            {"number": each.number, "at": at} for each, at in zip(legs, places, strict=False)
        ],
        "arrows": [{"at": at, "turn": turn} for at, (_, turn) in turned],
    }
    MapScript(LOOP_SCRIPT, script_json(told)).add_to(layers)


def _number_shares(legs: Sequence[Leg]) -> list[float]:
    """Return where along each leg its number stands: where it lies on no earlier one, if it can."""
    shares: list[float] = []
    placed: list[shapely.Point] = []
    for leg in legs:
        spots = [_part_way(leg, share)[0] for share in _NUMBERS_AT]
        room = [min((at.distance(one) for one in placed), default=_APART_M) for at in spots]
        best = max(range(len(spots)), key=lambda n: (min(room[n], _APART_M), -n))
        shares.append(_NUMBERS_AT[best])
        placed.append(spots[best])
    return shares


def _length(leg: Leg) -> float:
    return float(np.hypot(*np.diff(leg.points, axis=0).T).sum())


def _part_way(leg: Leg, share: float) -> tuple[shapely.Point, int]:
    """Return a point so far along a leg, and its bearing there in degrees."""
    if len(leg.points) < 2:
        return shapely.Point(leg.points[0]), 0
    line = shapely.LineString(leg.points)
    at = line.interpolate(share, normalized=True)
    far = line.interpolate(min(share + 0.02, 1.0), normalized=True)
    return at, round(math.degrees(math.atan2(far.x - at.x, far.y - at.y)))


def _degrees(shapes: Sequence[BaseGeometry], metric_crs: str) -> list[BaseGeometry]:
    moved = gpd.GeoSeries(list(shapes), crs=metric_crs).to_crs(WGS84).to_numpy()
    return list(shapely.transform(moved, lambda at: np.round(at, _DECIMALS)))

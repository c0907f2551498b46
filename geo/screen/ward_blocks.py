"""The blocks of a ward's map on a page; `geo.paper.block_map` prints them.

Blocks carry their number, which the table next to the map repeats, so that nothing hangs on colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium
import geopandas as gpd
import numpy as np
import shapely

from geo.block_style import ink_on, inner_points, level_colours
from geo.crs import WGS84
from geo.escaping import escape, script_json
from geo.screen.maps import MapScript, feature_collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon

    from geo.palettes import Theme

_DECIMALS: Final = 6
_SCRIPT: Final = """function (group, found) {
  if (!document.getElementById("ward-blocks")) {
    const style = document.createElement("style");
    style.id = "ward-blocks";
    style.textContent = found.style;
    document.head.append(style);
  }
  L.geoJSON(found.blocks, {
    style: {className: "ward-block"},
    onEachFeature: (feature, layer) => {
      layer.bindTooltip(
        feature.properties.tip, {sticky: true, className: "hotspot-tip", opacity: 1});
      layer.on("add", () => {
        const path = layer.getElement();
        path.style.fill = feature.properties.colour;
        path.setAttribute("tabindex", "-1");
      });
    }
  }).addTo(group);
  L.geoJSON(found.labels, {
    pointToLayer: (feature, at) => L.marker(at, {
      interactive: false, keyboard: false,
      icon: L.divIcon({className: "ward-block-number", iconSize: [22, 16],
        html: `<span style="color:${feature.properties.ink}">${feature.properties.text}</span>`})
    })
  }).addTo(group);
  group.on("add", () => requestAnimationFrame(() => {
    if (group._map && found.bounds) group._map.fitBounds(
      found.bounds, {paddingTopLeft: [8, 62], paddingBottomRight: [8, 8]});
  }));
}"""
_STYLE: Final = """
.ward-block { fill-opacity: 0.85; stroke: %(line)s; stroke-width: 1; stroke-opacity: .8; }
.ward-block:hover { stroke-width: 3; }
.ward-block-number { display: flex; align-items: center; justify-content: center;
  font: 700 11px/1 system-ui, sans-serif; pointer-events: none; }
"""
_LINES: Final = {"light": "#ffffff", "dark": "#12181f"}


def block_layers(
    shapes: Sequence[Polygon | MultiPolygon],
    *,
    levels: Sequence[int],
    tips: Sequence[str],
    level_count: int,
    metric_crs: str,
    theme: Theme = "light",
) -> folium.FeatureGroup:
    """Draw blocks, numbered from 1 in the order given, as one group; the map opens on them.

    Parameters
    ----------
    shapes : sequence of Polygon or MultiPolygon
        In `metric_crs`. May be empty.
    levels : sequence of int
        Level of each, 0 to `level_count` − 1.
    tips : sequence of str
        The tooltip of each; escaped here.
    level_count : int
    metric_crs : str
    theme : {"light", "dark"}
    """
    group = folium.FeatureGroup(name="Blocks", control=False)
    if not len(shapes):
        return group
    metric = np.array(list(shapes), dtype=object)
    outlines = _degrees(metric, metric_crs=metric_crs)
    points = _degrees(inner_points(metric), metric_crs=metric_crs)
    colours = level_colours(level_count, theme=theme)
    west, south, east, north = shapely.total_bounds(outlines).tolist()
    data: dict[str, Any] = {
        "style": _STYLE % {"line": _LINES[theme]},
        "bounds": [[south, west], [north, east]],
        "blocks": feature_collection(
            (outline, {"colour": colours[level], "tip": escape(tip, longest=200)})
            for outline, level, tip in zip(outlines, levels, tips, strict=True)
        ),
        "labels": feature_collection(
            (point, {"text": f"{number}", "ink": ink_on(colours[level])})
            for number, (point, level) in enumerate(zip(points, levels, strict=True), start=1)
        ),
    }
    MapScript(_SCRIPT, script_json(data)).add_to(group)
    return group


def _degrees(shapes: Any, *, metric_crs: str) -> list[Any]:  # noqa: ANN401 - as above
    moved = gpd.GeoSeries(shapes, crs=metric_crs).to_crs(WGS84).to_numpy()
    return list(shapely.transform(moved, lambda at: np.round(at, _DECIMALS)))

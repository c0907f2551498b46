"""Patrol routes on the map: a line for each team, and each stop with its number.

Lines differ in colour and in dashes, stops bear numbers and names, so that nothing is told by
colour alone. Every text is escaped on its way in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import folium
import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import mapping

from geo.crs import WGS84
from geo.escaping import escape, script_json
from geo.palettes import category_colours
from geo.screen.maps import ID_PROPERTY, MapScript, feature_collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.palettes import Theme

DASHES: Final = ("", "10 6", "2 6", "14 4 2 4", "4 4", "18 6", "8 3 2 3 2 3", "1 4")
_DECIMALS: Final = 5  # of a degree: about a metre
_MOST_LINES: Final = 12  # in a tooltip

ROUTE_SCRIPT: Final = """function (group, routes) {
  const casing = {light: "#ffffff", dark: "#12181f"}[routes.theme];
  for (const route of routes.lines) {
    L.geoJSON(route.line, {interactive: false, style: {
      color: casing, weight: 8, opacity: 0.9}}).addTo(group);
    L.geoJSON(route.line, {interactive: false, style: {
      color: route.colour, weight: 4, opacity: 1, dashArray: route.dashes}}).addTo(group);
  }
  const chosen = (feature) => feature.properties.hotspot === routes.selected;
  L.geoJSON(routes.stops, {
    onEachFeature: (feature, marker) => {
      marker.bindTooltip(feature.properties.tip, {className: "hotspot-tip", opacity: 1});
      marker.on("click", (event) => {  // each click differs, even the second on the same stop
        event.latlng = L.latLng(event.latlng.lat, event.latlng.lng, Date.now());
      });
      const name = feature.properties.hotspot;
      marker.on("keydown", (event) => {
        if (event.originalEvent.key !== "Enter" && event.originalEvent.key !== " ") return;
        event.originalEvent.preventDefault();
        window.hotspotFocus = name;
        marker.fire("click", {latlng: marker.getLatLng()}, true);
      });
      marker.on("add", () => {  // drawn again after a choice: the focus stays where it was
        if (window.hotspotFocus !== name) return;
        window.hotspotFocus = null;
        marker.getElement().focus({preventScroll: true});
      });
    },
    pointToLayer: (feature, at) => L.marker(at, {
      riseOnHover: true,
      zIndexOffset: chosen(feature) ? 10000 : 0,
      icon: L.divIcon({
        className: "hotspot-rank" + (chosen(feature) ? " is-chosen" : ""),
        html: feature.properties.label,
        iconSize: [feature.properties.wide, 26]
      })
    })
  }).addTo(group);
  group.on("add", () => requestAnimationFrame(() => group._map && group._map.fire("ranksdrawn")));
}"""


@dataclass(frozen=True, slots=True)
class RouteStop:
    """A place that a route comes by; metres.

    `number` is what stands on the map, `name` and `lines` are read out and shown on hover; a click
    on it tells its `hotspot_id`.
    """

    easting: float
    northing: float
    number: str
    name: str
    lines: tuple[str, ...]
    hotspot_id: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One team's way, in order; `colour` and `dashes` from `route_style`."""

    name: str
    points: tuple[tuple[float, float], ...]
    colour: str
    dashes: str


def route_styles(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return a colour and a pattern of dashes for each name, always in the same order."""
    colours = category_colours(list(names))
    return {
        name: (colours[name], DASHES[at % len(DASHES)])
        for at, name in enumerate(dict.fromkeys(names))
    }


def route_layers(
    routes: Sequence[Route],
    stops: Sequence[RouteStop],
    *,
    metric_crs: str,
    theme: Theme = "light",
    selected: str | None = None,
) -> folium.FeatureGroup:
    """Draw routes and their stops as one group.

    Parameters
    ----------
    routes : sequence of Route
        Ways of at least two points are drawn as lines.
    stops : sequence of RouteStop
    metric_crs : str
        CRS of their metres.
    theme : {"light", "dark"}
    selected : str or None
        The hotspot of the stop that is brought out.

    Returns
    -------
    folium.FeatureGroup
        To be given to the map that shows it; use it once.
    """
    lines = [
        {
            "line": mapping(_degrees([shapely.LineString(route.points)], metric_crs)[0]),
            "colour": route.colour,
            "dashes": route.dashes,
        }
        for route in routes
        if len(route.points) > 1
    ]
    points = _degrees([shapely.Point(s.easting, s.northing) for s in stops], metric_crs)
    data: dict[str, Any] = {
        "theme": theme,
        "selected": selected,
        "lines": lines,
        "stops": feature_collection(zip(points, map(_properties, stops), strict=True)),
    }
    group = folium.FeatureGroup(name="Routes", control=False)
    MapScript(ROUTE_SCRIPT, script_json(data)).add_to(group)
    return group


def _properties(stop: RouteStop) -> dict[str, str | int]:
    shown = [escape(line) for line in stop.lines[:_MOST_LINES]]
    if len(stop.lines) > _MOST_LINES:
        shown.append(f"and {len(stop.lines) - _MOST_LINES} more")
    said = f'<span class="said">, {escape(stop.name)}</span>'
    return {
        ID_PROPERTY: stop.hotspot_id,
        "label": f"<span>{escape(stop.number, longest=12)}</span>{said}",
        "tip": "<br>".join([f"<strong>{escape(stop.name)}</strong>", *shown]),
        "wide": max(26, 12 + 8 * len(stop.number)),
    }


def _degrees(shapes: Sequence[BaseGeometry], metric_crs: str) -> list[BaseGeometry]:
    if not shapes:
        return []
    moved = gpd.GeoSeries(list(shapes), crs=metric_crs).to_crs(WGS84).to_numpy()
    return list(shapely.transform(moved, lambda at: np.round(at, _DECIMALS)))

"""What a page brings to its map's search, and moving the map to a row of a table.

Both are layers without a drawing: they speak to the map's own search (`geo.screen.search_script`),
so no page moves a map in another way. A name goes to the browser as text and stays text.
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
from geo.escaping import plain_text, script_json
from geo.screen.maps import MapScript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

_DECIMALS: Final = 5  # of a degree: about a metre
_SIMPLER_M: Final = 5.0

_OFFER_SCRIPT: Final = """function (group, found) {
  group.on("add", () => group._map.offer("page", found.places));
}"""
_MOVE_SCRIPT: Final = """function (group, found) {
  group.on("add", () => requestAnimationFrame(() => {
    const map = group._map;
    if (!map || (map.movedTo || 0) === found.number) return;
    map.movedTo = found.number;
    const box = L.geoJSON(found.shape).getBounds();
    map.goTo({name: found.name, unnamed: !found.name, unmarked: !found.marked, shape: found.shape,
      box: [[box.getSouth(), box.getWest()], [box.getNorth(), box.getEast()]]});
  }));
}"""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A place that a map's search may find.

    Attributes
    ----------
    name : str
        As people call it; any text.
    kind : str
        What it is, in a word or two: "hotspot", "tasking".
    detail : str
        What tells it from another of the same name.
    shape : BaseGeometry
        In a metric CRS.
    """

    name: str
    kind: str
    detail: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class MapMove:
    """A place that the map is to show, since its row was chosen.

    Attributes
    ----------
    shape : BaseGeometry
        In a metric CRS.
    number : int
        Rises with each choice, so that the same row can be chosen again.
    name : str
        Written next to it for a moment; may be empty.
    marked : bool
        Whether its outline is drawn for a moment; not where the page brings it out itself.
    """

    shape: BaseGeometry
    number: int
    name: str = ""
    marked: bool = True


def offered_places(places: Sequence[MapPlace], *, metric_crs: str) -> folium.FeatureGroup:
    """Return a layer that lets the map's search find places, in place of those before.

    Parameters
    ----------
    places : sequence of MapPlace
        May be empty. A name, kind or detail of any length and content.
    metric_crs : str
        CRS of their shapes.
    """
    shapes = _degrees([place.shape for place in places], metric_crs=metric_crs)
    rows: list[dict[str, Any]] = [
        {
            "name": plain_text(place.name, longest=80),
            "kind": place.kind,
            "detail": plain_text(place.detail, longest=80),
            "shape": mapping(shape),
        }
        for place, shape in zip(places, shapes, strict=True)
    ]
    return _speaking("Places", _OFFER_SCRIPT, {"places": rows})


def moved_to(move: MapMove, *, metric_crs: str) -> folium.FeatureGroup:
    """Return a layer that moves the map to a place, once, and marks it for some seconds if asked.

    Parameters
    ----------
    move : MapMove
    metric_crs : str
        CRS of its shape.
    """
    (shape,) = _degrees([move.shape], metric_crs=metric_crs)
    name = plain_text(move.name, longest=80)
    told = {
        "number": move.number,
        "name": name,
        "marked": move.marked,
        "shape": mapping(shape),
    }
    return _speaking("Move", _MOVE_SCRIPT, told)


def _speaking(name: str, code: str, data: dict[str, Any]) -> folium.FeatureGroup:
    group = folium.FeatureGroup(name=name, control=False)
    MapScript(code, script_json(data)).add_to(group)
    return group


def _degrees(shapes: Sequence[BaseGeometry], *, metric_crs: str) -> list[BaseGeometry]:
    if not shapes:
        return []
    simple = shapely.simplify(np.array(list(shapes), dtype=object), _SIMPLER_M)
    moved = gpd.GeoSeries(simple, crs=metric_crs).to_crs(WGS84).to_numpy()
    return list(shapely.transform(moved, lambda at: np.round(at, _DECIMALS)))

"""Areas on the map, and the map on which one is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import folium
import geopandas as gpd
import numpy as np
import shapely

from geo.crs import WGS84
from geo.escaping import escape, script_json
from geo.screen.draw_script import AREA_SCRIPT, AREA_STYLES, DRAW_SCRIPT, DRAW_STYLES
from geo.screen.maps import MapScript, feature_collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.areas import Area
    from geo.palettes import Theme
    from geo.screen.maps import BaseMap

AreaRole = Literal["chosen", "ring", "comparison", "comparison-ring", "before"]

_DECIMALS: Final = 6  # of a degree: about 0.1 m
_LABEL_TOLERANCE_M: Final = 5.0
_SIMPLER_M: Final = 5.0
_WORDS: Final = {
    "tools": "Draw an area",
    "start": "Draw an area",
    "corner": "Corner at the cross",
    "undo": "Undo",
    "finish": "Finish",
    "stop": "Stop drawing",
    "first": "Click or tap the corners in turn. By keyboard: arrow keys move, Enter sets a corner.",
    "corners": "Corners: 0. Finish with at least three.",
}


@dataclass(frozen=True, slots=True)
class MapArea:
    """An area on a map.

    Attributes
    ----------
    shape : Polygon or MultiPolygon
        In a metric CRS.
    role : AreaRole
        How it is drawn.
    description : str
        What it is, for the legend.
    labelled : bool
        Whether the words stand on the map too.
    """

    shape: Area
    role: AreaRole
    description: str
    labelled: bool = True


def drawing_map(ground: BaseMap, *, theme: Theme) -> folium.Map:
    """Return a map on which an area can be drawn by mouse, finger or keyboard.

    What is drawn comes back as the last active drawing: a GeoJSON polygon in degrees.
    """
    chart = ground.folium_map()
    data = script_json({**_WORDS, "style": DRAW_STYLES[theme]})
    MapScript(DRAW_SCRIPT, data).add_to(chart)
    return chart


def area_layers(
    areas: Sequence[MapArea], *, metric_crs: str, theme: Theme = "light"
) -> folium.FeatureGroup:
    """Draw areas with their labels as one group; the map opens on them.

    Those that are there to find one's way by (role "before") do not count for that where there is
    any other.

    Parameters
    ----------
    areas : sequence of MapArea
        Drawn in this order, the last on top. May be empty.
    metric_crs : str
        CRS of their shapes.
    theme : {"light", "dark"}

    Returns
    -------
    folium.FeatureGroup
        To be given to the map that shows it; use it once.
    """
    shapes = np.array([area.shape for area in areas], dtype=object)
    circles = shapely.maximum_inscribed_circle(shapes, _LABEL_TOLERANCE_M)
    outlines = _degrees(shapes, metric_crs=metric_crs)
    points = _degrees(shapely.get_point(circles, 0), metric_crs=metric_crs)
    data: dict[str, Any] = {
        "style": AREA_STYLES[theme],
        "areas": feature_collection(
            zip(outlines, ({"role": area.role} for area in areas), strict=True)
        ),
        "labels": feature_collection(
            zip(points, ({"text": _label(area)} for area in areas), strict=True)
        ),
        "bounds": _bounds(areas, outlines),
    }
    group = folium.FeatureGroup(name="Areas", control=False)
    MapScript(AREA_SCRIPT, script_json(data)).add_to(group)
    return group


def outline_degrees(shape: Area, *, metric_crs: str) -> list[list[list[float]]]:
    """Return the rings of an area, holes among them, for a script that measures how far away it is.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        In a metric CRS.
    metric_crs : str
        Its CRS.

    Returns
    -------
    list of rings
        Each a list of longitude and latitude, to 5 m.
    """
    (moved,) = _degrees(np.array([shape.simplify(_SIMPLER_M)], dtype=object), metric_crs=metric_crs)
    polygons = shapely.get_parts(moved)
    rings = [ring for each in polygons for ring in (each.exterior, *each.interiors)]
    return [[[x, y] for x, y in ring.coords] for ring in rings]


def _label(area: MapArea) -> str:
    return f"<span>{escape(area.description, longest=60)}</span>" if area.labelled else ""


def _bounds(areas: Sequence[MapArea], outlines: Sequence[BaseGeometry]) -> list[list[float]] | None:
    main = [outline for area, outline in zip(areas, outlines, strict=True) if area.role != "before"]
    if not outlines:
        return None
    west, south, east, north = shapely.total_bounds(main or list(outlines)).tolist()
    return [[south, west], [north, east]]


def _degrees(shapes: NDArray[np.object_], *, metric_crs: str) -> list[BaseGeometry]:
    if not len(shapes):
        return []
    moved = gpd.GeoSeries(shapes, crs=metric_crs).to_crs(WGS84).to_numpy()
    return list(shapely.transform(moved, lambda at: np.round(at, _DECIMALS)))

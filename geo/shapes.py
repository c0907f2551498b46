"""The polygons of whatever a repair, a union or a cut leaves.

Mending a ring that touches itself, or cutting an area along its own edge, can give lines and
points as well as polygons, or collections of collections. Code that wants ground takes it from
here, so that no such leftover is taken for an area and no area inside a collection is lost.
"""

from __future__ import annotations

import shapely
from shapely import MultiPolygon, Polygon


def polygon_parts(geometry: shapely.Geometry) -> list[Polygon]:
    """Return the polygons of any geometry, mended; lines, points and empty parts have no area.

    Returns
    -------
    list of Polygon
        Valid and with an area, in the order and the CRS of the geometry.
    """
    parts = [geometry]
    polygons: list[Polygon] = []
    while parts:
        part = parts.pop(0)
        if isinstance(part, Polygon):
            if shapely.is_valid(part):
                polygons += [part] if part.area > 0 else []
            else:
                parts.insert(0, shapely.make_valid(part))
        elif shapely.get_dimensions(part) == 2:
            parts[:0] = shapely.get_parts(part).tolist()
    return polygons


def polygonal(geometry: shapely.Geometry) -> Polygon | MultiPolygon:
    """Return the ground that a geometry covers; an empty MultiPolygon where it covers none.

    Returns
    -------
    Polygon or MultiPolygon
        Valid, in the CRS of the geometry.
    """
    polygons = polygon_parts(geometry)
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)

"""The area asked of data.police.uk: a few simple polygons, quartered where they hold too much.

The service takes one ring of ``latitude,longitude`` pairs in the address, at most 4,094 characters
in all, and answers 503 where the ring holds more than 10,000 crimes
(https://data.police.uk/docs/method/crime-street/). So a boundary is widened by the edge buffer and
simplified outwards: the request always covers the boundary, and a little more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, box

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.errors import PlainError
from geo.shapes import polygon_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

MAX_VERTICES: Final = 150  # about 3,300 characters once the commas and colons are escaped
EDGE_BUFFER_M: Final = 500.0
_TOLERANCES_M: Final = (10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0)
_DECIMALS: Final = 5  # about one metre
_OVERLAP_DEGREES: Final = 2e-5  # so that nothing on a seam is missed; about two metres


class EmptyAreaError(PlainError, ValueError):
    """The area to download has no surface."""


def request_tiles(
    area: BaseGeometry,
    *,
    buffer_m: float = EDGE_BUFFER_M,
    metric_crs: str = BRITISH_NATIONAL_GRID,
) -> tuple[Polygon, ...]:
    """Return simple polygons that cover an area and its surroundings.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        EPSG:4326, longitude and latitude in degrees.
    buffer_m : float
        How far beyond the area to ask, in metres: hotspots cross borders, and edge correction
        needs what lies just outside.
    metric_crs : str
        System in which metres are metres there.

    Returns
    -------
    tuple of Polygon
        EPSG:4326, without holes, `MAX_VERTICES` corners at most, west to east.

    Raises
    ------
    EmptyAreaError
        If `area` has no surface.
    """
    if area.is_empty or area.area == 0:
        message = (
            f"The area to download has no surface (a {area.geom_type}). Give the polygons of the "
            "borough or its wards."
        )
        raise EmptyAreaError(message)
    metric = _moved(area, source=WGS84, target=metric_crs)
    for tolerance_m in _TOLERANCES_M:
        # Widened by the tolerance first, the simplified outline cannot cut into the area.
        wide = metric.buffer(buffer_m + tolerance_m).simplify(tolerance_m)
        rings = [Polygon(part.exterior) for part in polygon_parts(wide)]
        if all(_corners(ring) <= MAX_VERTICES for ring in rings):
            break
    else:
        rings = polygon_parts(shapely.convex_hull(wide))
    tiles = polygon_parts(_moved(MultiPolygon(rings), source=metric_crs, target=WGS84))
    return tuple(sorted(tiles, key=lambda tile: tile.bounds))


def quarters(tile: Polygon) -> tuple[Polygon, ...]:
    """Cut a tile in four (more where it is concave), overlapping by about two metres."""
    west, south, east, north = tile.bounds
    middle_x, middle_y, more = (west + east) / 2, (south + north) / 2, _OVERLAP_DEGREES
    pieces: list[Polygon] = []
    for left, right in ((west, middle_x + more), (middle_x - more, east)):
        for bottom, top in ((south, middle_y + more), (middle_y - more, north)):
            pieces += polygon_parts(tile.intersection(box(left, bottom, right, top)))
    return tuple(pieces)


def poly_parameter(tile: Polygon) -> str:
    """Write a tile as the service wants it: ``latitude,longitude`` pairs joined by colons."""
    corners = shapely.get_coordinates(tile.exterior)[:-1]
    return ":".join(f"{y:.{_DECIMALS}f},{x:.{_DECIMALS}f}" for x, y in corners)


def _corners(tile: Polygon) -> int:
    return int(shapely.get_num_coordinates(tile.exterior)) - 1


def _moved(geometry: BaseGeometry, *, source: str, target: str) -> BaseGeometry:
    def move(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform(*corners.T, source=source, target=target))

    moved: BaseGeometry = shapely.transform(geometry, move)
    return moved

"""From values on a grid to polygons: the level that bounds a share of the land, and its contours.

The level is set by whole cells, the contour runs smoothly between their centres (linear between
neighbours), so the polygons' area is near the share asked for and not exactly it; `share_of_area`
of each hotspot is the polygon's true area.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import shapely
from contourpy import FillType, contour_generator

from geo.shapes import polygon_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from geo.grid import Grid

    _Outlines = tuple[list[NDArray[np.float64]], list[NDArray[np.uint32]]]

_MOST_OVERSHOOT: Final = 1.5  # a tie may make the area this many times what was asked for
_SAME: Final = 1e-9  # relative difference under which two values are a tie


def densest_level(
    values: NDArray[np.float64],
    land: NDArray[np.float64],
    *,
    share: float,
    above: float = 0.0,
) -> float:
    """Return the value that the densest cells making up `share` of the land exceed.

    Cells of equal value go in or out together: a plateau across the cut goes in unless that would
    make the area half as large again as asked for, and then it stays out. Where the values are the
    same everywhere, nothing is densest.

    Parameters
    ----------
    values : float64 array of shape (rows, columns)
        A density.
    land : float64 array of shape (rows, columns)
        Share of each cell that is land.
    share : float
        Of the land's area, 0 to 1; at least one cell's worth is taken.
    above : float
        Only cells with more than this can be chosen.

    Returns
    -------
    float
        Halfway between the last cell in and the first cell out; infinite when no cell qualifies.
    """
    eligible = (land > 0) & (values > above)
    value, area = values[eligible], land[eligible]
    if not len(value):
        return math.inf
    order = np.argsort(-value, kind="stable")
    value, taken = value[order], np.cumsum(area[order])
    wanted = max(share * float(land.sum()), 1.0)
    cut = min(int(np.searchsorted(taken, wanted * (1 - _SAME))), len(value) - 1)
    first, last = np.flatnonzero(np.abs(value - value[cut]) <= _SAME * value[cut])[[0, -1]]
    if first < last and taken[last] > _MOST_OVERSHOOT * wanted:
        return float(value[first - 1] + value[cut]) / 2 if first else math.inf
    out = float(value[last + 1]) if last + 1 < len(value) else above
    return (float(value[cut]) + out) / 2


def polygons_above(values: NDArray[np.float64], grid: Grid, *, level: float) -> tuple[Polygon, ...]:
    """Return the areas where values at the cell centres, joined linearly, exceed `level`.

    Parameters
    ----------
    values : float64 array of shape (rows, columns)
        Finite.
    grid : Grid
        Whose cell centres the values stand for.
    level : float
        In the units of `values`.

    Returns
    -------
    tuple of Polygon
        Valid, with holes, not overlapping, inside the hull of the cell centres.
    """
    if not math.isfinite(level) or min(values.shape) < 2:
        return ()
    generator = contour_generator(*grid.centres(), values, fill_type=FillType.OuterOffset)
    # Declared for every fill type at once; this is what an outer outline with offsets returns.
    points, offsets = cast("_Outlines", generator.filled(level, np.inf))
    polygons = []
    for corners, starts in zip(points, offsets, strict=True):
        rings = [corners[i:j] for i, j in pairwise(starts)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    # A contour can pass one point twice; mending it may give several polygons, and a line.
    return tuple(part for polygon in polygons for part in polygon_parts(polygon))


def clipped(
    polygons: tuple[Polygon | MultiPolygon, ...], land: Polygon | MultiPolygon, *, least_m2: float
) -> tuple[Polygon | MultiPolygon, ...]:
    """Return the polygons' parts on land; slivers and pinholes under `least_m2` go.

    A polygon that water cuts into pieces stays one hotspot of several parts.
    """
    shapely.prepare(land)
    found = np.array(polygons, dtype=object)
    inside = shapely.contains_properly(land, found)
    found[~inside] = shapely.intersection(found[~inside], land)
    kept = []
    for polygon in found:
        parts = [
            _without_pinholes(part, least_m2=least_m2)
            for part in polygon_parts(polygon)
            if part.area >= least_m2
        ]
        if parts:
            kept.append(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))
    return tuple(kept)


def _without_pinholes(polygon: Polygon, *, least_m2: float) -> Polygon:
    if not len(polygon.interiors):
        return polygon
    holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= least_m2]
    return shapely.Polygon(polygon.exterior, holes)

"""The outline of a cluster: the ground within half of `eps` of one of its core points.

Joining thousands of discs is slow, so each cluster's exact distance to its nearest core point is
worked out on a lattice of `eps` / 10 and the contour at `eps` / 2 is drawn. On arcs that is within
about 1 % of `eps` of the true outline; in the notch between two arcs, within a lattice step. Core
points of two clusters are more than `eps` apart, and each cluster is drawn from its own points
alone, so a cluster never takes in another.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numba import njit

from geo.grid import Grid
from geo.shapes import polygonal
from models.hotspots.contours import polygons_above

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

STEPS: Final = 10  # lattice steps along eps
_MOST_NODES: Final = 4_000_000  # 32 MB; a wider cluster gets a coarser lattice


@njit(cache=True)
def _distance(
    column: NDArray[np.float64], row: NDArray[np.float64], rows: int, columns: int, reach: float
) -> NDArray[np.float64]:
    """Return the distance of each node to its nearest point, in steps, no more than `reach`."""
    squared = np.full((rows, columns), reach * reach)
    for i in range(len(column)):
        u, v = column[i], row[i]
        for r in range(max(math.ceil(v - reach), 0), min(math.floor(v + reach), rows - 1) + 1):
            dy = (r - v) * (r - v)
            half = math.sqrt(reach * reach - dy)
            for c in range(max(math.ceil(u - half), 0), min(math.floor(u + half), columns - 1) + 1):
                squared[r, c] = min(squared[r, c], dy + (c - u) * (c - u))
    return np.sqrt(squared)  # type: ignore[no-any-return]


def cluster_outlines(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    label: NDArray[np.int32],
    eps_m: float,
) -> tuple[Polygon | MultiPolygon, ...]:
    """Return one outline for each cluster, in order of label.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Core points, in metres.
    label : int32 array of shape (n,)
        Their clusters, 0 and up.
    eps_m : float
        Radius of the clustering, in metres.

    Returns
    -------
    tuple of Polygon or MultiPolygon
        Valid, in the CRS of the points.
    """
    order = np.argsort(label, kind="stable")
    ends = np.flatnonzero(np.diff(label[order])) + 1
    members = [rows for rows in np.split(order, ends) if len(rows)]
    return tuple(_outline(easting[rows], northing[rows], eps_m=eps_m) for rows in members)


def kept_apart(
    polygons: tuple[Polygon | MultiPolygon, ...],
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    label: NDArray[np.int32],
) -> tuple[Polygon | MultiPolygon, ...]:
    """Return outlines without overlap: ground in several goes to the cluster that is nearest.

    Parameters
    ----------
    polygons : tuple of Polygon or MultiPolygon
        One for each cluster, in order of label.
    easting, northing : float64 arrays of shape (n,)
        The points that they were drawn from. Those at one position count as their first one's.
    label : int32 array of shape (n,)
        The clusters of the points.

    Returns
    -------
    tuple of Polygon or MultiPolygon
        In the same order, valid; empty where all ground of a cluster is another's.
    """
    outlines = np.array(polygons, dtype=object)
    one, other = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    near = np.unique(one[one != other])
    if not len(near):
        return polygons
    number = np.unique(label, return_inverse=True)[1]
    rows = np.flatnonzero(np.isin(number, near))
    spots, first = np.unique(
        np.column_stack((easting[rows], northing[rows])), axis=0, return_index=True
    )
    whole = shapely.box(*shapely.total_bounds(outlines))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(spots), extend_to=whole, ordered=True)
    )
    owner = number[rows[first]]
    for each in near:
        nearest = shapely.union_all(cells[owner == each])
        outlines[each] = polygonal(shapely.intersection(outlines[each], nearest))
    return tuple(outlines)


def _outline(
    easting: NDArray[np.float64], northing: NDArray[np.float64], *, eps_m: float
) -> Polygon | MultiPolygon:
    step = eps_m / STEPS
    bounds = (
        float(easting.min()),
        float(northing.min()),
        float(easting.max()),
        float(northing.max()),
    )
    grid = Grid.covering(bounds, cell_m=step, margin_m=eps_m)
    while grid.rows * grid.columns > _MOST_NODES:
        step *= 2
        grid = Grid.covering(bounds, cell_m=step, margin_m=eps_m)
    distance = _distance(
        (easting - grid.left) / step - 0.5,
        (northing - grid.bottom) / step - 0.5,
        *grid.shape,
        eps_m / 2 / step + 2,
    )
    parts = polygons_above(-distance, grid, level=-eps_m / 2 / step)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)

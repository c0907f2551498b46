"""How much of each grid cell a polygon covers, exactly.

Edge correction and shares of area depend on the cells along the boundary, which are a good part of
all cells of a small ward; counting them whole or not at all would move a density at the edge by a
tenth. Each edge adds the signed area between itself and the right side of the grid (the trapezium
rule), so the sum over the cells is the polygon's area to rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from models.hotspots._coverage_kernels import signed_area

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from geo.grid import Grid

_ROUNDING = 1e-9


def coverage(polygon: Polygon | MultiPolygon, grid: Grid) -> NDArray[np.float64]:
    """Return the share of each cell that `polygon` covers.

    Parameters
    ----------
    polygon : Polygon or MultiPolygon
        Valid, in the grid's metric CRS; what lies off the grid is left out.
    grid : Grid
        The cells.

    Returns
    -------
    float64 array of shape (rows, columns)
        0 to 1.
    """
    parts = shapely.get_parts(shapely.clip_by_rect(polygon, *grid.bounds))
    parts = shapely.orient_polygons(
        parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    )
    corners, ring = shapely.get_coordinates(shapely.get_rings(parts), return_index=True)
    x = np.clip((corners[:, 0] - grid.left) / grid.cell_m, 0, grid.columns)
    y = np.clip((corners[:, 1] - grid.bottom) / grid.cell_m, 0, grid.rows)
    share = np.cumsum(signed_area(x, y, ring.astype(np.int64), *grid.shape), axis=1)[:, :-1]
    share[share < _ROUNDING] = 0.0
    share[share > 1 - _ROUNDING] = 1.0
    return share

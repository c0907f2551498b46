"""Which polygon holds each point: a raster look-up, with an exact test only near boundaries.

The ground is cut into square cells. A cell that no boundary touches lies wholly inside one polygon
or outside all, so its points are answered by one look-up. In a cell that a boundary touches, the
crossing rule of the plane (count the edges to the right of the point) decides, over the edges in
that row of cells only, which gives the same answer as over all edges.

**Ties.** Edges are half-open: a point on the left or bottom edge of a polygon is inside, a point on
its right or top edge is not. So a point on an edge that two neighbours share, or on a vertex that
several share, belongs to exactly one of them, always the same one, whatever their order. Where
polygons overlap, the first in the given order wins. Rings follow the even-odd rule: holes are
outside, an island in a hole is inside.

The crossing rule with half-open edges follows W. R. Franklin's PNPOLY (1970) and K. Hormann and
A. Agathos, "The point in polygon problem for arbitrary polygons", Computational Geometry 20 (2001).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.ndimage import distance_transform_edt

from geo._polygon_raster import Bands, Cells, Lattice, bands_of, cells_of, edges_of, locate
from geo.grid import Grid
from geo.points import paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely import MultiPolygon, Polygon

OUTSIDE: Final = -1
_MOST_CELLS: Final = 16_000_000  # 64 MB; a larger extent gets larger cells


class NotPolygonsError(ValueError):
    """Something other than polygons was to be indexed."""

    def __init__(self, position: int, kinds: str) -> None:
        super().__init__(
            f"Item {position} is not a polygon but {kinds}, which cannot be looked up. "
            "Leave it out, or keep its polygon parts."
        )


@dataclass(frozen=True, slots=True, eq=False)
class PolygonIndex:
    """Finds the polygon of each of many points. Make one with `PolygonIndex.of`.

    Attributes
    ----------
    polygons : tuple of Polygon or MultiPolygon
        As given; answers are positions in it.
    grid : Grid
        The cells of the look-up.
    """

    polygons: tuple[Polygon | MultiPolygon, ...]
    grid: Grid
    _lattice: Lattice
    _cells: Cells
    _bands: Bands
    _tree: shapely.STRtree

    @classmethod
    def of(
        cls, polygons: Sequence[Polygon | MultiPolygon], *, cell_m: float = 50.0
    ) -> PolygonIndex:
        """Build the index.

        Parameters
        ----------
        polygons : sequence of Polygon or MultiPolygon
            In a metric CRS. May be empty, and may hold empty polygons: those hold no point.
        cell_m : float
            Side of a look-up cell in metres; changes speed and never the answer. Made larger where
            the extent would need more than 16 million cells.

        Raises
        ------
        NotPolygonsError
            If an item is not a polygon.
        """
        geometries = np.empty(len(polygons), dtype=object)
        geometries[:] = list(polygons)
        kinds = shapely.get_type_id(geometries)
        wrong = np.flatnonzero((kinds != 3) & (kinds != 6))
        if len(wrong):
            found = "nothing" if kinds[wrong[0]] < 0 else geometries[wrong[0]].geom_type
            raise NotPolygonsError(int(wrong[0]), found)
        grid = _grid_over(geometries, cell_m)
        lattice = Lattice(grid.left, grid.bottom, 1.0 / grid.cell_m, grid.columns, grid.rows)
        edges = edges_of(geometries)
        return cls(
            polygons=tuple(polygons),
            grid=grid,
            _lattice=lattice,
            _cells=cells_of(edges, lattice),
            _bands=bands_of(edges, lattice),
            _tree=shapely.STRtree(geometries),
        )

    def locate(self, easting: ArrayLike, northing: ArrayLike) -> NDArray[np.int32]:
        """Return the position of the polygon that holds each point, −1 where none does.

        Parameters
        ----------
        easting, northing : array of shape (n,)
            In the polygons' CRS, metres. A point that is not finite is in no polygon.

        Returns
        -------
        int32 array of shape (n,)

        Raises
        ------
        UnequalLengthsError
            If there are not as many eastings as northings.
        """
        x, y = paired(easting, northing)
        found = np.empty(len(x), dtype=np.int32)
        locate(x, y, found, self._lattice, self._cells, self._bands)
        return found

    def nearest(
        self, easting: ArrayLike, northing: ArrayLike, *, within_m: float
    ) -> NDArray[np.int32]:
        """Return the polygon that holds each point, or else the nearest within `within_m`.

        The distance is exact; of polygons equally near, the first in the given order is taken.
        Meant for the few points that `locate` leaves outside.

        Parameters
        ----------
        easting, northing : array of shape (n,)
            In the polygons' CRS, metres.
        within_m : float
            Greatest distance in metres, inclusive; 0 finds the polygons whose edge the point is on.

        Returns
        -------
        int32 array of shape (n,)
            Positions, −1 where no polygon is that near.

        Raises
        ------
        UnequalLengthsError
            If there are not as many eastings as northings.
        """
        x, y = paired(easting, northing)
        found = self.locate(x, y)
        outside = np.flatnonzero((found == OUTSIDE) & self._maybe_within(x, y, within_m=within_m))
        if len(outside) == 0:
            return found
        # Incidents repeat the same few map points, and the tree is slow: each place is asked once.
        places, place = np.unique(
            np.column_stack((x[outside], y[outside])), axis=0, return_inverse=True
        )
        # GEOS wants a distance above zero; a nanometre is far below what a map can say.
        asked, answer = self._tree.query_nearest(
            shapely.points(places), max_distance=max(within_m, 1e-9), all_matches=True
        )
        lowest = np.full(len(places), len(self.polygons), dtype=np.int64)
        np.minimum.at(lowest, asked, answer)
        lowest[lowest == len(self.polygons)] = OUTSIDE
        found[outside] = lowest[place]
        return found

    def _maybe_within(
        self, x: NDArray[np.float64], y: NDArray[np.float64], *, within_m: float
    ) -> NDArray[np.bool_]:
        """Tell which points lie in a cell that may be `within_m` of a polygon; misses none."""
        grid = self.grid
        pad = math.ceil(within_m / grid.cell_m) + 2
        empty = np.pad(self._cells.code.reshape(grid.shape) == OUTSIDE, pad, constant_values=True)
        if empty.all():
            return np.zeros(len(x), dtype=np.bool_)
        # Both the point and the polygon may lie half a diagonal from the middle of their cells.
        cells_away = np.asarray(distance_transform_edt(empty))
        near = cells_away * grid.cell_m <= within_m + 1.0001 * math.sqrt(2) * grid.cell_m
        rows, columns = near.shape
        with np.errstate(invalid="ignore"):
            column = np.floor((x - grid.left) / grid.cell_m) + pad
            row = np.floor((y - grid.bottom) / grid.cell_m) + pad
            on_grid = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        flat = np.where(on_grid, row * columns + column, 0).astype(np.int64)
        return np.asarray(on_grid & near.ravel()[flat])


def _grid_over(geometries: NDArray[np.object_], cell_m: float) -> Grid:
    bounds = shapely.total_bounds(geometries) if len(geometries) else np.zeros(4)
    if not np.isfinite(bounds).all():
        bounds = np.zeros(4)
    west, south, east, north = (float(value) for value in bounds)
    grid = Grid.covering((west, south, east, north), cell_m=cell_m)
    while grid.columns * grid.rows > _MOST_CELLS:
        cell_m *= 2
        grid = Grid.covering((west, south, east, north), cell_m=cell_m)
    return grid

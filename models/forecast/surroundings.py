"""What a forecast may know besides the counts of its cells: the ground around, and other kinds.

Crime does not end at a ward's line. What was recorded beyond it is evidence for the cells along it;
where nothing would have been recorded, nothing must be read from there being nothing. Incidents of
other kinds say how much goes on at a place.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely import STRtree

from geo.grid import Grid
from models.forecast.cells import Surroundings, by_period, touched_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.forecast.cells import CellCounts

FADES_M: Final = 150.0  # from a place
REACH_M: Final = 1800.0  # three times the spread of the widest neighbourhood of a forecast


def with_surroundings(
    counts: CellCounts,
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    starts_minute: NDArray[np.int64],
    observed: Polygon | MultiPolygon,
    reach_m: float = REACH_M,
) -> CellCounts:
    """Return the counts with what was recorded around the study area.

    Parameters
    ----------
    counts : CellCounts
    easting, northing : float64 arrays of shape (n,)
        Metres; the incidents that are not counted in the study area.
    starts_minute : int64 array of shape (n,)
        As in `cell_counts`.
    observed : Polygon or MultiPolygon
        Where incidents would have been recorded, the study area and beyond.
    reach_m : float
        How far around the study area to look.
    """
    own = counts.grid
    margin = math.ceil(reach_m / own.cell_m)
    grid = Grid(
        left=own.left - margin * own.cell_m,
        bottom=own.bottom - margin * own.cell_m,
        cell_m=own.cell_m,
        columns=own.columns + 2 * margin,
        rows=own.rows + 2 * margin,
    )
    inner = on_wider(counts.cells, grid=own, wider=grid)
    cells = np.union1d(touched_cells(grid, observed), inner)
    beyond = by_period(
        grid.cells(easting, northing),
        starts_minute=starts_minute,
        grid=grid,
        cells=cells,
        starts=counts.starts,
        step=counts.step,
    )
    return replace(counts, around=Surroundings(grid, cells, beyond))


def with_others(
    counts: CellCounts,
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    starts_minute: NDArray[np.int64],
) -> CellCounts:
    """Return the counts with the incidents of other kinds, arrays as in `cell_counts`."""
    others = by_period(
        counts.grid.cells(easting, northing),
        starts_minute=starts_minute,
        grid=counts.grid,
        cells=counts.cells,
        starts=counts.starts,
        step=counts.step,
    )
    return replace(counts, others=others if others.any() else None)


def with_places(counts: CellCounts, places: Sequence[NDArray[np.object_]]) -> CellCounts:
    """Return the counts with how near each cell's middle is to the places of some kinds.

    Nearness is 1 at a place and fades to a third within 150 m of the nearest.

    Parameters
    ----------
    counts : CellCounts
    places : sequence of object arrays
        The shapes of each kind, in the metric CRS of the grid; a kind without any is left out.
    """
    row, column = np.divmod(counts.cells, counts.grid.columns)
    x, y = counts.grid.centres()
    middles = shapely.points(x[column], y[row])
    columns = []
    for shapes in places:
        if len(shapes):
            _, distance = STRtree(shapes).query_nearest(
                middles, return_distance=True, all_matches=False
            )
            columns.append(np.exp(-distance / FADES_M))
    if not columns:
        return counts
    nearness = np.column_stack(columns)
    nearness.setflags(write=False)
    return replace(counts, nearness=nearness)


def on_wider(cells: NDArray[np.int64], *, grid: Grid, wider: Grid) -> NDArray[np.int64]:
    """Return flat indices of a grid as those of one that has as many cells more on each side."""
    margin = (wider.columns - grid.columns) // 2
    row, column = np.divmod(cells, grid.columns)
    return np.asarray((row + margin) * wider.columns + column + margin, dtype=np.int64)

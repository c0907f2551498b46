"""Points sorted into small cells, in the form in which DBSCAN's kernels take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Cells(NamedTuple):
    """Points sorted by cell, and the occupied cells in order of row, then column.

    Attributes
    ----------
    x, y : float64 arrays of shape (points,)
        In metres.
    weight : float64 array of shape (points,)
        Of each point.
    weight_before : float64 array of shape (points + 1,)
        Weight of all points before each.
    start : int32 array of shape (cells + 1,)
        Points of cell c are start[c] to start[c + 1].
    column : int64 array of shape (cells,)
        Column of each cell.
    row : int64 array of shape (occupied rows,)
        The rows that hold a cell, ascending.
    row_start : int32 array of shape (occupied rows + 1,)
        Cells of the i-th occupied row are row_start[i] to row_start[i + 1].
    inner, outer : int64 arrays of shape (reach + 1,)
        Half widths of the windows, in columns, by distance in rows; −1 where there is none.
    eps_squared : float
        In m².
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    weight_before: NDArray[np.float64]
    start: NDArray[np.int32]
    column: NDArray[np.int64]
    row: NDArray[np.int64]
    row_start: NDArray[np.int32]
    inner: NDArray[np.int64]
    outer: NDArray[np.int64]
    eps_squared: float


@njit(cache=True)
def order_by_cell(
    row: NDArray[np.int64], column: NDArray[np.int64], rows: int, columns: int
) -> NDArray[np.int32]:
    """Return the order of points by row, then column, then as given (two counting sorts)."""
    n = len(row)
    by_column = np.empty(n, dtype=np.int32)
    place = np.zeros(columns + 1, dtype=np.int32)
    for i in range(n):
        place[column[i] + 1] += 1
    for c in range(columns):
        place[c + 1] += place[c]
    for i in range(n):
        by_column[place[column[i]]] = i
        place[column[i]] += 1
    order = np.empty(n, dtype=np.int32)
    place = np.zeros(rows + 1, dtype=np.int32)
    for i in range(n):
        place[row[i] + 1] += 1
    for r in range(rows):
        place[r + 1] += place[r]
    for point in by_column:
        order[place[row[point]]] = point
        place[row[point]] += 1
    return order

"""Numba kernel of `coverage`: the signed area under each edge, cell by cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True)
def signed_area(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    ring: NDArray[np.int64],
    rows: int,
    columns: int,
) -> NDArray[np.float64]:
    """Return what the edges add to each cell; its running sum along a row is the coverage.

    Parameters
    ----------
    x, y : float64 arrays of shape (vertices,)
        In cells from the grid's lower left corner, all inside the grid.
    ring : int64 array of shape (vertices,)
        Which ring each vertex belongs to; neighbours in the same ring are joined by an edge.
    rows, columns : int
        Shape of the grid.

    Returns
    -------
    float64 array of shape (rows, columns + 1)
    """
    added = np.zeros((rows, columns + 1))
    for i in range(len(x) - 1):
        if ring[i] != ring[i + 1] or y[i] == y[i + 1]:
            continue
        rise = y[i + 1] - y[i]
        run = x[i + 1] - x[i]
        sign = 1.0 if rise > 0 else -1.0
        bottom = min(y[i], y[i + 1])
        top = max(y[i], y[i + 1])
        for row in range(math.floor(bottom), min(math.floor(top), rows - 1) + 1):
            # The piece of the edge in this row, from left to right.
            low = max(bottom, float(row))
            high = min(top, row + 1.0)
            left = x[i] + (low - y[i]) / rise * run
            right = x[i] + (high - y[i]) / rise * run
            if left > right:
                left, right = right, left
            height = sign * (high - low)
            first = min(max(math.floor(left), 0), columns - 1)
            last = min(max(math.floor(right), first), columns - 1)
            for column in range(first, last + 1):
                # Its part in this cell covers the cell to the right of it, and all beyond.
                if first == last:
                    part = height
                    middle = (left + right) / 2
                else:
                    start = max(left, float(column))
                    end = min(right, column + 1.0)
                    part = height * (end - start) / (right - left)
                    middle = (start + end) / 2
                beyond = min(max(middle - column, 0.0), 1.0)
                added[row, column] -= part * (1.0 - beyond)
                added[row, column + 1] -= part * beyond
    return added

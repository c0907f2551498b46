"""Numba kernels of the search for runs: counts within a distance, and how surprising they are.

Incidents lie in order of square cells as wide as the distance, so that those near one lie in its
own cell or the eight around it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ground(NamedTuple):
    """Incidents in order of their cell.

    Attributes
    ----------
    x, y : float64 arrays of shape (n,)
        In metres.
    cell : int64 array of shape (n,)
        Which occupied cell each lies in, ascending.
    around : int64 array of shape (occupied cells, 9)
        The cell itself and its neighbours; −1 where there is none.
    squared : float64
        Square of the distance, which counts as within.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    cell: NDArray[np.int64]
    around: NDArray[np.int64]
    squared: float


@njit(cache=True, nogil=True)
def counts_within(ground: Ground, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count for each of some incidents how many of them, itself included, lie within the distance.

    Parameters
    ----------
    ground : Ground
    rows : int64 array of shape (m,)
        Ascending.

    Returns
    -------
    int64 array of shape (m,)
    """
    start = np.zeros(len(ground.around) + 1, dtype=np.int64)
    for row in rows:
        start[ground.cell[row] + 1] += 1
    start = np.cumsum(start)
    counts = np.zeros(len(rows), dtype=np.int64)
    for at in range(len(rows)):
        row = rows[at]
        for cell in ground.around[ground.cell[row]]:
            if cell < 0:
                continue
            for other in range(start[cell], start[cell + 1]):
                dx = ground.x[rows[other]] - ground.x[row]
                dy = ground.y[rows[other]] - ground.y[row]
                if dx * dx + dy * dy <= ground.squared:
                    counts[at] += 1
    return counts


@njit(cache=True, nogil=True)
def surprise_of(count: int, expected: float, total: int) -> float:
    """Return the log likelihood ratio of a count within `total`; 0 where it is not above expected.

    Kulldorff's: the count's rate against that of all others, where `expected` of `total` would
    come by chance.
    """
    if count <= expected:
        return 0.0
    inside = count * math.log(count / expected)
    others = total - count
    return inside + (others * math.log(others / (total - expected)) if others else 0.0)


@njit(cache=True, nogil=True)
def surprises_of(
    counts: NDArray[np.int64], expected: NDArray[np.float64], total: int
) -> NDArray[np.float64]:
    """Return `surprise_of` for each of some counts."""
    out = np.zeros(len(counts), dtype=np.float64)
    for at in range(len(counts)):
        out[at] = surprise_of(counts[at], expected[at], total)
    return out


@njit(cache=True, nogil=True)
def highest_surprise(
    ground: Ground, rows: NDArray[np.int64], expected: NDArray[np.float64], least: int
) -> float:
    """Return the highest surprise of all groups of at least `least` of some incidents; 0 if none.

    Parameters
    ----------
    ground : Ground
    rows : int64 array of shape (m,)
        The incidents of the days looked at, ascending.
    expected : float64 array of shape (n,)
        Of every incident's surroundings, in those days.
    least : int
    """
    counts = counts_within(ground, rows)
    highest = 0.0
    for at in range(len(rows)):
        if counts[at] >= least:
            highest = max(highest, surprise_of(counts[at], expected[rows[at]], len(rows)))
    return highest

"""The counting behind Gi*: each cell's total with its queen neighbours', standardised."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@njit(cache=True)
def _moments(values: NDArray[np.float64], member: NDArray[np.bool_]) -> tuple[int, float, float]:
    """Return how many members there are, their mean and their variance."""
    n, total, squares = 0, 0.0, 0.0
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            if member[r, c]:
                n += 1
                total += values[r, c]
                squares += values[r, c] * values[r, c]
    if n == 0:
        return 0, 0.0, 0.0
    mean = total / n
    return n, mean, squares / n - mean * mean


@njit(cache=True)
def _around(
    values: NDArray[np.float64], member: NDArray[np.bool_], r: int, c: int
) -> tuple[float, int]:
    """Return the total and the number of the members among a cell and its neighbours."""
    local, weight = 0.0, 0
    for i in range(max(r - 1, 0), min(r + 2, values.shape[0])):
        for j in range(max(c - 1, 0), min(c + 2, values.shape[1])):
            if member[i, j]:
                local += values[i, j]
                weight += 1
    return local, weight


@njit(cache=True)
def standardised(
    values: NDArray[np.float64], member: NDArray[np.bool_], z: NDArray[np.float64]
) -> None:
    """Write Gi* of each member cell into `z`; cells where it is not defined are left as they are.

    The values of cells that are no members are never looked at.
    """
    n, mean, variance = _moments(values, member)
    if n < 2 or variance <= 1e-12 * mean * mean:
        return
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            if not member[r, c]:
                continue
            local, weight = _around(values, member, r, c)
            if weight < n:
                spread = variance * weight * (n - weight) / (n - 1)
                z[r, c] = (local - mean * weight) / math.sqrt(spread)

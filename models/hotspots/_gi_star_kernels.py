"""The counting behind Gi*: each cell's total with its queen neighbours', standardised."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
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
def _columns_of_three(
    values: NDArray[np.float64], member: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the total and the number of the members among each cell and those above and below.

    There is an empty column at either side, so that every cell has a neighbour.
    """
    rows, columns = values.shape
    total = np.zeros((rows, columns + 2))
    number = np.zeros((rows, columns + 2), dtype=np.int64)
    for r in range(rows):
        for i in range(max(r - 1, 0), min(r + 2, rows)):
            for c in range(columns):
                if member[i, c]:
                    total[r, c + 1] += values[i, c]
                    number[r, c + 1] += 1
    return total, number


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
    per_spread = np.zeros(10)  # for each number of cells that a neighbourhood can have
    for weight in range(1, min(10, n)):
        per_spread[weight] = 1 / math.sqrt(variance * weight * (n - weight) / (n - 1))
    total, number = _columns_of_three(values, member)
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            weight = number[r, c] + number[r, c + 1] + number[r, c + 2]
            if member[r, c] and weight < n:
                local = total[r, c] + total[r, c + 1] + total[r, c + 2]
                z[r, c] = (local - mean * weight) * per_spread[weight]

"""The Mann–Kendall trend of many short series at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True)
def _score(series: NDArray[np.float64]) -> int:
    """Return how many pairs rise, less how many fall."""
    score = 0
    for i in range(len(series)):
        for j in range(i + 1, len(series)):
            if series[j] > series[i]:
                score += 1
            elif series[j] < series[i]:
                score -= 1
    return score


@njit(cache=True)
def _variance(series: NDArray[np.float64]) -> float:
    """Return the score's variance without a trend, less what ties take away."""
    n = len(series)
    total = n * (n - 1) * (2 * n + 5)
    ordered = np.sort(series)
    same = 1
    for i in range(1, n + 1):
        if i < n and ordered[i] == ordered[i - 1]:
            same += 1
        else:
            total -= same * (same - 1) * (2 * same + 5)
            same = 1
    return total / 18


@njit(cache=True)
def trends(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Mann–Kendall z of each row; 0 where a row never changes."""
    z = np.zeros(len(series))
    for k in range(len(series)):
        score, variance = _score(series[k]), _variance(series[k])
        if score != 0 and variance > 0:
            z[k] = (score - math.copysign(1.0, score)) / math.sqrt(variance)
    return z

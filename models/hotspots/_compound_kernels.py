"""The exact distribution of a total of lumps that each fall in, or not, with one chance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEGLIGIBLE = 1e-18  # of a chance: far below what 1 − a sum can show


@njit(cache=True)
def _binomial(number: int, share: float, most: int) -> tuple[int, NDArray[np.float64]]:
    """Return the least count that matters and the chances from there on, up to `most`."""
    log_in, log_out = math.log(share), math.log1p(-share)
    every = math.lgamma(number + 1.0)
    first, chances = -1, np.zeros(min(number, most) + 1)
    for k in range(len(chances)):
        log = every - math.lgamma(k + 1.0) - math.lgamma(number - k + 1.0)
        chances[k] = math.exp(log + k * log_in + (number - k) * log_out)
        if chances[k] > _NEGLIGIBLE:
            first = k if first < 0 else first
        elif k > number * share:
            return max(first, 0), chances[max(first, 0) : k]
    return max(first, 0), chances[max(first, 0) :]


@njit(cache=True)
def tails_of_totals(
    sizes: NDArray[np.int64], numbers: NDArray[np.int64], shares: NDArray[np.float64], most: int
) -> NDArray[np.float64]:
    """Return the chance of a total of at least 0, 1, … `most`, for each share.

    Parameters
    ----------
    sizes, numbers : int64 arrays of shape (sizes,)
        Different sizes of lumps, at least 1, and how many lumps have each.
    shares : float64 array of shape (shares,)
        Chance of one lump to fall in, above 0 and below 1.
    most : int
        Largest total that is asked about.

    Returns
    -------
    float64 array of shape (shares, most + 1)
        Sums of positive terms throughout, so nothing cancels before the last step, 1 − a sum.
    """
    tails = np.ones((len(shares), most + 1))
    for at in range(len(shares)):
        chance = np.zeros(most + 1)
        chance[0] = 1.0
        for v in range(len(sizes)):
            size = sizes[v]
            first, terms = _binomial(numbers[v], shares[at], most // size)
            summed = np.zeros(most + 1)
            for k in range(len(terms)):
                offset = (first + k) * size
                for total in range(offset, most + 1):
                    summed[total] += terms[k] * chance[total - offset]
            chance = summed
        below = 0.0
        for total in range(most):
            below += chance[total]
            tails[at, total + 1] = max(1.0 - below, 0.0)
    return tails

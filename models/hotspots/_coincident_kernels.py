"""Numba kernel that finds incidents at exactly the same place, in one pass and any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True)
def places(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give each distinct place a number, in the order in which they first appear.

    Parameters
    ----------
    x, y : float64 arrays of shape (n,)
        Finite; two points share a place when both coordinates are equal.

    Returns
    -------
    int32 array of shape (n,)
        The place of each point.
    int32 array of shape (places,)
        The first point at each place.
    """
    n = len(x)
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1, dtype=np.int32)
    place = np.empty(n, dtype=np.int32)
    first = np.empty(n, dtype=np.int32)
    bits = np.empty(2, dtype=np.float64)
    words = bits.view(np.uint64)
    found = 0
    for i in range(n):
        bits[0] = x[i] + 0.0  # −0.0 becomes 0.0, which is the same place
        bits[1] = y[i] + 0.0
        # Fibonacci hashing: the golden ratio's bits scatter the regular patterns of a grid.
        mixed = (words[0] ^ (words[1] >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ words[1] ^ (mixed >> np.uint64(32))) * np.uint64(0xC2B2AE3D27D4EB4F)
        slot = np.int64((mixed ^ (mixed >> np.uint64(31))) & np.uint64(size - 1))
        while slots[slot] >= 0:
            other = first[slots[slot]]
            if x[other] == x[i] and y[other] == y[i]:
                break
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = found
            first[found] = i
            found += 1
        place[i] = slots[slot]
    return place, first[:found].copy()

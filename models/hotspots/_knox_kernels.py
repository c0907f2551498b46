"""Numba kernel that counts pairs near in space and time, for many sets of dates at once.

Near pairs are found again for each group of date sets instead of being stored: 50,000 burglaries of
a city have tens of millions of pairs, which no list needs to hold. Points lie in strips as wide as
the reach, ordered along each, so a point meets only its own strip's next points and a stretch of
the following strip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLUSH = 32_000  # pairs that a 16-bit counter can take before it is added up


class Strips(NamedTuple):
    """Points in order of strip, then of easting.

    Attributes
    ----------
    x, y : float64 arrays of shape (n,)
        In metres.
    number : int64 array of shape (occupied strips,)
        Which strip each is, ascending.
    start : int64 array of shape (occupied strips + 1,)
        Points of strip s are start[s] to start[s + 1].
    reach : float
        Pairs at this distance or further are not looked for.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    number: NDArray[np.int64]
    start: NDArray[np.int64]
    reach: float


@njit(cache=True, nogil=True)
def _band(dx: float, dy: float, limits: NDArray[np.float64], manhattan: bool) -> int:
    """Return the first limit that the distance is under; the number of limits if none."""
    distance = abs(dx) + abs(dy) if manhattan else dx * dx + dy * dy
    for band in range(len(limits)):
        if distance < limits[band]:
            return band
    return len(limits)


@njit(cache=True, nogil=True)
def _neighbours(
    i: int,
    strip: int,
    strips: Strips,
    limits: NDArray[np.float64],
    manhattan: bool,
    neighbours: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """Put the later points near point i into `neighbours`, by band, and how many into `counts`."""
    x, y = strips.x, strips.y
    counts[:] = 0
    for j in range(i + 1, strips.start[strip + 1]):
        if x[j] - x[i] >= strips.reach:
            break
        band = _band(x[j] - x[i], y[j] - y[i], limits, manhattan)
        if band < len(limits):
            neighbours[band, counts[band]] = j
            counts[band] += 1
    if strip + 1 == len(strips.number) or strips.number[strip + 1] != strips.number[strip] + 1:
        return
    first, end = strips.start[strip + 1], strips.start[strip + 2]
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if x[i] - x[middle] >= strips.reach:
            low = middle + 1
        else:
            high = middle
    for j in range(low, end):
        if x[j] - x[i] >= strips.reach:
            break
        band = _band(x[j] - x[i], y[j] - y[i], limits, manhattan)
        if band < len(limits):
            neighbours[band, counts[band]] = j
            counts[band] += 1


@njit(cache=True, nogil=True)
def count_pairs(
    strips: Strips,
    limits: NDArray[np.float64],
    manhattan: bool,
    days: NDArray[np.uint16],
    within: NDArray[np.uint16],
) -> NDArray[np.int64]:
    """Count pairs by band of distance and by how many days apart they are at most.

    Parameters
    ----------
    strips : Strips
        n points.
    limits : float64 array of shape (bands,)
        Upper ends of the bands of distance, ascending, not included; squared unless `manhattan`.
    manhattan : bool
        Distance along the axes instead of straight.
    days : uint16 array of shape (n, sets)
        Day of each point in each set, from 0; none above 32,767.
    within : uint16 array of shape (times,)
        Whole days, 1 or more; a pair counts when it is fewer days apart.

    Returns
    -------
    int64 array of shape (bands, times, sets)
    """
    n, sets = days.shape
    bands, times = len(limits), len(within)
    total = np.zeros((bands, times, sets), dtype=np.int64)
    part = np.zeros((times, sets), dtype=np.uint16)
    near = np.empty((bands, n), dtype=np.int32)
    found = np.zeros(bands, dtype=np.int64)
    for strip in range(len(strips.number)):
        for i in range(strips.start[strip], strips.start[strip + 1]):
            _neighbours(i, strip, strips, limits, manhattan, near, found)
            for band in range(bands):
                for begin in range(0, found[band], FLUSH):
                    end = min(begin + FLUSH, found[band])
                    part[:] = 0
                    for at in range(begin, end):
                        j = near[band, at]
                        for t in range(times):
                            # |d| < w exactly when d + w − 1 lies in 0 … 2w − 2: one comparison of
                            # 16-bit numbers that wrap, sixteen or more of them in one instruction.
                            shift = np.uint16(within[t] - 1)
                            width = np.uint16(2 * within[t] - 2)
                            for k in range(sets):
                                apart = np.uint16(days[i, k] - days[j, k] + shift)
                                part[t, k] += np.uint16(apart <= width)
                    for t in range(times):
                        for k in range(sets):
                            total[band, t, k] += part[t, k]
    return total

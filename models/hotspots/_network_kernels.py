"""Plumbing of `models.hotspots.network_density`: mass that walks along segments and splits.

Incidents of one segment leave it by the same ways. So each way is walked once for all of them: the
mass of the kernel beyond a distance is a polynomial of that distance, and the sum of polynomials
over the incidents that are near enough follows from the sums of their powers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.arms import Arms

_POWERS: Final = 6
_DEEPEST: Final = 4096  # ways that wait at once
_MOST_STEPS: Final = 200_000  # from one end; what has more ways stays where its walk breaks off


@njit(cache=True)
def _prefix_sums(off: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums of weight × off^p over the first 0, 1, 2 … of them."""
    sums = np.zeros((len(off) + 1, _POWERS))
    for i in range(len(off)):
        power = weight[i]
        for p in range(_POWERS):
            sums[i + 1, p] = sums[i, p] + power
            power *= off[i]
    return sums


@njit(cache=True)
def _beyond(t: float, off: NDArray[np.float64], sums: NDArray[np.float64]) -> float:
    """Return the mass that goes farther than t beyond the segment's end (bandwidth 1)."""
    if t >= 1.0:
        return 0.0
    n = np.searchsorted(off, 1.0 - t)
    if n == 0:
        return 0.0
    m = sums[n]
    t2 = t * t
    g3, g5 = 5.0 / 8.0, -3.0 / 16.0
    # The quartic's tail 1/2 − 15/16 u + 5/8 u³ − 3/16 u⁵ at u = off + t, by powers of off.
    return float(
        m[0] * (0.5 - 15.0 / 16.0 * t + g3 * t * t2 + g5 * t * t2 * t2)
        + m[1] * (-15.0 / 16.0 + 3 * g3 * t2 + 5 * g5 * t2 * t2)
        + m[2] * (3 * g3 * t + 10 * g5 * t * t2)
        + m[3] * (g3 + 10 * g5 * t2)
        + m[4] * 5 * g5 * t
        + m[5] * g5
    )


@njit(cache=True)
def _walk(
    segment: int,
    at_end: bool,
    off: NDArray[np.float64],
    sums: NDArray[np.float64],
    node: NDArray[np.int32],
    length: NDArray[np.float64],
    arms: Arms,
    mass: NDArray[np.float64],
) -> int:
    """Add what leaves a segment by one end to the segments that it reaches; return the steps."""
    by = np.empty(_DEEPEST, dtype=np.int64)  # the end it came out of: 2 × segment + end
    far = np.empty(_DEEPEST)
    part = np.empty(_DEEPEST)
    by[0], far[0], part[0] = 2 * segment + at_end, 0.0, 1.0
    waiting, steps = 1, 0
    while waiting:
        waiting -= 1
        came, t, share = by[waiting], far[waiting], part[waiting]
        at = node[came]
        begin, end = arms.first[at], arms.first[at + 1]
        here = _beyond(t, off, sums)
        for arm in range(begin, end):
            onto, from_end = arms.segment[arm], arms.at_end[arm]
            arms_here = end - begin
            if 2 * onto + from_end == came and arms_here > 1:
                continue  # nothing turns back, but for a dead end
            split = 1.0 / max(arms_here - 1, 1)
            then = t + length[onto]
            mass[onto] += share * split * (here - _beyond(then, off, sums))
            steps += 1
            if then + off[0] >= 1.0:
                continue
            if waiting == _DEEPEST or steps > _MOST_STEPS:
                mass[onto] += share * split * _beyond(then, off, sums)
            else:
                by[waiting] = 2 * onto + (not from_end)
                far[waiting], part[waiting] = then, share * split
                waiting += 1
    return steps


@njit(cache=True)
def spread(
    along: NDArray[np.float64],
    weight: NDArray[np.float64],
    first: NDArray[np.int64],
    node: NDArray[np.int32],
    length: NDArray[np.float64],
    arms: Arms,
) -> tuple[NDArray[np.float64], int]:
    """Return the mass on each segment, lengths being in bandwidths.

    Segment s has incidents first[s] to first[s + 1], in order of `along`; its ends are at
    node[2 s] and node[2 s + 1].
    """
    mass = np.zeros(len(length))
    steps = 0
    for s in range(len(length)):
        begin, end = first[s], first[s + 1]
        if begin == end:
            continue
        for at_end in (False, True):
            if at_end:
                off = (length[s] - along[begin:end])[::-1].copy()
                heavy = weight[begin:end][::-1].copy()
            else:
                off, heavy = along[begin:end].copy(), weight[begin:end].copy()
            sums = _prefix_sums(off, heavy)
            mass[s] += sums[-1, 0] / 2 - _beyond(0.0, off, sums)
            if off[0] < 1.0:
                steps += _walk(s, at_end, off, sums, node, length, arms, mass)
    return mass, steps

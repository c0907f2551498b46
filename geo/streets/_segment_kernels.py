"""Plumbing of `geo.streets.segments`: which segment is nearest to each of many points.

The ground is cut into square cells, each with the straight parts of street that come within reach
of it; a point looks only at those of its cell. The answer is that of looking at all of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Straights(NamedTuple):
    """Straight parts of segments, in order of segment."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dx: NDArray[np.float64]
    dy: NDArray[np.float64]
    along: NDArray[np.float64]  # of its beginning, from the segment's
    segment: NDArray[np.int32]


class Lookup(NamedTuple):
    """Cell (row, column) has candidates first[c] to first[c + 1], c = row × columns + column."""

    left: float
    bottom: float
    cell_m: float
    columns: int
    rows: int
    first: NDArray[np.int64]
    candidate: NDArray[np.int32]


@njit(cache=True)
def _squared(x: float, y: float, at: int, straights: Straights) -> tuple[float, float]:
    """Return the squared distance of a point to a straight part, and how far along it that is."""
    dx, dy = straights.dx[at], straights.dy[at]
    px, py = x - straights.x[at], y - straights.y[at]
    long = dx * dx + dy * dy
    t = 0.0 if long == 0.0 else min(max((px * dx + py * dy) / long, 0.0), 1.0)
    ox, oy = px - t * dx, py - t * dy
    return ox * ox + oy * oy, t * math.sqrt(long)


@njit(cache=True)
def look_up(
    straights: Straights,
    left: float,
    bottom: float,
    cell_m: float,
    columns: int,
    rows: int,
    reach_m: float,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the candidates of every cell: counted first, then written."""
    counts = np.zeros(columns * rows + 1, dtype=np.int64)
    candidate = np.zeros(0, dtype=np.int32)
    widest = reach_m + cell_m * math.sqrt(0.5) + 1e-6
    for writing in (False, True):
        if writing:
            first = np.cumsum(counts)
            candidate = np.empty(first[-1], dtype=np.int32)
            counts[:] = first
        for at in range(len(straights.x)):
            x, y = straights.x[at], straights.y[at]
            to_x, to_y = x + straights.dx[at], y + straights.dy[at]
            c0 = max(math.floor((min(x, to_x) - reach_m - left) / cell_m), 0)
            c1 = min(math.floor((max(x, to_x) + reach_m - left) / cell_m), columns - 1)
            r0 = max(math.floor((min(y, to_y) - reach_m - bottom) / cell_m), 0)
            r1 = min(math.floor((max(y, to_y) + reach_m - bottom) / cell_m), rows - 1)
            for r in range(r0, r1 + 1):
                for c in range(c0, c1 + 1):
                    mid_x = left + (c + 0.5) * cell_m
                    mid_y = bottom + (r + 0.5) * cell_m
                    if _squared(mid_x, mid_y, at, straights)[0] > widest * widest:
                        continue
                    cell = r * columns + c
                    if writing:
                        candidate[counts[cell]] = at
                        counts[cell] += 1
                    else:
                        counts[cell + 1] += 1
    return first, candidate


@njit(cache=True)
def nearest(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    straights: Straights,
    lookup: Lookup,
    reach_m: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Return each point's segment (−1 for none), how far along it, and how far off it."""
    n = len(x)
    segment = np.full(n, -1, dtype=np.int32)
    along = np.full(n, np.nan)
    off = np.full(n, np.nan)
    for i in range(n):
        column = (x[i] - lookup.left) / lookup.cell_m
        row = (y[i] - lookup.bottom) / lookup.cell_m
        if not (0 <= column < lookup.columns and 0 <= row < lookup.rows):
            continue
        cell = int(row) * lookup.columns + int(column)
        best, best_at, best_t = reach_m * reach_m * (1 + 1e-12), -1, 0.0
        for j in range(lookup.first[cell], lookup.first[cell + 1]):
            at = lookup.candidate[j]
            squared, t = _squared(x[i], y[i], at, straights)
            if squared < best or (best_at < 0 and squared <= best):
                best, best_at, best_t = squared, at, t
        if best_at >= 0:
            segment[i] = straights.segment[best_at]
            along[i] = straights.along[best_at] + best_t
            off[i] = math.sqrt(best)
    return segment, along, off

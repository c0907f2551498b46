"""Plumbing of `geo.streets.segments`: which segment is nearest to each of many points.

The ground is cut into square cells, each with the straight parts of street that may be nearest to a
point in it: those within reach, no farther from its middle than the nearest one and twice half a
diagonal. A point looks only at those of its cell. The answer is that of looking at all of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TILE: Final = 16  # cells


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
    first: NDArray[np.int32]
    candidate: NDArray[np.int32]


@njit(cache=True, error_model="numpy")
def _squared(x: float, y: float, at: int, straights: Straights) -> tuple[float, float]:
    """Return the squared distance of a point to a straight part, and at which share of it."""
    dx, dy = straights.dx[at], straights.dy[at]
    px, py = x - straights.x[at], y - straights.y[at]
    long = dx * dx + dy * dy
    t = 0.0 if long == 0.0 else min(max((px * dx + py * dy) / long, 0.0), 1.0)
    ox, oy = px - t * dx, py - t * dy
    return ox * ox + oy * oy, t


@njit(cache=True)
def look_up(
    straights: Straights,
    left: float,
    bottom: float,
    cell_m: float,
    columns: int,
    rows: int,
    reach_m: float,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the candidates of every cell: the nearest found first, then counted, then written."""
    counts = np.zeros(columns * rows + 1, dtype=np.int32)
    candidate = np.zeros(0, dtype=np.int32)
    half_m = cell_m * math.sqrt(0.5)
    farthest = np.full(columns * rows, (reach_m + half_m + 1e-6) ** 2)
    for turn in range(3):
        if turn == 2:
            first = np.cumsum(counts).astype(np.int32)
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
                    cell = r * columns + c
                    squared = _squared(mid_x, mid_y, at, straights)[0]
                    if squared > farthest[cell]:
                        continue
                    if turn == 0:
                        within = math.sqrt(squared) + 2 * half_m + 1e-6
                        farthest[cell] = min(farthest[cell], within * within)
                    elif turn == 1:
                        counts[cell + 1] += 1
                    else:
                        candidate[counts[cell]] = at
                        counts[cell] += 1
    return first, candidate


@njit(cache=True)
def _by_tile(
    x: NDArray[np.float64], y: NDArray[np.float64], lookup: Lookup
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Return the points over the cells by tiles of them, with their numbers: a counting sort.

    Points come in order of time, so each would look at another corner of the ground, and most of
    what it looks at would have to be fetched from memory.
    """
    n, across = len(x), lookup.columns // _TILE + 1
    tile = np.empty(n, np.int32)
    first = np.zeros(across * (lookup.rows // _TILE + 1) + 1, np.int32)
    for i in range(n):
        column = (x[i] - lookup.left) / lookup.cell_m
        row = (y[i] - lookup.bottom) / lookup.cell_m
        tile[i] = -1
        if 0 <= column < lookup.columns and 0 <= row < lookup.rows:
            tile[i] = int(row) // _TILE * across + int(column) // _TILE
            first[tile[i] + 1] += 1
    first = np.cumsum(first).astype(np.int32)
    number, tiled_x, tiled_y = (
        np.empty(first[-1], np.int32),
        np.empty(first[-1]),
        np.empty(first[-1]),
    )
    for i in range(n):
        if tile[i] >= 0:
            at = first[tile[i]]
            first[tile[i]] += 1
            number[at], tiled_x[at], tiled_y[at] = i, x[i], y[i]
    return number, tiled_x, tiled_y


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
    number, tiled_x, tiled_y = _by_tile(x, y, lookup)
    for at_tile in range(len(number)):
        px, py = tiled_x[at_tile], tiled_y[at_tile]
        column = (px - lookup.left) / lookup.cell_m
        row = (py - lookup.bottom) / lookup.cell_m
        cell = int(row) * lookup.columns + int(column)
        best, best_at, best_t = reach_m * reach_m * (1 + 1e-12), -1, 0.0
        for j in range(lookup.first[cell], lookup.first[cell + 1]):
            at = lookup.candidate[j]
            squared, t = _squared(px, py, at, straights)
            if squared < best or (best_at < 0 and squared <= best):
                best, best_at, best_t = squared, at, t
        if best_at >= 0:
            i = number[at_tile]
            dx, dy = straights.dx[best_at], straights.dy[best_at]
            segment[i] = straights.segment[best_at]
            along[i] = straights.along[best_at] + best_t * math.sqrt(dx * dx + dy * dy)
            off[i] = math.sqrt(best)
    return segment, along, off

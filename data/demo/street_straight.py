"""Streets that run straighter and meet more squarely than the postcodes that they came from.

A corner moves towards the line between those two of its neighbours that are most nearly in line
with it; where three streets meet, towards the point of that line that is straight across from the
third. So streets run through, and side streets join at a right angle. No corner moves further than
`FURTHEST_M`; where two streets would cross, their corners go back to where they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.demo.street_graph import lengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

FURTHEST_M: Final = 18.0
_TIMES: Final = 8
_STEP: Final = 0.6
_MOST: Final = 6  # neighbours of a corner that are looked at
_IN_LINE: Final = -0.35  # cosine above which two neighbours are round a corner, not in line
_SHORTEST_M: Final = 4.0  # no street is drawn together to less
_EDGE: Final = 0.12  # a junction stays this share of the way from either end


def straightened(
    xy: NDArray[np.float64], pairs: NDArray[np.int64], *, fixed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return where the corners come to lie, to 0.1 m; `fixed` corners stay."""
    neighbours = _neighbours(len(xy), pairs)
    degree = (neighbours >= 0).sum(axis=1)
    free = np.flatnonzero(~fixed & (degree >= 2))
    at = xy.copy()
    for _ in range(_TIMES):
        aim, moves = _aims(at, free, neighbours[free])
        wished = at[free] + np.where(moves[:, None], _STEP * (aim - at[free]), 0.0)
        away = wished - xy[free]
        far = np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-9)
        at[free] = xy[free] + away * np.minimum(1.0, FURTHEST_M / far)[:, None]
    return _without_crossings(at.round(1), xy, pairs)


def _neighbours(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the neighbours of each corner, shape (n, `_MOST`), -1 where there are fewer."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    rank = np.arange(len(both)) - np.searchsorted(both[:, 0], both[:, 0])
    kept = rank < _MOST
    neighbours = np.full((count, _MOST), -1, dtype=np.int64)
    neighbours[both[kept, 0], rank[kept]] = both[kept, 1]
    return neighbours


def _aims(
    at: NDArray[np.float64], free: NDArray[np.int64], neighbours: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return where each free corner should lie, and whether it should move at all."""
    there = neighbours >= 0
    step = at[neighbours] - at[free][:, None]
    length = np.where(there, np.maximum(np.linalg.norm(step, axis=2), 1e-9), 1.0)
    unit = step / length[:, :, None]
    cosine = np.einsum("nik,njk->nij", unit, unit)
    cosine[~there[:, :, None] | ~there[:, None, :]] = 1.0
    flat = cosine.reshape(len(free), -1)
    best = flat.argmin(axis=1)
    rows = np.arange(len(free))
    one, two = best // _MOST, best % _MOST
    a, b = at[neighbours[rows, one]], at[neighbours[rows, two]]
    along = b - a
    square = np.maximum((along**2).sum(axis=1), 1e-9)
    third = there.copy()
    third[rows, one] = third[rows, two] = False
    side = third.sum(axis=1) == 1
    across = at[neighbours[rows, third.argmax(axis=1)]]
    seen_from = np.where(side[:, None], across, at[free])
    share = ((seen_from - a) * along).sum(axis=1) / square
    own = ((at[free] - a) * along).sum(axis=1) / square
    share = np.where((share > _EDGE) & (share < 1 - _EDGE), share, own)
    return a + share[:, None] * along, flat[rows, best] < _IN_LINE


def _without_crossings(
    at: NDArray[np.float64], xy: NDArray[np.float64], pairs: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Put corners back until no two streets cross; where all were, none did."""
    unsure = np.arange(len(pairs))  # streets that may cross another
    while True:
        lines = np.asarray(shapely.linestrings(at[pairs]), dtype=object)
        first, second = shapely.STRtree(lines).query(lines[unsure], predicate="intersects")
        first = unsure[first]
        shared = (pairs[first][:, :, None] == pairs[second][:, None, :]).sum(axis=(1, 2))
        apart = (shared == 0) | _on_each_other(at, pairs[first], pairs[second], shared)
        short = np.flatnonzero(lengths(at, pairs) < _SHORTEST_M)
        ends = np.unique(pairs[np.concatenate([first[apart], second[apart], short])])
        back = ends[(at[ends] != xy[ends]).any(axis=1)]
        if len(back) == 0:
            return at
        at[back] = xy[back]
        unsure = np.flatnonzero(np.isin(pairs, back).any(axis=1))


def _on_each_other(
    at: NDArray[np.float64],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    shared: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Mark the streets that leave a common end in the very same direction."""
    turned = (one[:, 0] != other[:, 0]) & (one[:, 0] != other[:, 1])
    end = np.where(turned, one[:, 1], one[:, 0])
    away = at[np.where(turned, one[:, 0], one[:, 1])] - at[end]
    other_away = at[np.where(other[:, 0] == end, other[:, 1], other[:, 0])] - at[end]
    aside = away[:, 0] * other_away[:, 1] - away[:, 1] * other_away[:, 0]
    ahead = (away * other_away).sum(axis=1) > 0
    return np.asarray((shared == 1) & (np.abs(aside) < 1e-6) & ahead)

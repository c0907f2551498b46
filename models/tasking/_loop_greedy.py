"""A closed walk to begin the search with: street after street, the most for its length first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.local_streets import LocalStreets


_TRIES: Final = 60
_ASTRAY: Final = 0.6  # of the logarithm


def first_loop(
    streets: LocalStreets,
    prize: NDArray[np.int64],
    reached: NDArray[np.bool_],
    *,
    most_m: float,
) -> list[int]:
    """Return the best of `_TRIES` greedy walks, all but the first by chance astray (seeded).

    Source: T. Feo and M. Resende, "Greedy randomized adaptive search procedures", Journal of Global
    Optimization 6 (1995).
    """
    ways = _Ways(streets)
    rng = np.random.default_rng(1)
    best = greedy_loop(streets, prize, reached, most_m=most_m, ways=ways)
    most = _collected(best, prize, reached)
    for _ in range(_TRIES - 1):
        favour = np.exp(rng.normal(0, _ASTRAY, len(streets)))
        walk = greedy_loop(streets, prize, reached, most_m=most_m, ways=ways, favour=favour)
        if (found := _collected(walk, prize, reached)) > most:
            best, most = walk, found
    return best


def _collected(walk: list[int], prize: NDArray[np.int64], reached: NDArray[np.bool_]) -> int:
    return int(prize[reached[:, sorted({at // 2 for at in walk})].any(axis=1)].sum())


class _Ways:
    """The shortest ways between all nodes, in the metres that the search counts."""

    def __init__(self, streets: LocalStreets) -> None:
        self.metres = np.ceil(streets.length_m * 10) / 10
        self.between, self.before = _shortest(streets, self.metres)


def greedy_loop(
    streets: LocalStreets,
    prize: NDArray[np.int64],
    reached: NDArray[np.bool_],
    *,
    most_m: float,
    ways: _Ways | None = None,
    favour: NDArray[np.float64] | float = 1.0,
) -> list[int]:
    """Return a walk as directed parts: 2n walks part n from its tail to its head, 2n + 1 back.

    Each round adds the way from a crossing of the walk along one more part and back, the one with
    the most prize for its length that still fits; `favour` multiplies what each part is worth.
    """
    ways = ways or _Ways(streets)
    metres, between, before = ways.metres, ways.between, ways.before
    times = np.zeros(len(streets), dtype=np.int64)
    left = most_m
    while True:
        on_walk = _nodes_of(streets, times)
        away = between[on_walk]
        there, back = away[:, streets.tail], away[:, streets.head]
        cost = (there + back).min(axis=0) + metres
        waiting = prize * ~reached[:, times > 0].any(axis=1)
        gain = waiting @ reached
        open_parts = (times == 0) & (gain > 0) & (cost <= left)
        if not open_parts.any():
            return _tour(streets, times)
        part = int(np.argmax(np.where(open_parts, favour * gain / cost, -1.0)))
        origin = on_walk[int(np.argmin(there[:, part] + back[:, part]))]
        times[part] += 1
        for node in (int(streets.tail[part]), int(streets.head[part])):
            while node != origin:
                node, used = before[origin][node]
                times[used] += 1
        times = np.where(times > 2, 2 - times % 2, times)  # the same ends, and less to walk
        left = most_m - float((times * metres).sum())


def _shortest(
    streets: LocalStreets, metres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[dict[int, tuple[int, int]]]]:
    """Return all distances, and for each origin the node and the part before each node."""
    size = int(max(streets.tail.max(), streets.head.max(), streets.start)) + 1
    best: dict[tuple[int, int], int] = {}
    for part in np.argsort(-metres, kind="stable").tolist():  # the shortest of several last
        tail, head = int(streets.tail[part]), int(streets.head[part])
        best[tail, head] = best[head, tail] = part
    ends = np.array(list(best))
    lengths = metres[list(best.values())]
    graph = csr_array((lengths, (ends[:, 0], ends[:, 1])), shape=(size, size))
    between, previous = dijkstra(graph, return_predecessors=True)
    before = [
        {
            node: (int(previous[origin, node]), best[int(previous[origin, node]), node])
            for node in range(size)
            if previous[origin, node] >= 0
        }
        for origin in range(size)
    ]
    return np.asarray(between), before


def _nodes_of(streets: LocalStreets, times: NDArray[np.int64]) -> NDArray[np.intp]:
    walked = times > 0
    nodes = np.concatenate([[streets.start], streets.tail[walked], streets.head[walked]])
    return np.unique(nodes).astype(np.intp)


def _tour(streets: LocalStreets, times: NDArray[np.int64]) -> list[int]:
    """Return a walk from the start that uses each part so many times (Hierholzer, 1873).

    A part that is used twice is walked once in each direction.
    """
    twice = times == 2
    single = np.flatnonzero(times == 1)
    leaving: dict[int, list[int]] = {}
    for part in single.tolist():
        leaving.setdefault(int(streets.tail[part]), []).append(2 * part)
        leaving.setdefault(int(streets.head[part]), []).append(2 * part + 1)
    for part in np.flatnonzero(twice).tolist():
        leaving.setdefault(int(streets.tail[part]), []).append(2 * part)
        leaving.setdefault(int(streets.head[part]), []).append(2 * part + 1)
    heads = np.column_stack([streets.head, streets.tail]).ravel()
    used: set[int] = set()
    stack: list[tuple[int, int]] = [(streets.start, -1)]
    found: list[int] = []
    while stack:
        node, came = stack[-1]
        options = leaving.get(node, [])
        while options and (
            options[-1] in used or (not twice[options[-1] // 2] and options[-1] ^ 1 in used)
        ):
            options.pop()
        if options:
            step = options.pop()
            used.add(step)
            stack.append((int(heads[step]), step))
        else:
            stack.pop()
            if came >= 0:
                found.append(came)
    return found[::-1]

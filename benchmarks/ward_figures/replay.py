"""Replaying what hiding chooses: which tables it would blank so, which blocks of a map it joins.

It joins a block that holds 1 to 4 to the neighbour with the longest shared border: of two joined
blocks of which only one has the other as that neighbour, that one held 1 to 4.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.ward_figures.hiding import protect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.ward_figures.hiding import PublishedTable


def in_keeping(
    counts: NDArray[np.int64], published: PublishedTable, *, tries: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Return all tables that have the same figures and that hiding can blank in the same way.

    For small tables alone: each table with these figures is protected again, several times, since
    hiding chooses by chance between counts that would do equally well.
    """
    found = []
    for each in _with_the_same_figures(counts, published):
        for _ in range(tries):
            again = protect(each, rng=rng)
            if np.array_equal(again.cells, published.cells) and np.array_equal(
                again.totals, published.totals
            ):
                found.append(each)
                break
    return found


def _with_the_same_figures(
    counts: NDArray[np.int64], published: PublishedTable
) -> Iterator[NDArray[np.int64]]:
    rows = [
        [
            np.array(values)
            for values in product(
                *(
                    [count] if may else range(row.sum() + 1)
                    for count, may in zip(row.tolist(), mask.tolist(), strict=True)
                )
            )
            if sum(values) == row.sum()
        ]
        for row, mask in zip(counts, published.cells, strict=True)
    ]
    for chosen in product(*rows):
        each = np.stack(chosen)
        if np.array_equal(each.sum(axis=0)[published.totals], counts.sum(axis=0)[published.totals]):
            yield each


def small_of_pairs(label: NDArray[np.int64], borders: NDArray[np.float64]) -> list[int]:
    """Return the pieces of a map that a pair of joined ones gives away as small.

    Parameters
    ----------
    label : int64 array of shape (pieces,)
        Which block each piece is in, as the map shows it.
    borders : float64 array of shape (pieces, pieces)
        From `geo.ward_cells.shared_borders`.
    """
    found = []
    for number in np.flatnonzero(np.bincount(label) == 2).tolist():
        one, other = np.flatnonzero(label == number).tolist()
        chose = [at for at, to in ((one, other), (other, one)) if _nearest(borders, at) == to]
        if len(chose) == 1:
            found.append(chose[0])
    return found


def _nearest(borders: NDArray[np.float64], at: int) -> int:
    return int(max(range(len(borders)), key=lambda each: (borders[at, each], -each)))

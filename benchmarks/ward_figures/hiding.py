"""Hiding: which counts of a table may be shown so that no small one can be found out.

This is how ward figures were protected first. It holds against one who knows the figures alone, and
not against one who also knows how `protect` chooses (`benchmarks.ward_figures.replay`). It is kept
to be compared with.

A quarter's incidents are broken down several ways: wards by category, wards by month, wards by
hours, and each ward by map block. Each breakdown is shown with its row totals (the ward) and its
column totals (the borough), and all of them share the row totals.

**The rule.** A count of 1 to `threshold` − 1 is never shown, and a zero only in a line where
nothing is hidden. Counts hidden in one row are known together, as the row's total less what is
shown, and likewise in a column. `protect` hides further counts until, for every small count, the
shown figures would be just as true if that count were `threshold` or more. This is checked exactly:
which values a hidden count can take is a flow problem on the hidden cells (rows on one side,
columns on the other), and its extremes are whole numbers.

A row whose own total is that small is no row: the caller leaves it out of every count, the totals
of columns included, so that nothing shown holds anything of it.

**Why checking each breakdown by itself is enough.** Take any group of counted incidents that can be
named by ward, category, month, hours, block and any finer detail, with a true count of 1 to
`threshold` − 1, and one incident in it: a ward w, a category c, a month m and so on. In each
breakdown alone the shown figures allow a table in which the cell of w and c (of w and m, …) holds
at least `threshold`: for a shown cell because it does, for a hidden one because `protect` saw to
it. Breakdowns meet only in the totals of wards, which all those tables share, so they can be held
at once: allocate each ward's incidents to the categories, months, hours and blocks one breakdown
at a time, those of c, of m and so on first. At least `threshold` incidents then fall into the
group. So nothing that is shown, added or taken away in any way, tells that a small group is small.

Quarters share no incident and nothing is shown that overlaps two of them, so the same holds for all
quarters together. What this does not cover: knowledge from elsewhere (a neighbour who knows of four
of the five), and what follows from knowing how `protect` chooses.

Source: L. Willenborg and T. de Waal, "Elements of Statistical Disclosure Control", Springer (2001),
chapters 4 and 6 (secondary suppression, intervals of hidden cells). The argument for several
one-way breakdowns is our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.ward_figures._hidden_cells import Hidden, most_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

THRESHOLD: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class PublishedTable:
    """What of a table of rows by columns may be shown.

    Attributes
    ----------
    cells : bool array of shape (rows, columns)
    totals : bool array of shape (columns,)
        Column totals. Row totals and the total of all are always shown.
    """

    cells: NDArray[np.bool_]
    totals: NDArray[np.bool_]


def protect(
    counts: NDArray[np.int64], *, rng: np.random.Generator, threshold: int = THRESHOLD
) -> PublishedTable:
    """Choose what of a table may be shown.

    Parameters
    ----------
    counts : int64 array of shape (rows, columns)
        No row's total lies between 1 and `threshold` − 1: leave such rows out of everything first.
    rng : Generator
        Chooses between further counts that would do equally well, so that which of them is hidden
        tells nothing. Its seed must not be known to readers.
    threshold : int
        The smallest count other than zero that may be shown.

    Raises
    ------
    ValueError
        If a row's total is too small: nothing could protect it.
    """
    totals = counts.sum(axis=1)
    if ((totals > 0) & (totals < threshold)).any():
        message = f"A row's total is above 0 and below {threshold}; leave small rows out"
        raise ValueError(message)
    hidden = (counts > 0) & (counts < threshold)
    sums = counts.sum(axis=0)
    hidden_totals = (sums > 0) & (sums < threshold)
    while True:
        chance = rng.random((len(counts) + 1, counts.shape[1]))
        _widen(counts, hidden, hidden_totals, threshold=threshold, chance=chance)
        shown = PublishedTable(cells=~hidden, totals=~hidden_totals)
        found = exposed(counts, shown, threshold=threshold)
        if not found:
            return shown
        _hide_one_more(counts, hidden, hidden_totals, cell=found[0], threshold=threshold, rng=rng)


def exposed(
    counts: NDArray[np.int64], published: PublishedTable, *, threshold: int = THRESHOLD
) -> tuple[tuple[int, int], ...]:
    """Return the small counts that what is shown gives away as small, the most exposed first.

    Parameters
    ----------
    counts : int64 array of shape (rows, columns)
    published : PublishedTable
    threshold : int

    Returns
    -------
    tuple of (row, column)
        Cells with a count of 1 to `threshold` − 1 that is shown, or whose greatest value in
        keeping with what is shown is below the threshold.
    """
    small = (counts > 0) & (counts < threshold)
    hidden = Hidden.of(counts, cells=~published.cells, totals=~published.totals)
    found = []
    for row, column in np.argwhere(small).tolist():
        most = int(counts[row, column])
        if not published.cells[row, column]:
            most = most_of(hidden, row=row, column=column, enough=threshold)
        if most < threshold:
            found.append((most, row, column))
    return tuple((row, column) for _, row, column in sorted(found))


def _widen(
    counts: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    hidden_totals: NDArray[np.bool_],
    *,
    threshold: int,
    chance: NDArray[np.float64],
) -> None:
    """Hide more of each row, and of the totals, until those hidden are enough together.

    `chance`, of shape (rows + 1, columns), puts equal counts in order; its last row the totals.
    """
    for row in range(len(counts)):
        _widen_line(counts[row], hidden[row], threshold=threshold, chance=chance[row])
    _widen_line(counts.sum(axis=0), hidden_totals, threshold=threshold, chance=chance[-1])


def _widen_line(
    line: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    *,
    threshold: int,
    chance: NDArray[np.float64],
) -> None:
    """Hide the smallest further counts of a line until those hidden cannot all be small.

    Zeros go first: were they shown, every hidden count would be known to be at least 1. What is
    hidden adds up to `_enough` where there is as much: who knows this rule then still cannot tell
    which of the hidden counts are the small ones.
    """
    if not hidden.any():
        return
    hidden |= line == 0
    for at in np.lexsort((chance, line)):
        if line[hidden].sum() >= _enough(threshold) and hidden.sum() > 1:
            return
        hidden[at] = True


def _enough(threshold: int) -> int:
    """Return the least sum of two counts that cannot both be small."""
    return 2 * threshold - 1


def _hide_one_more(
    counts: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    hidden_totals: NDArray[np.bool_],
    *,
    cell: tuple[int, int],
    threshold: int,
    rng: np.random.Generator,
) -> None:
    """Hide one more count of the exposed one's row or column: the one that helps most.

    That is the one after which the fewest small counts are exposed, then the fewest are hidden,
    then the fewest incidents. Where row and column are hidden already, the totals of columns
    follow; when all is hidden, a count can be as large as its row's total.
    """
    row, column = cell
    sums = counts.sum(axis=0)
    candidates = [(row, int(at)) for at in np.flatnonzero((counts[row] > 0) & ~hidden[row])]
    if not hidden_totals[column]:
        others = np.flatnonzero((counts[:, column] > 0) & ~hidden[:, column])
        candidates += [(int(at), column) for at in others]
    rng.shuffle(candidates)
    if candidates:
        chance = rng.random((len(counts) + 1, counts.shape[1]))

        def cost(at: tuple[int, int]) -> tuple[int, int, int]:
            tried, totals = hidden.copy(), hidden_totals.copy()
            tried[at] = True
            _widen(counts, tried, totals, threshold=threshold, chance=chance)
            left = exposed(
                counts, PublishedTable(cells=~tried, totals=~totals), threshold=threshold
            )
            return len(left), int(tried.sum()), int(counts[tried].sum())

        hidden[min(((int(a), int(b)) for a, b in candidates), key=cost)] = True
    elif not hidden_totals[column]:
        hidden_totals[column] = True
    else:
        left = np.flatnonzero((sums > 0) & ~hidden_totals)
        hidden_totals[min(left, key=lambda at: (sums[at], at))] = True

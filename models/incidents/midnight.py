"""Times of exactly 00:00 that are more than chance: dates whose time was not known.

Many systems write a date without a time as midnight. Such rows stand in one heap at exactly 00:00.
Whether there are more than chance brings is asked of the hours around it: who rounds a time to the
hour rounds 23:00 and 01:00 as well, and a night's peak is smooth. What those hours lead one to
expect has the uncertainty of its own count (a beta-binomial). Where there is little to go by, it is
how many of the other times are on the hour at all, and that midnight may be twice as busy as most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_ROWS: Final = 5  # fewer are not called a heap
LEVEL: Final = 1e-4  # of chance; each source and each import is asked
_DAY: Final = 1440
_HOURS_AROUND: Final = (1320, 1380, 60, 120)  # 22:00, 23:00, 01:00, 02:00 as minutes of the day
_LEAST_FOR_CURVE: Final = 5  # fewer rows at one of those hours tell nothing of a curve
_PRIOR_ROWS: Final = 24.0  # how many rows the expectation of no neighbours weighs
_BUSY: Final = 2.0  # how much busier midnight may be than the average hour


@dataclass(frozen=True, slots=True)
class MidnightHeap:
    """Times at exactly 00:00 that are more than chance.

    Attributes
    ----------
    source : str
    rows : int
        Rows at exactly 00:00.
    timed : int
        All rows whose time is known to the minute or hour.
    expected : int
        How many the hours around midnight lead one to expect.
    real : bool
        Whether somebody said that these times are real.
    """

    source: str
    rows: int
    timed: int
    expected: int
    real: bool = False

    @property
    def sentence(self) -> str:
        """What stands out, and what it means, in words."""
        what = (
            f"{self.source}: {self.rows:,} of {self.timed:,} times are exactly 00:00, where about "
            f"{self.expected:,} would be expected from the hours around midnight."
        )
        if self.real:
            return f"{what} They were said to be real and count at midnight."
        return (
            f"{what} They are taken for dates without a time: known to the day, and left out of "
            "everything hourly, unless you say that they are real."
        )


def midnight_heap(
    minute_of_day: NDArray[np.int64], *, source: str = "", real: bool = False
) -> MidnightHeap | None:
    """Return the heap at exactly 00:00; None where there are no more than chance brings.

    Parameters
    ----------
    minute_of_day : int64 array of shape (n,)
        Local minutes after midnight of the rows whose time is known to the minute or hour.
    source : str
    real : bool
        Whether somebody said that times of exactly 00:00 are real in this source.
    """
    timed = len(minute_of_day)
    rows = int(np.count_nonzero(minute_of_day == 0))
    around = expected_at_midnight(minute_of_day)
    if rows < LEAST_ROWS:
        return None
    others = minute_of_day[minute_of_day != 0]
    rounded = (np.count_nonzero(others % 60 == 0) + 1) / (len(others) + 1)
    usual = _PRIOR_ROWS * _BUSY * rounded / 24
    alpha, beta = around + usual, timed - around + _PRIOR_ROWS - usual
    if stats.betabinom.sf(rows - 1, timed, alpha, beta) >= LEVEL:
        return None
    return MidnightHeap(source=source, rows=rows, timed=timed, expected=around, real=real)


def expected_at_midnight(minute_of_day: NDArray[np.int64]) -> int:
    """Return how many rows the hours around midnight lead one to expect at exactly 00:00.

    That is the larger of 23:00 and 01:00 or, where the night has a peak, what a smooth curve
    through 22:00, 23:00, 01:00 and 02:00 has at midnight (cubic interpolation of the logarithms).
    """
    before, last, first, after = (
        int(np.count_nonzero(minute_of_day == minute)) for minute in _HOURS_AROUND
    )
    around = max(last, first)
    if min(before, last, first, after) < _LEAST_FOR_CURVE:
        return around
    peak = np.exp((4 * np.log(last * first) - np.log(before * after)) / 6)
    return max(around, round(float(peak)))


def heap_rows(
    starts_minute: NDArray[np.int64],
    *,
    timed: NDArray[np.bool_],
    groups: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """Tell which rows stand in a heap at exactly 00:00 of their group.

    Parameters
    ----------
    starts_minute : int64 array of shape (n,)
        Local wall-clock minutes since 1970-01-01 00:00.
    timed : bool array of shape (n,)
        Rows whose time is known to the minute or hour.
    groups : integer array of shape (n,)
        Which rows belong together, from 0.
    """
    in_heap = np.zeros(len(starts_minute), dtype=np.bool_)
    at_midnight = timed & (starts_minute % _DAY == 0)
    counts = np.bincount(groups[at_midnight]) if at_midnight.any() else np.zeros(0, dtype=np.int64)
    for group in np.flatnonzero(counts >= LEAST_ROWS):
        own = timed & (groups == group)
        if midnight_heap(starts_minute[own] % _DAY) is not None:
            in_heap |= at_midnight & (groups == group)
    return in_heap

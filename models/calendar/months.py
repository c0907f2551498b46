"""Counts by calendar month of a set of incidents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MINUTES_PER_DAY = 1440


def month_starts(last: date, *, months: int) -> tuple[date, ...]:
    """Return the first day of each of the `months` months that end with the month of `last`."""
    index = last.year * 12 + last.month - 1
    return tuple(date(i // 12, i % 12 + 1, 1) for i in range(index - months + 1, index + 1))


def monthly_counts(starts_minute: NDArray[np.int64], months: Sequence[date]) -> NDArray[np.int64]:
    """Count incidents in each calendar month.

    Parameters
    ----------
    starts_minute : int64 array of shape (n,)
        Local wall-clock minutes since 1970-01-01 00:00, in any order.
    months : sequence of date
        First days of consecutive months, ascending.

    Returns
    -------
    int64 array of shape (number of months,)
    """
    after = date(months[-1].year + months[-1].month // 12, months[-1].month % 12 + 1, 1)
    epoch = date(1970, 1, 1)
    edges = np.array([(day - epoch).days * MINUTES_PER_DAY for day in [*months, after]])
    # Not np.histogram: its last bin is closed, so the first minute after the span would be counted.
    place = np.searchsorted(edges, starts_minute, side="right") - 1
    inside = (place >= 0) & (place < len(months))
    return np.bincount(place[inside], minlength=len(months))

"""A calendar month as a value, and counts by month of a set of incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from models.calendar.days import first_minute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month.

    Attributes
    ----------
    index : int
        Months since January of year 0: ``year * 12 + month - 1``.
    """

    index: int

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month in which a day lies."""
        return cls(day.year * 12 + day.month - 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.index // 12, self.index % 12 + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.later(1).first - timedelta(days=1)

    def later(self, months: int) -> Month:
        """Return the month so many months later; earlier where that is negative."""
        return Month(self.index + months)


def is_month_end(day: date) -> bool:
    """Tell whether `day` is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def month_starts(last: date, *, months: int) -> tuple[date, ...]:
    """Return the first day of each of the `months` months that end with the month of `last`."""
    end = Month.of(last)
    return tuple(end.later(back).first for back in range(1 - months, 1))


def month_positions(starts_minute: NDArray[np.int64], months: Sequence[date]) -> NDArray[np.int64]:
    """Return the position of each incident's month in consecutive months; −1 outside them.

    Parameters
    ----------
    starts_minute : int64 array of shape (n,)
        Local wall-clock minutes since 1970-01-01 00:00, in any order.
    months : sequence of date
        First days of consecutive months, ascending.
    """
    after = Month.of(months[-1]).later(1).first
    edges = np.array([first_minute(day) for day in [*months, after]])
    # Not np.histogram: its last bin is closed, so the first minute after the span would be counted.
    position = np.searchsorted(edges, starts_minute, side="right") - 1
    return np.where(position < len(months), position, -1).astype(np.int64)


def monthly_counts(starts_minute: NDArray[np.int64], months: Sequence[date]) -> NDArray[np.int64]:
    """Count incidents in each of consecutive months; see `month_positions`.

    Returns
    -------
    int64 array of shape (number of months,)
    """
    position = month_positions(starts_minute, months)
    return np.bincount(position[position >= 0], minlength=len(months))

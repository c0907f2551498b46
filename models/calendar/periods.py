"""Periods of whole days, and the period to compare one with.

A period runs from the start of its first day to the end of its last day, local time. The same
period last year moves both ends back by one year; a 29 February becomes 28 February.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Comparison = Literal["last_year", "before", "none"]
_EPOCH = date(1970, 1, 1)
MINUTES_PER_DAY = 1440


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            message = f"A period must not end ({self.last}) before it starts ({self.first})"
            raise ValueError(message)

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.last - self.first).days + 1

    @property
    def minutes(self) -> tuple[int, int]:
        """Local wall-clock minutes since 1970-01-01 00:00, as ``[start, end)``."""
        start = (self.first - _EPOCH).days * MINUTES_PER_DAY
        return start, start + self.days * MINUTES_PER_DAY

    def __str__(self) -> str:
        return f"{self.first:%-d %b %Y} to {self.last:%-d %b %Y}"


def years_back(day: date, *, years: int = 1) -> date:
    """Return the same day some years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def is_month_end(day: date) -> bool:
    """Tell whether `day` is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def compared_with(period: Period, *, how: Comparison) -> Period | None:
    """Return the period that `period` is measured against, or None for no comparison.

    ``last_year`` is the same days of the previous year (a period of whole months stays one of whole
    months, leap years included); ``before`` is the equally long period just before it, in whole
    months when `period` is made of whole months.
    """
    if how == "none":
        return None
    whole_months = period.first.day == 1 and is_month_end(period.last)
    if how == "last_year":
        first, last = years_back(period.first), years_back(period.last)
        return Period(first, _month_end(last) if whole_months else last)
    last = period.first - timedelta(days=1)
    if whole_months:
        months = (period.last.year - period.first.year) * 12
        months += period.last.month - period.first.month + 1
        index = period.first.year * 12 + period.first.month - 1 - months
        return Period(date(index // 12, index % 12 + 1, 1), last)
    return Period(last - timedelta(days=period.days - 1), last)


def _month_end(day: date) -> date:
    next_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return next_month - timedelta(days=1)

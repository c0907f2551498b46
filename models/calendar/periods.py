"""Periods of whole days, and the period to compare one with.

A period runs from the start of its first day to the end of its last day, local time. The same
period last year moves both ends back by one year; a 29 February becomes 28 February.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from models.calendar.days import MINUTES_PER_DAY, first_minute
from models.calendar.months import Month, is_month_end
from models.wording.days import day_label

Comparison = Literal["last_year", "before", "none"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            message = (
                f"The period ends before it starts: it starts on {self.first}, ends on {self.last}"
            )
            raise ValueError(message)

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.last - self.first).days + 1

    @property
    def minutes(self) -> tuple[int, int]:
        """Local wall-clock minutes since 1970-01-01 00:00, as ``[start, end)``."""
        start = first_minute(self.first)
        return start, start + self.days * MINUTES_PER_DAY

    @property
    def whole_months(self) -> bool:
        """Whether it begins with a month and ends with one."""
        return self.first.day == 1 and is_month_end(self.last)

    def __str__(self) -> str:
        return f"{day_label(self.first)} to {day_label(self.last)}"


@dataclass(frozen=True, slots=True, order=True)
class ObservedPeriod(Period):
    """A period and the stretches of it that the data do not cover, in order of time."""

    gaps: tuple[Period, ...] = ()


def years_back(day: date, *, years: int = 1) -> date:
    """Return the same day some years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_apart(period: Period) -> int:
    """Return how many years earlier the same days lie without sharing one with the period.

    One for a period of up to a year, two for one of up to two years.
    """
    years = 1
    while years < period.first.year - 1 and years_back(period.last, years=years) >= period.first:
        years += 1
    return years


def whole_month(day: date) -> Period:
    """Return the days of the month in which a day lies."""
    month = Month.of(day)
    return Period(month.first, month.last)


def compared_with(period: Period, *, how: Comparison) -> Period | None:
    """Return the period that `period` is measured against, or None for no comparison.

    ``last_year`` is the same days of the previous year (a period of whole months stays one of whole
    months, leap years included), and for a period longer than a year as many years earlier as it
    takes for the two to share no day; ``before`` is the equally long period just before it, in
    whole months when `period` is made of whole months.
    """
    if how == "none":
        return None
    if how == "last_year":
        years = years_apart(period)
        first, last = (years_back(each, years=years) for each in (period.first, period.last))
        return Period(first, Month.of(last).last if period.whole_months else last)
    last = period.first - timedelta(days=1)
    if period.whole_months:
        begins, ends = Month.of(period.first), Month.of(period.last)
        return Period(begins.later(begins.index - ends.index - 1).first, last)
    return Period(last - timedelta(days=period.days - 1), last)

"""Quarters of the financial year, April to March, and the months that can be compared.

A quarter is named by the year in which its financial year begins: Q1 of 2026/27 is April to June
2026, and Q4 of 2026/27 is January to March 2027.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from geo.errors import PlainError
from models.calendar.months import Month, month_starts
from models.calendar.periods import Period

FIRST_MONTH: Final = 4
_YEARS: Final = (1900, 2200)
_KEY: Final = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)


class QuarterError(PlainError, ValueError):
    """Something that is no quarter was given as one."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:40]!r} is not a quarter. Write the year in which the financial year begins "
            "and the quarter, such as 2026-Q1 for April to June 2026."
        )


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One quarter; `year` is that in which its financial year begins, `number` is 1 to 4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            key = f"{self.year}-Q{self.number}"
            raise QuarterError(key)

    @property
    def months(self) -> tuple[date, date, date]:
        """First days of its three months."""
        start = Month.of(date(self.year, FIRST_MONTH, 1)).later(3 * (self.number - 1))
        return start.first, start.later(1).first, start.later(2).first

    @property
    def period(self) -> Period:
        """Its days, both ends included."""
        return Period(self.months[0], Month.of(self.months[2]).last)

    @property
    def year_before(self) -> Quarter:
        """The same quarter of the previous financial year."""
        return Quarter(self.year - 1, self.number)

    @property
    def previous(self) -> Quarter:
        """The quarter just before it."""
        if self.number == 1:
            return Quarter(self.year - 1, 4)
        return Quarter(self.year, self.number - 1)

    @property
    def key(self) -> str:
        """What links, files and the store call it: "2026-Q1"."""
        return f"{self.year}-Q{self.number}"

    def __str__(self) -> str:
        first, _, last = self.months
        return f"Q{self.number} {year_label(self.year)} ({first:%b} to {last:%b %Y})"


def quarter_of(day: date) -> Quarter:
    """Return the quarter in which a day lies."""
    year = financial_year(day)
    return Quarter(year, (day.month - FIRST_MONTH) % 12 // 3 + 1)


def quarter_from(key: str) -> Quarter:
    """Return the quarter of a key such as "2026-Q1".

    Raises
    ------
    QuarterError
        If it is not a quarter.
    """
    found = _KEY.fullmatch(key.strip())
    if found is None or not _YEARS[0] <= int(found[1]) <= _YEARS[1]:
        raise QuarterError(key)
    return Quarter(int(found[1]), int(found[2]))


def financial_year(day: date) -> int:
    """Return the year in which the financial year of a day begins."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def year_period(year: int) -> Period:
    """Return the days of a financial year."""
    return Period(date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH, 1) - timedelta(days=1))


def year_label(year: int) -> str:
    """Return a financial year as people write it: "2026/27"."""
    return f"{year}/{(year + 1) % 100:02d}"


def a_year_before(month: date) -> date:
    """Return the first day of the same month a year earlier."""
    return Month.of(month).later(-12).first


def twelve_months_to(month: date) -> tuple[date, ...]:
    """Return the first days of the twelve months that end with the month of a day."""
    return month_starts(month, months=12)


def days_of(months: tuple[date, ...]) -> int:
    """Return how many days whole months have together."""
    return sum(Month.of(month).last.day for month in months)


def months_label(months: tuple[date, ...]) -> str:
    """Return months in words: "Oct 2026", "Apr to Jun 2026", "Apr and Jun 2026", "none"."""
    if not months:
        return "none"
    if len(months) == 1:
        return f"{months[0]:%b %Y}"
    first, last = months[0], months[-1]
    run = Month.of(last).index - Month.of(first).index + 1 == len(months)
    start = f"{first:%b}" if first.year == last.year else f"{first:%b %Y}"
    if run and len(months) > 2:
        return f"{start} to {last:%b %Y}"
    return f"{', '.join(f'{month:%b}' for month in months[:-1])} and {last:%b %Y}"

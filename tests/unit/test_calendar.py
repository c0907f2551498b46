"""Months, days and whole months: hand-worked values, the leap years and the turns of years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.days import day_number, day_of, day_of_minute, first_minute, wall_minute
from models.calendar.days import wall_time as time_of
from models.calendar.months import Month, is_month_end, month_positions, month_starts
from models.calendar.periods import Period, compared_with, whole_month
from models.wording.days import day_label

DAYS = st.dates(date(1901, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("day", "first", "last", "after"),
    [
        (date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1)),
        (date(2100, 2, 10), date(2100, 2, 1), date(2100, 2, 28), date(2100, 3, 1)),
        (date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)),
    ],
)
def test_a_month_knows_its_ends_and_the_next(
    day: date, first: date, last: date, after: date
) -> None:
    month = Month.of(day)
    assert (month.first, month.last, month.later(1).first) == (first, last, after)
    assert month.later(1).later(-1) == month
    assert whole_month(day) == Period(first, last)
    assert is_month_end(last)
    assert not is_month_end(first)


@given(DAYS, st.integers(-200, 200))
def test_months_follow_one_another_without_a_gap(day: date, months: int) -> None:
    month = Month.of(day).later(months)
    assert month.later(1).first == month.last + timedelta(days=1)
    assert Month.of(month.first) == Month.of(month.last) == month
    assert month.index - Month.of(day).index == months


def test_consecutive_months_end_with_the_month_of_the_day() -> None:
    assert month_starts(date(2026, 2, 14), months=4) == (
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    )


def test_the_last_minute_of_a_month_is_in_it_and_the_next_is_not() -> None:
    months = month_starts(date(2026, 2, 1), months=2)
    ends = first_minute(date(2026, 3, 1))
    begins = first_minute(date(2026, 1, 1))
    minutes = np.array([begins - 1, begins, first_minute(date(2026, 2, 1)), ends - 1, ends])
    assert month_positions(minutes, months).tolist() == [-1, 0, 1, 1, -1]


@given(DAYS)
def test_a_day_and_its_number_are_one(day: date) -> None:
    assert day_of(day_number(day)) == day
    assert day_of_minute(first_minute(day)) == day
    assert day_of_minute(first_minute(day) - 1) == day - timedelta(days=1)


def test_days_are_counted_from_the_first_of_1970_and_minutes_drop_seconds() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(2026, 11, 21)) == 20_778
    assert time_of(1_439) == datetime(1970, 1, 1, 23, 59)
    assert wall_minute(datetime(1970, 1, 2, 0, 1, 59)) == 1_441


def test_a_day_is_written_without_a_leading_zero() -> None:
    assert day_label(date(2026, 11, 3)) == "3 Nov 2026"
    assert day_label(datetime(2026, 11, 23, 4, 5)) == "23 Nov 2026"


def test_whole_months_are_told_from_others() -> None:
    assert Period(date(2024, 2, 1), date(2024, 4, 30)).whole_months
    assert not Period(date(2024, 2, 1), date(2024, 2, 28)).whole_months
    assert not Period(date(2024, 2, 2), date(2024, 2, 29)).whole_months


@pytest.mark.parametrize(
    ("how", "days", "earlier"),
    [
        ("last_year", ("2026-07-01", "2026-09-30"), ("2025-07-01", "2025-09-30")),
        ("last_year", ("2025-02-01", "2025-02-28"), ("2024-02-01", "2024-02-29")),
        ("last_year", ("2024-02-29", "2024-03-03"), ("2023-02-28", "2023-03-03")),
        ("last_year", ("2026-12-31", "2027-01-01"), ("2025-12-31", "2026-01-01")),
        ("last_year", ("2025-11-01", "2026-10-31"), ("2024-11-01", "2025-10-31")),
        ("last_year", ("2023-03-01", "2024-02-29"), ("2022-03-01", "2023-02-28")),
        ("last_year", ("2024-11-01", "2026-10-31"), ("2022-11-01", "2024-10-31")),
        ("last_year", ("2025-10-01", "2026-10-31"), ("2023-10-01", "2024-10-31")),
        ("last_year", ("2025-06-14", "2026-06-14"), ("2023-06-14", "2024-06-14")),
        ("last_year", ("2021-11-01", "2026-10-31"), ("2016-11-01", "2021-10-31")),
        ("before", ("2026-07-01", "2026-09-30"), ("2026-04-01", "2026-06-30")),
        ("before", ("2026-01-01", "2026-02-28"), ("2025-11-01", "2025-12-31")),
        ("before", ("2024-03-01", "2024-03-31"), ("2024-02-01", "2024-02-29")),
        ("before", ("2026-06-08", "2026-06-21"), ("2026-05-25", "2026-06-07")),
        ("before", ("2026-06-08", "2026-06-08"), ("2026-06-07", "2026-06-07")),
    ],
)
def test_the_period_to_compare_with_worked_by_hand(
    how: str, days: tuple[str, str], earlier: tuple[str, str]
) -> None:
    asked, expected = (Period(*map(date.fromisoformat, each)) for each in (days, earlier))
    assert compared_with(asked, how=how) == expected  # type: ignore[arg-type]
    assert expected.last < asked.first
    assert compared_with(asked, how="none") is None

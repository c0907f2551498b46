"""Quarters of the financial year: April to March, and months that can be compared."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.quarters import (
    Quarter,
    QuarterError,
    a_year_before,
    days_of,
    financial_year,
    months_label,
    quarter_from,
    quarter_of,
    twelve_months_to,
    year_label,
    year_period,
)

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2026, 3, 31), "2025-Q4"),
        (date(2026, 4, 1), "2026-Q1"),
        (date(2026, 6, 30), "2026-Q1"),
        (date(2026, 7, 1), "2026-Q2"),
        (date(2026, 12, 31), "2026-Q3"),
        (date(2027, 1, 1), "2026-Q4"),
    ],
)
def test_a_day_lies_in_the_quarter_of_its_financial_year(day: date, key: str) -> None:
    assert quarter_of(day).key == key


def test_the_fourth_quarter_is_of_the_year_in_which_its_financial_year_began() -> None:
    fourth = Quarter(2026, 4)
    assert fourth.period.first == date(2027, 1, 1)
    assert fourth.period.last == date(2027, 3, 31)
    assert str(fourth) == "Q4 2026/27 (Jan to Mar 2027)"
    assert fourth.year_before.period.last == date(2026, 3, 31)


def test_the_quarter_before_the_first_is_the_fourth_of_the_year_before() -> None:
    assert Quarter(2026, 1).previous == Quarter(2025, 4)
    assert Quarter(2026, 3).previous == Quarter(2026, 2)


def test_a_financial_year_runs_from_april_to_march() -> None:
    assert year_period(2025).first == date(2025, 4, 1)
    assert year_period(2025).last == date(2026, 3, 31)
    assert year_label(2025) == "2025/26"
    assert year_label(2099) == "2099/00"
    assert financial_year(date(2026, 3, 31)) == 2025


def test_a_leap_february_counts_a_day_more() -> None:
    months = Quarter(2023, 4).months
    assert days_of(months) == 91
    assert days_of(tuple(a_year_before(month) for month in months)) == 90


@pytest.mark.parametrize("key", ["2026-Q5", "2026", "Q1", "26-Q1", "2026-Q1x"])
def test_what_is_no_quarter_is_refused_with_how_to_write_one(key: str) -> None:
    with pytest.raises(QuarterError, match="2026-Q1 for April to June"):
        quarter_from(key)


def test_months_are_said_as_people_say_them() -> None:
    months = Quarter(2026, 3).months
    assert months_label(months) == "Oct to Dec 2026"
    assert months_label(months[:1]) == "Oct 2026"
    assert months_label(months[:2]) == "Oct and Nov 2026"
    assert months_label((months[0], months[2])) == "Oct and Dec 2026"
    assert months_label(()) == "none"
    assert months_label(twelve_months_to(date(2026, 9, 1))) == "Oct 2025 to Sep 2026"


@given(DAYS)
def test_every_day_lies_in_its_quarter_and_its_key_reads_back(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.period.first <= day <= quarter.period.last
    assert quarter_from(quarter.key) == quarter


@given(DAYS)
def test_quarters_follow_one_another_without_a_gap(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.previous.period.last + timedelta(days=1) == quarter.period.first

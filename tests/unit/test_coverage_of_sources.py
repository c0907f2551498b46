from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from models.calendar.months import Month
from models.calendar.periods import Period, whole_month
from models.incidents.coverage import Coverage, comparable, coverages, gaps_of


def coverage_of(days: list[date], *, monthly: bool = False) -> Coverage:
    minutes = np.array([(day - date(1970, 1, 1)).days * 1440 + 600 for day in sorted(days)])
    none = np.zeros(len(days), dtype=np.int16)
    (found,) = coverages(
        minutes,
        source=none,
        borough=none,
        month_only=np.full(len(days), monthly),
        sources=["cad"],
        boroughs=["E09000030"],
    )
    return found


def daily(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_a_busy_source_that_stops_in_mid_month_has_the_month_before_as_its_last() -> None:
    found = coverage_of(daily(date(2024, 1, 1), date(2024, 3, 20)))
    assert found.last_complete_month == date(2024, 2, 1)
    assert (found.first, found.last, found.silence_days) == (date(2024, 1, 1), date(2024, 3, 20), 0)


def test_a_busy_source_silent_on_the_last_day_has_not_completed_its_month() -> None:
    found = coverage_of(daily(date(2024, 1, 1), date(2024, 3, 30)))
    assert found.last_complete_month == date(2024, 2, 1)


def test_a_sparse_source_is_complete_when_its_silence_is_usual() -> None:
    every_third = daily(date(2024, 1, 2), date(2024, 3, 29))[::3]
    found = coverage_of(every_third)
    assert found.silence_days == 2
    assert found.last_complete_month == date(2024, 3, 1)


def test_half_a_month_alone_is_no_complete_month() -> None:
    assert coverage_of(daily(date(2024, 5, 10), date(2024, 5, 31))).last_complete_month is None


def test_a_source_of_months_covers_whole_months_and_names_the_missing() -> None:
    found = coverage_of([date(2023, 11, 1), date(2023, 12, 1), date(2024, 2, 1)], monthly=True)
    assert (found.first, found.last) == (date(2023, 11, 1), date(2024, 2, 29))
    assert found.last_complete_month == date(2024, 2, 1)
    assert found.missing_months == (date(2024, 1, 1),)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2024, 1, 1), date(2024, 3, 31), None),
        (date(2024, 2, 1), date(2024, 2, 29), None),
        (date(2023, 12, 31), date(2024, 3, 31), "they start on 1 Jan 2024"),
        (date(2024, 3, 1), date(2024, 4, 1), "they end on 31 Mar 2024"),
        (date(2022, 1, 1), date(2022, 12, 31), "none in it, they run from 1 Jan 2024"),
    ],
)
def test_a_period_beyond_the_data_is_said_not_to_be_covered(
    first: date, last: date, said: str | None
) -> None:
    shortfall = coverage_of(daily(date(2024, 1, 1), date(2024, 3, 31))).shortfall(
        Period(first, last)
    )
    assert shortfall is None if said is None else said in str(shortfall)


def test_a_month_without_data_inside_the_period_is_named() -> None:
    found = coverage_of([date(2024, 1, 1), date(2024, 3, 1)], monthly=True)
    assert (
        found.shortfall(Period(date(2024, 1, 1), date(2024, 3, 31))) == "there are none in Feb 2024"
    )
    assert found.shortfall(Period(date(2024, 3, 1), date(2024, 3, 31))) is None


def test_sources_and_boroughs_are_told_apart() -> None:
    minutes = np.arange(4) * 1440
    found = coverages(
        minutes,
        source=np.array([0, 1, 0, 1], dtype=np.int16),
        borough=np.array([0, -1, 0, 0], dtype=np.int16),
        month_only=np.zeros(4, dtype=np.bool_),
        sources=["cad", "crime"],
        boroughs=["E09000030"],
    )
    assert [(each.source, each.borough, each.rows) for each in found] == [
        ("cad", "E09000030", 2),
        ("crime", None, 1),
        ("crime", "E09000030", 1),
    ]
    assert found[0].first == date(1970, 1, 1)
    assert found[0].last == date(1970, 1, 3)


def test_no_silence_longer_than_a_fortnight_is_usual() -> None:
    found = coverage_of([date(2024, 1, 1), date(2024, 1, 31), date(2024, 3, 1), date(2024, 3, 10)])
    assert found.silence_days == 14
    assert found.last_complete_month == date(2024, 1, 1)


def test_strays_from_a_neighbours_file_are_no_months_of_data() -> None:
    months = [date(2016 + n // 12, n % 12 + 1, 1) for n in range(24)]
    strays = [date(2019 + n // 12, n % 12 + 1, 1) for n in range(70)]
    found = coverage_of([*(month for month in months for _ in range(100)), *strays], monthly=True)
    assert found.rows == 24 * 100 + 70
    assert (found.first, found.last) == (date(2016, 1, 1), date(2017, 12, 31))
    assert found.last_complete_month == date(2017, 12, 1)
    assert found.missing_months == ()


def test_a_weak_month_is_a_month_of_data() -> None:
    days = [date(2024, 1, 1)] * 100 + [date(2024, 2, 1)] * 5 + [date(2024, 3, 1)] * 100
    assert coverage_of(days, monthly=True).missing_months == ()
    assert coverage_of(days[:104] + days[105:], monthly=True).missing_months == (date(2024, 2, 1),)


def test_the_gaps_of_a_period_are_what_lies_before_between_and_after_the_data() -> None:
    found = coverage_of(
        [
            *daily(date(2024, 1, 5), date(2024, 2, 10)),
            *daily(date(2024, 3, 8), date(2024, 3, 31)),
        ]
    )
    assert found.missing_months == ()
    assert found.silences == (Period(date(2024, 2, 11), date(2024, 3, 7)),)
    assert found.silence_days == 0  # what is missing does not make silence usual
    assert found.gaps(Period(date(2024, 1, 1), date(2024, 4, 3))) == (
        Period(date(2024, 1, 1), date(2024, 1, 4)),
        Period(date(2024, 2, 11), date(2024, 3, 7)),
        Period(date(2024, 4, 1), date(2024, 4, 3)),
    )
    assert found.shortfall(Period(date(2024, 2, 1), date(2024, 2, 29))) == (
        "there are none from 11 Feb 2024 to 7 Mar 2024"
    )
    assert found.shortfall(Period(date(2024, 3, 8), date(2024, 3, 31))) is None


def test_a_long_silence_of_a_sparse_source_is_no_gap() -> None:
    weekly = daily(date(2023, 1, 1), date(2024, 6, 30))[::7]
    assert coverage_of(weekly[:30] + weekly[33:]).silences == ()
    busy = [day for day in daily(date(2023, 1, 1), date(2024, 6, 30)) for _ in range(2)]
    three_weeks = Period(date(2023, 9, 4), date(2023, 9, 24))
    kept = [day for day in busy if not three_weeks.first <= day <= three_weeks.last]
    assert coverage_of(kept).silences == (three_weeks,)


def months(first: date, last: date) -> Period:
    return Period(first, Month.of(last).last)


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        # The first source covers January to June 2024, the second April to June 2024.
        (whole_month(date(2024, 5, 1)), whole_month(date(2024, 4, 1)), True),
        (whole_month(date(2024, 4, 1)), whole_month(date(2024, 3, 1)), False),
        (whole_month(date(2024, 3, 1)), whole_month(date(2024, 2, 1)), True),
        (months(date(2024, 3, 1), date(2024, 4, 1)), whole_month(date(2024, 2, 1)), False),
        (months(date(2024, 6, 1), date(2024, 7, 1)), whole_month(date(2024, 5, 1)), False),
        (whole_month(date(2024, 1, 1)), whole_month(date(2023, 12, 1)), False),
        (whole_month(date(2023, 2, 1)), whole_month(date(2022, 2, 1)), False),
    ],
)
def test_periods_compare_where_each_source_covers_both_or_neither(
    now: Period, before: Period, *, told: bool
) -> None:
    both = (
        coverage_of(daily(date(2024, 1, 1), date(2024, 6, 30))),
        coverage_of(daily(date(2024, 4, 1), date(2024, 6, 30))),
    )
    assert comparable(both, now, before) == told


def test_gaps_of_several_sources_are_merged_and_those_without_data_left_out() -> None:
    both = (
        coverage_of(daily(date(2024, 1, 1), date(2024, 6, 30))),
        coverage_of(daily(date(2024, 1, 10), date(2024, 3, 31))),
        coverage_of(daily(date(2020, 1, 1), date(2020, 3, 31))),
    )
    half_year = Period(date(2023, 12, 25), date(2024, 6, 30))
    assert gaps_of(both, half_year) == (
        Period(date(2023, 12, 25), date(2024, 1, 9)),
        Period(date(2024, 4, 1), date(2024, 6, 30)),
    )
    assert gaps_of(both[2:], half_year) == (half_year,)


def test_a_week_is_a_gap_for_a_source_that_never_rests() -> None:
    a_week = Period(date(2023, 9, 4), date(2023, 9, 10))
    all_days = [day for day in daily(date(2023, 1, 1), date(2023, 12, 31)) for _ in range(8)]
    at_work = [day for day in all_days if day.weekday() < 5]
    without = [
        [day for day in each if not a_week.first <= day <= a_week.last]
        for each in (all_days, at_work, all_days[::2])
    ]
    assert [coverage_of(each).silences for each in without] == [(a_week,), (), ()]

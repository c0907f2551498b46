"""Counting incidents by cell and period."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from models.forecast.cells import CellCounts, TooLittleHistoryError, cell_counts, period_starts

LAND = shapely.box(1010.0, 2020.0, 1310.0, 2170.0)  # two cells of 150 m and the line to a third

DAYS = ((2024, 1, 1), (2024, 1, 31), (2024, 2, 29), (2024, 1, 5), (2024, 3, 1), (2023, 12, 31))


def minute(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 1440


def counted(easting: list[float], northing: list[float], days: list[date]) -> CellCounts:
    return cell_counts(
        np.array(easting),
        np.array(northing),
        starts_minute=np.array([minute(day) for day in days]),
        land=LAND,
        starts=(date(2024, 1, 1), date(2024, 2, 1)),
        step="month",
    )


def test_an_incident_counts_in_its_cell_and_month_and_nothing_else_does() -> None:
    counts = counted(
        [1010.0, 1159.9, 1160.0, 900.0, 1010.0, 1010.0],
        [2020.0, 2020.0, 2020.0, 2020.0, 2020.0, 2020.0],
        [date(y, m, d) for y, m, d in DAYS],
    )
    laid = counts.on_grid(counts.counts)
    assert (counts.grid.left, counts.grid.bottom) == (1010.0, 2020.0)
    assert laid[0, 0].tolist()[:2] == [2.0, 0.0]
    assert laid[1, 0].tolist()[:2] == [0.0, 1.0]
    assert laid.sum() == 3.0


def test_cells_that_do_not_touch_the_study_area_take_no_part() -> None:
    land = shapely.union_all(
        [shapely.box(0.0, 0.0, 140.0, 140.0), shapely.box(310.0, 310.0, 440.0, 440.0)]
    )
    counts = cell_counts(
        np.array([75.0, 225.0, 375.0]),
        np.array([75.0, 75.0, 375.0]),
        starts_minute=np.full(3, minute(date(2024, 1, 9))),
        land=land,
        starts=(date(2024, 1, 1),),
        step="month",
    )
    assert counts.cells.tolist() == [0, 8]
    assert counts.counts.tolist() == [[1.0, 1.0]]


def test_what_is_before_an_origin_holds_nothing_of_it() -> None:
    counts = counted([1010.0, 1160.0], [2020.0, 2020.0], [date(2024, 1, 1), date(2024, 2, 1)])
    before = counts.before(1)
    assert before.starts == (date(2024, 1, 1),)
    assert before.counts.shape == (1, len(counts.cells))
    assert before.counts.sum() == 1.0
    assert counts.latest(1).sum() == 1.0
    assert counts.latest(99).sum() == 2.0


def test_months_are_whole_ones_only() -> None:
    assert period_starts(date(2023, 11, 2), date(2024, 2, 28), step="month") == (
        date(2023, 12, 1),
        date(2024, 1, 1),
    )
    assert period_starts(date(2024, 2, 1), date(2024, 2, 29), step="month") == (date(2024, 2, 1),)


def test_weeks_are_counted_back_from_the_last_day() -> None:
    assert period_starts(date(2024, 1, 1), date(2024, 1, 16), step="week") == (
        date(2024, 1, 3),
        date(2024, 1, 10),
    )


def test_a_span_without_a_whole_period_is_refused_in_words() -> None:
    with pytest.raises(TooLittleHistoryError, match="No whole month from 2 Jan 2024"):
        period_starts(date(2024, 1, 2), date(2024, 1, 31), step="month")


@given(st.dates(date(2020, 1, 1), date(2023, 1, 1)), st.integers(62, 900))
def test_periods_follow_one_another_without_a_gap(first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    weeks = period_starts(first, last, step="week")
    assert {(b - a).days for a, b in pairwise(weeks)} <= {7}
    months = period_starts(first, last, step="month")
    index = [month.year * 12 + month.month for month in months]
    assert index == list(range(index[0], index[0] + len(index)))
    assert {month.day for month in months} == {1}

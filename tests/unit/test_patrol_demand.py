"""What is expected in a hotspot's hours, and which are its peak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.calendar.clock_changes import NO_CHANGES, clock_changes
from models.tasking.patrol_coverage import peak_label
from models.tasking.patrol_demand import demand_of, hotspot_week, peak_hours, smoothed
from tests.patrols import MONDAY, candidate


def week_with(**hours: float) -> np.ndarray:
    week = np.zeros(168)
    for name, count in hours.items():
        week[int(name[1:])] = count
    return week


def test_smoothing_spreads_an_hour_over_five() -> None:
    found = smoothed(week_with(h0=9.0))
    assert found[[166, 167, 0, 1, 2]].tolist() == pytest.approx([1, 2, 3, 2, 1])
    assert found.sum() == pytest.approx(9)


@given(arrays(np.float64, 168, elements=st.floats(0, 1000)))
def test_smoothing_keeps_the_total(week: np.ndarray) -> None:
    assert smoothed(week).sum() == pytest.approx(week.sum())


def test_peak_hours_are_runs_of_busy_hours_round_the_end_of_the_week() -> None:
    week = np.zeros(168)
    week[[167, 0, 1, 50, 80, 81]] = 5.0
    assert np.flatnonzero(peak_hours(week)).tolist() == [0, 1, 80, 81, 167]
    assert np.flatnonzero(peak_hours(week, least_hours=3)).tolist() == [0, 1, 167]


def test_an_even_week_is_peak_throughout_and_an_empty_one_never() -> None:
    assert peak_hours(np.ones(168)).all()
    assert not peak_hours(np.zeros(168)).any()


def test_known_hours_leave_out_what_has_none() -> None:
    timed = week_with(h20=60.0, h21=60.0)
    found = hotspot_week(timed, timed * 2, untimed=30, untimed_harm=60.0, weeks=10.0)
    assert found.hours_known
    assert found.incidents.sum() == pytest.approx(12.0)
    assert found.harm.sum() == pytest.approx(24.0)
    assert found.untimed == 30


@pytest.mark.parametrize(
    ("timed", "untimed", "state"),
    [(0, 84, "not_known"), (9, 0, "too_few"), (9, 3, "too_few"), (100, 44, "not_known")],
)
def test_hours_that_are_not_known_are_spread_evenly(timed: int, untimed: int, state: str) -> None:
    week = week_with(h20=float(timed))
    found = hotspot_week(week, week * 0, untimed=untimed, untimed_harm=0.0, weeks=2.0)
    assert (found.hours_known, found.hours_state) == (False, state)
    assert found.peak.all()
    assert found.incidents.tolist() == pytest.approx([(timed + untimed) / 2 / 168] * 168)


def test_a_plan_of_a_week_expects_a_week_from_six_to_six() -> None:
    demand = demand_of([candidate(1, rate=0.5)], starts_on=MONDAY, days=7, changes=NO_CHANGES)
    row = demand.incidents[0]
    assert row[-1] == pytest.approx(84.0)
    assert row[6 * 60] == pytest.approx(0.0)
    assert row[7 * 60] == pytest.approx(0.5)


def test_the_night_that_gains_an_hour_expects_it_twice() -> None:
    day = MONDAY.replace(month=10, day=24)  # a Saturday; clocks go back on Sunday at 02:00
    changes = clock_changes("Europe/London", first=day, last=day)
    sunday_at_one = candidate(1, hours=(6 * 24 + 1,), rate=3.0)
    demand = demand_of([sunday_at_one], starts_on=day, days=1, changes=changes)
    assert demand.incidents[0, -1] == pytest.approx(6.0)
    assert int(demand.peak[0].sum()) == 120


def test_peak_hours_are_said_in_words() -> None:
    week = np.zeros(168, dtype=bool)
    week[4 * 24 + 18 : 4 * 24 + 26] = True
    week[5 * 24 + 18 : 5 * 24 + 20] = True
    assert peak_label(week.tolist()) == "Fri 18:00–02:00, Sat 18:00–20:00"
    assert peak_label([True] * 168) == "any hour"
    assert peak_label([False] * 168) == "none"

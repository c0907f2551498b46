"""Aoristic weights: by hand, at the clock changes, and against a slow exact count of thefts."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.clock_changes import NO_CHANGES, clock_changes
from models.calendar.night_rule import NightRule
from models.hotspots.aoristic import UNTIMED, AoristicWeek, aoristic_week, aoristic_week_of
from models.hotspots.week_windows import (
    SCHOOL_WINDOW,
    DailyWindow,
    WindowError,
    night_curve,
    window_share,
)
from tests.planted import incidents_at
from tests.shared_data import SHARED, needs_shared

LONDON = clock_changes("Europe/London", first=date(2024, 1, 1), last=date(2024, 12, 31))
THEFTS = SHARED / "data/timed/nyc-vehicle-thefts-2014_2015.csv"


def minute(text: str) -> int:
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds() // 60)


def week(*spans: tuple[str, str]) -> AoristicWeek:
    starts = np.array([minute(start) for start, _ in spans], dtype=np.int64)
    ends = np.array([minute(end) for _, end in spans], dtype=np.int64)
    return aoristic_week(starts, ends, changes=LONDON)


def held(found: AoristicWeek) -> dict[int, float]:
    return {int(hour): round(float(found.weights[hour]), 9) for hour in found.weights.nonzero()[0]}


def test_an_interval_is_spread_by_the_minutes_it_has_in_each_hour() -> None:
    # Monday 8 January 2024, 22:30 to 01:00: 30, 60 and 60 of 150 minutes.
    found = week(("2024-01-08T22:30", "2024-01-09T01:00"))
    assert held(found) == {22: 0.2, 23: 0.4, 24: 0.4}
    assert (found.spread, found.in_one_hour, found.over_a_week, found.untimed) == (1, 0, 0, 0)


def test_sunday_night_runs_into_monday_at_the_end_of_the_week() -> None:
    assert held(week(("2024-01-14T23:00", "2024-01-15T01:00"))) == {0: 0.5, 167: 0.5}


def test_without_an_end_the_hour_of_the_start_counts() -> None:
    found = week(("2024-01-08T22:59", "2024-01-08T22:59"))
    assert held(found) == {22: 1.0}
    assert found.in_one_hour == 1


def test_a_minute_is_exact_at_the_turn_of_an_hour() -> None:
    assert held(week(("2024-01-08T00:59", "2024-01-08T01:01"))) == {0: 0.5, 1: 0.5}
    assert held(week(("2024-01-08T00:00", "2024-01-08T01:00"))) == {0: 1.0}


def test_more_than_a_week_is_the_same_in_every_hour_and_a_week_is_still_spread() -> None:
    longer = week(("2024-01-08T09:30", "2024-01-15T09:31"))
    assert longer.over_a_week == 1
    np.testing.assert_allclose(longer.weights, 1 / 168)
    whole = week(("2024-01-08T09:30", "2024-01-15T09:30"))
    assert (whole.over_a_week, whole.spread) == (0, 1)
    np.testing.assert_allclose(whole.weights, 1 / 168)


def test_a_day_or_a_month_alone_is_left_out_and_counted() -> None:
    found = aoristic_week(np.array([0, 60]), np.array([UNTIMED, 120]))
    assert (found.untimed, found.timed) == (1, 1)
    assert found.weights.sum() == pytest.approx(1.0)


def test_the_hour_that_spring_skips_gets_nothing() -> None:
    # Sunday 31 March 2024: 00:30 to 03:30 on the wall is two hours, 01:00 to 02:00 is none of it.
    assert held(week(("2024-03-31T00:30", "2024-03-31T03:30"))) == {
        144: 0.25,
        146: 0.5,
        147: 0.25,
    }


def test_the_hour_that_autumn_repeats_counts_twice() -> None:
    # Sunday 27 October 2024: 00:30 to 02:30 on the wall is three hours.
    found = held(week(("2024-10-27T00:30", "2024-10-27T02:30")))
    assert found == {144: round(1 / 6, 9), 145: round(4 / 6, 9), 146: round(1 / 6, 9)}


def test_a_time_in_the_repeated_hour_is_read_as_its_first() -> None:
    assert held(week(("2024-10-27T00:30", "2024-10-27T01:30"))) == {144: 0.5, 145: 0.5}
    found = held(week(("2024-10-27T01:30", "2024-10-27T02:30")))
    assert found == {145: 0.75, 146: 0.25}  # 30 and 60 of the two hours named 01, then 30


def test_a_week_that_autumn_makes_an_hour_longer_is_more_than_a_week() -> None:
    found = week(("2024-10-24T12:00", "2024-10-31T12:00"))
    assert found.over_a_week == 1
    assert week(("2024-10-24T12:00", "2024-10-31T11:00")).spread == 1


def test_an_end_before_its_start_is_refused() -> None:
    with pytest.raises(ValueError, match="1 incident ends before they start"):
        week(("2024-01-08T10:00", "2024-01-08T09:00"))


def test_no_incidents_have_an_empty_week() -> None:
    none = np.zeros(0, dtype=np.int64)
    found = aoristic_week(none, none)
    assert found.matrix.shape == (7, 24)
    assert (found.weights.sum(), found.timed, found.untimed) == (0.0, 0, 0)


def test_incidents_without_ends_count_in_their_hour_or_not_at_all() -> None:
    incidents = incidents_at(
        [0, 0], [0, 0], hour_of_week=np.array([-1, 72], np.int16), starts_minute=[0, 5]
    )
    found = aoristic_week_of(incidents)
    assert held(found) == {72: 1.0}  # 1 January 1970 was a Thursday
    assert found.untimed == 1


@given(
    st.lists(
        st.tuples(st.integers(28_000_000, 28_600_000), st.integers(0, 12_000)),
        min_size=1,
        max_size=30,
    )
)
def test_every_incident_weighs_one_and_order_changes_nothing(
    spans: list[tuple[int, int]],
) -> None:
    starts = np.array([start for start, _ in spans], dtype=np.int64)
    ends = starts + np.array([length for _, length in spans])
    found = aoristic_week(starts, ends)
    assert found.timed == len(spans)
    assert found.weights.sum() == pytest.approx(len(spans))
    assert (found.weights >= 0).all()
    turned = aoristic_week(starts[::-1].copy(), ends[::-1].copy(), changes=NO_CHANGES)
    np.testing.assert_allclose(turned.weights, found.weights, atol=1e-9)


def by_the_minute(starts: np.ndarray, ends: np.ndarray, *, timezone: str) -> np.ndarray:
    """Count every minute that passed, one incident at a time: slow and surely right."""
    first, last = starts.min() - 10_000, ends.max() + 10_000
    utc = pd.to_datetime(np.arange(first, last) * 60, unit="s", utc=True)
    wall = utc.tz_convert(timezone)
    hour = (wall.day_of_week * 24 + wall.hour).to_numpy()

    def utc_minute(minutes: np.ndarray) -> np.ndarray:
        naive = pd.to_datetime(minutes * 60, unit="s")
        zoned = naive.tz_localize(timezone, ambiguous=np.ones(len(naive), bool))
        return zoned.tz_convert("UTC").tz_localize(None).as_unit("s").asi8 // 60

    week = np.zeros(168)
    for begin, end in zip(utc_minute(starts), utc_minute(ends), strict=True):
        if end == begin:
            week[hour[begin - first]] += 1
        elif end - begin > 168 * 60:
            week += 1 / 168
        else:
            passed = np.bincount(hour[begin - first : end - first], minlength=168)
            week += passed / (end - begin)
    return week


@needs_shared
def test_real_vehicle_thefts_equal_a_count_of_every_minute() -> None:
    rows = pd.read_csv(THEFTS, usecols=["date_start", "date_end"])
    start = pd.to_datetime(rows["date_start"], format="%Y-%m-%d %H:%M")
    end = pd.to_datetime(rows["date_end"], format="%Y-%m-%d %H:%M").fillna(start)
    skipped = start.dt.tz_localize("America/New_York", ambiguous=True, nonexistent="NaT").isna()
    skipped |= end.dt.tz_localize("America/New_York", ambiguous=True, nonexistent="NaT").isna()
    kept = ~skipped & start.notna() & (end >= start) & (start >= "2013-01-01")
    starts = (start[kept].to_numpy().astype("datetime64[m]")).astype(np.int64)
    ends = (end[kept].to_numpy().astype("datetime64[m]")).astype(np.int64)
    changes = clock_changes(
        "America/New_York", first=start[kept].min().date(), last=end[kept].max().date()
    )
    found = aoristic_week(starts, ends, changes=changes)
    exact = by_the_minute(starts, ends, timezone="America/New_York")
    np.testing.assert_allclose(found.weights, exact, rtol=0, atol=1e-10)
    assert found.timed == len(starts) > 18_000
    assert found.over_a_week > 0
    assert found.in_one_hour > 1_000


def test_a_night_belongs_to_the_day_it_starts_on() -> None:
    weights = np.zeros(168)
    weights[5 * 24 + 22], weights[6 * 24 + 2], weights[0 * 24 + 5] = 3, 4, 5
    curve = night_curve(weights, rule=NightRule())
    assert curve.shape == (7, 12)
    assert curve[5, 4] == 3  # Saturday 22:00
    assert curve[5, 8] == 4  # 02:00 on Sunday is Saturday night
    assert curve[6, 11] == 5  # 05:00 on Monday is Sunday night
    assert curve.sum() == 12


def test_the_school_window_is_weekdays_from_three_to_six() -> None:
    weights = np.ones(168)
    found = window_share(weights, SCHOOL_WINDOW)
    assert found.incidents == 15
    assert found.share == pytest.approx(15 / 168)
    assert found.times_even == pytest.approx(1.0)
    weekend = np.zeros(168)
    weekend[5 * 24 + 15] = 1
    assert window_share(weekend, SCHOOL_WINDOW).share == 0
    assert np.isnan(window_share(np.zeros(168), SCHOOL_WINDOW).share)


@pytest.mark.parametrize(("start", "end", "days"), [(24, 3, (0,)), (1, 0, (0,)), (1, 2, ())])
def test_an_impossible_window_is_refused(start: int, end: int, days: tuple[int, ...]) -> None:
    with pytest.raises(WindowError):
        DailyWindow(start, end, days)


def test_a_window_may_begin_and_end_with_the_day() -> None:
    assert DailyWindow(0, 24, (0,)).hours == 24
    assert DailyWindow(23, 1, (0,)).hours == 2
    for start, end in ((-1, 3), (3, 25)):
        with pytest.raises(WindowError):
            DailyWindow(start, end, (0,))

"""Nights: every incident in exactly one, in none, or not to be told; rates and changes a night."""

from __future__ import annotations

import math
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.clock_changes import clock_changes
from models.calendar.days import day_number, day_of
from models.calendar.night_rule import NightRule
from models.calendar.periods import Period
from models.hotspots.inputs import Incidents
from models.hotspots.temporal import PeakWindow
from models.nights.counting import (
    NO_NIGHT,
    NightTally,
    change,
    changed_nights,
    exposures,
    hour_curve,
    night_groups,
    night_hours,
    night_minutes,
    night_rate,
    nights_in,
    nights_of,
    peak_label,
    rate_of,
    tally,
    weekday_of,
)
from models.statistics.intervals import poisson_interval

RULE = NightRule()
LONDON = clock_changes("Europe/London", first=date(2025, 1, 1), last=date(2027, 1, 1))
EPOCH = datetime(1970, 1, 1)


def minute(text: str) -> int:
    return int((datetime.fromisoformat(text) - EPOCH).total_seconds()) // 60


def incidents(*times: tuple[str, str | None], untimed: int = 0) -> Incidents:
    """Incidents at a start, or between two ends; the last `untimed` are known by the day alone."""
    starts = [minute(start) for start, _ in times] + [minute("2026-10-24T00:00")] * untimed
    ends = [minute(end or start) for start, end in times] + [-1] * untimed
    known = [end is None for _, end in times] + [False] * untimed
    return of_minutes(starts, ends, known)


def of_minutes(starts: list[int], ends: list[int], known: list[bool]) -> Incidents:
    n = len(starts)
    at = np.array(starts, dtype=np.int64)
    return Incidents(
        easting=np.zeros(n),
        northing=np.zeros(n),
        starts_minute=at,
        hour_of_week=np.where(known, (at // 60 + 72) % 168, -1).astype(np.int16),
        category=np.zeros(n, dtype=np.int8),
        ward=np.zeros(n, dtype=np.int16),
        harm=np.zeros(n, dtype=np.float32),
        snapped=np.zeros(n, dtype=np.bool_),
        street=np.full(n, -1, dtype=np.int32),
        ends_minute=np.array(ends, dtype=np.int64),
        clock_changes=LONDON,
    )


def night_of(start: str, end: str | None = None) -> date | str:
    """The night of one incident, in words where there is none."""
    told = nights_of(incidents((start, end)), rule=RULE)
    if told.unknown[0]:
        return "cannot be told"
    return "none" if told.night[0] == NO_NIGHT else day_of(int(told.night[0]))


def test_an_early_sunday_morning_belongs_to_saturday_night() -> None:
    saturday = date(2026, 10, 24)
    assert night_of("2026-10-24T18:00") == saturday
    assert night_of("2026-10-24T23:59") == saturday
    assert night_of("2026-10-25T02:00") == saturday
    assert night_of("2026-10-25T05:59") == saturday
    assert night_of("2026-10-24T17:59") == "none"
    assert night_of("2026-10-25T06:00") == "none"


def test_an_interval_counts_in_a_night_only_where_all_of_it_lies_in_one() -> None:
    saturday = date(2026, 10, 24)
    assert night_of("2026-10-24T18:00", "2026-10-25T06:00") == saturday
    assert night_of("2026-10-24T23:00", "2026-10-25T03:00") == saturday
    assert night_of("2026-10-24T17:00", "2026-10-24T19:00") == "cannot be told"
    assert night_of("2026-10-24T23:00", "2026-10-25T06:01") == "cannot be told"
    assert night_of("2026-10-24T08:00", "2026-10-24T18:00") == "none"
    assert night_of("2026-10-24T08:00", "2026-10-25T12:00") == "cannot be told"


def test_a_day_alone_tells_no_night() -> None:
    told = nights_of(incidents(untimed=2), rule=RULE)
    assert told.unknown.all()
    assert (told.night == NO_NIGHT).all()


@given(
    st.lists(
        st.tuples(
            st.integers(29_000_000, 29_600_000),
            st.one_of(st.none(), st.integers(1, 3_000), st.just(-1)),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_every_incident_is_in_one_night_or_in_none_or_not_to_be_told_and_counts_add_up(
    drawn: list[tuple[int, int | None]],
) -> None:
    starts = [start for start, _ in drawn]
    ends = [-1 if length == -1 else start + (length or 0) for start, length in drawn]
    told = nights_of(of_minutes(starts, ends, [n is None for _, n in drawn]), rule=RULE)
    in_a_night = told.night != NO_NIGHT
    assert not (in_a_night & told.unknown).any()
    for start, end, night, inside, unknown in zip(
        starts, ends, told.night, in_a_night, told.unknown, strict=True
    ):
        begins, stops = int(night) * 1440 + 1080, int(night) * 1440 + 1800
        if inside:
            assert begins <= start < stops
            assert end <= stops or end == start
        covered = [(start + shift) % 1440 for shift in range(0, max(end - start, 1), 7)]
        at_night = [m >= 1080 or m < 360 for m in covered]
        if end != -1 and not inside and not unknown:
            assert not any(at_night)
    nights = np.unique(told.night[in_a_night])
    counted = tally(told.night, nights=nights)
    assert counted.total == in_a_night.sum()
    assert counted.all_nights == len(nights)


def test_the_night_the_clocks_go_back_has_thirteen_hours_and_is_one_night() -> None:
    period = Period(date(2026, 10, 23), date(2026, 10, 26))
    nights = nights_in(period)
    hours = night_hours(nights, rule=RULE, changes=LONDON)
    assert hours.tolist() == [12.0, 13.0, 12.0, 12.0]
    assert changed_nights(nights, rule=RULE, changes=LONDON) == ((date(2026, 10, 24), 13.0),)
    spring = nights_in(Period(date(2026, 3, 28), date(2026, 3, 28)))
    assert changed_nights(spring, rule=RULE, changes=LONDON) == ((date(2026, 3, 28), 11.0),)


def test_an_interval_over_the_night_the_clocks_go_back_spreads_over_the_hours_that_passed() -> None:
    """From 00:00 to 03:00 four hours pass, two of which are called 01:00."""
    curve = hour_curve(incidents(("2026-10-25T00:00", "2026-10-25T03:00")), rule=RULE)
    saturday = curve[5]
    assert saturday[6:10].round(6).tolist() == [0.25, 0.5, 0.25, 0.0]
    assert curve.sum() == pytest.approx(1.0)


def test_in_spring_the_hour_that_does_not_exist_gets_nothing() -> None:
    curve = hour_curve(incidents(("2026-03-29T00:00", "2026-03-29T03:00")), rule=RULE)
    assert curve[5][6:10].round(6).tolist() == [0.5, 0.0, 0.5, 0.0]


def test_the_curve_of_each_weekday_adds_up_to_its_nights() -> None:
    held = incidents(
        ("2026-10-23T22:10", None),
        ("2026-10-24T02:40", None),
        ("2026-10-24T23:00", "2026-10-25T02:00"),
    )
    curve = hour_curve(held, rule=RULE)
    assert curve.shape == (7, 12)
    assert curve.sum(axis=1).round(9).tolist() == [0, 0, 0, 0, 2, 1, 0]
    assert curve[4][4] == curve[4][8] == 1.0


def test_a_night_may_be_set_to_other_hours() -> None:
    late = NightRule(start_hour=22, end_hour=4)
    assert night_minutes(late) == 360
    told = nights_of(incidents(("2026-10-24T21:59", None), ("2026-10-25T03:59", None)), rule=late)
    assert told.night.tolist() == [NO_NIGHT, day_number(date(2026, 10, 24))]


def test_weekdays_start_on_monday() -> None:
    week = nights_in(Period(date(2026, 10, 19), date(2026, 10, 25)))  # a Monday to a Sunday
    assert weekday_of(week).tolist() == list(range(7))


def counted(nights: list[int], found: list[int]) -> NightTally:
    return NightTally(np.array(nights), np.array(found))


OCTOBER = counted([4, 4, 4, 5, 5, 5, 4], [8, 8, 8, 20, 50, 50, 8])


def test_a_rate_is_for_each_night_so_that_one_night_stands_fairly_beside_five() -> None:
    friday, saturday, rest = night_groups(RULE)
    assert (friday.label, saturday.label, rest.label) == (
        "Friday night",
        "Saturday night",
        "Other nights",
    )
    assert rate_of(OCTOBER, weekdays=friday.weekdays).per_night == 10.0
    others = rate_of(OCTOBER, weekdays=rest.weekdays)
    assert (others.nights, others.incidents) == (21, 52)
    assert others.per_night == pytest.approx(52 / 21)
    assert math.isnan(night_rate(3, nights=0).per_night)


def test_the_interval_of_a_count_is_garwoods() -> None:
    low, high = poisson_interval(10)
    assert (round(low, 3), round(high, 3)) == (4.795, 18.390)
    assert poisson_interval(0)[0] == 0.0
    assert poisson_interval(0)[1] == pytest.approx(3.689, abs=1e-3)
    rate = night_rate(10, nights=5)
    assert (round(rate.low, 3), round(rate.high, 3)) == (0.959, 3.678)


def test_a_month_with_one_more_saturday_is_not_up_on_one_with_fewer() -> None:
    """Ten a Saturday and two on any other night, in a month of five Saturdays and one of four."""
    five = counted([4, 4, 4, 4, 4, 5, 5], [8, 8, 8, 8, 8, 50, 10])
    four = counted([4, 4, 4, 4, 5, 4, 5], [8, 8, 8, 8, 10, 40, 10])
    plain = (five.total / five.all_nights) / (four.total / four.all_nights)
    assert plain > 1.08
    found = change(five, four)
    assert found.ratio == pytest.approx(1.0)
    assert found.verdict == "cannot tell"


def test_equal_mixes_of_nights_weigh_as_they_are() -> None:
    twice = counted([8, 8, 8, 10, 10, 10, 8], [16, 16, 16, 40, 100, 100, 16])
    ours, theirs = exposures(twice, OCTOBER)
    assert ours / theirs == pytest.approx(2.0)
    nothing = counted([1] * 7, [0] * 7)
    assert exposures(nothing, nothing) == (7.0, 7.0)


def test_a_change_without_nights_is_not_known() -> None:
    assert math.isnan(change(OCTOBER, counted([0] * 7, [0] * 7)).ratio)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (PeakWindow(4, 2, 22, 4, 10, 0.5), "Fri–Sat nights 22:00–02:00"),
        (PeakWindow(5, 2, 0, 4, 10, 0.5), "Fri–Sat nights 00:00–04:00"),
        (PeakWindow(0, 1, 1, 4, 10, 0.5), "Sun night 01:00–05:00"),
        (PeakWindow(0, 7, 20, 4, 10, 0.5), "Every night 20:00–00:00"),
        (PeakWindow(2, 6, 18, 4, 10, 0.5), "Every night but Tue 18:00–22:00"),
    ],
)
def test_a_peak_is_named_by_its_nights(window: PeakWindow, words: str) -> None:
    assert peak_label(window) == words

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.demo.clock import (
    clock,
    day_weights,
    draw_minutes,
    is_term,
    pick,
    profile_weights,
    to_utc,
)
from data.demo.rates import PROFILES, Bump, streams


def minutes(text: str) -> int:
    return int(np.datetime64(text, "m").astype(np.int64))


def utc(text: str, *, seed: int = 0) -> str:
    found = to_utc(np.array([minutes(text)]), rng=np.random.default_rng(seed))
    return str(found.astype("datetime64[m]")[0])


def test_winter_time_is_utc_and_summer_time_an_hour_ahead() -> None:
    assert utc("2026-01-15T12:30") == "2026-01-15T12:30"
    assert utc("2026-07-15T12:30") == "2026-07-15T11:30"


def test_the_hour_that_does_not_exist_in_march_moves_on() -> None:
    assert utc("2026-03-29T00:59") == "2026-03-29T00:59"
    assert utc("2026-03-29T01:30") == "2026-03-29T01:30"  # which clocks show as 02:30
    assert utc("2026-03-29T02:30") == "2026-03-29T01:30"


def test_the_hour_that_comes_twice_in_october_is_shared_between_both() -> None:
    assert {utc("2026-10-25T01:30", seed=seed) for seed in range(20)} == {
        "2026-10-25T00:30",
        "2026-10-25T01:30",
    }


@given(st.integers(minutes("2023-11-01"), minutes("2026-10-31")))
def test_local_time_is_utc_or_an_hour_ahead_of_it(minute: int) -> None:
    found = to_utc(np.array([minute]), rng=np.random.default_rng(1))[0]
    assert minute - found in (0, 60)


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("night", [False, True])
def test_the_hours_of_a_week_add_up_to_one(profile: str, *, night: bool) -> None:
    hours = clock(profile, night=night)
    assert hours.shape == (672,)
    assert hours.sum() == pytest.approx(1)
    assert hours.min() > 0


def test_a_bump_after_midnight_on_sunday_falls_on_monday_morning() -> None:
    weights = profile_weights([Bump(days=(6,), hour=25.0, spread_h=0.2, weight=50)])
    assert int(weights.argmax()) // 4 in (0, 1)


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2026, 3, 3), True),
        (date(2026, 3, 7), False),  # a Saturday
        (date(2026, 8, 12), False),
        (date(2025, 12, 24), False),
        (date(2026, 9, 3), True),
    ],
)
def test_schools_are_open_on_weekdays_out_of_the_holidays(day: date, *, term: bool) -> None:
    assert is_term(day) is term


def test_a_day_weighs_as_its_month_and_its_growth_say() -> None:
    flat = day_weights(date(2025, 7, 31), 2, season="violence", yearly_change=0.0)
    assert flat.tolist() == [1.06, 0.86]
    grown = day_weights(date(2025, 1, 1), 731, season="flat", yearly_change=0.1)
    assert grown[-1] == pytest.approx(1.1 ** (730 / 365.25))


@given(st.lists(st.sampled_from([0.0, 0.5, 3.0]), min_size=1, max_size=30), st.integers(0, 99))
def test_what_weighs_nothing_is_never_picked(weights: list[float], seed: int) -> None:
    weights[seed % len(weights)] = 1.0
    found = pick(np.array(weights), count=200, rng=np.random.default_rng(seed))
    assert (np.array(weights)[found] > 0).all()


def test_times_fall_on_the_days_and_hours_that_weigh_something() -> None:
    hours = np.zeros(672)
    hours[96 * 4 + 4 * 22] = 1.0  # Friday 22:00 to 22:15
    days = np.ones(28)
    days[:14] = 0.0
    drawn = draw_minutes(
        500, first=date(2026, 6, 1), hours=hours, days=days, rng=np.random.default_rng(3)
    )
    times = drawn.astype("datetime64[m]")
    assert set(times.astype("datetime64[D]").astype(str)) == {"2026-06-19", "2026-06-26"}
    assert set((drawn % 1440).tolist()) == set(range(22 * 60, 22 * 60 + 15))


def test_every_stream_names_a_profile_and_has_a_key_of_its_own() -> None:
    listed = streams()
    assert {stream.profile for stream in listed} <= set(PROFILES)
    assert len({stream.key for stream in listed}) == len(listed)
    assert sum(stream.yearly for stream in listed if stream.category == "asb") == 18_000

"""The hours of the week, and the window that stands out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.hotspots.temporal import hour_of_week_counts, peak_window

FRIDAY, SATURDAY = 4 * 24, 5 * 24


def week(**hours: int) -> np.ndarray:
    counts = np.zeros(168, dtype=np.int64)
    for hour, count in hours.items():
        counts[int(hour[1:])] = count
    return counts


def test_unknown_hours_are_counted_nowhere() -> None:
    hours = np.array([-1, 0, 0, 167, -1], dtype=np.int16)
    counts = hour_of_week_counts(hours)
    assert counts.shape == (168,)
    assert (counts[0], counts[167], counts.sum()) == (2, 1, 3)


def test_friday_and_saturday_nights_are_found_across_midnight() -> None:
    counts = np.ones(168, dtype=np.int64)
    for night in (FRIDAY, SATURDAY):
        counts[night + 22 : night + 26] = 20
    window = peak_window(counts, hours=4)
    assert str(window) == "Fri–Sat 22:00–02:00"
    assert window.incidents == 160
    assert window.share == pytest.approx(160 / (160 + 160))


def test_school_days_are_found_and_the_weekend_left_out() -> None:
    counts = np.ones(168, dtype=np.int64)
    for day in range(5):
        counts[day * 24 + 15 : day * 24 + 18] = 12
    assert str(peak_window(counts, hours=3)) == "Mon–Fri 15:00–18:00"


def test_the_same_hours_every_day_are_called_every_day() -> None:
    counts = np.ones(168, dtype=np.int64)
    counts[np.arange(7) * 24 + 9] = 10
    assert str(peak_window(counts, hours=1)) == "Every day 09:00–10:00"


def test_a_window_may_run_from_sunday_night_into_monday() -> None:
    counts = week(h166=10, h167=10, h0=10, h1=10)
    window = peak_window(counts, hours=4)
    assert str(window) == "Sun 22:00–02:00"
    assert window.share == 1.0
    assert sorted(window.hours_of_week) == [0, 1, 166, 167]


def test_a_run_of_days_may_pass_the_end_of_the_week() -> None:
    counts = np.zeros(168, dtype=np.int64)
    counts[6 * 24 + 10] = counts[10] = 20
    assert str(peak_window(counts, hours=1)) == "Sun–Mon 10:00–11:00"


def test_one_night_alone_is_named_alone() -> None:
    assert str(peak_window(week(h140=30, h60=1), hours=4)).startswith("Sat ")


def test_six_days_are_named_by_the_one_that_is_missing() -> None:
    counts = np.zeros(168, dtype=np.int64)
    counts[np.array([0, 1, 2, 3, 5, 6]) * 24 + 12] = 30
    assert str(peak_window(counts, hours=1)) == "Every day but Fri 12:00–13:00"


def test_under_ten_timed_incidents_nothing_is_said() -> None:
    assert peak_window(week(h5=9)) is None
    assert peak_window(week(h5=10)) is not None


def test_an_even_spread_has_no_peak() -> None:
    assert peak_window(np.full(168, 7, dtype=np.int64)) is None


@pytest.mark.parametrize("hours", [0, 24, -4])
def test_a_shift_of_impossible_length_is_refused(hours: int) -> None:
    with pytest.raises(ValueError, match="A shift cannot last"):
        peak_window(np.ones(168, dtype=np.int64), hours=hours)


@given(
    st.lists(st.integers(0, 40), min_size=168, max_size=168), st.integers(1, 23), st.integers(0, 6)
)
def test_the_window_counts_its_own_hours_and_turns_with_the_week(
    counts: list[int], hours: int, days: int
) -> None:
    given_counts = np.array(counts, dtype=np.int64)
    window = peak_window(given_counts, hours=hours)
    if window is None:
        return
    inside = window.hours_of_week
    assert len(set(inside.tolist())) == window.days * hours
    assert window.incidents == given_counts[inside].sum()
    assert window.share == window.incidents / given_counts.sum()
    turned = peak_window(np.roll(given_counts, 24 * days), hours=hours)
    assert turned.incidents / (turned.days * hours) == pytest.approx(
        window.incidents / (window.days * hours)
    )


def test_a_shift_lasts_one_to_twenty_three_hours() -> None:
    counts = week(**{f"h{FRIDAY + 22}": 40})
    assert peak_window(counts, hours=1) is not None
    assert peak_window(counts, hours=23) is not None
    for hours in (0, 24):
        with pytest.raises(ValueError, match="it lasts 1 to 23"):
            peak_window(counts, hours=hours)

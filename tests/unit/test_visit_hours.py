"""The parts of the week, and shares of a street's incidents that are no more than counts bear."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, binom

from geo.streets.network import StreetNetwork, street_network
from models.tasking.visit_hours import (
    PARTS,
    VisitTimeError,
    hours_label,
    likeliest_kappa,
    part_of,
    part_of_hours,
    parts_of_hours,
    read_visit_time,
    shares_in_part,
    why_not_by_hours,
    worth_in_hours,
)
from models.tasking.walking_loop import walking_loop
from tests.incident_points import incidents_at

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents

MONDAY = datetime(2026, 11, 30)
FRIDAY_NIGHT = part_of(MONDAY + timedelta(days=4, hours=23))
MORNING = part_of(MONDAY + timedelta(days=1, hours=9))


@pytest.mark.parametrize(
    ("day", "hour", "label"),
    [
        (0, 6, "Sundays to Thursdays, 06:00 to 10:00"),
        (4, 5, "the nights after Sundays to Thursdays, 02:00 to 06:00"),
        (4, 6, "Fridays and Saturdays, 06:00 to 10:00"),
        (4, 23, "Fridays and Saturdays, 22:00 to 02:00"),
        (5, 1, "Fridays and Saturdays, 22:00 to 02:00"),
        (6, 3, "the nights after Fridays and Saturdays, 02:00 to 06:00"),
        (6, 6, "Sundays to Thursdays, 06:00 to 10:00"),
        (0, 1, "Sundays to Thursdays, 22:00 to 02:00"),
    ],
)
def test_a_moment_lies_in_a_part_of_the_week(day: int, hour: int, label: str) -> None:
    assert hours_label([part_of(MONDAY + timedelta(days=day, hours=hour))]) == label


def test_the_parts_are_the_whole_week() -> None:
    sizes = np.bincount(part_of_hours(), minlength=PARTS)
    assert sizes.tolist() == [20] * 6 + [8] * 6
    assert len({hours_label([each]) for each in range(PARTS)}) == PARTS


@pytest.mark.parametrize(
    ("parts", "label"),
    [
        ([], ""),
        ([9, 10, 9], "Fridays and Saturdays, 18:00 to 02:00"),
        ([10, 11], "Fridays and Saturdays, 22:00 to 06:00"),
        ([1, 3], "Sundays to Thursdays, 10:00 to 14:00; Sundays to Thursdays, 18:00 to 22:00"),
        ([3, 4, 9, 10], "every day, 18:00 to 02:00"),
        ([5, 11], "every night, 02:00 to 06:00"),
        ([3, 4, 10], "Sundays to Thursdays, 18:00 to 02:00; Fridays and Saturdays, 22:00 to 02:00"),
        (list(range(12)), "all hours of the week"),
    ],
)
def test_the_hours_of_several_visits_in_words(parts: list[int], label: str) -> None:
    assert hours_label(parts) == label


def test_hours_of_a_tasking_lie_in_parts_of_the_week() -> None:
    assert parts_of_hours((4, 5), 22, 3) == (10, 10, 10, 10, 11) * 2
    assert parts_of_hours((6,), 22, 2) == (4,) * 4
    assert set(parts_of_hours(range(7), 6, 6)) == set(range(PARTS))


@pytest.mark.parametrize(
    ("text", "part"), [("Fri 23:30", 10), ("saturday 1", 10), (" SUN 09:00 ", 0), ("Sun 05:59", 11)]
)
def test_a_time_is_read_as_it_is_written(text: str, part: int) -> None:
    assert read_visit_time(text) == part


@pytest.mark.parametrize("text", ["", "Fri", "23:30", "Fri 24:00", "Fre 23:30", "Fri 23:75"])
def test_what_is_no_time_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(VisitTimeError, match="Write a weekday and a time, such as 'Fri 23:30'"):
        read_visit_time(text)


def timed(*at: tuple[float, float, int, int]) -> Incidents:
    """Incidents around points: x, y, the hour of the week, and how many."""
    rows = [(x, y, hour) for x, y, hour, many in at for _ in range(many)]
    held = incidents_at([(x + 0.1 * n, y) for n, (x, y, _) in enumerate(rows)])
    return replace(
        held,
        hour_of_week=np.array([hour for *_, hour in rows], dtype=np.int16),
        ends_minute=np.zeros(len(rows), dtype=np.int64),
    )


def untimed(held: Incidents, many: int) -> Incidents:
    ends, hours = held.ends_minute.copy(), held.hour_of_week.copy()
    ends[:many], hours[:many] = -1, -1
    return replace(held, ends_minute=ends, hour_of_week=hours)


def test_kappa_is_the_one_that_makes_the_counts_most_likely() -> None:
    """Against the beta-binomial integrated numerically, on a coarse search."""
    counted, of_all = np.array([9.0, 1.0, 2.0, 14.0]), np.array([20.0, 22.0, 18.0, 30.0])
    share = counted.sum() / of_all.sum()

    def likelihood(kappa: float) -> float:
        a, b = kappa * share, kappa * (1 - share)
        return float(
            sum(
                np.log(quad(lambda p: binom.pmf(k, n, p) * beta.pdf(p, a, b), 0, 1)[0])  # noqa: B023
                for k, n in zip(counted, of_all, strict=True)
            )
        )

    found = likeliest_kappa(of_all, counted)
    assert 1 < found < 100
    assert all(likelihood(found) >= likelihood(found * by) for by in (0.6, 0.8, 1.25, 1.6))


def test_streets_that_differ_by_no_more_than_chance_get_the_hours_of_the_hotspot() -> None:
    alike = np.array([50.0, 40.0, 60.0, 50.0])
    kappa = likeliest_kappa(alike, alike / 5)
    assert kappa == pytest.approx(5000)
    assert likeliest_kappa(alike, 0 * alike) == kappa
    assert likeliest_kappa(np.array([40.0, 40.0]), np.array([36.0, 2.0])) < 10


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 167)),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, PARTS - 1),
)
def test_shares_lie_between_a_streets_own_and_the_hotspots(
    streets: list[tuple[int, int, int]], part: int
) -> None:
    weeks = np.zeros((len(streets), 168))
    for row, (one, other, hour) in zip(weeks, streets, strict=True):
        row[hour] += one
        row[(hour + 75) % 168] += other
    shares = shares_in_part(weeks, part)
    assert ((shares >= 0) & (shares <= 1)).all()
    total = weeks.sum()
    if total:
        pure = shares_in_part(weeks.sum(axis=0)[np.newaxis], part)[0]
        empty = shares_in_part(np.vstack([weeks, np.zeros(168)]), part)[-1]
        assert empty == pytest.approx(pure)  # a street without incidents has the hotspot's


def test_worth_adds_up_to_the_incidents_and_favours_the_streets_of_the_hours() -> None:
    held = timed((0, 0, 4 * 24 + 23, 30), (50, 0, 24 + 9, 40), (90, 0, 4 * 24 + 23, 5))
    group = np.array([0] * 30 + [1] * 40 + [-1] * 5)
    night = worth_in_hours(held, group, [FRIDAY_NIGHT])
    assert night.sum() == pytest.approx(75)
    assert night[0] > 55
    assert night[1] < 12
    both = worth_in_hours(held, group, [FRIDAY_NIGHT, MORNING])
    assert both[1] > night[1]
    assert both.sum() == pytest.approx(75)


def test_hours_are_not_claimed_where_they_are_not_known() -> None:
    held = timed((0, 0, 33, 40))
    assert why_not_by_hours(held, [MORNING]) == ""
    assert why_not_by_hours(untimed(held, 12), [MORNING]) == ""
    assert (
        why_not_by_hours(untimed(held, 13), [MORNING]) == "32% of its incidents have no known hour"
    )
    few = untimed(timed((0, 0, 33, 12)), 3)
    assert why_not_by_hours(few, [MORNING]) == "fewer than 10 of its incidents have a known hour"
    night = timed((0, 0, 33, 40), (0, 0, 4 * 24 + 23, 9))
    assert why_not_by_hours(night, [FRIDAY_NIGHT]) == (
        "fewer than 10 of its incidents lie in the hours of the visit (Fridays and Saturdays, "
        "22:00 to 02:00)"
    )
    assert why_not_by_hours(night, [FRIDAY_NIGHT, MORNING]) == ""
    enough = timed((0, 0, 33, 40), (0, 0, 4 * 24 + 23, 10))
    assert why_not_by_hours(enough, [FRIDAY_NIGHT]) == ""


def cross() -> StreetNetwork:
    lines = [[(0, 0), (0, 100)], [(0, 0), (100, 0)], [(0, 0), (0, -20)]]
    frame = gpd.GeoDataFrame(
        {"name": ["Bar Street", "Shop Street", "Stub"], "place_class": ["local"] * 3},
        geometry=[shapely.LineString(line) for line in lines],
        crs=27700,
    )
    return street_network(frame)


AREA = shapely.box(-30, -30, 110, 110)


def test_a_friday_night_visit_goes_where_friday_nights_incidents_lie() -> None:
    held = timed((0, 90, 4 * 24 + 23, 30), (90, 0, 24 + 9, 40), (0, -10, 33, 2))
    how = {"minutes": 5, "kmh": 3.6}  # 300 m: one of the streets, there and back
    night = walking_loop(cross(), AREA, held, parts=[FRIDAY_NIGHT], **how)
    morning = walking_loop(cross(), AREA, held, parts=[MORNING], **how)
    whole = walking_loop(cross(), AREA, held, **how)
    assert night is not None
    assert morning is not None
    assert whole is not None
    assert "Bar Street" in night.directions
    assert "Shop Street" in morning.directions
    assert "Shop Street" in whole.directions
    assert night.hours == "Fridays and Saturdays, 22:00 to 02:00"
    assert "in the hours of the visit (Fridays and Saturdays, 22:00 to 02:00)" in night.quality
    assert (whole.hours, whole.no_hours) == ("", "")
    assert "of the hotspot's incidents; no loop" in whole.quality
    silent = walking_loop(cross(), AREA, untimed(held, 30), parts=[FRIDAY_NIGHT], **how)
    assert silent is not None
    assert silent.points == whole.points
    assert "all hours alike: 42% of its incidents have no known hour." in silent.quality

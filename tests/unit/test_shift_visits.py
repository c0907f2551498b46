"""A plan by shift, worked by hand: whose visits, which hours, who is near, what is expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.tasking.patrol_coverage import PlanCoverage, Shares
from models.tasking.patrol_plan import Plan, PlannedBreak, PlannedVisit
from models.tasking.shift_visits import (
    expected_in_shift,
    near_visits,
    peak_in_shift,
    shifts_of,
    visits_by_day,
    week_hours,
)
from models.tasking.teams import Shift, Team
from tests.patrols import MONDAY, candidate

LONDON = "Europe/London"
NOTHING = Shares(0.0, 0.0, 0.0, 0.0)


def minute(day: date, hour: int, past: int = 0) -> int:
    """A winter's wall-clock time as minutes of UTC."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour, minutes=past)
    return int(at.timestamp()) // 60


def visit(team: str, place: int, hour: int, past: int = 0, day: date = MONDAY) -> PlannedVisit:
    starts = minute(day, hour, past)
    at = datetime.fromtimestamp(60 * starts, tz=UTC).replace(tzinfo=None)
    return PlannedVisit(team, f"K-{place}", day, 0, starts, at, 15)


def plan_of(*visits: PlannedVisit, breaks: tuple[PlannedBreak, ...] = ()) -> Plan:
    coverage = PlanCoverage(NOTHING, NOTHING, 0.0, (), (), untimed=0)
    return Plan(visits, (), breaks, 0.0, 0.0, 0.0, 0.0, 0.0, proven=True, coverage=coverage)


def crew(name: str, *shifts: tuple[int, int]) -> Team:
    return Team(name, tuple(Shift((0, 1), begin * 60, end % 24 * 60) for begin, end in shifts))


TUESDAY = MONDAY + timedelta(days=1)


def test_each_visit_is_in_one_shift_of_its_own_team() -> None:
    teams = (crew("Day", (8, 12), (14, 18)), crew("Night", (22, 26)))
    pause = PlannedBreak("Day", MONDAY, minute(MONDAY, 15), minute(MONDAY, 16))
    visits = (
        visit("Day", 1, 9),
        visit("Day", 2, 17),
        visit("Day", 1, 14, 10),
        visit("Night", 1, 25),
        visit("Night", 2, 23, day=TUESDAY),
    )
    shifts = shifts_of(
        plan_of(*visits, breaks=(pause,)), teams, dates=(MONDAY, TUESDAY), timezone=LONDON
    )
    said = [(each.team, each.day, len(each.visits), len(each.breaks)) for each in shifts]
    assert said == [
        ("Day", MONDAY, 1, 0),
        ("Day", MONDAY, 2, 1),
        ("Day", TUESDAY, 0, 0),
        ("Day", TUESDAY, 0, 0),
        ("Night", MONDAY, 1, 0),
        ("Night", TUESDAY, 1, 0),
    ]
    assert sorted((v for each in shifts for v in each.visits), key=visits.index) == list(visits)
    second = shifts[1]
    assert second.places == {"K-1": (1,), "K-2": (2,)}
    assert (second.starts, second.ends) == (minute(MONDAY, 14), minute(MONDAY, 18))
    assert second.minutes == 30
    assert visits_by_day(shifts, (MONDAY, TUESDAY)) == {"Day": (3, 0), "Night": (1, 1)}


def test_a_visit_outside_every_shift_is_not_lost() -> None:
    teams = (crew("Day", (8, 12)),)
    made = plan_of(visit("Day", 1, 20), visit("Day", 2, 21), visit("Gone", 1, 9))
    shifts = shifts_of(made, teams, dates=(MONDAY,), timezone=LONDON)
    assert [(each.team, len(each.visits)) for each in shifts] == [
        ("Day", 0),
        ("Day", 2),
        ("Gone", 1),
    ]
    assert (shifts[1].starts, shifts[1].ends) == (minute(MONDAY, 20), minute(MONDAY, 21, 15))


def test_a_day_off_has_no_shift() -> None:
    off = replace(crew("Day", (8, 12)), days_off=(MONDAY,))
    shifts = shifts_of(plan_of(), (off,), dates=(MONDAY, TUESDAY), timezone=LONDON)
    assert [each.day for each in shifts] == [TUESDAY]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (visit("Other", 2, 9, 5), (1, 300.0, 0)),  # they overlap
        (visit("Other", 2, 9, 45), (1, 300.0, 30)),
        (visit("Other", 2, 9, 46), None),  # a minute too late
        (visit("Other", 3, 9, 5), None),  # a metre too far
        (visit("Other", 1, 11, 30), (2, 0.0, 0)),  # the same place, nearest to the second visit
        (visit("Day", 2, 9, 5), None),  # their own
    ],
)
def test_who_is_near_is_near_in_place_and_time(
    other: PlannedVisit, expected: tuple[int, float, int] | None
) -> None:
    places = [candidate(1), candidate(2, x=300.0), candidate(3, x=501.0)]
    made = plan_of(visit("Day", 1, 9), visit("Day", 1, 11, 30), other)
    (shift,) = [
        each
        for each in shifts_of(made, (crew("Day", (8, 12)),), dates=(MONDAY,), timezone=LONDON)
        if each.team == "Day"
    ]
    found = near_visits(shift, made, places)
    said = [(each.number, each.metres, each.minutes) for each in found if each.visit == other]
    assert said == ([expected] if expected else [])


def test_the_hours_of_a_night_and_what_is_expected_in_them() -> None:
    (shift,) = shifts_of(plan_of(), (crew("Night", (22, 26)),), dates=(MONDAY,), timezone=LONDON)
    assert week_hours(shift, timezone=LONDON) == (22, 23, 24, 25)
    place = candidate(1, hours=(23, 24, 30), rate=0.5)
    assert expected_in_shift(place, shift, timezone=LONDON) == pytest.approx(1.0)
    assert peak_in_shift(place, shift, timezone=LONDON) == (
        (minute(MONDAY, 23), minute(MONDAY, 25)),
    )


def test_an_hour_that_comes_twice_is_expected_twice() -> None:
    saturday = date(2026, 10, 24)
    night = Team("Night", (Shift((5,), 22 * 60, 4 * 60),))
    (shift,) = shifts_of(plan_of(), (night,), dates=(saturday,), timezone=LONDON)
    assert shift.ends - shift.starts == 7 * 60
    one_o_clock = candidate(1, hours=(6 * 24 + 1,))
    assert expected_in_shift(one_o_clock, shift, timezone=LONDON) == pytest.approx(2.0)


def test_ways_are_from_place_to_place() -> None:
    there = replace(visit("Day", 2, 10), way="streets")
    back = replace(visit("Day", 1, 11), way="straight")
    made = plan_of(visit("Day", 1, 8, 30), visit("Day", 1, 9), there, back)
    (shift,) = shifts_of(made, (crew("Day", (8, 12)),), dates=(MONDAY,), timezone=LONDON)
    assert shift.legs() == {("K-1", "K-2"): True, ("K-2", "K-1"): False}

"""A plan's week by team and day, on the local clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from models.calendar.clock_changes import clock_changes
from models.tasking.patrol_plan import plan
from models.tasking.patrol_replan import PlanChange, replan
from models.tasking.plan_week import week_of
from models.tasking.replanned import ShiftOff
from models.tasking.teams import Shift, Team, wall_minute
from tests.patrols import MONDAY, candidate, request, team


def test_every_shift_is_there_with_its_visits() -> None:
    asked = request(
        [candidate(1, hours=range(14, 18))], [team("One"), team("Idle", start=8, end=9)]
    )
    made = plan(asked)
    one, idle = week_of(made, request=asked)
    assert (one.team, one.day, one.starts, one.ends, one.pause) == ("One", MONDAY, 840, 1080, None)
    midnight = wall_minute(MONDAY, 0)
    assert one.visits == tuple(
        ("K-1", each.starts - midnight, each.starts - midnight + 15) for each in made.visits
    )
    assert (idle.team, idle.visits, idle.off_from) == ("Idle", (), None)


def test_a_break_and_a_shift_past_midnight_are_on_the_day_that_it_begins() -> None:
    late = Team("Late", (Shift((0,), 18 * 60, 2 * 60),), ready_minutes=0)
    made = plan(request([candidate(1)], [late]))
    (shift,) = week_of(made, request=request([candidate(1)], [late]))
    assert (shift.starts, shift.ends) == (1080, 1560)
    assert shift.pause is not None
    assert shift.pause[1] - shift.pause[0] == 45
    assert any(starts >= 1440 for _, starts, _ in shift.visits)


def test_times_are_those_of_the_local_clock_in_summer() -> None:
    asked = request([candidate(1)], [team("One", days=range(7))])
    day = date(2026, 7, 6)
    asked = replace(
        asked,
        settings=replace(asked.settings, starts_on=day),
        changes=clock_changes("Europe/London", first=day, last=day),
    )
    made = plan(asked)
    (shift,) = week_of(made, request=asked)
    assert (shift.starts, shift.ends) == (840, 1080)
    assert [starts for _, starts, _ in shift.visits] == [
        each.at.hour * 60 + each.at.minute for each in made.visits
    ]


def test_a_shift_that_fell_out_says_from_when() -> None:
    asked = request([candidate(1, hours=range(14, 18))], [team("One")])
    since = wall_minute(MONDAY, 15 * 60)
    change = PlanChange(as_of=since, off=(ShiftOff("One", MONDAY, since),))
    after = replan(asked, plan(asked), change=change)
    (shift,) = week_of(after, request=asked)
    assert shift.off_from == 15 * 60
    whole = PlanChange(as_of=0, off=(ShiftOff("One", MONDAY, 0),))
    (shift,) = week_of(replan(asked, plan(asked), change=whole), request=asked)
    assert (shift.off_from, shift.visits) == (shift.starts, ())


def test_a_shift_that_takes_over_says_so() -> None:
    asked = request([candidate(1, hours=range(14, 18))], [team("One"), team("Two")])
    made = plan(asked)
    busy = made.visits[0].team
    change = PlanChange(as_of=0, off=(ShiftOff(busy, MONDAY, 0),))
    shifts = {
        each.team: each for each in week_of(replan(asked, made, change=change), request=asked)
    }
    (other,) = set(shifts) - {busy}
    assert shifts[other].takes_over
    assert not shifts[busy].takes_over

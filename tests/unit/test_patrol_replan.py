"""A plan made again around a change: what stays, what is taken over, and what is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.exports.replan_words import loss_table, replan_words
from models.tasking._patrol_choice import value_of
from models.tasking._patrol_milp import exact
from models.tasking._patrol_options import options_of
from models.tasking.patrol_check import broken_rules
from models.tasking.patrol_plan import Plan, plan
from models.tasking.patrol_replan import (
    PlanChange,
    ReplanError,
    best_choice,
    replan,
    replan_options,
)
from models.tasking.replanned import ShiftOff
from models.tasking.teams import wall_minute
from tests.patrols import MONDAY, best_by_brute_force, candidate, request, team

if TYPE_CHECKING:
    from models.tasking.patrol_request import PlanRequest

BEGINS = wall_minute(MONDAY, 0)
AFTERNOON = range(14, 18)


def off(name: str, *, since: int = BEGINS) -> PlanChange:
    return PlanChange(as_of=since, off=(ShiftOff(name, MONDAY, since),))


def small(seed: int) -> PlanRequest:
    """Three teams around five hotspots, of which some are out of reach of each other."""
    dice = np.random.default_rng(seed)
    places = [
        candidate(
            number,
            x=float(dice.integers(0, 14)) * 100,
            y=float(dice.integers(0, 14)) * 100,
            hours=range(14, 14 + int(dice.integers(3, 9))),
            rate=float(dice.integers(1, 9)),
            ward="ABC"[number % 3],
        )
        for number in range(1, 6)
    ]
    teams = [
        team("One", start=14, end=18),
        team("Two", start=15, end=19),
        team("Three", start=16, end=20),
    ]
    return request(places, teams, seed=seed)


def of_others(made: Plan, name: str) -> Counter[object]:
    """The visits of the other teams that are not in spare time."""
    return Counter(
        (each.team, each.hotspot_id, each.starts)
        for each in made.visits
        if each.team != name and not each.in_spare_time
    )


def faults(asked: PlanRequest, made: Plan) -> list[str]:
    """What breaks a rule, but for the ranks: the visits that stay may come to be too many."""
    return [each for each in broken_rules(asked, made) if "some in spare time" not in each]


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_in_which_nothing_changed_stays_as_it_is(seed: int) -> None:
    asked = small(seed)
    before = plan(asked)
    after = replan(asked, before, change=PlanChange(as_of=BEGINS))
    assert after.visits == before.visits
    assert Counter(after.stretches) == Counter(before.stretches)
    assert after.breaks == before.breaks
    assert after.value == pytest.approx(before.value)
    assert after.coverage.incidents == pytest.approx(before.coverage.incidents) or (
        after.coverage.incidents.covered == pytest.approx(before.coverage.incidents.covered)
    )
    assert after.replanned is not None
    assert (after.replanned.wards, after.replanned.taken_over) == ((), ())


@pytest.mark.parametrize("seed", range(8))
def test_the_team_that_is_off_gets_nothing_and_the_rest_stays(seed: int) -> None:
    asked = small(seed)
    before = plan(asked)
    for name in ("One", "Two", "Three"):
        after = replan(asked, before, change=off(name))
        assert not any(each.team == name for each in after.visits)
        assert not any(each.team == name for each in after.stretches)
        assert not of_others(before, name) - of_others(after, name)
        assert faults(asked, after) == []
        note = after.replanned
        assert note is not None
        changed = {each for each, _ in note.taken_over}
        for other in {"One", "Two", "Three"} - {name} - changed:
            same = [(v.hotspot_id, v.starts) for v in before.visits if v.team == other]
            now = [(v.hotspot_id, v.starts) for v in after.visits if v.team == other]
            assert now == same


@pytest.mark.parametrize("seed", range(8))
def test_what_is_lost_adds_up_by_ward(seed: int) -> None:
    asked = small(seed)
    before = plan(asked)
    for name in ("One", "Three"):
        after = replan(asked, before, change=off(name))
        note = after.replanned
        assert note is not None
        fewer = before.coverage.incidents.covered - after.coverage.incidents.covered
        assert note.lost - note.gained == pytest.approx(fewer, abs=1e-6)
        covered = {each.ward_code: each.incidents.covered for each in before.coverage.wards}
        now = {each.ward_code: each.incidents.covered for each in after.coverage.wards}
        losses = {each.ward_code: each for each in note.wards}
        for ward, served in covered.items():
            less = losses[ward].lost - losses[ward].gained if ward in losses else 0.0
            assert served - now[ward] == pytest.approx(less, abs=1e-6)
            if ward in losses:
                assert losses[ward].before == pytest.approx(served, abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_no_choice_around_the_change_collects_more(seed: int) -> None:
    asked = small(seed)
    before = plan(asked)
    for name in ("One", "Two"):
        options = replan_options(asked, before, change=off(name))
        most = best_by_brute_force(options)
        assert most is not None
        choice, bound = best_choice(options)
        assert value_of(options, choice) == pytest.approx(most, rel=2e-3, abs=1e-6)
        assert bound >= most - 1e-6
        assert replan(asked, before, change=off(name)).bound >= most - 1e-6


def test_an_idle_team_takes_over_what_would_be_lost() -> None:
    # One place: either of two teams with the same hours is enough, so the second has nothing to do.
    asked = request([candidate(1, hours=AFTERNOON)], [team("One"), team("Two")])
    before = plan(asked)
    (busy,) = {each.team for each in before.visits}
    (idle,) = {"One", "Two"} - {busy}
    after = replan(asked, before, change=off(busy))
    assert {each.team for each in after.visits} == {idle}
    assert after.value == pytest.approx(before.value)
    assert after.replanned is not None
    assert after.replanned.lost == pytest.approx(0.0)
    assert after.replanned.taken_over == ((idle, MONDAY),)


def test_what_nobody_can_reach_is_lost_with_its_ward() -> None:
    # 5 km apart: each team has its own place, and keeps it.
    places = [
        candidate(1, hours=AFTERNOON, rate=3.0, ward="A"),
        candidate(2, x=5000.0, hours=AFTERNOON, rate=2.0, ward="B"),
    ]
    asked = request(places, [team("One"), team("Two")])
    before = plan(asked)
    (gone,) = {each.team for each in before.visits if each.hotspot_id == "K-2"}
    after = replan(asked, before, change=off(gone))
    note = after.replanned
    assert note is not None
    assert [(each.ward_name, each.lost) for each in note.wards] == [("Ward B", pytest.approx(8.0))]
    assert note.lost == pytest.approx(8.0)
    assert after.value == pytest.approx(12.0)
    assert after.bound == pytest.approx(12.0, rel=1e-3)


def test_visits_that_were_made_stay_when_a_team_goes_home() -> None:
    asked = request([candidate(1, hours=range(14, 20))], [team("One", end=20)])
    before = plan(asked)
    since = wall_minute(MONDAY, 16 * 60 + 30)
    made = tuple(each for each in before.visits if each.starts < since)
    assert 0 < len(made) < len(before.visits)
    after = replan(asked, before, change=off("One", since=since))
    assert after.visits == made
    (served,) = after.stretches
    assert served.ends == max(since, made[-1].starts + made[-1].minutes)
    assert faults(asked, after) == []
    assert after.replanned is not None
    assert after.replanned.lost == pytest.approx((before.stretches[0].ends - served.ends) / 60)


def test_nothing_is_taken_over_in_the_past() -> None:
    asked = request([candidate(1, hours=range(14, 20))], [team("One", end=20), team("Two", end=20)])
    before = plan(asked)
    busy = next(each.team for each in before.visits if not each.in_spare_time)
    before = replace(  # the other team has nothing to do
        before,
        visits=tuple(each for each in before.visits if each.team == busy),
        stretches=tuple(each for each in before.stretches if each.team == busy),
    )
    since = wall_minute(MONDAY, 16 * 60)
    after = replan(asked, before, change=off(busy, since=since))
    new = set(after.visits) - set(before.visits)
    assert new
    assert all(each.starts >= since for each in new)
    assert {each for each in before.visits if each.starts < since} <= set(after.visits)
    assert faults(asked, after) == []


def test_what_was_spare_time_is_none_once_nobody_else_serves_it() -> None:
    asked = request([candidate(1, hours=AFTERNOON)], [team("One"), team("Two")])
    before = plan(asked)
    (busy,) = {each.team for each in before.visits}
    (other,) = {"One", "Two"} - {busy}
    spare = [replace(each, team=other, in_spare_time=True) for each in before.visits]
    before = replace(
        before,
        visits=(*before.visits, *spare),
        stretches=(*before.stretches, *(replace(e, team=other) for e in before.stretches)),
    )
    after = replan(asked, before, change=off(busy))
    assert after.visits == tuple(replace(each, in_spare_time=False) for each in spare)
    assert after.replanned is not None
    assert after.replanned.wards == ()


def test_a_new_hotspot_is_taken_in_where_a_team_has_room_for_it() -> None:
    asked = request([candidate(1, hours=AFTERNOON, rate=5.0)], [team("One")])
    before = plan(asked)
    new = candidate(2, x=100.0, hours=AFTERNOON, rate=0.5, ward="B")
    wider = replace(asked, candidates=(*asked.candidates, new))
    after = replan(wider, before, change=PlanChange(as_of=BEGINS, added=("K-2",)))
    assert {each.hotspot_id for each in after.visits} == {"K-1", "K-2"}
    kept = [each for each in after.visits if each.hotspot_id == "K-1"]
    assert [each.starts for each in kept] == [each.starts for each in before.visits]
    note = after.replanned
    assert note is not None
    assert (note.lost, note.gained, note.unserved) == (0.0, pytest.approx(2.0), ())
    assert faults(wider, after) == []


def test_a_new_hotspot_out_of_reach_is_said_to_be_unserved() -> None:
    asked = request([candidate(1, hours=AFTERNOON)], [team("One")])
    before = plan(asked)
    new = candidate(2, x=9000.0, hours=AFTERNOON, rate=50.0)
    wider = replace(asked, candidates=(*asked.candidates, new))
    after = replan(wider, before, change=PlanChange(as_of=BEGINS, added=("K-2",)))
    assert after.visits == before.visits
    assert after.replanned is not None
    assert after.replanned.unserved == ("K-2",)


def test_a_shift_that_fell_out_before_takes_nothing_over_later() -> None:
    asked = request([candidate(1, hours=AFTERNOON)], [team("One"), team("Two"), team("Three")])
    before = plan(asked)
    first = off(before.visits[0].team)
    once = replan(asked, before, change=first)
    second = once.visits[0].team
    both = PlanChange(BEGINS, off=(*first.off, ShiftOff(second, MONDAY, BEGINS)))
    twice = replan(asked, once, change=both)
    assert not {each.team for each in twice.visits} & {first.off[0].team, second}
    assert len(twice.visits) == len(before.visits)


def test_visits_in_no_shift_are_refused_and_not_dropped() -> None:
    asked = request([candidate(1, hours=AFTERNOON)], [team("One")])
    before = plan(asked)
    later = replace(asked, teams=(team("One", start=19, end=22),))
    with pytest.raises(ReplanError, match="2 visits lie in no shift of its teams"):
        replan(later, before, change=PlanChange(as_of=BEGINS))


def test_a_beat_that_was_left_out_is_not_worked() -> None:
    far = [candidate(1, hours=AFTERNOON), candidate(2, x=5000.0, hours=AFTERNOON, rate=3.0)]
    options = options_of(request(far, [team("One")]))
    poorer = next(
        at
        for at, beat in enumerate(options.beats)
        if {options.stretches[each].hotspot for each in beat.stretches} == {0}
    )
    alone = replace(options, beats_of=((poorer,),))
    answer = exact(alone, known=None, rng=np.random.default_rng(1), seconds=5.0)
    assert answer.choice is not None
    assert set(answer.choice) == {0}
    assert answer.choice[0].beat == poorer
    assert value_of(alone, answer.choice) == pytest.approx(4.0, rel=1e-3)


def test_what_is_lost_is_said_with_its_ward_and_how_sure_that_is() -> None:
    places = [
        candidate(1, hours=AFTERNOON, rate=3.0, ward="A"),
        candidate(2, x=5000.0, hours=AFTERNOON, rate=2.0, ward="B"),
    ]
    asked = request(places, [team("One"), team("Two")])
    before = plan(asked)
    (gone,) = {each.team for each in before.visits if each.hotspot_id == "K-2"}
    change = replace(off(gone), replaces="P-0001")
    after = replan(asked, before, change=change)
    names = {each.hotspot_id: each.label for each in places}
    sentences = replan_words(after, settings=asked.settings, names=names, timezone="Europe/London")
    assert sentences == (
        f"Off: {gone} on Mon 23 Nov. Of 20.0 expected incidents in hours served before, 8.0 fall "
        "in hours that are served no more, all of them in Ward B. All other shifts stay as they "
        "are. With the rest locked, no plan covers more. Expected is the period's average for "
        "these hours; any one night can be far from it."
    )
    assert after.replanned is not None
    (row,) = loss_table(after.replanned).to_dict("records")
    assert row == {
        "ward": "Ward B",
        "served_before": 8.0,
        "lost": 8.0,
        "gained": 0.0,
        "served_now": 0.0,
    }
    assert replan_words(before, settings=asked.settings, names=names, timezone="UTC") == ""

"""Visits in spare time: which they are, and that they follow the ranks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from data.exports.patrol import hotspot_table, visit_table
from models.tasking._patrol_choice import ServedBeat, value_of
from models.tasking._patrol_options import options_of
from models.tasking._patrol_spare import by_rank
from models.tasking._patrol_timing import timed
from models.tasking.patrol_check import broken_rules
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import LockedVisit, PlanRequest, WardMinimum
from models.tasking.teams import wall_minute
from tests.patrols import MONDAY, candidate, request, team

EVENING = range(18, 20)


def quiet_below_busy(**settings: object) -> PlanRequest:
    """Rank 1 is busy for two hours of the shift, rank 2 quiet all day: 0.9 expected a week."""
    busy = candidate(1, hours=EVENING, rate=5.0)
    quiet = candidate(2, x=50.0, rate=0.9 / 168)
    return request([busy, quiet], [team(start=14, end=20)], **settings)


def visits(asked: PlanRequest) -> dict[str, int]:
    made = plan(asked)
    assert broken_rules(asked, made) == ()
    return {each.hotspot_id: each.visits for each in made.coverage.hotspots}


def test_a_quiet_place_gets_no_more_visits_than_the_busy_one_above_it() -> None:
    made = plan(quiet_below_busy())
    busy, quiet = made.coverage.hotspots
    assert (busy.visits, busy.spare_visits) == (1, 0)
    assert quiet.visits <= 1
    assert quiet.spare_visits == quiet.visits
    alone = plan(request([replace(candidate(2), rank=1)], [team(start=14, end=20)]))
    assert len(alone.visits) == 3  # what it would get without a place above it


def test_spare_time_is_named_in_the_plans_tables() -> None:
    asked = request(
        [candidate(1, rate=5.0), candidate(2, x=50.0, rate=0.1)], [team(start=14, end=20)]
    )
    made = plan(asked)
    assert visits(asked) == {"K-1": 3, "K-2": 3}
    table = visit_table(made, candidates=asked.candidates, timezone="Europe/London")
    assert set(table[table["in_spare_time"]]["hotspot_id"]) == {"K-2"}
    assert set(table[~table["in_spare_time"]]["hotspot_id"]) == {"K-1"}
    assert hotspot_table(made.coverage)["in_spare_time"].tolist() == [0, 3]


def test_hours_that_two_teams_serve_are_spare_time_for_one_of_them() -> None:
    asked = request([candidate(1), candidate(2, x=50.0)], [team("One"), team("Two")])
    options = options_of(asked)
    twice = {
        duty: ServedBeat(beats[0], options.beats[beats[0]].stretches)
        for duty, beats in enumerate(options.beats_of)
    }
    visits, kept = timed(options, twice, rng=np.random.default_rng(1))
    ranked = by_rank(options, kept, visits)
    spare = [options.stretches[at] for at in ranked.spare]
    assert sorted(each.hotspot for each in spare) == [0, 1]
    assert value_of(options, ranked.choice) == pytest.approx(2 * 4.0)


def test_what_is_asked_for_is_not_spare_time() -> None:
    assert visits(quiet_below_busy(must=("K-2",)))["K-2"] >= 1
    made = plan(quiet_below_busy(must=("K-2",)))
    assert not all(v.in_spare_time for v in made.visits if v.hotspot_id == "K-2")
    lock = LockedVisit("One", "K-2", wall_minute(MONDAY, 15 * 60))
    locked = plan(quiet_below_busy(locked=(lock,)))
    assert [v.in_spare_time for v in locked.visits if v.locked] == [False]
    ward = WardMinimum("A", "Ward A", 3)
    assert sum(visits(quiet_below_busy(ward_minimums=(ward,))).values()) >= 3


def test_a_place_that_only_spare_time_would_reach_says_so() -> None:
    never = candidate(1, hours=range(27, 29), rate=5.0)  # Tuesday from 03:00
    asked = request([never, candidate(2, x=50.0, rate=0.01)], [team(start=14, end=20)])
    first, second = plan(asked).coverage.hotspots
    assert (first.visits, second.visits) == (0, 0)
    assert "No half shift overlaps" in first.left_out
    assert "in spare time alone" in second.left_out
    without = replace(asked, settings=replace(asked.settings, must_not=("K-1",)))
    assert visits(without)["K-2"] > 0  # what was taken out is above nothing


@examples(max_examples=25)
@given(seed=st.integers(1, 10_000), places=st.integers(3, 8))
def test_in_no_plan_does_spare_time_go_against_the_ranks(seed: int, places: int) -> None:
    some = [
        candidate(
            number,
            x=130.0 * (number * seed % 7),
            hours=range((number * seed) % 12 + 8, 24) if number % 3 else range(168),
            rate=4.0 / number,
        )
        for number in range(1, places + 1)
    ]
    teams = [team("One", days=(0, 1), start=12, end=18), team("Two", days=(0, 1), start=17, end=23)]
    asked = request(some, teams, days=2, seed=seed, gap=0.05, time_limit_s=5.0)
    made = plan(asked)
    counts = {each.hotspot_id: each.visits for each in made.coverage.hotspots}
    for lower in made.coverage.hotspots:
        above = [counts[f"K-{rank}"] for rank in range(1, int(lower.hotspot_id.removeprefix("K-")))]
        assert not lower.spare_visits or lower.visits <= min(above, default=lower.visits)
        assert lower.spare_visits == sum(
            each.in_spare_time for each in made.visits if each.hotspot_id == lower.hotspot_id
        )
    assert broken_rules(asked, made) == ()
    assert made.value <= made.bound * (1 + 1e-9)

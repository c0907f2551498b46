"""The patrol plan: hand-worked cases, brute force, every rule on every plan, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.calendar.clock_changes import clock_changes
from models.tasking._patrol_bound import bound_of, spans_of
from models.tasking._patrol_choice import shortfalls, value_of
from models.tasking._patrol_milp import exact
from models.tasking._patrol_options import Options, options_of
from models.tasking.patrol_check import broken_rules
from models.tasking.patrol_greedy import greedy, improved
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import (
    ConflictError,
    LockedVisit,
    PlanRequest,
    PlanRequestError,
    WardMinimum,
)
from models.tasking.teams import Shift, Team, wall_minute
from tests.patrols import MONDAY, best_by_brute_force, candidate, request, team

AFTERNOON = range(14, 18)


def test_one_team_serves_one_hotspot_through_its_peak() -> None:
    asked = request([candidate(1, hours=AFTERNOON)], [team()])
    made = plan(asked)
    # Four hours at 1 an hour, visited at least once in each two hours.
    assert made.value == pytest.approx(4.0, rel=1e-3)
    assert made.coverage.incidents.share == pytest.approx(1.0)
    starts = sorted(each.starts - wall_minute(MONDAY, 14 * 60) for each in made.visits)
    assert len(starts) == 2
    assert starts[0] < 120
    assert starts[1] - starts[0] <= 120
    assert broken_rules(asked, made) == ()


def test_a_team_keeps_up_as_many_hotspots_as_the_way_allows() -> None:
    # 15 minutes a visit: six at a time within 5 minutes' walk, which is 307 m along straight lines.
    near = [candidate(n, x=20.0 * n, hours=AFTERNOON) for n in range(1, 9)]
    assert plan(request(near, [team()])).value == pytest.approx(6 * 4.0, rel=1e-3)
    # 700 m apart is a walk of 11.4 minutes: four at a time, in slots of 30.
    apart = [candidate(1, x=0), candidate(2, x=700), candidate(3, y=0), candidate(4, x=700)]
    assert plan(request(apart, [team()])).value == pytest.approx(4 * 4.0, rel=1e-3)
    # 5 km apart cannot be served together.
    far = [candidate(1, x=0), candidate(2, x=5000)]
    assert plan(request(far, [team()])).value == pytest.approx(4.0, rel=1e-3)


def test_an_hour_served_by_two_teams_counts_once() -> None:
    asked = request([candidate(1, hours=AFTERNOON)], [team("One"), team("Two", start=16, end=20)])
    assert plan(asked).value == pytest.approx(4.0, rel=1e-3)


def test_a_hotspot_is_served_in_its_peak_hours_alone() -> None:
    asked = request([candidate(1, hours=range(16, 24))], [team()])
    made = plan(asked)
    assert made.value == pytest.approx(2.0, rel=1e-3)
    assert all(each.at.hour >= 16 for each in made.visits)


def test_the_objective_decides() -> None:
    places = [
        candidate(1, x=0, rate=3.0, harm=1.0),
        candidate(2, x=9000, rate=1.0, harm=100.0),
    ]
    by_count = plan(request(places, [team()]))
    by_harm = plan(request(places, [team()], objective="harm"))
    assert {each.hotspot_id for each in by_count.visits} == {"K-1"}
    assert {each.hotspot_id for each in by_harm.visits} == {"K-2"}
    assert by_harm.value == pytest.approx(400.0, rel=1e-3)


def test_the_same_seed_gives_the_same_plan_and_another_one_other_minutes() -> None:
    asked = request([candidate(n, x=100.0 * n) for n in range(4)], [team()])
    one, again = plan(asked), plan(asked)
    other = plan(replace(asked, settings=replace(asked.settings, seed=2)))
    assert one.visits == again.visits
    assert one.visits != other.visits
    assert one.value == pytest.approx(other.value)


def test_visits_of_many_seeds_fall_on_many_minutes() -> None:
    base = request([candidate(1)], [team()])
    firsts = {
        plan(replace(base, settings=replace(base.settings, seed=seed))).visits[0].starts
        for seed in range(40)
    }
    assert len(firsts) > 20


def test_two_hotspots_out_of_reach_are_never_joined_across_the_break() -> None:
    long = Team("Long", (Shift((0,), 12 * 60, 20 * 60),), ready_minutes=0)
    places = [candidate(1, hours=range(12, 16)), candidate(2, x=6000.0, hours=range(16, 20))]
    made = plan(request(places, [long]))
    assert len({each.hotspot_id for each in made.visits}) == 1


@pytest.mark.parametrize("day", [date(2027, 3, 27), date(2026, 10, 24)])
def test_the_nights_on_which_the_clocks_change_keep_every_rule(day: date) -> None:
    night = Team("Night", (Shift((5,), 22 * 60, 6 * 60),), "bike")
    asked = request([candidate(n, x=200.0 * n) for n in range(1, 6)], [night])
    asked = replace(
        asked,
        settings=replace(asked.settings, starts_on=day),
        changes=clock_changes("Europe/London", first=day, last=day),
    )
    made = plan(asked)
    assert broken_rules(asked, made) == ()
    # In the spring no visit begins in the hour that is skipped.
    assert not any(each.at.hour == 1 for each in made.visits if day.month == 3)


places = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(12, 18),
        st.integers(2, 8),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=4,
)
shifts = st.lists(st.tuples(st.integers(12, 17), st.integers(2, 5)), min_size=1, max_size=2)


def made_request(
    rows: list[tuple[int, ...]], hours: list[tuple[int, ...]], seed: int
) -> PlanRequest:
    candidates = [
        candidate(n + 1, x=100.0 * x, y=100.0 * y, hours=range(a, a + b), rate=r, ward="AB"[n % 2])
        for n, (x, y, a, b, r) in enumerate(rows)
    ]
    teams = [team(f"T{n}", start=a, end=a + b) for n, (a, b) in enumerate(hours)]
    return request(candidates, teams, seed=seed)


def best_that_is_solved(options: Options) -> float:
    """What the search collects before spare time follows the ranks."""
    rng = np.random.default_rng(1)
    better = improved(options, greedy(options), rng=rng)
    known = None if shortfalls(options, better) else better
    answer = exact(options, known=known, rng=rng, seconds=20.0)
    assert answer.choice is not None
    return value_of(options, answer.choice)


def one_rank(asked: PlanRequest) -> bool:
    """Whether no hotspot is above another, so that the ranks say nothing."""
    return len(asked.candidates) == 1


@given(rows=places, hours=shifts, seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_small_plans_are_the_best_that_brute_force_finds(
    rows: list[tuple[int, ...]], hours: list[tuple[int, ...]], seed: int
) -> None:
    asked = made_request(rows, hours, seed)
    options = options_of(asked)
    made = plan(asked)
    best = best_by_brute_force(options)
    assert best is not None
    assert best_that_is_solved(options) == pytest.approx(best, rel=1e-3, abs=1e-9)
    # What spare time must not have, by the ranks, is the only thing that a plan lacks of it.
    assert made.value <= best * (1 + 1e-9) + 1e-9
    if one_rank(asked):
        assert made.value == pytest.approx(best, rel=1e-3, abs=1e-9)
    assert made.bound >= best - 1e-9
    assert made.value >= made.greedy_value - 1e-9
    assert broken_rules(asked, made) == ()


@given(rows=places, hours=shifts, seed=st.integers(0, 99), least=st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_requirements_are_met_or_refused_as_brute_force_says(
    rows: list[tuple[int, ...]], hours: list[tuple[int, ...]], seed: int, least: int
) -> None:
    asked = made_request(rows, hours, seed)
    chosen = replace(
        asked.settings, must=("K-1",), ward_minimums=(WardMinimum("A", "Ward A", least),)
    )
    asked = replace(asked, settings=chosen)
    best = best_by_brute_force(options_of(asked))
    if best is None:
        with pytest.raises(ConflictError):
            plan(asked)
    else:
        made = plan(asked)
        assert best_that_is_solved(options_of(asked)) == pytest.approx(best, rel=1e-3, abs=1e-9)
        assert made.value <= best * (1 + 1e-9) + 1e-9
        assert broken_rules(asked, made) == ()


@given(seed=st.integers(0, 10**6), speed=st.floats(3, 20), visit=st.integers(10, 16))
@settings(max_examples=12, deadline=None)
@example(seed=672, speed=10.0, visit=10)  # a beat on which locked visits cannot all be timed
def test_every_plan_of_a_week_keeps_every_rule(seed: int, speed: float, visit: int) -> None:
    rng = np.random.default_rng(seed)
    candidates = []
    for n in range(8):
        start = int(rng.integers(0, 24))
        hours = [(24 * d + start + h) % 168 for d in rng.permutation(7)[:4] for h in range(7)]
        x, y = rng.uniform(0, 3000, 2)
        candidates.append(
            candidate(
                n + 1, x=x, y=y, hours=hours, rate=float(rng.uniform(0.1, 2)), ward="ABC"[n % 3]
            )
        )
    teams = [
        Team("Early", (Shift((0, 1, 2, 3), 7 * 60, 15 * 60),), speed_kmh=speed),
        Team("Night", (Shift((3, 4, 5, 6), 21 * 60, 5 * 60),), "bike"),
    ]
    asked = request(candidates, teams, days=7, seed=seed, visit_minutes=visit, gap=0.02)
    made = plan(asked)
    assert broken_rules(asked, made) == ()
    assert made.even_value <= made.bound + 1e-9
    assert made.greedy_value <= made.value + 1e-9
    # Some visits are locked, and all of it is kept.
    locked = tuple(
        LockedVisit(each.team, each.hotspot_id, each.starts) for each in made.visits[::3]
    )
    again = replace(asked, settings=replace(asked.settings, locked=locked))
    remade = plan(again)
    assert broken_rules(again, remade) == ()
    assert {(v.team, v.hotspot_id, v.starts) for v in remade.visits if v.locked} == {
        (v.team, v.hotspot_id, v.starts) for v in locked
    }


def test_the_quick_bound_is_never_below_the_best() -> None:
    rng = np.random.default_rng(3)
    for _ in range(8):
        rows = [
            tuple(rng.integers([0, 0, 12, 2, 1], [30, 30, 18, 8, 9]).tolist()) for _ in range(4)
        ]
        options = options_of(made_request(rows, [(12, 4), (14, 5)], 1))
        best = best_by_brute_force(options)
        assert best is not None
        assert bound_of(options, spans_of(options), known=0.0).value >= best - 1e-9


def test_the_solver_alone_reaches_the_best_without_a_plan_at_hand() -> None:
    rows = [(0, 0, 13, 4, 3), (9, 0, 12, 8, 2), (20, 5, 14, 6, 5), (3, 3, 15, 3, 4)]
    options = options_of(made_request(rows, [(12, 5), (14, 4)], 1))
    answer = exact(options, known=None, rng=np.random.default_rng(1), seconds=20.0)
    assert answer.choice is not None
    assert value_of(options, answer.choice) == pytest.approx(best_by_brute_force(options), rel=1e-3)
    assert answer.proven


def test_the_improved_greedy_plan_is_no_worse_and_still_meets_what_must_be() -> None:
    rows = [(0, 0, 13, 4, 3), (9, 0, 12, 8, 2), (20, 5, 14, 6, 5), (3, 3, 15, 3, 1)]
    asked = made_request(rows, [(12, 5), (14, 4)], 1)
    asked = replace(asked, settings=replace(asked.settings, must=("K-4",)))
    options = options_of(asked)
    first = greedy(options)
    better = improved(options, first, rng=np.random.default_rng(0))
    assert value_of(options, better) >= value_of(options, first)
    assert shortfalls(options, better) == ()


def test_what_cannot_be_met_says_what_to_loosen() -> None:
    here = [candidate(1, hours=AFTERNOON, ward="A"), candidate(2, hours=range(2, 6), ward="B")]

    def refusal(**chosen: object) -> str:
        with pytest.raises((ConflictError, PlanRequestError)) as caught:
            plan(request(here, [team()], **chosen))
        return str(caught.value)

    assert "no hotspot chosen lies in it" in refusal(ward_minimums=(WardMinimum("C", "Ward C", 1),))
    assert "Ward B is to have at least 1 visit, and no half shift overlaps" in refusal(
        ward_minimums=(WardMinimum("B", "Ward B", 1),)
    )
    assert "2. Street 2, Ward B must be visited, and no half shift" in refusal(must=("K-2",))
    assert "both must and must not" in refusal(must=("K-1",), must_not=("K-1",))
    assert "Loosen this: Ward A is to have at least 9 visits." in refusal(
        ward_minimums=(WardMinimum("A", "Ward A", 9),)
    )


def test_of_two_requirements_in_conflict_one_is_named() -> None:
    far = [candidate(1, hours=AFTERNOON), candidate(2, x=9000, hours=AFTERNOON)]
    with pytest.raises(ConflictError) as caught:
        plan(request(far, [team()], must=("K-1", "K-2")))
    assert len(caught.value.requirements) == 1
    assert "must be visited" in caught.value.requirements[0]


def test_locked_visits_that_cannot_be_are_refused_by_name() -> None:
    far = [candidate(1, hours=AFTERNOON), candidate(2, x=9000, hours=AFTERNOON)]
    at = wall_minute(MONDAY, 15 * 60)

    def refusal(*locks: LockedVisit) -> str:
        with pytest.raises(ConflictError) as caught:
            plan(request(far, [team()], locked=locks))
        return str(caught.value)

    assert "on Monday 15:00" in refusal(
        LockedVisit("One", "K-1", at), LockedVisit("One", "K-2", at)
    )
    overlap = refusal(LockedVisit("One", "K-1", at), LockedVisit("One", "K-1", at + 5))
    assert "One's locked visit to 1. Street 1" in overlap
    assert "not on duty" in refusal(LockedVisit("One", "K-1", at + 600))


def test_a_moved_visit_stays_where_it_was_put() -> None:
    asked = request([candidate(n, x=60.0 * n) for n in range(1, 5)], [team()])
    moved = LockedVisit("One", "K-2", wall_minute(MONDAY, 15 * 60 + 7))
    asked = replace(asked, settings=replace(asked.settings, locked=(moved,)))
    made = plan(asked)
    assert [v.starts for v in made.visits if v.locked] == [moved.starts]
    assert broken_rules(asked, made) == ()


def test_what_is_left_out_says_why() -> None:
    here = [
        candidate(1, hours=AFTERNOON, rate=5.0),
        candidate(2, hours=range(26, 30)),
        candidate(3, x=9000, hours=AFTERNOON, rate=0.1),
        candidate(4, hours=AFTERNOON),
        candidate(5, hours=()),
    ]
    made = plan(request(here, [team()], must_not=("K-4",)))
    said = {each.hotspot_id: each.left_out for each in made.coverage.hotspots}
    assert said["K-1"] == ""
    assert said["K-2"].startswith("No half shift overlaps its peak hours (Tue 02:00–06:00)")
    assert said["K-3"].startswith("Too little is expected: 0.40")
    assert said["K-4"] == "It was taken out of this plan."
    assert said["K-5"] == "Nothing is expected there in the plan's days."


def test_a_request_that_is_none_lists_every_fault() -> None:
    with pytest.raises(PlanRequestError) as caught:
        plan(request([], [], visit_minutes=90, days=0))
    said = str(caught.value)
    assert "0 days" in said
    assert "length of a visit is out of range: 90 minutes" in said
    assert "No hotspot to visit" in said
    assert "No team" in said


def test_a_team_without_hours_gives_an_empty_plan() -> None:
    made = plan(request([candidate(1, hours=AFTERNOON)], [team(days=(3,))]))
    assert made.visits == ()
    assert made.gap == 0.0


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            lambda v: replace(v, starts=v.starts + 600, at=v.at + timedelta(minutes=600)),
            "not on duty",
        ),
        (lambda v: replace(v, at=v.at + timedelta(minutes=1)), "clock time"),
        (lambda v: replace(v, hotspot_id="K-9"), "not asked for"),
        (lambda v: replace(v, minutes=1), "its length"),
    ],
)
def test_the_checker_finds_a_broken_visit(change: object, rule: str) -> None:
    asked = request([candidate(n, x=300.0 * n) for n in range(1, 4)], [team()])
    made = plan(asked)
    broken = replace(made, visits=(change(made.visits[0]), *made.visits[1:]))  # type: ignore[operator]
    assert any(rule in said for said in broken_rules(asked, broken))


def test_the_checker_finds_a_way_too_long_a_gap_and_a_false_figure() -> None:
    asked = request([candidate(n, x=300.0 * n) for n in range(1, 4)], [team()])
    made = plan(asked)
    at_once = replace(
        made,
        visits=tuple(
            replace(v, starts=made.visits[0].starts, at=made.visits[0].at) for v in made.visits
        ),
    )
    assert any("travel takes" in said for said in broken_rules(asked, at_once))
    fewer = replace(made, visits=made.visits[:1])
    assert any("minutes without a visit" in said for said in broken_rules(asked, fewer))
    proud = replace(made, value=made.bound * 2)
    assert any("more than its bound" in said for said in broken_rules(asked, proud))
    shares = replace(made.coverage.incidents, covered=99.0)
    boast = replace(made, coverage=replace(made.coverage, incidents=shares))
    assert any("says that it covers 99" in said for said in broken_rules(asked, boast))


def test_progress_is_told_and_stopping_ends_it() -> None:
    class StoppedError(Exception):
        pass

    def stop(share: float) -> None:
        assert 0 <= share <= 1
        raise StoppedError

    rng = np.random.default_rng(1)
    many = [
        candidate(n, x=float(rng.uniform(0, 4000)), rate=float(rng.random())) for n in range(20)
    ]
    teams = [team(f"T{n}", days=range(7)) for n in range(4)]
    with pytest.raises(StoppedError):
        plan(request(many, teams, days=7, time_limit_s=2.0), tell=stop)

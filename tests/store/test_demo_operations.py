"""The demo's taskings: every tactic, every stage, decisions that can be worked out again."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, get_args

import pytest

from data.access import Person
from data.demo.operations import build_operations, remove_operations
from data.demo.outcomes import PLAN_HOTSPOTS
from data.demo.tasking_plans import BY, planned_taskings
from data.demo.truth import PLANTED, TASKING_FIRST, TASKING_LAST
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.reviews.reviews import recorded_reviews
from data.operations.taskings.comments import comment, comments
from data.operations.taskings.history import history
from data.operations.taskings.plans import saved_plan, saved_plans
from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from data.services.worked_again import worked_again
from models.reviews.questions import question_of
from models.reviews.reviewing import review
from models.tasking.dosage import dosage
from models.tasking.lifecycle import Status
from models.tasking.patrol_check import broken_rules
from models.tasking.patrol_request import PlanRequest
from models.tasking.tasking import TACTICS
from models.tasking.team_rows import DEFAULT_ROWS
from tests.made_taskings import made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.incidents.store import Store
    from data.settings import Settings

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def ops(demo_settings: Settings) -> Iterator[Operations]:
    opened = Operations.open(demo_settings)
    yield opened
    opened.close()


def test_there_is_a_tasking_of_every_tactic_and_of_every_stage(
    ops: Operations,
) -> None:
    found = taskings(ops)
    assert len(found) == 14
    assert {each.draft.tactic for each in found} == set(TACTICS)
    assert {each.status for each in found} == {
        "proposed",
        "approved",
        "active",
        "completed",
        "reviewed",
        "cancelled",
    }
    assert {each.draft.origin for each in found} == {"hotspot", "drawn"}
    overdue = {each.draft.title for each in found if each.overdue(TODAY)}
    assert len(overdue) == 4
    running = [each for each in found if each.status == "active"]
    assert sum(each.draft.starts_on <= TODAY <= each.draft.ends_on for each in running) == 3


def test_every_name_and_every_step_in_the_history_says_simulated(ops: Operations) -> None:
    for each in taskings(ops):
        said = history(ops, each.tasking_id)
        assert said[0].what == "Proposed"
        assert all(entry.person.endswith(BY) for entry in said)
        assert [entry.at for entry in said] == sorted(entry.at for entry in said)
        assert all(entry.at <= NOW for entry in said)


def test_the_planted_tasking_lies_on_its_planted_place_and_was_worked_in_its_two_months(
    ops: Operations,
) -> None:
    planted = taskings(ops, teams=("THEO east",))[0]
    place = next(each for each in PLANTED if each.kind == "tasked")
    assert (planted.draft.starts_on, planted.draft.ends_on) == (TASKING_FIRST, TASKING_LAST)
    assert planted.draft.area.centroid.x == pytest.approx(place.easting, abs=100)
    assert planted.draft.area.centroid.y == pytest.approx(place.northing, abs=100)
    assert planted.status == "completed"
    assert planted.approved_at is not None
    assert planted.approved_at.date() < TASKING_FIRST
    made_visits = visits(ops, tasking_id=planted.tasking_id)
    given = dosage(planted, made_visits, until=TODAY, timezone=ops.timezone)
    assert 0.8 < (given.share or 0) < 1.0
    assert given.inside_hours == given.visits
    assert len(comments(ops, planted.tasking_id)) == 2


def test_on_every_day_some_tasking_is_active_and_worked_and_every_state_is_there() -> None:
    for number in range(400):
        today = TODAY + timedelta(days=number)
        planned = planned_taskings(today)
        at_work = [
            each
            for each in planned
            if each.status == "active"
            and each.first <= today <= each.last
            and today.weekday() in each.days
        ]
        assert at_work, today
        assert {each.status for each in planned} == set(get_args(Status))


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 1, 1, 0, 5, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC),  # half an hour before the clocks go forward
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),  # the second 01:30 of the night
        datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    ],
)
def test_taskings_reviews_and_plan_are_kept_on_any_day(
    demo_settings: Settings, demo_store: Store, tmp_path: Path, now: datetime
) -> None:
    own = demo_settings.model_copy(update={"store": tmp_path})
    assert build_operations(own, now=now, store=demo_store) == 14
    opened = Operations.open(own)
    today = now.astimezone(opened.timezone).date()
    (plan,) = saved_plans(opened)
    assert plan.starts_on.weekday() == 0
    assert 1 <= (plan.starts_on - today).days <= 7
    assert len(recorded_reviews(opened)) == 2
    assert all(each.reviewed_at <= now for each in recorded_reviews(opened))
    assert all(each.left_at <= now for each in visits(opened) if each.left_at)
    opened.close()


def test_two_reviews_are_on_record_as_the_product_works_them_out(
    ops: Operations, demo_store: Store
) -> None:
    """The mopeds did end there in April 2025; four weeks of a few thefts a week tell nobody."""
    kept = {each.title: each for each in recorded_reviews(ops)}
    assert {title: each.verdict for title, each in kept.items()} == {
        "Moped patrols, Limehouse basin": "fell",
        "Patrols against theft, Whitechapel Market": "cannot_tell",
    }
    worked = kept["Moped patrols, Limehouse basin"]
    assert worked.treated.after < worked.treated.before / 3
    assert worked.high < 0
    for each in kept.values():
        assert each.reviewer.endswith(BY)
        assert each.after.last < each.reviewed_at.date() < TODAY
        done = next(one for one in taskings(ops) if one.tasking_id == each.tasking_id)
        assert done.status == "reviewed"
        assert visits(ops, tasking_id=done.tasking_id)
        asked = question_of(demo_store, done, taskings=taskings(ops))
        again = review(demo_store, asked)
        assert each.headline == again.verdict.headline
        assert (each.treated, each.comparison) == (
            again.counts["treated"],
            again.counts["comparison"],
        )


def test_a_plan_is_saved_for_the_week_that_comes(ops: Operations) -> None:
    (record,) = saved_plans(ops)
    assert record.title == "SIMULATED patrols from 23 Nov 2026"
    assert (record.starts_on, record.days) == (date(2026, 11, 23), 7)
    assert record.made_by.endswith(BY)
    kept = saved_plan(ops, record.plan_id)
    assert {each.name for each in kept.teams} == {row["team"] for row in DEFAULT_ROWS}
    assert len(kept.candidates) == PLAN_HOTSPOTS
    asked = PlanRequest(kept.candidates, kept.teams, kept.settings, ways=kept.plan.ways)
    assert kept.plan.ways is not None
    assert kept.plan.ways.streets.startswith("SIMULATED streets")
    assert {each.way for each in kept.plan.visits} == {"", "streets"}
    assert broken_rules(asked, kept.plan) == ()
    assert len({each.hotspot_id for each in kept.plan.visits}) > PLAN_HOTSPOTS / 2


def test_each_hotspot_of_a_decision_is_found_again_as_it_was(
    ops: Operations, demo_settings: Settings, demo_store: Store
) -> None:
    for each in taskings(ops):
        again = worked_again(
            each.decision, each.draft.area, settings=demo_settings, current=demo_store
        )
        wanted = "same" if each.draft.origin == "hotspot" else "none"
        assert (each.draft.title, again.outcome) == (each.draft.title, wanted)


def test_the_demo_goes_and_what_people_added_stays(demo_settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(demo_settings.store, tmp_path / "var")
    own = demo_settings.model_copy(update={"store": tmp_path / "var"})
    opened = Operations.open(own)
    person = Person("Amina Khan", "officer")
    mine = made(Actor(opened, person, NOW))
    simulated = taskings(opened)[0]
    comment(Actor(opened, person, NOW), simulated.tasking_id, text="Seen.")
    assert build_operations(own, now=NOW) == 0
    assert remove_operations(own, now=NOW) == 14
    assert recorded_reviews(opened) == ()
    assert saved_plans(opened) == ()
    assert [each.tasking_id for each in taskings(opened)] == [mine.tasking_id]
    assert visits(opened) == ()
    assert comments(opened, simulated.tasking_id) == ()
    assert history(opened, simulated.tasking_id)  # the trail keeps what was there
    assert remove_operations(own, now=NOW) == 0
    opened.close()

"""Reviews on record, on both databases: kept with the move, whole, and never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from shapely import box

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.database import ChangedMeanwhileError
from data.operations.reviews.reviews import (
    record_intervention_review,
    record_tasking_review,
    recorded_reviews,
    review_of,
)
from data.operations.taskings.history import history
from data.operations.taskings.taskings import tasking, taskings
from geo.areas import circle
from models.calendar.periods import Period
from models.reviews.fixing import Choice
from models.reviews.questions import NotFixedError, question_about, question_of
from models.reviews.reviewing import review
from models.reviews.what_worked import what_worked
from models.tasking.lifecycle import IllegalMoveError
from models.tasking.outcomes import BeforeAfter
from models.tasking.recorded_review import Intervention, InterventionError, MissingCommentError
from tests.made_taskings import made

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.operations.database import Operations
    from models.reviews.shape import Review

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PANEL = Person("A resident", "panel")
WORDS = "Visits were made as planned; the gate was closed in July."


@pytest.fixture(scope="module")
def found(demo_store: Store) -> Review:
    asked = question_about(
        demo_store,
        circle(535_230, 182_760, radius_m=130),
        after=Period(date(2026, 6, 1), date(2026, 7, 31)),
        incident_filter=replace(demo_store.default_filter(), categories=("asb", "drugs")),
        choice=Choice(),
    )
    return review(demo_store, asked)


def test_a_recorded_review_moves_its_tasking_and_comes_back_whole(
    actor: Actor, operations: Operations, officer: Person, found: Review
) -> None:
    done = made(actor, status="completed")
    kept = record_tasking_review(actor, done, review=found, comment=f"  {WORDS} ")
    assert tasking(operations, done.tasking_id).status == "reviewed"
    assert review_of(operations, done.tasking_id) == kept
    assert recorded_reviews(operations) == (kept,)
    assert (kept.comment, kept.reviewer, kept.reviewed_at) == (WORDS, officer.name, NOW)
    assert kept.treated == found.counts["treated"]
    assert kept.displacement_comparison == found.counts["displacement_comparison"]
    assert kept.headline == found.verdict.headline
    assert kept.sentences == found.verdict.sentences
    assert (kept.after, kept.before) == (found.question.after, found.before.period)
    assert kept.table_version == found.version
    assert kept.estimate == found.outcome.local.estimate
    assert (kept.what, kept.ward_codes) == ("patrol", done.ward_codes)
    assert ("category", "asb,drugs") in kept.view
    assert any("reviewed" in entry.what.lower() for entry in history(operations, done.tasking_id))


@pytest.mark.parametrize("words", ["", "  \n "])
def test_a_review_without_words_is_refused_and_nothing_moves(
    actor: Actor, operations: Operations, found: Review, words: str
) -> None:
    done = made(actor, status="completed")
    with pytest.raises(MissingCommentError, match="reviewer's own words"):
        record_tasking_review(actor, done, review=found, comment=words)
    assert tasking(operations, done.tasking_id).status == "completed"
    assert recorded_reviews(operations) == ()


def test_what_is_not_completed_cannot_be_reviewed(
    actor: Actor, operations: Operations, found: Review
) -> None:
    active = made(actor, status="active")
    with pytest.raises(IllegalMoveError):
        record_tasking_review(actor, active, review=found, comment=WORDS)
    assert recorded_reviews(operations) == ()


def test_the_second_of_two_reviewers_is_refused(
    actor: Actor, operations: Operations, found: Review
) -> None:
    done = made(actor, status="completed")
    record_tasking_review(actor, done, review=found, comment=WORDS)
    with pytest.raises(ChangedMeanwhileError):
        record_tasking_review(
            Actor(operations, Person("B", "officer"), NOW), done, review=found, comment="Mine"
        )
    assert len(recorded_reviews(operations)) == 1


def test_a_panel_records_nothing(actor: Actor, operations: Operations, found: Review) -> None:
    done = made(actor, status="completed")
    with pytest.raises(NotAllowedError):
        record_tasking_review(Actor(operations, PANEL, NOW), done, review=found, comment=WORDS)
    with pytest.raises(NotAllowedError):
        record_intervention_review(
            Actor(operations, PANEL, NOW), camera(found), review=found, comment=WORDS
        )


def camera(found: Review) -> Intervention:
    return Intervention(
        title="Camera at the gate",
        kind="camera",
        area=found.question.treated,
        fixed=found.question.fixed,
        period=found.question.after,
        ward_codes=("E05009317",),
        chosen_on=Period(date(2025, 6, 1), date(2026, 5, 31)),
    )


def test_an_intervention_is_kept_with_its_review(
    actor: Actor, operations: Operations, found: Review
) -> None:
    kept = record_intervention_review(actor, camera(found), review=found, comment=WORDS)
    assert recorded_reviews(operations) == (kept,)
    assert (kept.tasking_id, kept.title) == (None, "Camera at the gate")
    assert kept.what == "intervention:camera"


def test_an_intervention_that_does_not_hold_together_is_refused_with_every_fault(
    found: Review,
) -> None:
    with pytest.raises(InterventionError, match=r"has no title.*Unknown kind 'magic'"):
        replace(camera(found), title=" ", kind="magic")  # type: ignore[arg-type]


def test_what_was_never_approved_has_nothing_to_be_held_against(
    actor: Actor, demo_store: Store
) -> None:
    proposed = made(actor)
    with pytest.raises(NotFixedError, match="T-0001 has no comparison area"):
        question_of(demo_store, proposed, taskings=[proposed])


def test_other_work_at_the_time_is_known_and_its_own_is_not_other(
    actor: Actor, operations: Operations, demo_store: Store
) -> None:
    own = made(actor, status="completed")
    there = box(536_000, 183_000, 536_100, 183_100)
    during = made(actor, status="active", area=there)
    made(actor, status="cancelled", area=there)
    made(actor, status="proposed", area=there)
    made(
        actor, status="completed", area=there, starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1)
    )
    asked = question_of(demo_store, own, taskings=taskings(operations))
    assert asked.others == (during.draft.area,)
    assert asked.hours == own.draft.hours


def test_what_worked_counts_what_is_missing_and_pools_only_complete_data(
    actor: Actor, operations: Operations, found: Review
) -> None:
    for _ in range(2):
        done = made(actor, status="completed")
        record_tasking_review(actor, done, review=found, comment=WORDS)
    partial = replace(found, complete=False)
    record_intervention_review(actor, camera(found), review=partial, comment=WORDS)
    made(actor, status="completed")
    made(actor, status="cancelled")
    answer = what_worked(
        recorded_reviews(operations),
        taskings=taskings(operations),
        ward_names={"E05009317": "Here"},
    )
    assert answer.everything.reviews == 3
    assert answer.everything.effect is not None
    assert answer.everything.effect.reviews == 2
    assert [each.name for each in answer.tactics] == ["High-visibility patrol", "Camera (CCTV)"]
    assert answer.tactics[1].effect is None
    assert {each.name: each.reviews for each in answer.wards}["Here"] == 3
    assert answer.sentences[1].startswith(
        "Taskings not in it: 1 completed and not reviewed, 1 cancelled, 0 still going."
    )
    treated, comparison = found.counts["treated"], found.counts["comparison"]
    assert answer.everything.effect.ratio == pytest.approx(
        treated.after / treated.before / (comparison.after / comparison.before)
    )
    assert isinstance(treated, BeforeAfter)

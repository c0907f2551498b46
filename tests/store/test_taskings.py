"""Taskings on record: proposed, changed, moved, found again, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from shapely import box

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.database import ChangedMeanwhileError, Operations
from data.operations.taskings.comments import EmptyCommentError, comment, comments
from data.operations.taskings.history import history
from data.operations.taskings.taskings import (
    AreaFixedError,
    ClosedTaskingError,
    NotReadyError,
    UnknownTaskingError,
    change,
    move,
    propose,
    tasking,
    taskings,
)
from models.tasking.lifecycle import IllegalMoveError, MissingReasonError
from models.tasking.tasking import ActionStep, TaskingError
from tests.made_taskings import AREA, DECISION, DRAFT, FIXED, NOW, WARDS, made

if TYPE_CHECKING:
    from data.settings import Settings
    from models.tasking.lifecycle import Status

LATER = NOW + timedelta(hours=1)
PANEL = Person("A resident", "panel")


def test_what_is_proposed_comes_back_exactly_as_it_was_said(
    actor: Actor, operations: Operations
) -> None:
    steps = (
        ActionStep("Light the alley", "Highways", date(2026, 12, 1), done=True),
        ActionStep("Talk to the bars", "Licensing"),
    )
    draft = replace(
        DRAFT, tactic="problem_solving", action_plan=steps, area=AREA.union(box(0, 0, 9, 9))
    )
    kept = propose(actor, draft, decision=DECISION, ward_codes=WARDS)
    found = tasking(operations, kept.tasking_id)
    assert found == kept
    assert found.draft == draft
    assert found.decision == DECISION
    assert (found.status, found.version, found.ward_codes) == ("proposed", 1, WARDS)
    assert found.proposed_at == NOW
    assert found.reference == "T-0001"


def test_the_whole_way_keeps_the_time_of_each_step(actor: Actor, operations: Operations) -> None:
    kept = made(actor.at(LATER), status="reviewed")
    assert kept.version == 5
    assert {kept.approved_at, kept.activated_at, kept.completed_at, kept.reviewed_at} == {LATER}
    assert kept.cancelled_at is None
    assert kept.displacement == FIXED.displacement
    assert kept.comparison == FIXED.comparison
    assert kept.displacement_comparison == FIXED.displacement_comparison
    assert kept.fixed_note == FIXED.note
    assert tasking(operations, kept.tasking_id) == kept


def test_cancelling_needs_a_reason_and_keeps_it(actor: Actor) -> None:
    kept = made(actor)
    for reason in ("", "  "):
        with pytest.raises(MissingReasonError):
            move(actor, kept.tasking_id, to="cancelled", version=1, reason=reason)
    done = move(
        actor.at(LATER), kept.tasking_id, to="cancelled", version=1, reason=" Moved to the police "
    )
    assert (done.status, done.reason, done.cancelled_at) == (
        "cancelled",
        "Moved to the police",
        LATER,
    )


def test_approval_needs_a_team_and_the_areas_that_the_outcome_is_measured_in(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor, team=" ")
    with pytest.raises(NotReadyError, match="no team and no displacement and comparison areas"):
        move(actor, kept.tasking_id, to="approved", version=1)
    with pytest.raises(NotReadyError, match="It has no team\\."):
        move(actor, kept.tasking_id, to="approved", version=1, fixed=FIXED)
    assert tasking(operations, kept.tasking_id) == kept


def test_a_move_that_the_table_of_moves_does_not_hold_is_refused(actor: Actor) -> None:
    kept = made(actor)
    with pytest.raises(IllegalMoveError):
        move(actor, kept.tasking_id, to="active", version=1)


def test_the_area_can_be_changed_until_approval_and_takes_its_wards_with_it(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor)
    other = replace(DRAFT, area=AREA.buffer(50))
    with pytest.raises(ValueError, match="ward_codes"):
        change(actor, 1, draft=other, version=1)
    moved = change(
        actor, kept.tasking_id, draft=other, version=1, ward_codes=("E05009336", "E05009335")
    )
    assert moved.draft.area == other.area
    assert moved.ward_codes == ("E05009336", "E05009335")
    assert (moved.version, tasking(operations, 1)) == (2, moved)


@pytest.mark.parametrize("status", ["approved", "active"])
def test_after_approval_the_area_and_the_fixed_areas_stay_and_the_rest_can_change(
    actor: Actor, status: Status
) -> None:
    kept = made(actor, status=status)
    with pytest.raises(AreaFixedError):
        change(
            actor,
            1,
            draft=replace(DRAFT, area=AREA.buffer(1)),
            version=kept.version,
            ward_codes=WARDS,
        )
    with pytest.raises(NotReadyError):
        change(actor, 1, draft=replace(DRAFT, team=""), version=kept.version)
    longer = change(
        actor, 1, draft=replace(DRAFT, ends_on=date(2026, 12, 20)), version=kept.version
    )
    assert longer.draft.ends_on == date(2026, 12, 20)
    assert (longer.displacement, longer.comparison) == (FIXED.displacement, FIXED.comparison)


@pytest.mark.parametrize("status", ["completed", "reviewed", "cancelled"])
def test_what_is_over_can_no_longer_be_changed_and_can_still_be_commented_on(
    actor: Actor, operations: Operations, status: Status
) -> None:
    kept = made(actor, status=status)
    with pytest.raises(ClosedTaskingError):
        change(actor, 1, draft=DRAFT, version=kept.version)
    comment(actor, 1, text=" Well done ")
    assert [each.text for each in comments(operations, 1)] == ["Well done"]


def test_the_second_of_two_people_is_told_who_changed_what_and_loses_nothing(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor)
    first = replace(DRAFT, team="Team 4", ends_on=date(2026, 12, 20))
    at = datetime(2026, 7, 1, 13, 3, tzinfo=UTC)  # 14:03 in London
    change(Actor(operations, Person("Ben Ode", "officer"), at), 1, draft=first, version=1)
    with pytest.raises(ChangedMeanwhileError) as told:
        change(
            actor.at(LATER), 1, draft=replace(DRAFT, near="Hanbury Street"), version=kept.version
        )
    assert str(told.value) == (
        "Ben Ode changed this at 14:03 on 1 Jul 2026 (ends on: 2026-12-06 to 2026-12-20; team: "
        "Team 1 to Team 4), after you opened it. Nothing of your change was saved. Open it again, "
        "and make your change to what it says now."
    )
    assert tasking(operations, 1).draft == first
    with pytest.raises(ChangedMeanwhileError):
        move(actor.at(LATER), 1, to="cancelled", version=1, reason="Too late for this")


def test_a_change_of_nothing_keeps_the_version(actor: Actor) -> None:
    made(actor)
    same = change(actor.at(LATER), 1, draft=DRAFT, version=1)
    assert same.version == 1


def test_a_number_that_there_is_not_is_said_so(actor: Actor, operations: Operations) -> None:
    with pytest.raises(UnknownTaskingError, match="T-0012"):
        tasking(operations, 12)
    with pytest.raises(UnknownTaskingError):
        comment(actor, 12, text="x")
    with pytest.raises(UnknownTaskingError):
        move(actor, 12, to="approved", version=1)


def test_a_ward_panel_changes_nothing(actor: Actor, operations: Operations) -> None:
    made(actor)
    with pytest.raises(NotAllowedError):
        made(Actor(operations, PANEL, NOW))
    with pytest.raises(NotAllowedError):
        change(Actor(operations, PANEL, NOW), 1, draft=DRAFT, version=1)
    with pytest.raises(NotAllowedError):
        move(Actor(operations, PANEL, NOW), 1, to="approved", version=1, fixed=FIXED)
    with pytest.raises(NotAllowedError):
        comment(Actor(operations, PANEL, NOW), 1, text="x")


def test_filters_go_together_and_the_answer_is_in_order_of_start(
    actor: Actor, operations: Operations
) -> None:
    one = made(actor, starts_on=date(2026, 11, 20))
    two = made(actor, status="active", team="Team 2")
    three = propose(
        actor, replace(DRAFT, team="Team 2"), decision=DECISION, ward_codes=("E05009336",)
    )
    assert taskings(operations) == (two, three, one)
    assert taskings(operations, teams=("Team 2",)) == (two, three)
    assert taskings(operations, teams=("Team 1", "Team 2"), statuses=("proposed",)) == (three, one)
    assert taskings(operations, wards=("E05009336",)) == (three,)
    assert taskings(operations, wards=WARDS) == (two, one)
    assert taskings(operations, wards=("E05009336",), statuses=("active",)) == ()


@pytest.mark.parametrize("status", ["proposed", "approved", "active", "completed", "reviewed"])
def test_overdue_means_the_same_to_the_database_as_to_the_tasking(
    actor: Actor, operations: Operations, status: Status
) -> None:
    kept = made(actor, status=status)
    days = [kept.draft.starts_on, kept.draft.ends_on, kept.draft.ends_on + timedelta(days=28)]
    for day in [each + timedelta(days=shift) for each in days for shift in (-1, 0, 1)]:
        noon = datetime.combine(day, time(12), tzinfo=operations.timezone)
        found = taskings(operations, overdue_at=noon)
        assert found == ((kept,) if kept.overdue(day) else ()), day
        after_midnight = noon + timedelta(hours=12, minutes=44)  # worked 22:00–03:00: still its day
        found = taskings(operations, overdue_at=after_midnight)
        assert found == ((kept,) if kept.overdue(day) else ()), day


def test_an_empty_comment_is_refused(actor: Actor) -> None:
    made(actor)
    with pytest.raises(EmptyCommentError):
        comment(actor, 1, text=" \n")


def test_a_draft_that_does_not_hold_together_cannot_even_be_made() -> None:
    with pytest.raises(TaskingError, match=r"no title.*no objective"):
        replace(DRAFT, title=" ", objective="")


def test_the_history_says_in_words_what_happened(actor: Actor, operations: Operations) -> None:
    kept = made(actor)
    change(
        Actor(operations, Person("Ben Ode", "officer"), LATER),
        1,
        draft=replace(DRAFT, team="Team 4", ends_on=date(2026, 12, 20)),
        version=kept.version,
    )
    comment(actor.at(LATER), 1, text="Ask the bars first")
    move(actor.at(LATER), 1, to="cancelled", version=2, reason="Moved to the police")
    made(actor)  # another one's history is its own
    first, second, third, last = history(operations, 1)
    assert (first.what, first.person, first.at) == ("Proposed", "Amina Khan", NOW)
    assert ("Tactic", "", "High-visibility patrol") in first.details
    assert ("Weekdays", "", "Fri, Sat") in first.details
    assert ("Area", "", "(an area on the map)") in first.details
    assert (second.what, second.person, second.at) == ("Changed", "Ben Ode", LATER)
    assert second.details == (
        ("Ends on", "6 Dec 2026", "20 Dec 2026"),
        ("Team", "Team 1", "Team 4"),
    )
    assert (third.what, third.details) == ("Comment", (("Words", "", "Ask the bars first"),))
    assert last.what == "Cancelled"
    assert last.details == (
        ("Status", "Proposed", "Cancelled"),
        ("Reason", "", "Moved to the police"),
    )


def test_a_list_that_was_read_before_shows_what_changed_since(
    actor: Actor, operations: Operations, operations_settings: Settings, officer: Person
) -> None:
    """What was read once is kept by its version; another process must not be missed."""
    first, second = made(actor), made(actor)
    assert taskings(operations) == (first, second)
    elsewhere = Operations.open(operations_settings)
    moved = change(
        Actor(elsewhere, officer, LATER),
        1,
        draft=replace(DRAFT, area=AREA.buffer(9), starts_on=date(2026, 11, 30)),
        version=1,
        ward_codes=("E05009336",),
    )
    third = made(Actor(elsewhere, officer, NOW))
    assert taskings(operations) == taskings(elsewhere) == (second, third, moved)
    assert taskings(operations, wards=("E05009336",)) == (moved,)
    assert taskings(operations, wards=WARDS) == (second, third)
    elsewhere.close()

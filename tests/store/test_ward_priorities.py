"""Priorities and promises of a ward, on both databases: three at most, kept as history."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.audit.changes import changes
from data.operations.database import ChangedMeanwhileError
from data.operations.wards.priorities import (
    ClosedRecordError,
    TooManyPrioritiesError,
    UnknownWardRecordError,
    add_priority,
    add_promise,
    change_priority,
    close_priority,
    close_promise,
    priorities,
    priority,
    promises,
)
from models.tasking.ward_priorities import PriorityDraft, PromiseDraft, WardRecordError

if TYPE_CHECKING:
    from data.operations.database import Operations
    from models.tasking.ward_priorities import WardPriority

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
WARD, OTHER = "E05000001", "E05000002"
PANEL = Person("A resident", "panel")


def draft(title: str = "Noise at weekends", *, ward: str = WARD) -> PriorityDraft:
    return PriorityDraft(ward, title, "The panel asked for it.", date(2026, 9, 1))


def added(ops: Operations, officer: Person, title: str, *, ward: str = WARD) -> WardPriority:
    return add_priority(Actor(ops, officer, NOW), draft(title, ward=ward))


def closed(ops: Operations, kept: WardPriority, officer: Person) -> WardPriority:
    return close_priority(
        Actor(ops, officer, NOW),
        kept.priority_id,
        outcome="It got quieter.",
        closed_on=TODAY,
        version=kept.version,
    )


def test_a_ward_has_three_active_priorities_and_no_fourth(
    operations: Operations, officer: Person
) -> None:
    first = added(operations, officer, "One")
    added(operations, officer, "Two")
    added(operations, officer, "Three")
    added(operations, officer, "Elsewhere", ward=OTHER)
    with pytest.raises(TooManyPrioritiesError, match=r"has 3 active priorities.*One.*Close one"):
        added(operations, officer, "Four")
    closed(operations, first, officer)
    added(operations, officer, "Four")
    active = priorities(operations, WARD, active_only=True)
    assert {each.draft.title for each in active} == {"Two", "Three", "Four"}
    assert len(priorities(operations, active_only=True)) == 4


def test_what_is_closed_stays_with_what_came_of_it(operations: Operations, officer: Person) -> None:
    ended = closed(operations, added(operations, officer, "One"), officer)
    assert priority(operations, ended.priority_id) == ended
    assert (ended.status, ended.outcome, ended.closed_on) == ("closed", "It got quieter.", TODAY)
    with pytest.raises(ClosedRecordError, match="closed on 21 Nov 2026"):
        closed(operations, ended, officer)


def test_closing_needs_to_say_what_came_of_it(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    kept = added(operations, officer, "One")
    with pytest.raises(WardRecordError, match="no outcome"):
        close_priority(actor, kept.priority_id, outcome="  ", closed_on=TODAY, version=kept.version)
    assert priority(operations, kept.priority_id).status == "active"


def test_of_two_changes_on_one_version_the_second_is_refused(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    kept = added(operations, officer, "One")
    change_priority(
        actor,
        kept.priority_id,
        draft=draft("Louder nights"),
        version=kept.version,
    )
    with pytest.raises(ChangedMeanwhileError, match="Amina Khan"):
        change_priority(
            actor,
            kept.priority_id,
            draft=draft("Mopeds"),
            version=kept.version,
        )
    assert priority(operations, kept.priority_id).draft.title == "Louder nights"


def test_a_panel_reads_and_writes_nothing(operations: Operations, officer: Person) -> None:
    actor = Actor(operations, PANEL, NOW)
    kept = added(operations, officer, "One")
    with pytest.raises(NotAllowedError, match="Ward panel"):
        added(operations, PANEL, "Two")
    with pytest.raises(NotAllowedError):
        closed(operations, kept, PANEL)
    with pytest.raises(NotAllowedError):
        change_priority(actor, kept.priority_id, draft=draft("X"), version=1)
    promise = PromiseDraft(WARD, "Gates", "Housing", TODAY, kept.priority_id)
    with pytest.raises(NotAllowedError):
        add_promise(actor, promise)
    assert priorities(operations, WARD) == (kept,)
    assert promises(operations, WARD) == ()


def test_a_promise_is_kept_or_not_and_says_what_came_of_it(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    kept = added(operations, officer, "One")
    made = add_promise(
        actor, PromiseDraft(WARD, "Gates", "Housing", date(2026, 11, 1), kept.priority_id)
    )
    assert made.overdue(TODAY)
    ended = close_promise(
        actor,
        made.promise_id,
        status="not_kept",
        outcome="No money before April.",
        closed_on=TODAY,
        version=made.version,
    )
    assert promises(operations, WARD) == (ended,)
    assert not ended.overdue(TODAY)
    with pytest.raises(ClosedRecordError, match="promise"):
        close_promise(
            actor,
            made.promise_id,
            status="kept",
            outcome="After all.",
            closed_on=TODAY,
            version=ended.version,
        )


def test_a_promise_is_for_a_priority_of_its_own_ward(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    elsewhere = added(operations, officer, "One", ward=OTHER)
    promise = PromiseDraft(WARD, "Gates", "Housing", TODAY, elsewhere.priority_id)
    with pytest.raises(UnknownWardRecordError, match="no priority"):
        add_promise(actor, promise)


def test_every_change_is_in_the_audit_trail(operations: Operations, officer: Person) -> None:
    closed(operations, added(operations, officer, "One"), officer)
    with operations.reading() as session:
        seen = [(each.person, each.action, each.table) for each in changes(session)]
    assert seen == [
        ("Amina Khan", "added", "ward_priorities"),
        ("Amina Khan", "changed", "ward_priorities"),
    ]


def test_empty_and_overlong_texts_are_refused_with_every_fault() -> None:
    with pytest.raises(WardRecordError) as refused:
        PriorityDraft(WARD, " ", "x" * 1001, TODAY)
    assert len(refused.value.faults) == 2
    with pytest.raises(WardRecordError, match="who keeps it"):
        PromiseDraft(WARD, "Gates", "", TODAY)

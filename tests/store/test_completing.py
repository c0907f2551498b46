"""Completing a tasking: not before its start, undone for a day, never over somebody's change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.database import ChangedMeanwhileError
from data.operations.performance.activity import activity
from data.operations.taskings.history import history
from data.operations.taskings.taskings import change, move, tasking, undo_completion
from data.operations.visits.errors import NotActiveError
from data.operations.visits.visits import NewVisit, arrive, log_visit
from data.operations.wards.done import done_in
from models.calendar.quarters import quarter_from
from models.tasking.lifecycle import NothingToUndoError, NotStartedError
from models.tasking.tasking import TaskingHours
from tests.made_taskings import DRAFT, NOW, made

if TYPE_CHECKING:
    from data.operations.database import Operations


def test_a_tasking_is_not_completed_before_its_first_night(actor: Actor) -> None:
    friday = date(2026, 11, 27)
    kept = made(actor, status="active", starts_on=friday)
    before = actor.at(datetime(2026, 11, 27, 2, 0, tzinfo=UTC))  # Thursday's night, if it had one
    with pytest.raises(NotStartedError, match="it starts on 27 Nov 2026"):
        move(before, kept.tasking_id, to="completed", version=kept.version)
    assert tasking(actor.ops, kept.tasking_id).status == "active"
    on = actor.at(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
    assert move(on, kept.tasking_id, to="completed", version=kept.version).status == "completed"


def test_a_completion_is_undone_within_a_day_and_stays_in_the_history(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor, status="completed")
    with pytest.raises(NotActiveError):
        arrive(actor, kept.tasking_id, team="Team 1")
    again = undo_completion(
        actor.at(NOW + timedelta(days=1)), kept.tasking_id, version=kept.version
    )
    assert (again.status, again.completed_at) == ("active", None)
    assert again.activated_at == kept.activated_at
    assert [each.what for each in history(operations, kept.tasking_id)][-2:] == [
        "Completed",
        "Completion undone",
    ]
    move(actor, kept.tasking_id, to="completed", version=again.version)


def test_a_completion_is_not_undone_later_by_others_or_over_a_change(actor: Actor) -> None:
    kept = made(actor, status="completed")
    late = actor.at(NOW + timedelta(days=1, minutes=1))
    with pytest.raises(NothingToUndoError, match="more than a day ago, at 09:00 on 21 Nov 2026"):
        undo_completion(late, kept.tasking_id, version=kept.version)
    with pytest.raises(ChangedMeanwhileError):
        undo_completion(actor, kept.tasking_id, version=kept.version - 1)
    with pytest.raises(NotAllowedError):
        undo_completion(
            Actor(actor.ops, Person("Panel", "panel"), NOW), kept.tasking_id, version=kept.version
        )
    active = made(actor, status="active")
    with pytest.raises(NothingToUndoError, match="it is active"):
        undo_completion(actor, active.tasking_id, version=active.version)
    reviewed = made(actor, status="reviewed")
    with pytest.raises(NothingToUndoError, match="it is reviewed"):
        undo_completion(actor, reviewed.tasking_id, version=reviewed.version)


def test_who_cancels_or_completes_an_older_version_is_refused(actor: Actor) -> None:
    kept = made(actor, status="active")
    change(
        actor,
        kept.tasking_id,
        draft=replace(DRAFT, title="Knives at the station"),
        version=kept.version,
    )
    for to in ("cancelled", "completed"):
        with pytest.raises(ChangedMeanwhileError, match="Knives at the station"):
            move(actor, kept.tasking_id, to=to, version=kept.version, reason="Rain")  # type: ignore[arg-type]
    assert tasking(actor.ops, kept.tasking_id).status == "active"


def test_a_night_over_the_end_of_a_quarter_counts_in_the_quarter_it_began_in(
    actor: Actor, operations: Operations
) -> None:
    """Worked 22:00–03:00: 00:44 on 1 October is part of the night of 30 September."""
    kept = made(
        actor, status="active", starts_on=date(2026, 9, 1), hours=TaskingHours((2, 3, 4, 5), 22, 3)
    )
    for minute in (44, 59):
        left = datetime(2026, 9, 30, 23, minute, tzinfo=UTC)
        log_visit(
            actor,
            NewVisit(kept.tasking_id, "Team 1", left - timedelta(minutes=9), left),
        )
    assert activity(operations).visits == (date(2026, 9, 30), date(2026, 9, 30))
    ward = kept.ward_codes[0]
    counted = {
        key: done_in(operations, quarter_from(key), threshold=1, timezone="Europe/London")
        for key in ("2026-Q2", "2026-Q3")
    }
    assert counted["2026-Q2"][ward][0].visits == 2
    assert counted["2026-Q3"] == {}

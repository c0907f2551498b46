"""The audit trail: every change by itself, for good, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data.operations.audit.changes import AuditRow, UnrecordedChangeError, changes
from data.operations.tables import CommentRow, TaskingRow, TaskingWardRow
from data.operations.taskings.taskings import tasking
from tests.made_taskings import NOW, WARDS, made

if TYPE_CHECKING:
    from data.access import Person
    from data.operations.actor import Actor
    from data.operations.audit.changes import AuditEntry
    from data.operations.database import Operations

LATER = NOW + timedelta(hours=1)


def trail(ops: Operations) -> list[AuditEntry]:
    with ops.reading() as session:
        return changes(session)


def test_what_is_added_is_recorded_whole_with_who_and_when(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor)
    first, *wards = trail(operations)
    assert (first.action, first.table, first.key) == ("added", "taskings", str(kept.tasking_id))
    assert (first.person, first.role, first.at, first.before) == (
        "Amina Khan",
        "officer",
        NOW,
        None,
    )
    assert first.after is not None
    assert set(first.after) == {column.key for column in TaskingRow.__table__.columns}
    assert first.after["title"] == "Knives around Brick Lane"
    assert first.after["starts_on"] == "2026-11-06"
    assert [each.after for each in wards] == [
        {"tasking_id": kept.tasking_id, "ward_code": code, "position": at}
        for at, code in enumerate(WARDS)
    ]
    assert {each.subject for each in wards} == {f"taskings/{kept.tasking_id}"}


def test_a_change_records_only_what_differs_before_and_after(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    kept = made(actor)
    known = len(trail(operations))
    with operations.session(officer, LATER) as session:
        row = session.get_one(TaskingRow, kept.tasking_id)
        row.team, row.near, row.title = "Team 4", "", kept.draft.title
    (change,) = trail(operations)[known:]
    assert (change.action, change.at) == ("changed", LATER)
    assert change.before == {"team": "Team 1", "near": "Brick Lane"}
    assert change.after == {"team": "Team 4", "near": ""}


def test_the_old_value_is_recorded_even_where_it_had_not_been_read(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    kept = made(actor)
    with operations.session(officer, LATER) as session:
        row = session.get_one(TaskingRow, kept.tasking_id)
        session.expire(row)
        row.near = "Hanbury Street"
    change = trail(operations)[-1]
    assert (change.before, change.after) == ({"near": "Brick Lane"}, {"near": "Hanbury Street"})


def test_a_row_that_goes_with_another_is_recorded_as_removed(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    kept = made(actor)
    with operations.session(officer, LATER) as session:
        row = session.get_one(TaskingRow, kept.tasking_id)
        row.wards.pop()
    change = trail(operations)[-1]
    assert (change.action, change.table, change.after) == ("removed", "tasking_wards", None)
    assert change.key == f"{kept.tasking_id}/{WARDS[1]}"
    assert change.before == {
        "tasking_id": kept.tasking_id,
        "ward_code": WARDS[1],
        "position": 1,
    }


def test_a_change_that_is_rolled_back_leaves_no_entry(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    kept = made(actor)
    known = len(trail(operations))

    def stop_half_way() -> None:
        with operations.session(officer, LATER) as session:
            session.get_one(TaskingRow, kept.tasking_id).near = "Elsewhere"
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert len(trail(operations)) == known
    assert tasking(operations, kept.tasking_id) == kept


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET person = 'Nobody'", "DELETE FROM audit", "TRUNCATE audit"]
)
def test_the_database_refuses_to_change_or_remove_an_entry(
    actor: Actor, operations: Operations, statement: str
) -> None:
    if statement.startswith("TRUNCATE") and operations.engine.dialect.name == "sqlite":
        statement = "DELETE FROM audit WHERE audit_id = 1"
    made(actor)
    before = trail(operations)
    with (
        pytest.raises(DBAPIError, match="only ever added to"),
        operations.engine.begin() as connection,
    ):
        connection.execute(text(statement))
    assert trail(operations) == before


@pytest.mark.parametrize(
    "statement",
    [
        update(TaskingRow).values(near=""),
        delete(TaskingWardRow),
        insert(CommentRow).values(tasking_id=1, at=NOW, person="x", words="y"),
        delete(TaskingRow.__table__),
    ],
)
def test_a_statement_for_many_rows_is_refused_since_it_would_leave_no_entry(
    actor: Actor, operations: Operations, officer: Person, statement: object
) -> None:
    made(actor)
    with (
        pytest.raises(UnrecordedChangeError),
        operations.session(officer, LATER) as session,
    ):
        session.execute(statement)  # type: ignore[call-overload]


def test_nothing_is_written_by_a_session_that_reads_or_knows_nobody(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor)
    with operations.reading() as session:
        session.get_one(TaskingRow, kept.tasking_id).near = "Elsewhere"
        with pytest.raises(UnrecordedChangeError):
            session.flush()
    with Session(operations.engine) as session:
        session.get_one(TaskingRow, kept.tasking_id).near = "Elsewhere"
        with pytest.raises(UnrecordedChangeError):
            session.flush()
    assert tasking(operations, kept.tasking_id) == kept


def test_the_trail_alone_gives_back_every_tasking_as_it_is(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor, status="completed")
    told: dict[str, object] = {}
    for each in trail(operations):
        if each.table == "taskings":
            told |= each.after or {}
    with operations.reading() as session:
        row = session.get_one(TaskingRow, kept.tasking_id)
        assert told["status"] == row.status == "completed"
        assert told["displacement"] == row.displacement.wkb_hex  # type: ignore[union-attr]
        assert told["completed_at"] == NOW.isoformat()
        assert row.version == 4


def test_entries_are_only_made_in_the_order_of_time(actor: Actor, operations: Operations) -> None:
    made(actor, status="active")
    said = [each.after["status"] for each in trail(operations) if "status" in (each.after or {})]
    assert said == ["proposed", "approved", "active"]
    assert AuditRow.__tablename__ == "audit"

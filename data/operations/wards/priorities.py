"""Ward priorities and promises: officers write them, everybody may read them.

A ward has up to three active priorities; the fourth is refused until one is closed. Nothing is
removed: what is closed stays as the ward's history. Every change is in the audit trail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data.operations.database import ChangedMeanwhileError, check_version
from data.operations.wards.tables import WardPriorityRow, WardPromiseRow
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.ward_priorities import (
    MOST_ACTIVE,
    PriorityDraft,
    Promise,
    PromiseDraft,
    WardPriority,
    check_outcome,
)
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.tasking.ward_priorities import PromiseStatus

_WRITING = "Writing priorities and promises"


class TooManyPrioritiesError(PlainError, ValueError):
    """A ward has its three active priorities already."""

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__(
            f"The ward has {counted(len(titles), 'active priority', 'active priorities')}, and no "
            f"more than {MOST_ACTIVE} can be "
            f"worked on at once: {'; '.join(titles)}. Close one first, and say what came of it."
        )


class UnknownWardRecordError(PlainError, LookupError):
    """There is no such priority or promise."""

    def __init__(self, what: str, *, number: int) -> None:
        super().__init__(f"There is no {what} {number}. Choose one from the ward's list.")


class ClosedRecordError(PlainError, ValueError):
    """A priority or promise that is closed was to be changed."""

    def __init__(self, what: str, *, closed_on: date | None) -> None:
        day = "" if closed_on is None else f" on {day_label(closed_on)}"
        super().__init__(
            f"This {what} was closed{day} and stays as it is. Write a new one instead."
        )


def add_priority(actor: Actor, draft: PriorityDraft) -> WardPriority:
    """Keep a new priority as active.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    TooManyPrioritiesError
        If the ward has three active ones.
    """
    actor.must_be_officer(_WRITING)
    try:
        with actor.session() as session:
            active = _active(session, draft.ward_code)
            free = sorted(set(range(1, MOST_ACTIVE + 1)) - {row.slot for row in active})
            if not free:
                raise TooManyPrioritiesError(tuple(row.title for row in active))
            row = WardPriorityRow(
                ward_code=draft.ward_code,
                slot=free[0],
                title=draft.title.strip(),
                why=draft.why.strip(),
                raised_on=draft.raised_on,
                outcome="",
            )
            session.add(row)
            session.flush()
            return _priority(row)
    except IntegrityError as problem:  # PostgreSQL: two people took the last place at once
        raise ChangedMeanwhileError(None, timezone=actor.ops.timezone) from problem


def change_priority(
    actor: Actor, priority_id: int, *, draft: PriorityDraft, version: int
) -> WardPriority:
    """Change the words of an active priority.

    Raises
    ------
    data.access.NotAllowedError, UnknownWardRecordError, ClosedRecordError, ChangedMeanwhileError
    """
    actor.must_be_officer(_WRITING)
    with actor.session() as session:
        row = _open_priority(actor.ops, session, priority_id, version=version)
        row.title, row.why = draft.title.strip(), draft.why.strip()
        row.raised_on = draft.raised_on
        session.flush()
        return _priority(row)


def close_priority(
    actor: Actor, priority_id: int, *, outcome: str, closed_on: date, version: int
) -> WardPriority:
    """Close a priority with what came of it; it stays in the ward's history.

    Raises
    ------
    data.access.NotAllowedError, UnknownWardRecordError, ClosedRecordError, ChangedMeanwhileError
    models.tasking.ward_priorities.WardRecordError
        If nobody says what came of it.
    """
    actor.must_be_officer(_WRITING)
    said = check_outcome(outcome, what="priority")
    with actor.session() as session:
        row = _open_priority(actor.ops, session, priority_id, version=version)
        row.outcome, row.closed_on, row.slot = said, closed_on, None
        session.flush()
        return _priority(row)


def priority(ops: Operations, priority_id: int) -> WardPriority:
    """Return one priority.

    Raises
    ------
    UnknownWardRecordError
    """
    with ops.reading() as session:
        row = session.get(WardPriorityRow, priority_id)
        if row is None:
            what = "priority"
            raise UnknownWardRecordError(what, number=priority_id)
        return _priority(row)


def priorities(
    ops: Operations, ward_code: str | None = None, *, active_only: bool = False
) -> tuple[WardPriority, ...]:
    """Return priorities, the active ones first, then the newest.

    Parameters
    ----------
    ops : Operations
    ward_code : str, optional
        Of one ward; of all without it.
    active_only : bool
    """
    query = select(WardPriorityRow)
    if ward_code is not None:
        query = query.where(WardPriorityRow.ward_code == ward_code)
    if active_only:
        query = query.where(WardPriorityRow.slot.is_not(None))
    with ops.reading() as session:
        found = [_priority(row) for row in session.scalars(query)]
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.status != "active",
                -each.draft.raised_on.toordinal(),
                each.priority_id,
            ),
        )
    )


def add_promise(actor: Actor, draft: PromiseDraft) -> Promise:
    """Keep a new promise as open.

    Raises
    ------
    data.access.NotAllowedError
    UnknownWardRecordError
        If it names a priority that the ward does not have.
    """
    actor.must_be_officer(_WRITING)
    with actor.session() as session:
        if draft.priority_id is not None:
            of = session.get(WardPriorityRow, draft.priority_id)
            if of is None or of.ward_code != draft.ward_code:
                what = "priority"
                raise UnknownWardRecordError(what, number=draft.priority_id)
        row = WardPromiseRow(
            ward_code=draft.ward_code,
            priority_id=draft.priority_id,
            what=draft.what.strip(),
            who=draft.who.strip(),
            due_on=draft.due_on,
            status="open",
            outcome="",
        )
        session.add(row)
        session.flush()
        return _promise(row)


def close_promise(
    actor: Actor,
    promise_id: int,
    *,
    status: PromiseStatus,
    outcome: str,
    closed_on: date,
    version: int,
) -> Promise:
    """Say that a promise was kept or not, and what came of it.

    Raises
    ------
    data.access.NotAllowedError, UnknownWardRecordError, ClosedRecordError, ChangedMeanwhileError
    models.tasking.ward_priorities.WardRecordError
        If nobody says what came of it.
    """
    actor.must_be_officer(_WRITING)
    said = check_outcome(outcome, what="promise")
    with actor.session() as session:
        row = session.get(WardPromiseRow, promise_id)
        if row is None:
            what = "promise"
            raise UnknownWardRecordError(what, number=promise_id)
        check_version(actor.ops, session, row, version=version)
        if row.status != "open":
            what = "promise"
            raise ClosedRecordError(what, closed_on=row.closed_on)
        row.status, row.outcome, row.closed_on = status, said, closed_on
        session.flush()
        return _promise(row)


def promises(ops: Operations, ward_code: str) -> tuple[Promise, ...]:
    """Return a ward's promises, the open ones first, then by the day they are due."""
    query = select(WardPromiseRow).where(WardPromiseRow.ward_code == ward_code)
    with ops.reading() as session:
        found = [_promise(row) for row in session.scalars(query)]
    return tuple(sorted(found, key=lambda each: (each.status != "open", each.draft.due_on)))


def _active(session: Session, ward_code: str) -> list[WardPriorityRow]:
    wanted = (WardPriorityRow.ward_code == ward_code, WardPriorityRow.slot.is_not(None))
    return list(session.scalars(select(WardPriorityRow).where(*wanted)))


def _open_priority(
    ops: Operations, session: Session, priority_id: int, *, version: int
) -> WardPriorityRow:
    what = "priority"
    row = session.get(WardPriorityRow, priority_id)
    if row is None:
        raise UnknownWardRecordError(what, number=priority_id)
    check_version(ops, session, row, version=version)
    if row.slot is None:
        raise ClosedRecordError(what, closed_on=row.closed_on)
    return row


def _priority(row: WardPriorityRow) -> WardPriority:
    return WardPriority(
        priority_id=row.priority_id,
        draft=PriorityDraft(row.ward_code, row.title, row.why, row.raised_on),
        status="closed" if row.slot is None else "active",
        closed_on=row.closed_on,
        outcome=row.outcome,
        version=row.version,
    )


def _promise(row: WardPromiseRow) -> Promise:
    return Promise(
        promise_id=row.promise_id,
        draft=PromiseDraft(row.ward_code, row.what, row.who, row.due_on, row.priority_id),
        status=row.status,  # type: ignore[arg-type]
        closed_on=row.closed_on,
        outcome=row.outcome,
        version=row.version,
    )

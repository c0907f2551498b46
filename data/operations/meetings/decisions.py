"""Decisions of a meeting: each is kept the moment it is made, in one transaction.

While the meeting is open a decision is corrected or withdrawn, with its trail; once the minutes are
closed it stays, and only an action's state goes on: done, dropped, or open again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from data.operations.audit.changes import AuditRow, changes
from data.operations.database import check_version
from data.operations.meetings.errors import SettledDecisionError
from data.operations.meetings.reading import (
    decision_of,
    decision_row,
    meeting_row,
    open_row,
)
from data.operations.meetings.tables import MeetingDecisionRow, MeetingRow
from data.operations.taskings.moves import move_within
from data.operations.taskings.taskings import row_within
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.meeting import MeetingError, checked_text

if TYPE_CHECKING:
    from typing import Literal

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.audit.changes import AuditEntry
    from data.operations.database import Operations
    from models.tasking.meeting import DecisionDraft, Meeting, MeetingDecision, TaskingMove

_DECIDING: Final = "Recording a decision"


def record_decision(
    actor: Actor, meeting_id: int, draft: DecisionDraft, *, move: TaskingMove | None = None
) -> MeetingDecision:
    """Keep a decision as it is made, and move its tasking with it where that was decided.

    Parameters
    ----------
    actor : Actor
    meeting_id : int
    draft : DecisionDraft
    move : TaskingMove, optional
        A move of the draft's tasking, by the table of moves; its text is the reason of a
        cancellation. Both are kept, or neither.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, MeetingClosedError
    MeetingError
        If a move is given without a tasking.
    data.operations.taskings.errors.UnknownTaskingError, ChangedMeanwhileError
        If there is no such tasking, or somebody changed it since.
    models.tasking.lifecycle.IllegalMoveError, models.tasking.lifecycle.NotStartedError
        If the tasking cannot move there.
    data.operations.taskings.errors.NotReadyError
        If it was to be approved here: that needs its areas, which its own page fixes.
    """
    actor.must_be_officer(_DECIDING)
    with actor.session() as session:
        meeting = open_row(session, meeting_id)
        moved = "" if move is None else _moved(actor, session, draft, move=move)
        row = MeetingDecisionRow(
            **_columns(draft),
            meeting_id=meeting_id,
            number=len(decisions_within(session, meeting_id)) + 1,
            recorded_at=actor.now,
            recorded_by=actor.person.name,
            tasking_id=draft.subject.tasking_id,
            hotspot_id=draft.subject.hotspot_id,
            place=draft.subject.place,
            area=draft.subject.area,
            corrected=False,
            outcome="",
            moved=moved,
        )
        session.add(row)
        meeting.changes += 1
        session.flush()
        return decision_of(row)


def _moved(actor: Actor, session: Session, draft: DecisionDraft, *, move: TaskingMove) -> str:
    number = draft.subject.tasking_id
    if number is None:
        what, fault = "decision", "It moves a tasking and names none: choose the tasking."
        raise MeetingError(what, faults=(fault,))
    row = row_within(actor.ops, session, number, version=move.version)
    before = STATUS_LABELS[row.status]  # type: ignore[index]
    after = move_within(actor, session, row, to=move.to, reason=draft.text)
    return f"{before} → {STATUS_LABELS[after.status]}"


def correct_decision(
    actor: Actor, decision_id: int, *, draft: DecisionDraft, version: int
) -> MeetingDecision:
    """Correct the words, the owner or the day of a decision while its meeting is open.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, MeetingClosedError, ChangedMeanwhileError
    SettledDecisionError
        If it was withdrawn, done or dropped.
    """
    actor.must_be_officer(_DECIDING)
    with actor.session() as session:
        row = decision_row(session, decision_id)
        meeting = open_row(session, row.meeting_id)
        check_version(actor.ops, session, row, version=version)
        if row.status not in ("noted", "open"):
            raise SettledDecisionError(decision_of(row), wanted="corrected")
        for name, value in _columns(draft).items():
            setattr(row, name, value)
        row.corrected = True
        meeting.changes += 1
        session.flush()
        return decision_of(row)


def withdraw_decision(
    actor: Actor, decision_id: int, *, reason: str, version: int
) -> MeetingDecision:
    """Take a decision back while its meeting is open; it stays in the minutes, with the reason.

    A tasking that it moved stays where it is: its own page says what can be done with it.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, MeetingClosedError, ChangedMeanwhileError
    MeetingError
        If nobody says why.
    SettledDecisionError
        If it is withdrawn, done or dropped already.
    """
    actor.must_be_officer(_DECIDING)
    why = checked_text(reason, name="reason", what="withdrawal")
    with actor.session() as session:
        row = decision_row(session, decision_id)
        meeting = open_row(session, row.meeting_id)
        check_version(actor.ops, session, row, version=version)
        if row.status not in ("noted", "open"):
            raise SettledDecisionError(decision_of(row), wanted="withdrawn")
        row.status, row.outcome, row.closed_at = "withdrawn", why, actor.now
        meeting.changes += 1
        session.flush()
        return decision_of(row)


def end_action(
    actor: Actor,
    decision_id: int,
    *,
    status: Literal["done", "dropped"],
    outcome: str,
    version: int,
) -> MeetingDecision:
    """Say that an action is done or dropped, and what came of it or why.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, ChangedMeanwhileError
    MeetingError
        If nobody says what came of it.
    SettledDecisionError
        If it is not to be done.
    """
    actor.must_be_officer(_DECIDING)
    name = "outcome (what came of it)" if status == "done" else "reason"
    said = checked_text(outcome, name=name, what="action")
    with actor.session() as session:
        row = decision_row(session, decision_id)
        check_version(actor.ops, session, row, version=version)
        if row.status != "open":
            raise SettledDecisionError(decision_of(row), wanted=status)
        row.status, row.outcome, row.closed_at = status, said, actor.now
        _tell_meeting(session, row.meeting_id)
        session.flush()
        return decision_of(row)


def open_again(actor: Actor, decision_id: int, *, version: int) -> MeetingDecision:
    """Take back that an action is done or dropped; what was said of it stays in the audit trail.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, ChangedMeanwhileError
    SettledDecisionError
        If it is neither done nor dropped.
    """
    actor.must_be_officer(_DECIDING)
    with actor.session() as session:
        row = decision_row(session, decision_id)
        check_version(actor.ops, session, row, version=version)
        if row.status not in ("done", "dropped"):
            raise SettledDecisionError(decision_of(row), wanted="opened again")
        row.status, row.outcome, row.closed_at = "open", "", None
        _tell_meeting(session, row.meeting_id)
        session.flush()
        return decision_of(row)


def _tell_meeting(session: Session, meeting_id: int) -> None:
    """Have the version of a meeting that is open tell of a change; closed ones stay as they are."""
    meeting = meeting_row(session, meeting_id, locked=True)
    if meeting.status == "open":
        meeting.changes += 1


def decisions(ops: Operations, meeting_id: int) -> tuple[MeetingDecision, ...]:
    """Return the decisions of a meeting, in the order in which they were made."""
    with ops.reading() as session:
        return decisions_within(session, meeting_id)


def carried_forward(ops: Operations, meeting: Meeting) -> tuple[MeetingDecision, ...]:
    """Return the actions of earlier meetings of the kind that were not done by the last one.

    Those that were done or dropped since are among them; the first due come first.
    """
    with ops.reading() as session:
        return carried_within(session, meeting)


def trail(ops: Operations, meeting_id: int) -> tuple[AuditEntry, ...]:
    """Return every change of a meeting, its decisions and its addenda, the oldest first."""
    with ops.reading() as session:
        return tuple(changes(session, AuditRow.subject == f"meetings/{meeting_id}"))


def decisions_within(session: Session, meeting_id: int) -> tuple[MeetingDecision, ...]:
    """Return the decisions of a meeting inside a larger change."""
    query = select(MeetingDecisionRow).where(MeetingDecisionRow.meeting_id == meeting_id)
    rows = session.scalars(query.order_by(MeetingDecisionRow.number))
    return tuple(decision_of(row) for row in rows)


def carried_within(session: Session, meeting: Meeting) -> tuple[MeetingDecision, ...]:
    """Return the actions that come up at a meeting, inside a larger change."""
    earlier = select(MeetingRow.meeting_id).where(
        MeetingRow.kind == meeting.draft.kind,
        MeetingRow.status == "closed",
        MeetingRow.meeting_id != meeting.meeting_id,
        MeetingRow.opened_at <= meeting.opened_at,
    )
    query = select(MeetingDecisionRow).where(
        MeetingDecisionRow.meeting_id.in_(earlier),
        MeetingDecisionRow.due_on.is_not(None),
        MeetingDecisionRow.status != "withdrawn",
        or_(
            MeetingDecisionRow.closed_at.is_(None),
            MeetingDecisionRow.closed_at > meeting.since,
        ),
    )
    order = (MeetingDecisionRow.due_on, MeetingDecisionRow.decision_id)
    return tuple(decision_of(row) for row in session.scalars(query.order_by(*order)))


def _columns(draft: DecisionDraft) -> dict[str, object]:
    owner = draft.owner.strip()
    return {
        "text": draft.text.strip(),
        "owner": owner,
        "due_on": draft.due_on,
        "status": "open" if owner else "noted",
    }

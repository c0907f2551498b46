"""Meetings and decisions as their rows say them, and the rows inside a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.operations.meetings.errors import MeetingClosedError, UnknownMeetingError
from data.operations.meetings.tables import MeetingDecisionRow, MeetingRow
from models.tasking.meeting import (
    DECISION_STATUS_LABELS,
    DecisionDraft,
    Meeting,
    MeetingDecision,
    MeetingDraft,
    Subject,
)
from models.tasking.meeting_minutes import Minutes, MinutesDecision

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session


def meeting_row(session: Session, meeting_id: int, *, locked: bool = False) -> MeetingRow:
    """Return the row of a meeting; locked, so that changes of its decisions follow one another.

    Raises
    ------
    UnknownMeetingError
    """
    row = session.get(MeetingRow, meeting_id, with_for_update=locked or None)
    if row is None:
        what = "meeting"
        raise UnknownMeetingError(what, number=meeting_id)
    return row


def open_row(session: Session, meeting_id: int) -> MeetingRow:
    """Return the locked row of a meeting that is being held.

    Raises
    ------
    UnknownMeetingError, MeetingClosedError
    """
    row = meeting_row(session, meeting_id, locked=True)
    if row.status != "open":
        raise MeetingClosedError(meeting_of(row))
    return row


def decision_row(session: Session, decision_id: int) -> MeetingDecisionRow:
    """Return the row of a decision.

    Raises
    ------
    UnknownMeetingError
    """
    row = session.get(MeetingDecisionRow, decision_id)
    if row is None:
        what = "decision"
        raise UnknownMeetingError(what, number=decision_id)
    return row


def meeting_of(row: MeetingRow) -> Meeting:
    """Return the meeting that a row says."""
    return Meeting(
        meeting_id=row.meeting_id,
        draft=MeetingDraft(row.kind, row.held_on, row.attendance),  # type: ignore[arg-type]
        status=row.status,  # type: ignore[arg-type]
        since=row.since,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        reason=row.reason,
        minutes=None if row.minutes is None else Minutes.from_json(row.minutes),
        version=row.version,
    )


def decision_of(row: MeetingDecisionRow) -> MeetingDecision:
    """Return the decision that a row says."""
    return MeetingDecision(
        decision_id=row.decision_id,
        meeting_id=row.meeting_id,
        number=row.number,
        draft=DecisionDraft(
            row.text,
            row.owner,
            row.due_on,
            Subject(row.tasking_id, row.hotspot_id, row.place, row.area),  # type: ignore[arg-type]
        ),
        status=row.status,  # type: ignore[arg-type]
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        corrected=row.corrected,
        closed_at=row.closed_at,
        outcome=row.outcome,
        moved=row.moved,
        version=row.version,
    )


def minutes_decision(decision: MeetingDecision, *, timezone: ZoneInfo) -> MinutesDecision:
    """Return a decision as the minutes have it."""
    draft = decision.draft
    return MinutesDecision(
        reference=decision.reference,
        text=draft.text,
        owner=draft.owner,
        due_on=draft.due_on.isoformat() if draft.due_on else "",
        place=draft.subject.place,
        state=DECISION_STATUS_LABELS[decision.status],
        outcome=decision.outcome,
        moved=decision.moved,
        recorded_at=decision.recorded_at.astimezone(timezone).isoformat(timespec="minutes"),
        recorded_by=decision.recorded_by,
        corrected=decision.corrected,
    )

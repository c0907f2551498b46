"""Meetings: opened, closed with their minutes, or called off; and addenda to closed minutes.

One meeting of a kind is open at a time, and each begins where the last one of its kind ended, so
that whatever happens belongs to exactly one meeting. Nothing is removed, and every change is in the
audit trail.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data.operations.audit.changes import last_change
from data.operations.database import ChangedMeanwhileError, check_version
from data.operations.meetings.decisions import carried_within, decisions_within
from data.operations.meetings.errors import (
    DecisionsMadeError,
    EarlierMeetingError,
    MeetingNotClosedError,
    MeetingOpenError,
)
from data.operations.meetings.reading import (
    meeting_of,
    meeting_row,
    minutes_decision,
    open_row,
)
from data.operations.meetings.tables import MeetingAddendumRow, MeetingRow
from models.tasking.meeting import (
    FIRST_LOOKS_BACK,
    Addendum,
    MeetingError,
    attendance_faults,
    attendance_lines,
    checked_text,
)
from models.tasking.meeting_minutes import Minutes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.tasking.meeting import Meeting, MeetingDraft, MeetingKind
    from models.tasking.meeting_minutes import MeetingRecord

HOLDING = "Holding a meeting"


def begin_meeting(actor: Actor, draft: MeetingDraft) -> Meeting:
    """Open a meeting; it looks back to the end of the last one of its kind.

    The first of its kind looks back `models.tasking.meeting.FIRST_LOOKS_BACK` from its day.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    MeetingOpenError
        If one of the kind is open.
    EarlierMeetingError
        If its day is before that of the last one.
    """
    actor.must_be_officer(HOLDING)
    try:
        with actor.session() as session:
            row = MeetingRow(
                kind=draft.kind,
                held_on=draft.held_on,
                attendance=draft.attendance.strip(),
                status="open",
                since=_since(actor, session, draft),
                opened_at=actor.now,
                opened_by=actor.person.name,
                closed_by="",
                reason="",
                changes=0,
            )
            session.add(row)
            session.flush()
            return meeting_of(row)
    except IntegrityError as problem:
        raise MeetingOpenError(draft.kind) from problem


def _since(actor: Actor, session: Session, draft: MeetingDraft) -> datetime:
    of_kind = select(MeetingRow).where(MeetingRow.kind == draft.kind)
    if session.scalars(of_kind.where(MeetingRow.status == "open")).first() is not None:
        raise MeetingOpenError(draft.kind)
    held = of_kind.where(MeetingRow.status == "closed").order_by(MeetingRow.closed_at.desc())
    last = session.scalars(held.limit(1)).first()
    if last is None or last.closed_at is None:
        first_day = draft.held_on - FIRST_LOOKS_BACK[draft.kind]
        return datetime.combine(first_day, time(), tzinfo=actor.ops.timezone)
    if draft.held_on < last.held_on:
        raise EarlierMeetingError(draft.held_on, last=last.held_on)
    return last.closed_at


def set_attendance(actor: Actor, meeting_id: int, *, attendance: str, was: str) -> Meeting:
    """Write who is present.

    Parameters
    ----------
    actor : Actor
    meeting_id : int
    attendance : str
        A role or a name a line.
    was : str
        What the person was looking at, so that nobody's entry is overwritten unseen.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, MeetingClosedError
    MeetingError
        If the list is too long.
    ChangedMeanwhileError
        If somebody wrote another list since.
    """
    actor.must_be_officer(HOLDING)
    faults = attendance_faults(attendance)
    if faults:
        what = "list of those present"
        raise MeetingError(what, faults=tuple(faults))
    with actor.session() as session:
        row = open_row(session, meeting_id)
        if row.attendance != was:
            newest = last_change(session, [("meetings", str(meeting_id))])
            raise ChangedMeanwhileError(newest, timezone=actor.ops.timezone)
        row.attendance = attendance.strip()
        session.flush()
        return meeting_of(row)


def close_meeting(actor: Actor, meeting_id: int, *, record: MeetingRecord, version: int) -> Meeting:
    """Close a meeting and freeze its minutes.

    Parameters
    ----------
    actor : Actor
    meeting_id : int
    record : MeetingRecord
        What the meeting had before it, as it stands now.
    version : int
        The version that the person was looking at; a decision changes it.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, MeetingClosedError
    MeetingError
        If nobody is written down as present.
    ChangedMeanwhileError
        If somebody decided or corrected something since.
    """
    actor.must_be_officer(HOLDING)
    with actor.session() as session:
        row = open_row(session, meeting_id)
        check_version(actor.ops, session, row, version=version)
        if not attendance_lines(row.attendance):
            what, fault = "meeting", "Nobody is written down as present: say who was there."
            raise MeetingError(what, faults=(fault,))
        minutes = _minutes(actor.ops, session, row, record=record)
        row.minutes = minutes.to_json()
        row.status, row.closed_at, row.closed_by = "closed", actor.now, actor.person.name
        session.flush()
        return meeting_of(row)


def call_off(actor: Actor, meeting_id: int, *, reason: str, version: int) -> Meeting:
    """End a meeting that was not held; the next one looks back past it.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError, MeetingClosedError, ChangedMeanwhileError
    MeetingError
        If nobody says why.
    DecisionsMadeError
        If a decision stands.
    """
    actor.must_be_officer(HOLDING)
    why = checked_text(reason, name="reason", what="calling off")
    with actor.session() as session:
        row = open_row(session, meeting_id)
        check_version(actor.ops, session, row, version=version)
        standing = [
            each for each in decisions_within(session, meeting_id) if each.status != "withdrawn"
        ]
        if standing:
            raise DecisionsMadeError(meeting_of(row).reference, decisions=len(standing))
        row.status, row.reason = "called_off", why
        row.closed_at, row.closed_by = actor.now, actor.person.name
        session.flush()
        return meeting_of(row)


def add_addendum(actor: Actor, meeting_id: int, *, text: str) -> Addendum:
    """Put something right in the minutes of a closed meeting; the minutes themselves stay.

    Raises
    ------
    data.access.NotAllowedError, UnknownMeetingError
    MeetingNotClosedError
        If the meeting has no closed minutes.
    MeetingError
        If the text is empty or too long.
    """
    actor.must_be_officer(HOLDING)
    checked = checked_text(text, name="text (what is put right)", what="addendum")
    with actor.session() as session:
        of = meeting_row(session, meeting_id, locked=True)
        if of.status != "closed":
            raise MeetingNotClosedError(meeting_of(of).reference)
        row = MeetingAddendumRow(
            meeting_id=meeting_id,
            text=checked,
            written_at=actor.now,
            written_by=actor.person.name,
        )
        session.add(row)
        session.flush()
        return _addendum(row)


def meetings(ops: Operations, *, kind: MeetingKind | None = None) -> tuple[Meeting, ...]:
    """Return meetings, the newest first."""
    query = select(MeetingRow).order_by(MeetingRow.opened_at.desc(), MeetingRow.meeting_id.desc())
    if kind is not None:
        query = query.where(MeetingRow.kind == kind)
    with ops.reading() as session:
        return tuple(meeting_of(row) for row in session.scalars(query))


def meeting(ops: Operations, meeting_id: int) -> Meeting:
    """Return one meeting.

    Raises
    ------
    UnknownMeetingError
    """
    with ops.reading() as session:
        return meeting_of(meeting_row(session, meeting_id))


def addenda(ops: Operations, meeting_id: int) -> tuple[Addendum, ...]:
    """Return the addenda to a meeting's minutes, the oldest first."""
    query = select(MeetingAddendumRow).where(MeetingAddendumRow.meeting_id == meeting_id)
    with ops.reading() as session:
        rows = session.scalars(query.order_by(MeetingAddendumRow.addendum_id))
        return tuple(_addendum(row) for row in rows)


def minutes_of(ops: Operations, meeting: Meeting, *, record: MeetingRecord) -> Minutes:
    """Return a meeting's minutes: those that were frozen, or a draft on what stands now.

    Parameters
    ----------
    ops : Operations
    meeting : Meeting
    record : MeetingRecord
        Used for the draft alone.
    """
    if meeting.minutes is not None:
        return meeting.minutes
    with ops.reading() as session:
        return _minutes(ops, session, meeting_row(session, meeting.meeting_id), record=record)


def _minutes(
    ops: Operations, session: Session, row: MeetingRow, *, record: MeetingRecord
) -> Minutes:
    return Minutes(
        attendance=attendance_lines(row.attendance),
        record=record,
        carried=tuple(
            minutes_decision(each, timezone=ops.timezone)
            for each in carried_within(session, meeting_of(row))
        ),
        decisions=tuple(
            minutes_decision(each, timezone=ops.timezone)
            for each in decisions_within(session, row.meeting_id)
        ),
    )


def _addendum(row: MeetingAddendumRow) -> Addendum:
    return Addendum(row.addendum_id, row.meeting_id, row.text, row.written_at, row.written_by)

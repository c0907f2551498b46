"""Visits: a team arrives, leaves, and says what it found.

A visit belongs to an active tasking and to one of its days; a team is in one place at a time; no
time lies in the future. What happened before a tasking was completed can be added until it is
reviewed, since papers come in late.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from data.operations.database import check_version
from data.operations.tables import VisitRow
from data.operations.taskings.taskings import row_within
from data.operations.visits.checks import LONGEST, check_times, check_worked, visit_columns
from data.operations.visits.errors import (
    AlreadyLeftError,
    FutureTimeError,
    NegativeFindsError,
    NotActiveError,
    NoTeamGivenError,
    OutsideDatesError,
    OverlapError,
    TooLongError,
    UnknownVisitError,
    VisitError,
    WrongOrderError,
)
from data.operations.visits.keys import check_same, visit_under
from models.tasking.tasking import Finds, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations

__all__ = [
    "LONGEST",
    "AlreadyLeftError",
    "FutureTimeError",
    "NegativeFindsError",
    "NewVisit",
    "NoTeamGivenError",
    "NotActiveError",
    "OutsideDatesError",
    "OverlapError",
    "TooLongError",
    "UnknownVisitError",
    "VisitError",
    "WrongOrderError",
    "arrive",
    "correct_visit",
    "leave",
    "log_visit",
    "log_within",
    "visits",
]

_LOGGING: Final = "Logging a visit"


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit that is over, as somebody tells it afterwards.

    Attributes
    ----------
    tasking_id : int
    team : str
    arrived_at, left_at : datetime
        With their time zone.
    finds : Finds
    note : str
    """

    tasking_id: int
    team: str
    arrived_at: datetime
    left_at: datetime
    finds: Finds = field(default_factory=Finds)
    note: str = ""


def arrive(
    actor: Actor,
    tasking_id: int,
    *,
    team: str,
    at: datetime | None = None,
    key: str | None = None,
) -> Visit:
    """Log that a team has arrived.

    Parameters
    ----------
    team : str
    at : datetime, optional
        When, with its time zone; now without it. What is told afterwards may be of a tasking that
        was completed since.
    key : str, optional
        Of the phone that logs it: what was logged under the same key is returned as it is.

    Raises
    ------
    data.access.NotAllowedError, UnknownTaskingError
        If the role may not, or there is no such tasking.
    VisitError
        If it cannot be, by subclass: the tasking is not active or not on that day, the time is in
        the future, the team is elsewhere.
    """
    actor.must_be_officer(_LOGGING)
    arrived = at or actor.now
    with actor.session() as session:
        known = key and visit_under(session, arrived_key=key)
        if known:
            check_same(known, tasking_id=tasking_id, team=team)
            return _visit(known)
        tasking = row_within(actor.ops, session, tasking_id)
        check_worked(tasking, arrived=at)
        new = visit_columns(actor, session, tasking, team=team, arrived=arrived, left=None)
        row = VisitRow(**new, **asdict(Finds()), note="", arrived_key=key)
        session.add(row)
        session.flush()
        return _visit(row)


def leave(
    actor: Actor,
    visit_id: int,
    *,
    finds: Finds,
    note: str = "",
    at: datetime | None = None,
    key: str | None = None,
) -> Visit:
    """Log that a team has left, and what it found.

    Parameters
    ----------
    actor : Actor
    visit_id : int
    finds : Finds
    note : str
    at : datetime, optional
        When, with its time zone; now without it.
    key : str, optional
        Of the phone that logs it: what was logged under the same key is returned as it is.

    Raises
    ------
    data.access.NotAllowedError, UnknownVisitError
        If the role may not, or there is no such visit.
    VisitError
        If it cannot be, by subclass: it has left already, before it arrived, in the future or after
        more than `LONGEST`.
    ChangedMeanwhileError
        If somebody else logged it at this moment.
    """
    actor.must_be_officer(_LOGGING)
    left = at or actor.now
    with actor.session() as session:
        known = key and visit_under(session, left_key=key)
        if known:
            check_same(known, visit_id=visit_id)
            return _visit(known)
        row = _row(session, visit_id)
        if row.left_at is not None:
            raise AlreadyLeftError(left=row.left_at.astimezone(actor.ops.timezone))
        check_times(actor, arrived=row.arrived_at, left=left)
        _set(row, finds=finds, note=note)
        row.left_at, row.left_key = left, key
        session.flush()
        return _visit(row)


def log_visit(actor: Actor, new: NewVisit) -> Visit:
    """Log a visit that is over.

    Raises
    ------
    data.access.NotAllowedError, UnknownTaskingError
        If the role may not, or there is no such tasking.
    VisitError
        If it cannot be, by subclass.
    """
    with actor.session() as session:
        return log_within(actor, session, new)


def log_within(actor: Actor, session: Session, new: NewVisit) -> Visit:
    """Log a visit as part of a larger change, such as an upload. See `log_visit`."""
    actor.must_be_officer(_LOGGING)
    tasking = row_within(actor.ops, session, new.tasking_id)
    check_worked(tasking, arrived=new.arrived_at)
    columns = visit_columns(
        actor, session, tasking, team=new.team, arrived=new.arrived_at, left=new.left_at
    )
    row = VisitRow(**columns, **_finds(new.finds), note=new.note.strip())
    session.add(row)
    session.flush()
    return _visit(row)


def correct_visit(actor: Actor, visit_id: int, *, finds: Finds, note: str, version: int) -> Visit:
    """Correct what a visit found; its times and its team stay.

    Raises
    ------
    data.access.NotAllowedError, UnknownVisitError
        If the role may not, or there is no such visit.
    NegativeFindsError
        If a count is below 0.
    ChangedMeanwhileError
        If somebody changed it since.
    """
    actor.must_be_officer(_LOGGING)
    with actor.session() as session:
        row = _row(session, visit_id)
        check_version(actor.ops, session, row, version=version)
        _set(row, finds=finds, note=note)
        session.flush()
        return _visit(row)


def visits(
    ops: Operations,
    *,
    tasking_id: int | None = None,
    tasking_ids: Sequence[int] | None = None,
    team: str | None = None,
    still_there: bool = False,
    period: tuple[date, date] | None = None,
) -> tuple[Visit, ...]:
    """Return visits, by arrival.

    Parameters
    ----------
    ops : Operations
    tasking_id : int, optional
        Only those to one tasking.
    tasking_ids : sequence of int, optional
        Only those to some taskings.
    team : str, optional
        Only those of one team.
    still_there : bool
        Only those whose team has not left.
    period : tuple of date, optional
        Only those that began on these local days, both included.
    """
    wanted: list[ColumnElement[bool]] = []
    if tasking_id is not None:
        wanted.append(VisitRow.tasking_id == tasking_id)
    if tasking_ids is not None:
        wanted.append(VisitRow.tasking_id.in_(tasking_ids))
    if team is not None:
        wanted.append(VisitRow.team == team)
    if still_there:
        wanted.append(VisitRow.left_at.is_(None))
    if period is not None:
        first, last = (
            datetime.combine(day, time(), tzinfo=ops.timezone)
            for day in (period[0], period[1] + timedelta(days=1))
        )
        wanted.extend((VisitRow.arrived_at >= first, VisitRow.arrived_at < last))
    columns: Select[Any] = select(*VisitRow.__table__.columns).where(*wanted)
    with ops.reading() as session:
        rows = session.execute(columns.order_by(VisitRow.arrived_at, VisitRow.visit_id))
        return tuple(_visit(row) for row in rows)


def _row(session: Session, visit_id: int) -> VisitRow:
    row = session.get(VisitRow, visit_id)
    if row is None:
        raise UnknownVisitError(visit_id)
    return row


def _set(row: VisitRow, *, finds: Finds, note: str) -> None:
    for name, count in _finds(finds).items():
        setattr(row, name, count)
    row.note = note.strip()


def _finds(finds: Finds) -> dict[str, int]:
    counts = asdict(finds)
    for name, count in counts.items():
        if count < 0:
            raise NegativeFindsError(field=name, count=count)
    return counts


def _visit(row: Any) -> Visit:  # noqa: ANN401 - a mapped row, or its columns as they are read
    return Visit(
        visit_id=row.visit_id,
        tasking_id=row.tasking_id,
        team=row.team,
        arrived_at=row.arrived_at,
        left_at=row.left_at,
        finds=Finds(
            notices=row.notices,
            dispersed=row.dispersed,
            arrests=row.arrests,
            referrals=row.referrals,
            needles=row.needles,
            weapons=row.weapons,
        ),
        note=row.note,
        version=row.version,
    )

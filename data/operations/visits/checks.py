"""What is checked before a visit is kept: its tasking, its day, its times, where the team was."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import and_, func, or_, select

from data.operations.tables import TaskingRow, VisitRow
from data.operations.taskings.reading import planned_visits
from data.operations.visits.errors import (
    FutureTimeError,
    NotActiveError,
    NoTeamGivenError,
    OutsideDatesError,
    OverlapError,
    TooLongError,
    WrongOrderError,
)
from models.calendar.duty_day import duty_day

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.tasking.lifecycle import Status

LONGEST: Final = timedelta(hours=12)


def check_worked(tasking: TaskingRow, *, arrived: datetime | None = None) -> None:
    """Refuse a visit to a tasking that is not worked.

    Parameters
    ----------
    tasking : TaskingRow
    arrived : datetime, optional
        For a visit that is told afterwards: it may also have begun before the tasking was
        completed, until the tasking is reviewed.

    Raises
    ------
    NotActiveError
    """
    if tasking.status == "active":
        return
    ended = tasking.completed_at if tasking.status == "completed" else None
    if ended is None or arrived is None or arrived > ended:
        raise NotActiveError(_reference(tasking.tasking_id), cast("Status", tasking.status))


def visit_columns(
    actor: Actor,
    session: Session,
    tasking: TaskingRow,
    *,
    team: str,
    arrived: datetime,
    left: datetime | None,
) -> dict[str, Any]:
    """Return the columns of a new visit, after every check.

    Raises
    ------
    VisitError
        By subclass.
    """
    name = team.strip()
    if not name:
        raise NoTeamGivenError
    check_times(actor, arrived=arrived, left=left)
    day = _day(tasking, arrived.astimezone(actor.ops.timezone))
    if not tasking.starts_on <= day <= tasking.ends_on:
        raise OutsideDatesError(
            _reference(tasking.tasking_id),
            day=day,
            first=tasking.starts_on,
            last=tasking.ends_on,
        )
    _check_overlap(actor.ops, session, team=name, arrived=arrived, left=left)
    return {
        "tasking_id": tasking.tasking_id,
        "team": name,
        "arrived_at": arrived,
        "left_at": left,
    }


def _day(tasking: TaskingRow, arrived: datetime) -> date:
    """Return the day of a tasking that an arrival belongs to; after midnight, that of its night."""
    plan = planned_visits(tasking)
    if plan is not None:
        return plan.day_of(arrived)
    return duty_day(arrived, start_hour=tasking.start_hour, end_hour=tasking.end_hour)


def check_times(actor: Actor, *, arrived: datetime, left: datetime | None) -> None:
    """Refuse times in the future, in the wrong order, or too far apart.

    Raises
    ------
    FutureTimeError, WrongOrderError, TooLongError
    """
    for name, at in (("arrived", arrived), ("left", left)):
        if at is not None and at > actor.now:
            raise FutureTimeError(field=name, at=_local(actor.ops, at))
    if left is None:
        return
    if left <= arrived:
        raise WrongOrderError(arrived=_local(actor.ops, arrived), left=_local(actor.ops, left))
    if left - arrived > LONGEST:
        raise TooLongError(
            arrived=_local(actor.ops, arrived), left=_local(actor.ops, left), longest=LONGEST
        )


def _check_overlap(
    ops: Operations, session: Session, *, team: str, arrived: datetime, left: datetime | None
) -> None:
    """Refuse a visit while the team is elsewhere; one that begins as another ends is fine."""
    if session.get_bind().dialect.name == "postgresql":
        # One visit of a team at a time is checked: two at once could each miss the other.
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"visits of {team}"))))
    other = select(VisitRow).where(
        VisitRow.team == team,
        or_(
            VisitRow.left_at.is_(None),
            and_(VisitRow.arrived_at >= arrived - LONGEST, VisitRow.left_at > arrived),
        ),
    )
    if left is not None:
        other = other.where(VisitRow.arrived_at < left)
    found = session.scalars(other.order_by(VisitRow.arrived_at).limit(1)).first()
    if found is not None:
        raise OverlapError(
            team=team,
            reference=_reference(found.tasking_id),
            arrived=_local(ops, found.arrived_at),
            left=None if found.left_at is None else _local(ops, found.left_at),
        )


def _local(ops: Operations, at: datetime) -> datetime:
    return at.astimezone(ops.timezone)


def _reference(tasking_id: int) -> str:
    return f"T-{tasking_id:04d}"

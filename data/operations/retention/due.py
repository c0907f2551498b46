"""Which rows of operations are past the time they may be kept, and what is due and stays.

Nothing is taken in part: a tasking goes with its visits, comments, plan and reviews, once it is
reviewed or cancelled; until then all of it stays, and how many stay is said.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, inspect, not_, or_, select

from data.operations.accounts.tables import SignInRow, SignInTryRow
from data.operations.audit.access import AccessRow
from data.operations.audit.changes import AuditRow
from data.operations.digests.mails import DigestMailRow
from data.operations.meetings.tables import (
    MeetingAddendumRow,
    MeetingDecisionRow,
    MeetingRow,
)
from data.operations.nights.areas import NteAreaRow
from data.operations.performance.tables import (
    CommentaryRow,
    ConcernRow,
    FixedAreaRow,
    FixedHotspotsRow,
    SignOffRow,
    TargetRow,
    TypedValueRow,
)
from data.operations.retention.schedule import kept_since
from data.operations.reviews.tables import InterventionRow, ReviewRow
from data.operations.tables import (
    CommentRow,
    TaskingRow,
    TaskingWardRow,
    TeamPlanRow,
    VisitRow,
)
from data.operations.taskings.plans import PlanRow
from data.operations.wards.tables import WardPriorityRow, WardPromiseRow
from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from data.operations.base import MappedRow
    from data.operations.retention.schedule import Schedule

_FINISHED: Final = ("reviewed", "cancelled")


@dataclass(slots=True)
class DueRows:
    """Rows that go, by table and key, and what stays although it is due.

    Attributes
    ----------
    rows : dict of type to set of key
        Rows that are removed; keys are tuples in the order of the primary key.
    notes : set of int
        Visits whose note is emptied.
    counts : dict of str to int
        How many go, by the name in the schedule.
    kept : dict of str to str
        What is due and stays, and why, in words.
    """

    rows: dict[type[MappedRow], set[tuple[Any, ...]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    notes: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)


def due_rows(session: Session, schedule: Schedule, *, now: datetime, zone: ZoneInfo) -> DueRows:
    """Find the rows of operations that the schedule says are to go."""
    due = DueRows()
    for name, find in _KINDS.items():
        months = getattr(schedule, name)
        if months is not None:
            before = sum(map(len, due.rows.values())) + len(due.notes)
            find(session, due, kept_since(months, now=now, zone=zone))
            due.counts[name] = sum(map(len, due.rows.values())) + len(due.notes) - before
    return due


def _take(
    session: Session, due: DueRows, kind: type[MappedRow], *conditions: ColumnElement[bool]
) -> set[tuple[Any, ...]]:
    """Add the rows of a table that meet all conditions, and return their keys."""
    keys = {
        tuple(row) for row in session.execute(select(*inspect(kind).primary_key).where(*conditions))
    }
    due.rows[kind] |= keys
    return keys


def _numbers(keys: set[tuple[Any, ...]]) -> list[int]:
    return [int(number) for (number,) in keys]


def _taskings(session: Session, due: DueRows, since: datetime) -> None:
    old = TaskingRow.ends_on < since.date()
    finished = and_(
        TaskingRow.status.in_(_FINISHED),
        func.coalesce(TaskingRow.reviewed_at, TaskingRow.cancelled_at) < since,
    )
    ids = _numbers(_take(session, due, TaskingRow, old, finished))
    for kind in (CommentRow, VisitRow, TaskingWardRow, TeamPlanRow, ReviewRow):
        _take(session, due, kind, kind.tasking_id.in_(ids))
    kept = session.scalar(select(func.count()).where(old, not_(finished)))
    if kept:
        words = ("tasking is old enough to go and stays", "taskings are old enough to go and stay")
        due.kept["taskings"] = (
            f"{counted(kept, *words)} whole: not yet reviewed or cancelled, or only since."
        )


def _free_text(session: Session, due: DueRows, since: datetime) -> None:
    finished = select(TaskingRow.tasking_id).where(TaskingRow.status.in_(_FINISHED))
    _take(session, due, CommentRow, CommentRow.at < since, CommentRow.tasking_id.in_(finished))
    going = {number for (number,) in due.rows[VisitRow]}
    noted = select(VisitRow.visit_id).where(
        VisitRow.arrived_at < since, VisitRow.note != "", VisitRow.tasking_id.in_(finished)
    )
    due.notes |= set(session.scalars(noted)) - going
    others = VisitRow.tasking_id.not_in(finished)
    open_comments = select(func.count()).where(
        CommentRow.at < since, CommentRow.tasking_id.not_in(finished)
    )
    open_notes = select(func.count()).where(
        VisitRow.arrived_at < since, VisitRow.note != "", others
    )
    kept = (session.scalar(open_comments) or 0) + (session.scalar(open_notes) or 0)
    if kept:
        due.kept["free_text"] = (
            f"{kept:,} comments and notes are old enough to go and stay, because their tasking is "
            "not yet reviewed or cancelled."
        )


def _interventions(session: Session, due: DueRows, since: datetime) -> None:
    ids = _numbers(_take(session, due, InterventionRow, InterventionRow.ends_on < since.date()))
    _take(session, due, ReviewRow, ReviewRow.intervention_id.in_(ids))


def _plans(session: Session, due: DueRows, since: datetime) -> None:
    going = [number for (number,) in due.rows[TaskingRow]]
    used = select(TeamPlanRow.plan_id).where(TeamPlanRow.tasking_id.not_in(going))
    _take(session, due, PlanRow, PlanRow.made_at < since, PlanRow.plan_id.not_in(used))
    kept = session.scalar(
        select(func.count()).where(PlanRow.made_at < since, PlanRow.plan_id.in_(used))
    )
    if kept:
        due.kept["plans"] = f"{kept:,} plans stay, because a tasking that stays came from them."


def _ward_priorities(session: Session, due: DueRows, since: datetime) -> None:
    day = since.date()
    open_promises = select(WardPromiseRow.priority_id).where(
        WardPromiseRow.priority_id.is_not(None),
        or_(WardPromiseRow.closed_on.is_(None), WardPromiseRow.closed_on >= day),
    )
    going = [number for (number,) in due.rows[TaskingRow]]
    worked = select(TaskingRow.priority_id).where(
        TaskingRow.priority_id.is_not(None), TaskingRow.tasking_id.not_in(going)
    )
    old = WardPriorityRow.closed_on < day
    free = and_(
        WardPriorityRow.priority_id.not_in(open_promises),
        WardPriorityRow.priority_id.not_in(worked),
    )
    ids = _numbers(_take(session, due, WardPriorityRow, old, free))
    alone = or_(WardPromiseRow.priority_id.is_(None), WardPromiseRow.priority_id.in_(ids))
    _take(session, due, WardPromiseRow, WardPromiseRow.closed_on < day, alone)
    kept = session.scalar(select(func.count()).where(old, not_(free)))
    if kept:
        due.kept["ward_priorities"] = (
            f"{counted(kept, 'ward priority stays', 'ward priorities stay')}, because a promise or "
            "a tasking under them stays."
        )


def _performance(session: Session, due: DueRows, since: datetime) -> None:
    for kind in (TargetRow, CommentaryRow, TypedValueRow, SignOffRow):
        _take(session, due, kind, kind.at < since)
    _take(session, due, ConcernRow, ConcernRow.asked_on < since.date())
    ids = _numbers(_take(session, due, FixedHotspotsRow, FixedHotspotsRow.at < since))
    _take(session, due, FixedAreaRow, FixedAreaRow.hotspots_id.in_(ids))


def _night_areas(session: Session, due: DueRows, since: datetime) -> None:
    _take(session, due, NteAreaRow, NteAreaRow.retired_at < since)


def _meetings(session: Session, due: DueRows, since: datetime) -> None:
    """Take a meeting whole, once it is over and none of its actions is still to be done."""
    to_do = select(MeetingDecisionRow.meeting_id).where(
        or_(MeetingDecisionRow.status == "open", MeetingDecisionRow.closed_at >= since)
    )
    old = MeetingRow.closed_at < since
    free = MeetingRow.meeting_id.not_in(to_do)
    ids = _numbers(_take(session, due, MeetingRow, old, free))
    for kind in (MeetingDecisionRow, MeetingAddendumRow):
        _take(session, due, kind, kind.meeting_id.in_(ids))
    kept = session.scalar(select(func.count()).where(old, not_(free)))
    if kept:
        due.kept["meetings"] = (
            f"{counted(kept, 'meeting stays', 'meetings stay')}, because an action that was "
            "decided there is not done, or only since."
        )


def _sign_ins(session: Session, due: DueRows, since: datetime) -> None:
    _take(session, due, SignInRow, SignInRow.expires_at < since)
    _take(session, due, SignInTryRow, SignInTryRow.at < since)


def _audit(session: Session, due: DueRows, since: datetime) -> None:
    _take(session, due, AuditRow, AuditRow.at < since)


def _access_log(session: Session, due: DueRows, since: datetime) -> None:
    _take(session, due, AccessRow, AccessRow.at < since)
    _take(session, due, DigestMailRow, DigestMailRow.at < since)


# In this order: what stays of one kind may hold another.
_KINDS: Final[dict[str, Callable[[Session, DueRows, datetime], None]]] = {
    "taskings": _taskings,
    "free_text": _free_text,
    "interventions": _interventions,
    "plans": _plans,
    "ward_priorities": _ward_priorities,
    "performance": _performance,
    "night_areas": _night_areas,
    "meetings": _meetings,
    "sign_ins": _sign_ins,
    "audit": _audit,
    "access_log": _access_log,
}

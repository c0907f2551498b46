"""Finding taskings: the filters as the database runs them, and all that is read for the board.

Columns are read as they are and not as mapped rows: a board of thousands is then read in one go.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from data.operations.tables import TaskingRow, TaskingWardRow
from data.operations.tasking_rows import tasking_of
from models.tasking.tasking import REVIEW_DUE_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking


def search(
    session: Session,
    *,
    wards: Sequence[str] = (),
    teams: Sequence[str] = (),
    statuses: Sequence[Status] = (),
    overdue_on: date | None = None,
) -> tuple[Tasking, ...]:
    """Return taskings inside a session; see `data.operations.taskings.taskings`."""
    wanted: list[ColumnElement[bool]] = []
    if wards:
        inside = select(TaskingWardRow.tasking_id).where(TaskingWardRow.ward_code.in_(wards))
        wanted.append(TaskingRow.tasking_id.in_(inside))
    if teams:
        wanted.append(TaskingRow.team.in_(teams))
    if statuses:
        wanted.append(TaskingRow.status.in_(statuses))
    if overdue_on is not None:
        wanted.append(_overdue(overdue_on))
    return _found(session, wanted)


def _found(session: Session, wanted: list[ColumnElement[bool]]) -> tuple[Tasking, ...]:
    columns: Select[Any] = select(*TaskingRow.__table__.columns).where(*wanted)
    ordered = columns.order_by(TaskingRow.starts_on, TaskingRow.tasking_id)
    rows = [row._asdict() for row in session.execute(ordered)]
    codes: dict[int, list[str]] = {}
    of_wards = select(TaskingWardRow.tasking_id, TaskingWardRow.ward_code)
    if wanted:
        of_wards = of_wards.where(
            TaskingWardRow.tasking_id.in_(select(TaskingRow.tasking_id).where(*wanted))
        )
    for number, code in session.execute(of_wards.order_by(TaskingWardRow.position)):
        codes.setdefault(number, []).append(code)
    return tuple(
        tasking_of(row, ward_codes=tuple(codes.get(row["tasking_id"], ()))) for row in rows
    )


def _overdue(today: date) -> ColumnElement[bool]:
    """Say `Tasking.overdue` to the database."""
    return or_(
        and_(TaskingRow.status.in_(("proposed", "approved")), TaskingRow.starts_on < today),
        and_(TaskingRow.status == "active", TaskingRow.ends_on < today),
        and_(
            TaskingRow.status == "completed",
            TaskingRow.ends_on < today - timedelta(days=REVIEW_DUE_DAYS),
        ),
    )

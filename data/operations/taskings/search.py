"""Finding taskings: the filters as the database runs them, and all that is read for the board.

A row never changes without its version, so what was read once is kept by number and version, and a
board that is drawn again reads only which taskings it shows and those that changed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select

from data.operations.tables import TaskingRow, TaskingWardRow, TeamPlanRow
from data.operations.taskings.rows import tasking_of
from models.tasking.tasking import REVIEW_DUE_DAYS
from models.tasking.wording import overdue_at as is_overdue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from data.operations.database import Operations
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

_AT_ONCE: Final = 1_000


def search(
    ops: Operations,
    *,
    wards: Sequence[str] = (),
    teams: Sequence[str] = (),
    statuses: Sequence[Status] = (),
    overdue_at: datetime | None = None,
    numbers: Sequence[int] | None = None,
) -> tuple[Tasking, ...]:
    """Return taskings; see `data.operations.taskings.taskings`.

    With `numbers`, only these.
    """
    wanted: list[ColumnElement[bool]] = []
    if numbers is not None:
        wanted.append(TaskingRow.tasking_id.in_(numbers))
    if wards:
        inside = select(TaskingWardRow.tasking_id).where(TaskingWardRow.ward_code.in_(wards))
        wanted.append(TaskingRow.tasking_id.in_(inside))
    if teams:
        wanted.append(TaskingRow.team.in_(teams))
    if statuses:
        wanted.append(TaskingRow.status.in_(statuses))
    if overdue_at is not None:  # a night that is on is told below: it ends after midnight
        wanted.append(_overdue(overdue_at.astimezone(ops.timezone).date()))
    listed = select(TaskingRow.tasking_id, TaskingRow.version).where(*wanted)
    with ops.reading() as session:
        found = list(session.execute(listed.order_by(TaskingRow.starts_on, TaskingRow.tasking_id)))
        kept = {
            number: known
            for number, version in found
            if (known := ops.seen_taskings.get(number)) is not None and known.version == version
        }
        missing = [number for number, _ in found if number not in kept]
        for start in range(0, len(missing), _AT_ONCE):
            kept |= _read(session, missing[start : start + _AT_ONCE])
    ops.seen_taskings.update(kept)
    taskings = tuple(kept[number] for number, _ in found)
    if overdue_at is None:
        return taskings
    local = overdue_at.astimezone(ops.timezone)
    return tuple(each for each in taskings if is_overdue(each, local))


def _read(session: Session, numbers: Sequence[int]) -> dict[int, Tasking]:
    """Read taskings whole, by their numbers."""
    codes: dict[int, list[str]] = {}
    of_wards = (
        select(TaskingWardRow.tasking_id, TaskingWardRow.ward_code)
        .where(TaskingWardRow.tasking_id.in_(numbers))
        .order_by(TaskingWardRow.position)
    )
    for number, code in session.execute(of_wards):
        codes.setdefault(number, []).append(code)
    columns: Select[Any] = select(*TaskingRow.__table__.columns).where(
        TaskingRow.tasking_id.in_(numbers)
    )
    rows = [row._asdict() for row in session.execute(columns)]
    planned: Select[Any] = select(*TeamPlanRow.__table__.columns).where(
        TeamPlanRow.tasking_id.in_(numbers)
    )
    plans = {row.tasking_id: row._asdict() for row in session.execute(planned)}
    return {
        number: tasking_of(
            row, ward_codes=tuple(codes.get(number, ())), team_plan=plans.get(number)
        )
        for row in rows
        for number in (row["tasking_id"],)
    }


def _overdue(today: date) -> ColumnElement[bool]:
    """Say `Tasking.overdue` to the database, of a day by the calendar."""
    return or_(
        and_(TaskingRow.status.in_(("proposed", "approved")), TaskingRow.starts_on < today),
        and_(TaskingRow.status == "active", TaskingRow.ends_on < today),
        and_(
            TaskingRow.status == "completed",
            TaskingRow.ends_on < today - timedelta(days=REVIEW_DUE_DAYS),
        ),
    )

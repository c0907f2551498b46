"""A tasking's row inside a session: found by its number and version, read, written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.operations.database import check_version
from data.operations.tables import TaskingRow, TeamPlanRow
from data.operations.taskings.errors import UnknownTaskingError
from data.operations.taskings.rows import tasking_of, team_plan_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.operations.database import Operations
    from models.tasking.tasking import Tasking
    from models.tasking.team_plan import TeamPlan


def row_within(
    ops: Operations, session: Session, tasking_id: int, *, version: int | None = None
) -> TaskingRow:
    """Return the row of a tasking inside a larger change, its version checked where one is given.

    Raises
    ------
    UnknownTaskingError
        If there is none of that number.
    ChangedMeanwhileError
        If somebody changed it since.
    """
    row = tasking_row(session, tasking_id)
    if version is not None:
        check_version(ops, session, row, version=version)
    return row


def tasking_row(session: Session, tasking_id: int) -> TaskingRow:
    """Return the row of a tasking.

    Raises
    ------
    UnknownTaskingError
        If there is none of that number.
    """
    row = session.get(TaskingRow, tasking_id)
    if row is None:
        raise UnknownTaskingError(tasking_id)
    return row


def of_row(row: TaskingRow) -> Tasking:
    """Return the tasking that a row says."""
    return tasking_of(
        _columns(row),
        ward_codes=tuple(each.ward_code for each in row.wards),
        team_plan=None if row.team_plan is None else _columns(row.team_plan),
    )


def _columns(row: TaskingRow | TeamPlanRow) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in type(row).__table__.columns}


def planned_visits(row: TaskingRow) -> TeamPlan | None:
    """Return the visits that a plan gave a tasking's team; None where none did."""
    return None if row.team_plan is None else team_plan_of(_columns(row.team_plan))


def set_values(row: TaskingRow, values: dict[str, Any]) -> None:
    """Set columns of a row."""
    for name, value in values.items():
        setattr(row, name, value)

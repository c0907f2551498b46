"""When visits were made and taskings reviewed, for the indicators that are counted from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.operations.tables import TaskingRow, VisitRow
from models.performance.activity import Activity

if TYPE_CHECKING:
    from datetime import date, datetime

    from data.operations.database import Operations


def activity(ops: Operations) -> Activity:
    """Return when visits were made and taskings reviewed."""
    with ops.reading() as session:
        visits = session.scalars(select(VisitRow.arrived_at)).all()
        reviewed = session.scalars(
            select(TaskingRow.reviewed_at).where(TaskingRow.reviewed_at.is_not(None))
        ).all()
        proposed = session.scalar(select(func.min(TaskingRow.proposed_at)))
    begun = [at for at in (proposed, *visits) if at is not None]

    def local(at: datetime) -> date:
        return at.astimezone(ops.timezone).date()

    return Activity(
        since=local(min(begun)) if begun else None,
        visits=tuple(local(at) for at in visits),
        reviewed=tuple(local(at) for at in reviewed if at is not None),
    )

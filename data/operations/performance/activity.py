"""When visits were made and taskings reviewed, for the indicators that are counted from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.operations.tables import TaskingRow, VisitRow
from data.operations.taskings.search import search
from models.performance.activity import Activity
from models.tasking.dosage import day_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from data.operations.database import Operations


def activity(ops: Operations) -> Activity:
    """Return when visits were made and taskings reviewed; a night's visits on its first day."""
    drafts = {each.tasking_id: each.draft for each in search(ops)}
    with ops.reading() as session:
        made = list(session.execute(select(VisitRow.tasking_id, VisitRow.arrived_at)))
        reviewed = session.scalars(
            select(TaskingRow.reviewed_at).where(TaskingRow.reviewed_at.is_not(None))
        ).all()
        proposed = session.scalar(select(func.min(TaskingRow.proposed_at)))
    begun = [at for at in (proposed, *(at for _, at in made)) if at is not None]

    def local(at: datetime) -> date:
        return at.astimezone(ops.timezone).date()

    return Activity(
        since=local(min(begun)) if begun else None,
        visits=tuple(day_of(at, drafts[number], ops.timezone) for number, at in made),
        reviewed=tuple(local(at) for at in reviewed if at is not None),
    )

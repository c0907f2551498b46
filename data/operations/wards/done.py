"""What was done in a ward, in counts that may be shown: never an address, a person or a note."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from data.operations.tables import TaskingRow, TaskingWardRow, VisitRow
from data.operations.taskings.search import search
from models.tasking.dosage import day_of
from models.tasking.tasking import FIND_LABELS, TACTICS, Tactic
from models.ward_panel.ward_release import TacticActivity

if TYPE_CHECKING:
    from data.operations.database import Operations
    from models.calendar.quarters import Quarter


def done_in(
    ops: Operations, quarter: Quarter, *, threshold: int, timezone: str
) -> dict[str, tuple[TacticActivity, ...]]:
    """Return what was done in each ward in a quarter, from the visits made.

    A visit after midnight belongs to the night that it is part of, and so to the quarter in which
    that night began. A tasking's visits are counted in the ward that holds most of its area. Visits
    of tasks that were cancelled count: they were made.

    Parameters
    ----------
    ops : Operations
    quarter : Quarter
    threshold : int
        Smaller counts are left out.
    timezone : str
        Local time.
    """
    zone = ZoneInfo(timezone)
    columns = [getattr(VisitRow, name) for name in FIND_LABELS]
    query = (
        select(TaskingWardRow.ward_code, TaskingRow.tasking_id, VisitRow.arrived_at, *columns)
        .join(TaskingRow, TaskingRow.tasking_id == VisitRow.tasking_id)
        .join(TaskingWardRow, TaskingWardRow.tasking_id == VisitRow.tasking_id)
        .where(TaskingWardRow.position == 0)
    )
    drafts = {each.tasking_id: each.draft for each in search(ops)}
    sums: dict[tuple[str, Tactic], list[int]] = {}
    with ops.reading() as session:
        for code, number, arrived_at, *finds in session.execute(query):
            draft = drafts[number]
            if quarter.period.first <= day_of(arrived_at, draft, zone) <= quarter.period.last:
                held = sums.setdefault((code, draft.tactic), [0] * (len(FIND_LABELS) + 1))
                for at, n in enumerate((1, *finds)):
                    held[at] += n
    found: dict[str, tuple[TacticActivity, ...]] = {}
    for code, tactic in sorted(sums, key=lambda each: (each[0], TACTICS.index(each[1]))):
        visits, *finds = sums[code, tactic]
        shown = tuple(
            (label, n)
            for label, n in zip(FIND_LABELS.values(), finds, strict=True)
            if n >= threshold
        )
        entry = TacticActivity(tactic, visits if visits >= threshold else None, shown)
        found[code] = (*found.get(code, ()), entry)
    return found

"""The part of a tactical assessment that is about work: the taskings open now, and what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.exports.paper import Column, Heading, Paragraph, Table
from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from geo.counting import counted
from models.tasking.dosage import dosage, own_day
from models.tasking.lifecycle import OPEN, STATUS_LABELS
from models.tasking.tasking import TACTIC_LABELS
from models.tasking.wording import overdue_at, when_label
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from data.exports.paper import Block
    from data.incidents.store import Store
    from data.operations.database import Operations
    from models.tasking.tasking import Tasking

_SHOWN: Final = (*OPEN, "completed")


def current_taskings(
    store: Store,
    ops: Operations,
    *,
    ward_codes: Sequence[str],
    now: datetime,
) -> Iterator[Block]:
    """Give the taskings that are proposed, approved, active or wait for their review.

    Parameters
    ----------
    store : Store
        For the wards' names.
    ops : Operations
    ward_codes : sequence of str
        Only those that touch one of these wards.
    now : datetime
        On the local clock, with its zone.
    """
    found = taskings(ops, wards=ward_codes, statuses=_SHOWN)
    names = dict(zip(store.snapshot.ward_codes, store.snapshot.ward_names, strict=True))
    rows = tuple(_row(each, ops=ops, names=names, now=now) for each in found)
    yield Heading("Taskings now")
    yield Table(
        (
            Column("Tasking", share=1.9),
            Column("Ward", share=0.95),
            Column("Tactic and hours", share=1.5),
            Column("Until"),
            Column("Visits", "right"),
            Column("Status"),
        ),
        rows,
        f"Taskings in the chosen wards on {day_label(now)}, waiting for review included",
        empty="No tasking is open in the chosen wards. Propose one from a hotspot in the app.",
    )
    if rows:
        late = sum(overdue_at(each, now) for each in found)
        yield Paragraph(
            "Visits: made of planned up to today."
            + (
                f" {late} of {counted(len(found), 'tasking is', 'taskings are')} overdue."
                if late
                else ""
            ),
            "small",
        )


def _row(
    tasking: Tasking,
    *,
    ops: Operations,
    names: dict[str, str],
    now: datetime,
) -> tuple[str, ...]:
    draft = tasking.draft
    made = visits(ops, tasking_id=tasking.tasking_id)
    done = dosage(tasking, made, until=own_day(draft, now), timezone=ops.timezone)
    team = f" ({draft.team})" if draft.team else ""
    ward = [names.get(code, code) for code in tasking.ward_codes[:1]]
    late = ", overdue" if overdue_at(tasking, now) else ""
    return (
        f"{tasking.reference} {draft.title}{team}",
        *(ward or ["none"]),
        f"{TACTIC_LABELS[draft.tactic]}: {when_label(draft)}",
        day_label(draft.ends_on),
        f"{done.visits} of {done.planned_visits:.0f}",
        f"{STATUS_LABELS[tasking.status]}{late}",
    )

"""What the board and one tasking come to, in the sentence that stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.counting import counted
from models.tasking.lifecycle import OPEN
from models.tasking.wording import overdue_at
from models.wording.days import day_label
from models.wording.lists import first_few, list_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.tasking.tasking import Tasking


def board_answer(taskings: Sequence[Tasking], *, now: datetime) -> str:
    """Return how many taskings are open, active, overdue and wait for their review.

    Parameters
    ----------
    taskings : sequence of Tasking
        All of them, whatever the board is filtered by.
    now : datetime
        On the local clock, with its time zone.
    """
    if not taskings:
        return "There are no taskings yet."
    going = sum(each.status in OPEN for each in taskings)
    active = sum(each.status == "active" for each in taskings)
    waiting = sum(each.status == "completed" for each in taskings)
    late = [each.reference for each in taskings if overdue_at(each, now)]
    overdue = f"{len(late):,} overdue ({list_label(first_few(late))})" if late else "none overdue"
    review = (
        counted(waiting, "completed one waits for its review", "completed ones wait for review")
        if waiting
        else "none waits for its review"
    )
    open_ones = counted(going, "tasking is", "taskings are")
    return f"{open_ones} open, {active:,} active, {overdue}; {review}."


def tasking_answer(tasking: Tasking, *, now: datetime) -> str:
    """Return where a tasking stands, and whether something is overdue about it.

    Parameters
    ----------
    tasking : Tasking
    now : datetime
        On the local clock, with its time zone.
    """
    draft = tasking.draft
    first, last = day_label(draft.starts_on), day_label(draft.ends_on)
    stands = {
        "proposed": f"is proposed for {first} to {last} and waits for approval",
        "approved": f"is approved and is to start on {first}",
        "active": f"is active until {last}",
        "completed": f"ended on {last} and waits for its review",
        "reviewed": f"ended on {last} and is reviewed",
        "cancelled": "is cancelled",
    }[tasking.status]
    team = f", with {draft.team}" if draft.team else ", with no team yet"
    if tasking.status in {"cancelled", "completed", "reviewed"}:
        team = f", worked by {draft.team}" if draft.team and tasking.status != "cancelled" else ""
    late = " It is overdue." if overdue_at(tasking, now) else ""
    return f"{tasking.reference} {stands}{team}.{late}"

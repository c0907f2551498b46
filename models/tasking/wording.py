"""How a tasking is spoken of: its dates, and what is overdue about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.tasking.tasking import REVIEW_DUE_DAYS
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date

    from models.tasking.tasking import Tasking


def overdue_label(tasking: Tasking, *, today: date) -> str:
    """Say what should have happened to a tasking by now; empty where nothing is overdue."""
    if not tasking.overdue(today):
        return ""
    draft = tasking.draft
    if tasking.status == "proposed":
        return f"Overdue: it was to start on {day_label(draft.starts_on)} and is not approved."
    if tasking.status == "approved":
        return f"Overdue: it was to start on {day_label(draft.starts_on)} and is not active."
    if tasking.status == "active":
        return f"Overdue: it was to end on {day_label(draft.ends_on)} and is not completed."
    return (
        f"Overdue: it ended on {day_label(draft.ends_on)} and was to be reviewed within "
        f"{REVIEW_DUE_DAYS} days."
    )

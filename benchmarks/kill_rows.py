"""What the stores of `benchmarks.kills` are made of: commands that are run here, and a tasking."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from shapely import box

import cli
from data.operations.taskings.rows import decision_values, draft_values
from models.tasking.tasking import Decision, TaskingDraft, TaskingHours

if TYPE_CHECKING:
    from models.tasking.lifecycle import Status

PASSWORD: Final = "Long enough to be used 7 times"  # noqa: S105 - of nobody
_NOON: Final = datetime(2026, 11, 14, 12, tzinfo=UTC)
_DECIDED: Final = ("proposed_at", "approved_at", "activated_at")
_ENDED: Final = ("completed_at", "reviewed_at", "cancelled_at")


def run(*arguments: str) -> None:
    """Run a command in this process; an exit code other than 0 is an error."""
    sys.argv = ["hotspots", *arguments]
    try:
        cli.main()
    except SystemExit as ended:
        if ended.code:
            raise


def tasking(
    number: int, *, status: Status = "active", moment: datetime = _NOON, by: str = "Nobody"
) -> dict[str, Any]:
    """Return a tasking's row, all that was decided on it at one moment.

    Parameters
    ----------
    number : int
    status : str
        ``active`` or ``cancelled``.
    moment : datetime
    by : str
        Who decided.
    """
    area = box(534_000, 181_000, 534_150, 181_150)
    draft = TaskingDraft(
        title="Made up",
        area=area.buffer(40),
        objective="To be visited",
        tactic="patrol",
        hours=TaskingHours((4, 5), 22, 3),
        starts_on=date(moment.year, moment.month, 1),
        ends_on=date(moment.year, moment.month, 28),
        origin="drawn",
    )
    decision = Decision((("method", "kde"),), "kde-1", 1, None, by, moment)
    return {
        **draft_values(draft),
        **decision_values(decision),
        **dict.fromkeys(_DECIDED, moment),
        **dict.fromkeys(_ENDED),
        **({"cancelled_at": moment} if status == "cancelled" else {}),
        "tasking_id": number,
        "status": status,
        "team": "Team 1",
        "version": 1,
        "fixed_note": "",
        "reason": "",
        **dict.fromkeys(("displacement", "comparison", "displacement_comparison"), area),
    }

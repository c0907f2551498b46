"""Taskings and visits as tables: what the board lists and what its CSV holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import FIND_LABELS, ORIGIN_LABELS, TACTIC_LABELS
from models.tasking.wording import overdue_label, when_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from models.tasking.tasking import Tasking, Visit


_COUNTS: Final = (
    "Table version",
    "Visits a week",
    "Planned visits",
    "In spare time",
    "Rank in the plan",
)


def tasking_table(
    taskings: Sequence[Tasking], *, ward_names: Mapping[str, str], now: datetime
) -> pd.DataFrame:
    """Return one row a tasking, in plain words.

    Parameters
    ----------
    taskings : sequence of Tasking
    ward_names : mapping of str to str
        Names by ward code; a code without a name stands for itself.
    now : datetime
        On the local clock, with its zone; says what is overdue.
    """
    rows = [
        {
            "Tasking": each.reference,
            "Title": each.draft.title,
            "Status": STATUS_LABELS[each.status],
            "Overdue": overdue_label(each, now=now),
            "Tactic": TACTIC_LABELS[each.draft.tactic],
            "Team": each.draft.team,
            "Lead partner": each.draft.lead_partner,
            "Wards": ", ".join(ward_names.get(code, code) for code in each.ward_codes),
            "Near": each.draft.near,
            "Hours": when_label(each.draft),
            "Starts": each.draft.starts_on,
            "Ends": each.draft.ends_on,
            "Visits a week": _weekly(each),
            "Minutes a visit": each.draft.minutes_per_visit,
            "Planned visits": len(each.draft.team_plan.visits) if each.draft.team_plan else None,
            "In spare time": each.draft.team_plan.spare_visits if each.draft.team_plan else None,
            "Plan": each.draft.team_plan.reference if each.draft.team_plan else "",
            "Rank in the plan": each.draft.team_plan.rank if each.draft.team_plan else None,
            "Objective": each.draft.objective,
            "Expected result": each.draft.expected_result,
            "From": ORIGIN_LABELS[each.draft.origin],
            "Table version": each.decision.table_version,
            "Reason for cancelling": each.reason,
        }
        for each in taskings
    ]
    frame = pd.DataFrame(rows)
    if not frame.empty:
        for name in _COUNTS:
            frame[name] = frame[name].astype("Int64")
    return frame


def _weekly(tasking: Tasking) -> int | None:
    """Return the visits a week; none where a plan gave the visits themselves."""
    return None if tasking.draft.team_plan else tasking.draft.visits_per_week


def visit_table(visits: Sequence[Visit], *, timezone: ZoneInfo) -> pd.DataFrame:
    """Return one row a visit, newest first, times local."""
    ordered = sorted(visits, key=lambda each: each.arrived_at, reverse=True)
    rows = []
    for each in ordered:
        arrived = each.arrived_at.astimezone(timezone)
        left = each.left_at.astimezone(timezone) if each.left_at is not None else None
        minutes = (left - arrived).total_seconds() / 60 if left is not None else None
        rows.append(
            {
                "Visit": each.visit_id,
                "Team": each.team,
                "Arrived": arrived.replace(tzinfo=None),
                "Left": left.replace(tzinfo=None) if left is not None else pd.NaT,
                "Minutes": round(minutes) if minutes is not None else pd.NA,
                **{label: getattr(each.finds, name) for name, label in FIND_LABELS.items()},
                "Note": each.note,
            }
        )
    frame = pd.DataFrame(rows)
    if not frame.empty:
        frame["Minutes"] = frame["Minutes"].astype("Int64")
    return frame

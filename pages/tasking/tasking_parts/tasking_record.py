"""What a tasking is: where, what, when, who; and how the decision for it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from geo.areas import area_label
from geo.errors import PlainError
from geo.screen.area_layers import MapArea
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import ORIGIN_LABELS, TACTIC_LABELS
from models.tasking.wording import (
    day_of_week_label,
    dosage_label,
    overdue_label,
    visit_times_label,
    when_label,
)
from models.wording.days import day_label, span_label
from pages.components.area_map import show_areas
from pages.components.table_file import table_file
from pages.shell.messages import notes, plain, plain_table
from pages.tasking.tasking_parts import queries_tasking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.services.worked_again import WorkedAgain
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.tasking import Tasking

_OUTCOMES: Final = {
    "same": ("success", ":material/check_circle:", "The same"),
    "differs": ("warning", ":material/difference:", "Not the same"),
    "gone": ("warning", ":material/history_toggle_off:", "Cannot be worked out"),
    "none": ("info", ":material/draw:", "Nothing to work out"),
}
_STAMPS: Final = ("proposed", "approved", "activated", "completed", "reviewed", "cancelled")


def headline(tasking: Tasking, *, now: datetime) -> None:
    """Draw number, status, dates and what is overdue."""
    draft = tasking.draft
    st.markdown(
        plain(
            f"{STATUS_LABELS[tasking.status]} · {TACTIC_LABELS[draft.tactic]} · "
            f"{span_label(draft.starts_on, draft.ends_on)} · {draft.team or 'no team yet'}"
        )
    )
    late = overdue_label(tasking, now=now)
    if late:
        st.warning(plain(late), icon=":material/schedule:")
    if tasking.reason:
        st.info(plain(f"Cancelled: {tasking.reason}"))


def what(tasking: Tasking, *, ward_names: Mapping[str, str], timezone: str) -> None:
    """Draw what is to be done, when and by whom, with the action plan where there is one."""
    draft = tasking.draft
    plain_table(
        {
            "Objective": draft.objective,
            "Expected result": draft.expected_result or "not said",
            "Tactic": TACTIC_LABELS[draft.tactic],
            "Team": draft.team or "not decided yet",
            "Lead partner": draft.lead_partner or "none",
            "Hours": when_label(draft),
            "Dates": span_label(draft.starts_on, draft.ends_on),
            "Planned": dosage_label(draft),
            "Wards": ", ".join(ward_names.get(code, code) for code in tasking.ward_codes),
            "Near": draft.near or "not said",
            "Area": area_label(draft.area),
        }
    )
    _planned_visits(tasking, timezone=timezone)
    if draft.action_plan:
        st.markdown("**Action plan**")
        steps = pd.DataFrame(
            [
                {
                    "Step": each.what,
                    "Who": each.who,
                    "Due": each.due_on,
                    "Done": "yes" if each.done else "no",
                }
                for each in draft.action_plan
            ]
        )
        st.dataframe(
            steps,
            hide_index=True,
            alt="Steps of the action plan",
            column_config={"Due": st.column_config.DateColumn(format="D MMM YYYY")},
        )
        table_file(steps, "Action plan as CSV", file_name=f"{tasking.reference}-action-plan.csv")


def _planned_visits(tasking: Tasking, *, timezone: str) -> None:
    """Draw the team's own visits where a patrol plan gave them."""
    plan = tasking.draft.team_plan
    if plan is None:
        return
    st.markdown(f"**Planned visits** ({plain(plan.reference)}, rank {plan.rank:,})")
    table = pd.DataFrame(
        [
            {
                "Shift begins": day_of_week_label(each.day),
                "Visit": visit_times_label(each, timezone=timezone),
                "In spare time": "yes" if each.in_spare_time else "",
            }
            for each in plan.visits
        ]
    )
    st.dataframe(table, hide_index=True, alt=f"Planned visits of {tasking.reference}")
    table_file(table, "Planned visits as CSV", file_name=f"{tasking.reference}-planned-visits.csv")


def where(tasking: Tasking, *, fixed: FixedAreas | None = None) -> None:
    """Draw the area on the map, with the ring and the comparison area where there are any.

    Parameters
    ----------
    tasking : Tasking
    fixed : FixedAreas, optional
        What would be fixed at approval; without it what was fixed.
    """
    source = fixed or tasking
    areas: list[MapArea] = []
    if source.displacement is not None:
        areas.append(MapArea(source.displacement, "ring", "Ring around it", labelled=False))
    if source.displacement_comparison is not None:
        areas.append(
            MapArea(
                source.displacement_comparison,
                "comparison-ring",
                "Ring around the comparison",
                labelled=False,
            )
        )
    if source.comparison is not None:
        areas.append(MapArea(source.comparison, "comparison", "Comparison"))
    areas.append(MapArea(tasking.draft.area, "chosen", "Tasking"))
    show_areas(areas, key="fixing" if fixed else "where", ward_codes=tasking.ward_codes)
    if len(areas) > 1:
        st.dataframe(
            pd.DataFrame(
                [
                    {"On the map": each.description, "Size": area_label(each.shape)}
                    for each in areas[::-1]
                ]
            ),
            hide_index=True,
            alt="The areas on the map, as a table",
        )
    said = fixed.note if fixed else tasking.fixed_note
    if said:
        st.caption(plain(said))


def decision(tasking: Tasking, *, timezone: str) -> None:
    """Draw how the decision was made, and what comes of working it out again."""
    held = tasking.decision
    worked = _worked_again(tasking)
    view = dict(held.view)
    how = view.get("area", "") or (worked.view_label if worked else "")
    plain_table(
        {
            "Started from": ORIGIN_LABELS[tasking.draft.origin],
            "Hotspot": held.hotspot_id or "none",
            "How it was chosen": how or "not said",
            "Table version": "none" if held.table_version is None else f"{held.table_version}",
            "Seed": "none; no random numbers were used" if held.seed is None else f"{held.seed}",
            "By": f"{held.made_by}, {_moment(held.made_at, timezone=timezone)}",
            **_moves(tasking, timezone=timezone),
        }
    )
    if worked is None:
        return
    kind, icon, word = _OUTCOMES[worked.outcome]
    {"success": st.success, "warning": st.warning, "info": st.info}[kind](
        f"**{word}.** {plain(worked.explanation)}", icon=icon
    )
    if worked.outcome == "differs" and worked.shape is not None:
        show_areas(
            [
                MapArea(tasking.draft.area, "chosen", "Tasking"),
                MapArea(worked.shape, "before", "Hotspot worked out again"),
            ],
            key="tasking-again",
            height_px=320,
        )
    with st.expander("The record's own words"):
        st.dataframe(
            pd.DataFrame(held.view, columns=["Setting", "Value"]),
            hide_index=True,
            alt="The view of the decision, setting by setting",
        )


def _worked_again(tasking: Tasking) -> WorkedAgain | None:
    try:
        return queries_tasking.again(tasking)
    except PlainError as problem:  # no ward file or no incidents any more
        notes([str(problem)], heading="The decision cannot be worked out again")
        return None


def _moves(tasking: Tasking, *, timezone: str) -> dict[str, str]:
    moments = {name: getattr(tasking, f"{name}_at") for name in _STAMPS}
    return {
        name.capitalize(): _moment(at, timezone=timezone)
        for name, at in moments.items()
        if at is not None
    }


def _moment(at: datetime, *, timezone: str) -> str:
    local = at.astimezone(ZoneInfo(timezone))
    return f"{day_label(local.date())}, {local:%H:%M}"

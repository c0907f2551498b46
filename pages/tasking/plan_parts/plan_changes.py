"""Moving and locking visits, and making the plan again around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from models.calendar.days import wall_minute
from models.tasking.patrol_request import LockedVisit
from models.tasking.wording import day_of_week_label
from pages.tasking.plan_parts import plan_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.calendar.clock_changes import ClockChanges
    from models.plans.query import PlanQuery
    from models.tasking.patrol_plan import PlannedVisit
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

_HALF_A_DAY: Final = timedelta(hours=12)


def draw(displayed: DisplayedPlan, *, now: PlanQuery, changes: ClockChanges) -> None:
    """Draw the table in which visits are kept or moved."""
    st.header("Move and lock visits", anchor=False)
    st.caption(
        "Tick a visit to keep it as it is. If you change its time or its team, your change is "
        "kept. Then make the plan again: everything else is planned again around the visits that "
        "are kept."
    )
    settings, visits = displayed.settings, displayed.plan.visits
    known = {each.hotspot_id: each.label for each in displayed.candidates}
    table = pd.DataFrame(
        {
            "Keep": [visit.locked for visit in visits],
            "Team": [visit.team for visit in visits],
            "Day": [day_of_week_label(visit.at) for visit in visits],
            "Time": [visit.at.time() for visit in visits],
            "Hotspot": [known[visit.hotspot_id] for visit in visits],
        }
    )
    with st.form("plan-changes"):
        edited: pd.DataFrame = st.data_editor(
            table,
            hide_index=True,
            width="stretch",
            height=360,
            disabled=["Day", "Hotspot"],
            key=f"plan-moves-{hash((settings.locked, settings.seed, len(visits)))}",
            alt="Visits to keep, move or give to another team",
            column_config={
                "Time": st.column_config.TimeColumn(format="HH:mm", step=60),
                "Team": st.column_config.SelectboxColumn(
                    options=[each.name for each in displayed.teams], required=True
                ),
            },
        )
        sent = st.form_submit_button("Make the plan again around these", icon=":material/lock:")
    if sent:
        locked = tuple(
            lock
            for visit, row in zip(visits, edited.to_dict("records"), strict=True)
            if (lock := lock_of(visit, row, changes=changes)) is not None
        )
        plan_form.ask(replace(now, settings=replace(now.settings, locked=locked)))
        st.rerun()


def lock_of(
    visit: PlannedVisit, row: Mapping[Any, Any], *, changes: ClockChanges
) -> LockedVisit | None:
    """Return what a row of the table locks: a visit that is ticked, or one that was changed."""
    chosen: time = row["Time"]
    moved = chosen != visit.at.time() or row["Team"] != visit.team
    if not (moved or row["Keep"]):
        return None
    at = datetime.combine(visit.at.date(), chosen)
    if at - visit.at > _HALF_A_DAY:
        at -= timedelta(days=1)
    elif visit.at - at > _HALF_A_DAY:
        at += timedelta(days=1)
    wall = wall_minute(at)
    starts = visit.starts if not moved else int(changes.utc_minutes(np.array([wall]))[0])
    return LockedVisit(row["Team"], visit.hotspot_id, starts)

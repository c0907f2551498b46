"""A tasking's visits against its plan, what they found, and each of them as a row."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import streamlit as st

from data.exports.taskings import visit_table
from data.operations.visits.visits import visits
from geo.counting import counted
from models.tasking.dosage import dosage, own_day
from models.tasking.duty import open_to_visits
from models.tasking.tasking import FIND_LABELS, Finds
from pages.components.dosage_chart import dosage_chart
from pages.components.table_file import table_file
from pages.shell.messages import plain

if TYPE_CHECKING:
    from datetime import datetime

    from data.operations.database import Operations
    from models.tasking.tasking import Tasking

VISIT_PAGE = "pages/tasking/visit.py"


def visits_against_plan(tasking: Tasking, *, ops: Operations, now: datetime) -> None:
    """Draw dosage, finds and the list of visits, and the way to log another."""
    if open_to_visits([tasking], now=now):
        st.page_link(
            VISIT_PAGE,
            label="Log a visit",
            icon=":material/directions_walk:",
            query_params={"tasking": str(tasking.tasking_id)},
        )
    made = visits(ops, tasking_id=tasking.tasking_id)
    given = dosage(tasking, made, until=own_day(tasking.draft, now), timezone=ops.timezone)
    if not made and (tasking.status != "active" or not given.planned_visits):
        st.caption("There are no visits yet. Visits can be logged while a tasking is active.")
        return
    row = st.container(horizontal=True)
    share = "none planned" if given.share is None else f"{given.share:.0%} of the plan"
    row.metric(
        "Visits",
        f"{given.visits:,} of {given.planned_visits:,.0f}",
        delta=share,
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
    row.metric("Minutes there", f"{given.minutes:,} of {given.planned_minutes:,.0f}", border=True)
    row.metric(
        "Begun in the tasking's hours", f"{given.inside_hours:,} of {given.visits:,}", border=True
    )
    dosage_chart(given, name=f"Visits to {tasking.reference} week by week")
    _draw_finds(given.finds)
    if not made:
        return
    table = visit_table(made, timezone=ops.timezone)
    with st.expander(f"All {counted(len(made), 'visit')}"):
        st.dataframe(
            table,
            hide_index=True,
            alt=f"Visits to {tasking.reference}, newest first",
            column_config={
                name: st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")
                for name in ("Arrived", "Left")
            },
        )
        table_file(table, "Visits as CSV", file_name=f"{tasking.reference}-visits.csv")


def _draw_finds(finds: Finds) -> None:
    said = [
        f"{FIND_LABELS[each.name]}: {getattr(finds, each.name):,}"
        for each in fields(Finds)
        if getattr(finds, each.name)
    ]
    st.markdown(
        plain("Found and done in all visits: " + (", ".join(said) or "nothing noted") + ".")
    )

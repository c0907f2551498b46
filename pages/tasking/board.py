"""Board: every tasking by status, what is overdue, and what waits for its review."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from data.exports.taskings import tasking_table
from data.operations.taskings.taskings import taskings
from geo.errors import PlainError
from models.tasking.lifecycle import OPEN
from models.wording.days import day_label
from pages.components import tasking_cards, tasking_filters
from pages.components.table_file import table_file
from pages.shell import queries_operations
from pages.shell.messages import plain, shown_errors
from pages.shell.person import person

if TYPE_CHECKING:
    from models.tasking.lifecycle import Status

st.title("Board")
with shown_errors(PlainError):
    person().must_be_officer("The tasking board")
    ops = queries_operations.operations()
    everything = taskings(ops)
    ward_names = tasking_filters.ward_names()
today = queries_operations.now().date()

figures = st.container(key="figures")
overdue = [each for each in everything if each.overdue(today)]
figures.metric("Open", len([each for each in everything if each.status in OPEN]), border=True)
figures.metric("Active", len([each for each in everything if each.status == "active"]), border=True)
figures.metric("Overdue", len(overdue), border=True)
figures.metric(
    "Completed, to be reviewed",
    len([each for each in everything if each.status == "completed"]),
    border=True,
)
chosen = tasking_filters.draw(everything, ward_names=ward_names)
shown = taskings(
    ops,
    wards=chosen.wards,
    teams=chosen.teams,
    statuses=cast("tuple[Status, ...]", chosen.statuses),
    overdue_on=today if chosen.overdue else None,
)
st.caption(
    plain(f"{len(shown)} of {len(everything)} taskings · as of {day_label(today)} · {chosen.words}")
)
st.page_link("pages/tasking/propose.py", label="Propose a tasking", icon=":material/add:")
if not everything:
    st.info("There are no taskings yet. Propose one from a hotspot, or here with an area.")
elif not shown:
    st.info("No tasking matches these filters. Remove one of them.")
else:
    with shown_errors(PlainError):
        tasking_cards.on_the_map(shown)
    tasking_cards.board(shown, ward_names=ward_names, today=today)
    st.subheader("As a list", anchor=False)
    table = tasking_table(shown, ward_names=ward_names, today=today)
    st.dataframe(
        table,
        hide_index=True,
        alt="Taskings, one a row",
        column_config={
            name: st.column_config.DateColumn(format="D MMM YYYY") for name in ("Starts", "Ends")
        },
    )
    table_file(table, "List as CSV", file_name=f"taskings-{today}.csv")
tasking_filters.remember(chosen)

"""Board: every tasking by status, what is overdue, and what waits for its review."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

import streamlit as st

from data.exports.tasking_answers import board_answer
from data.exports.taskings import tasking_table
from data.operations.taskings.taskings import taskings
from data.operations.views.personal import my_team
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.lifecycle import OPEN
from models.tasking.wording import overdue_at
from models.wording.days import day_label
from pages.components import answer, tasking_cards, tasking_filters
from pages.components.map_places import show_row
from pages.components.table_file import table_file
from pages.shell import queries_operations
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import person

if TYPE_CHECKING:
    from models.tasking.lifecycle import Status

with errors_as_messages(PlainError):
    person().must_be_officer("The tasking board")
    ops = queries_operations.operations()
    everything = taskings(ops)
    ward_names = tasking_filters.ward_names()
now = queries_operations.now()
today = now.date()

answer.draw(board_answer(everything, now=now))
figures = st.container(key="figures")
overdue = [each for each in everything if overdue_at(each, now)]
figures.metric("Open", len([each for each in everything if each.status in OPEN]), border=True)
figures.metric("Active", len([each for each in everything if each.status == "active"]), border=True)
figures.metric("Overdue", len(overdue), border=True)
figures.metric(
    "Completed, to be reviewed",
    len([each for each in everything if each.status == "completed"]),
    border=True,
)
board_filter = tasking_filters.draw(everything, ward_names=ward_names)
listed = taskings(
    ops,
    wards=board_filter.wards,
    teams=board_filter.teams,
    statuses=cast("tuple[Status, ...]", board_filter.statuses),
    overdue_at=now if board_filter.overdue else None,
)
team = my_team(ops, person())
if team and any(each.draft.team == team for each in listed):
    listed = tuple(sorted(listed, key=lambda each: each.draft.team != team))
    in_order = " · my team first" if board_filter.teams != (team,) else ""
else:
    in_order = ""
st.caption(
    plain(
        f"{len(listed)} of {counted(len(everything), 'tasking')} · as of {day_label(today)} · "
        f"{board_filter.sentence}{in_order}"
    )
)
with st.container(horizontal=True, vertical_alignment="center"):
    st.page_link("pages/tasking/propose.py", label="Propose a tasking", icon=":material/add:")
    if in_order:
        st.button(plain(f"{team} alone"), on_click=tasking_filters.choose_team, args=(team,))
if not everything:
    st.info("There are no taskings yet. Propose one from a hotspot, or here with an area.")
elif not listed:
    st.info("No tasking matches these filters. Remove one of them.")
else:
    with errors_as_messages(PlainError):
        tasking_cards.on_the_map(listed)
    tasking_cards.board(listed, ward_names=ward_names, now=now)
    st.header("As a list", anchor=False)
    table = tasking_table(listed, ward_names=ward_names, now=now)
    list_key = f"tasking-list-{hash(tuple(each.reference for each in listed))}"
    st.dataframe(
        table,
        hide_index=True,
        alt="Taskings, one a row",
        on_select=partial(
            show_row,
            list_key,
            [each.reference for each in listed],
            key=tasking_cards.MAP,
        ),
        selection_mode="single-cell",
        key=list_key,
        column_config={
            name: st.column_config.DateColumn(format="D MMM YYYY") for name in ("Starts", "Ends")
        },
    )
    table_file(table, "List as CSV", file_name=f"taskings-{today}.csv")
tasking_filters.remember(board_filter)

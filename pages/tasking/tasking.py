"""Tasking: one tasking in full: where, what, how it was decided, its visits, its history."""

from __future__ import annotations

import streamlit as st

from data.exports.tasking_answers import tasking_answer
from data.operations.taskings.taskings import tasking as tasking_of
from data.operations.taskings.taskings import taskings
from geo.errors import PlainError
from pages.components import answer, paper_downloads, tasking_filters
from pages.components.tasking_cards import link
from pages.shell import queries_operations, saving, state
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import person
from pages.tasking.tasking_parts import (
    tasking_change,
    tasking_moves,
    tasking_record,
    tasking_talk,
    tasking_visits,
)

CHOSEN = "tasking"

with errors_as_messages(PlainError):
    who = person()
    who.must_be_officer("A tasking")
    ops = queries_operations.operations()
    asked = state.address_bar().get(CHOSEN, "")
    chosen = tasking_of(ops, int(asked)) if asked.isdigit() else None
now = queries_operations.now()
names = tasking_filters.ward_names()

if chosen is None:
    st.markdown("Choose a tasking. The board lists them by status.")
    st.page_link("pages/tasking/board.py", label="Board", icon=":material/view_kanban:")
    for each in taskings(ops, statuses=("active", "approved", "proposed", "completed")):
        link(each)
    st.stop()

state.show_in_address_bar({CHOSEN: asked})
st.header(plain(f"{chosen.reference} {chosen.draft.title}"), anchor=False)
answer.draw(tasking_answer(chosen, now=now))
tasking_record.headline(chosen, now=now)
told = saving.outcome()
tasking_moves.moves(chosen, ops=ops, who=who, now=now)
try:
    paper_downloads.sheet_button(chosen)
except PlainError as problem:  # no ward file or no incidents any more: the rest is still there
    st.warning(plain(str(problem)))

left, right = st.columns([6, 5])
with left:
    st.subheader("What", anchor=False)
    tasking_record.what(chosen, ward_names=names, timezone=ops.timezone.key)
with right:
    st.subheader("Where", anchor=False)
    try:
        tasking_record.where(chosen)
    except PlainError as problem:
        st.warning(plain(str(problem)))
tasking_change.changing(chosen, ops=ops, ward_names=names)
st.subheader("Visits", anchor=False)
tasking_visits.visits_against_plan(chosen, ops=ops, now=now)
st.subheader("How it was decided", anchor=False)
tasking_record.decision(chosen, timezone=ops.timezone.key)
st.subheader("Comments", anchor=False)
tasking_talk.talk(chosen, ops=ops)
saving.leftover(told)
with st.expander("History: who changed what, and when"):
    tasking_talk.happened(chosen, ops=ops)

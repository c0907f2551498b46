"""Meeting: what happened since the last one, item by item, and what is decided, as it is made."""

from __future__ import annotations

import streamlit as st

from data.operations.meetings.decisions import decisions
from data.operations.meetings.meetings import meeting as meeting_of
from data.operations.meetings.meetings import meetings
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.meeting import MEETING_LABELS
from models.today.since_last import sums
from models.wording.days import day_label
from pages.components import sections
from pages.shell import saving, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import person
from pages.shell.queries_operations import operations
from pages.tasking.meeting_parts import (
    meeting_decisions,
    meeting_items,
    meeting_minutes,
    meeting_start,
)
from pages.tasking.meeting_parts.before_it import before_it

PAGE = "meeting"
CHOSEN = "meeting"
SECTIONS = {"items": "Item by item", "decisions": "Decisions", "minutes": "Minutes"}

with errors_as_messages(PlainError):
    person().must_be_officer("A meeting")
    ops = operations()
    asked = meeting_start.begun_now() or state.address_bar().get(CHOSEN, "")
    meeting = meeting_of(ops, int(asked)) if asked.isdigit() else None
if meeting is None:
    meeting_start.draw(meetings(ops))
    st.stop()

unread = sections.begin(PAGE, SECTIONS)
heading = (
    f"{meeting.reference} {MEETING_LABELS[meeting.draft.kind]}, {day_label(meeting.draft.held_on)}"
)
if meeting.status != "open":
    st.header(plain(heading), anchor=False)
    told = saving.outcome()
    meeting_minutes.over(meeting)
else:
    with errors_as_messages(PlainError):
        before = before_it(meeting)
        made = decisions(ops, meeting.meeting_id)
    with st.container(key="answer"):
        st.markdown(plain(f"{heading}. {before.record.summary}"))
    with sections.row():
        sections.draw(PAGE, SECTIONS)
        st.caption(plain(f"{counted(len(made), 'decision')} saved"))
    told = saving.outcome()
    notes(unread, heading="The link could not be read in full")
    section = sections.current(PAGE)
    if section == "items":
        meeting_items.draw(meeting, before, made)
    elif section == "decisions":
        meeting_decisions.draw(meeting, made, before.carried)
    else:
        meeting_minutes.draw(meeting, made)
    st.header("How the counts add up", anchor=False)
    st.markdown("\n".join(f"- {plain(line)}" for line in sums(before.view)))
    if before.no_hotspots:
        st.warning(plain(f"No hotspot is listed. {before.no_hotspots}"))
st.page_link(meeting_start.PAGE, label="All meetings", icon=":material/list:")
saving.leftover(told)
address = sections.address(PAGE, SECTIONS) if meeting.status == "open" else {}
state.show_in_address_bar({CHOSEN: asked, **address})

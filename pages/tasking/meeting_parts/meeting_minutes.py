"""Who is present, the minutes as files, closing a meeting, and addenda after that."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from data.exports.meeting_minutes import MinutesFile, minutes_pdf, minutes_table
from data.exports.spreadsheet import csv_bytes
from data.operations.meetings.decisions import decisions as decisions_of
from data.operations.meetings.meetings import (
    add_addendum,
    addenda,
    call_off,
    close_meeting,
    minutes_of,
    set_attendance,
)
from data.settings import settings
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.meeting_minutes import MeetingRecord
from models.wording.days import day_label
from pages.shell import queries, saving
from pages.shell.messages import plain, plain_lines
from pages.shell.offer import offer_in_name
from pages.shell.person import actor
from pages.shell.queries_operations import local_time, now, operations
from pages.tasking.meeting_parts import before_it, meeting_decisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.access import Person
    from models.tasking.meeting import Meeting, MeetingDecision
    from pages.shell.saving import Typed

_NOTHING = MeetingRecord("", (), (), ())


class NotClosedError(PlainError, ValueError):
    """The box that confirms that a meeting is over is not ticked."""

    def __init__(self) -> None:
        super().__init__("The meeting is not closed: tick the box to confirm that it is over.")


def draw(meeting: Meeting, decisions: Sequence[MeetingDecision]) -> None:
    """Draw the attendance, the minutes as they stand, and how the meeting is ended."""
    left, right = st.columns(2)
    with left:
        _attendance(meeting)
    with right:
        st.header("Minutes", anchor=False)
        st.caption("A draft until the meeting is closed.")
        files(meeting)
        _closing(meeting, decisions=len(decisions))
        if not any(each.status != "withdrawn" for each in decisions):
            _calling_off(meeting)


def files(meeting: Meeting) -> None:
    """Draw the buttons for the minutes as PDF and as CSV."""
    stem = f"minutes-{meeting.reference}-{meeting.draft.held_on}"
    with st.container(horizontal=True):
        offer_in_name(
            "Minutes (PDF)", partial(_pdf, meeting), file_name=f"{stem}.pdf", icon="description"
        )
        offer_in_name("Minutes (CSV)", partial(_csv, meeting), file_name=f"{stem}.csv")


def over(meeting: Meeting) -> None:
    """Draw a meeting that is over: its minutes, what came of its actions, and addenda."""
    files(meeting)
    if meeting.minutes is None:
        st.write(plain(f"It was called off: {meeting.reason}"))
        return
    record = meeting.minutes.record
    st.write(plain(record.summary))
    st.markdown("\n".join(f"- {plain(line)}" for line in record.sums))
    st.caption(plain(f"Present: {'; '.join(meeting.minutes.attendance)}"))
    _decided(meeting)
    _addenda(meeting)
    with st.expander("History: who wrote and changed what, and when"):
        meeting_decisions.history(meeting)


def _decided(meeting: Meeting) -> None:
    made = decisions_of(operations(), meeting.meeting_id)
    st.header(f"Decided: {len(made)}", anchor=False)
    st.caption("As they stand now; the minutes have them as they were when the meeting ended.")
    for each in made:
        meeting_decisions.one(each, meeting=meeting)


def _attendance(meeting: Meeting) -> None:
    st.header("Who is present", anchor=False)
    was = meeting.draft.attendance
    form = saving.form(
        f"present {meeting.meeting_id}",
        present=f"present-{meeting.meeting_id}-{meeting.version}",
    )

    def write(typed: Typed) -> str:
        set_attendance(actor(), meeting.meeting_id, attendance=typed["present"] or "", was=was)
        return "Those present are written down."

    with form.drawn():
        st.text_area(
            "A role or a name on each line",
            form.start("present", was),
            key=form.key("present"),
            height=220,
            max_chars=4000,
        )
        form.button("Save who is present", write)


def _closing(meeting: Meeting, *, decisions: int) -> None:
    form = saving.form(f"close {meeting.meeting_id}", sure=f"close_sure-{meeting.meeting_id}")

    def close(typed: Typed) -> str:
        if not typed["sure"]:
            raise NotClosedError
        record = before_it.before_it(meeting).record
        kept = close_meeting(actor(), meeting.meeting_id, record=record, version=meeting.version)
        return f"{kept.reference} is closed, and its minutes are frozen."

    with form.drawn():
        st.markdown(
            plain(
                f"Closing freezes the minutes with {counted(decisions, 'decision')}. After that "
                "only an addendum can be added; actions go on to the next meeting until they are "
                "done."
            )
        )
        st.checkbox("Yes, the meeting is over", key=form.key("sure"))
        form.button("Close the meeting", close, type="primary", icon=":material/lock:")


def _calling_off(meeting: Meeting) -> None:
    form = saving.form(f"call off {meeting.meeting_id}", reason=f"call_off-{meeting.meeting_id}")

    def end(typed: Typed) -> str:
        call_off(actor(), meeting.meeting_id, reason=typed["reason"] or "", version=meeting.version)
        return f"{meeting.reference} is called off; the next meeting looks back past it."

    with st.expander("It was not held"), form.drawn(border=False):
        st.text_input(
            "Why (stays on record)", form.start("reason"), key=form.key("reason"), max_chars=1000
        )
        form.button("Call it off", end)


def _addenda(meeting: Meeting) -> None:
    st.header("Addenda", anchor=False)
    for each in addenda(operations(), meeting.meeting_id):
        with st.container(border=True):
            at = local_time(each.written_at)
            st.caption(plain(f"{each.written_by}, {day_label(at)}, {at:%H:%M}"))
            st.markdown(plain_lines(each.text))
    form = saving.form(f"addendum {meeting.meeting_id}", text=f"addendum-{meeting.meeting_id}")

    def add(typed: Typed) -> str:
        add_addendum(actor(), meeting.meeting_id, text=typed["text"] or "")
        return "The addendum is added to the minutes."

    with form.drawn():
        st.text_area(
            "What is to be put right: the closed minutes stay, and this comes after them",
            form.start("text"),
            key=form.key("text"),
            max_chars=1000,
        )
        form.button("Add to the minutes", add)


def _file(meeting: Meeting) -> MinutesFile:
    ops = operations()
    record = _NOTHING
    if meeting.status == "open":
        record = before_it.before_it(meeting).record
    return MinutesFile(
        meeting=meeting,
        minutes=minutes_of(ops, meeting, record=record),
        addenda=addenda(ops, meeting.meeting_id),
        simulated=_simulated(),
        settings=settings(),
    )


def _simulated() -> bool:
    try:
        return queries.store().simulated
    except PlainError:  # no incidents: nothing in it is simulated
        return False


def _pdf(meeting: Meeting, who: Person) -> bytes:
    return minutes_pdf(_file(meeting), person=who, now=now())


def _csv(meeting: Meeting, who: Person) -> bytes:
    return csv_bytes(minutes_table(_file(meeting), person=who))

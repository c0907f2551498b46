"""Opening a meeting, and the list of those that were held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from data.operations.meetings.meetings import begin_meeting
from models.tasking.meeting import (
    MEETING_KINDS,
    MEETING_LABELS,
    MEETING_STATUS_LABELS,
    MeetingDraft,
)
from models.wording.days import day_label
from pages.components.table_file import table_file
from pages.shell import saving, state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking.meeting import Meeting
    from pages.shell.saving import Typed

PAGE: Final = "pages/tasking/meeting.py"
_BEGUN: Final = "meeting_begun"


def begun_now() -> str:
    """Return the number of the meeting that was opened by the last click; "" without one."""
    return str(state.take(_BEGUN) or "")


def link(meeting: Meeting) -> None:
    """Draw the link to a meeting."""
    draft = meeting.draft
    st.page_link(
        PAGE,
        label=plain(
            f"{meeting.reference} {MEETING_LABELS[draft.kind]}, {day_label(draft.held_on)} "
            f"({MEETING_STATUS_LABELS[meeting.status].lower()})"
        ),
        query_params={"meeting": str(meeting.meeting_id)},
    )


def draw(meetings: Sequence[Meeting]) -> None:
    """Draw what is open, the form that opens a meeting, and those that were held."""
    told = saving.outcome()
    running = [each for each in meetings if each.status == "open"]
    left, right = st.columns(2)
    with left:
        _form(running)
    with right:
        st.header("Open now", anchor=False)
        for each in running:
            link(each)
        if not running:
            st.caption("No meeting is open.")
        _held([each for each in meetings if each.status != "open"])
    saving.leftover(told)


def _form(running: Sequence[Meeting]) -> None:
    st.header("Open a meeting", anchor=False)
    taken = {each.draft.kind for each in running}
    free = [kind for kind in MEETING_KINDS if kind not in taken]
    if not free:
        st.info("A meeting of each kind is open. Go on with one of them, or close it first.")
        return
    form = saving.form(
        "open meeting", kind="meeting_kind", day="meeting_day", present="meeting_present"
    )

    begun: list[int] = []

    def begin(typed: Typed) -> str:
        draft = MeetingDraft(typed["kind"], typed["day"], typed["present"] or "")
        kept = begin_meeting(actor(), draft)
        begun.append(kept.meeting_id)
        return f"{kept.reference} is open. Everything you decide is saved at once."

    with form.drawn():
        st.radio(
            "Which meeting",
            free,
            format_func=MEETING_LABELS.__getitem__,
            key=form.key("kind"),
            horizontal=True,
        )
        day: Any = form.start("day", now().date())
        st.date_input("Held on", day, key=form.key("day"), format="DD/MM/YYYY")
        st.text_area(
            "Who is present: a role or a name on each line (can be added to later)",
            form.start("present"),
            key=form.key("present"),
            height=150,
            max_chars=4000,
        )
        form.button(
            "Open the meeting",
            begin,
            then=lambda: state.put(_BEGUN, str(begun[-1])),
            type="primary",
            icon=":material/groups:",
        )
    st.caption(
        "It looks back to the end of the last meeting of its kind; the first tasking meeting looks "
        "back two weeks, the first violence meeting one."
    )


def _held(over: Sequence[Meeting]) -> None:
    st.header("Held before", anchor=False)
    if not over:
        st.caption("No meeting was held yet.")
        return
    for each in over[:8]:
        link(each)
    table = pd.DataFrame(
        [
            {
                "Meeting": each.reference,
                "Kind": MEETING_LABELS[each.draft.kind],
                "Held on": each.draft.held_on,
                "Minutes": MEETING_STATUS_LABELS[each.status],
                "Decisions": len(each.minutes.decisions) if each.minutes else 0,
                "Closed by": each.closed_by,
            }
            for each in over
        ]
    )
    if len(over) > 8:
        st.dataframe(
            table,
            hide_index=True,
            alt="All meetings that are over",
            column_config={"Held on": st.column_config.DateColumn(format="D MMM YYYY")},
        )
    table_file(table, "All meetings as CSV", file_name=f"meetings-{now().date()}.csv")

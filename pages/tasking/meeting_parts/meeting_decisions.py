"""Decisions of a meeting: corrected or withdrawn while it is open; actions done or dropped."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd
import streamlit as st

from data.operations.meetings.decisions import (
    correct_decision,
    end_action,
    open_again,
    trail,
    withdraw_decision,
)
from models.tasking.meeting import DECISION_STATUS_LABELS
from models.wording.days import day_label
from pages.components.table_file import table_file
from pages.shell import saving
from pages.shell.messages import plain, plain_lines
from pages.shell.person import actor
from pages.shell.queries_operations import local_time, now, operations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.tasking.meeting import Meeting, MeetingDecision
    from pages.shell.saving import Typed

_LEFT_OUT: Final = ("version", "meeting_id", "decision_id", "addendum_id", "area", "changes")


def draw(
    meeting: Meeting, decisions: Sequence[MeetingDecision], carried: Sequence[MeetingDecision]
) -> None:
    """Draw all decisions of the meeting, the actions of earlier ones, and what was changed."""
    left, right = st.columns(2)
    with left:
        st.header(f"Decided at this meeting: {len(decisions)}", anchor=False)
        if not decisions:
            st.caption("Nothing is decided yet. Choose an item, and save what is decided there.")
        for each in decisions:
            one(each, meeting=meeting)
    with right:
        st.header(f"Actions from earlier meetings: {len(carried)}", anchor=False)
        if not carried:
            st.caption("No action was open when the last meeting ended.")
        for each in carried:
            action(each)
    with st.expander("History: who wrote and changed what, and when"):
        history(meeting)


def one(decision: MeetingDecision, *, meeting: Meeting) -> None:
    """Draw a decision of this meeting, with what can be done with it."""
    with st.container(border=True):
        _in_words(decision)
        if meeting.status == "open" and decision.status in ("noted", "open"):
            with st.expander("Correct or withdraw"):
                _correcting(decision)
                _withdrawing(decision)
        if decision.draft.owner and decision.status != "withdrawn":
            ending(decision)


def action(decision: MeetingDecision) -> None:
    """Draw an action of an earlier meeting, with what can be done with it."""
    with st.container(border=True):
        _in_words(decision)
        ending(decision)


def ending(decision: MeetingDecision) -> None:
    """Draw how an action is ended, or opened again."""
    if decision.status == "open":
        with st.expander("It is done, or is dropped"):
            _ended(decision)
    elif decision.status in ("done", "dropped"):

        def again(_: Typed) -> str:
            open_again(actor(), decision.decision_id, version=decision.version)
            return f"{decision.reference} is to be done again."

        saving.form(f"again {decision.decision_id}").button(
            "Open it again", again, in_form=False, icon=":material/undo:"
        )


def history(meeting: Meeting) -> None:
    """Draw every change of a meeting, its decisions and addenda, the newest first."""
    rows = [
        {
            "When": local_time(each.at),
            "Who": each.person,
            "What": f"{each.table.replace('_', ' ')} {each.key} {each.action}",
            "Before": _values(each.before),
            "After": _values(each.after),
        }
        for each in reversed(trail(operations(), meeting.meeting_id))
        if _values(each.before) or _values(each.after)
    ]
    table = pd.DataFrame(rows, columns=["When", "Who", "What", "Before", "After"])
    st.dataframe(
        table,
        hide_index=True,
        alt=f"History of {meeting.reference}, newest first",
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Before": st.column_config.TextColumn(width="medium"),
            "After": st.column_config.TextColumn(width="large"),
        },
    )
    table_file(table, "History as CSV", file_name=f"{meeting.reference}-history.csv")


def _values(values: Mapping[str, Any] | None) -> str:
    kept = {k: v for k, v in (values or {}).items() if k not in _LEFT_OUT and v not in (None, "")}
    return "; ".join(
        f"{name.replace('_', ' ')}: {'(the minutes)' if name == 'minutes' else value}"
        for name, value in kept.items()
    )


def _in_words(decision: MeetingDecision) -> None:
    draft = decision.draft
    st.markdown(f"**{plain(decision.reference)}** {plain_lines(draft.text)}")
    parts = [
        DECISION_STATUS_LABELS[decision.status] + (f": {decision.outcome}" * bool(decision.outcome))
    ]
    if draft.owner:
        due = day_label(draft.due_on) if draft.due_on else ""
        late = ", overdue" if decision.overdue(now().date()) else ""
        parts.append(f"{draft.owner}, by {due}{late}")
    if draft.subject.place:
        parts.append(f"about {draft.subject.place}")
    if decision.moved:
        parts.append(f"tasking {decision.moved.lower()}")
    if decision.corrected:
        parts.append("corrected")
    parts.append(f"written by {decision.recorded_by} at {local_time(decision.recorded_at):%H:%M}")
    st.caption(plain(" · ".join(parts)))


def _correcting(decision: MeetingDecision) -> None:
    at = f"{decision.decision_id}_{decision.version}"  # another version begins a new form
    draft = decision.draft
    form = saving.form(
        f"correct {decision.decision_id}",
        text=f"correct_text-{at}",
        owner=f"correct_owner-{at}",
        due=f"correct_due-{at}",
    )

    def correct(typed: Typed) -> str:
        changed = replace(
            draft, text=typed["text"] or "", owner=typed["owner"] or "", due_on=typed["due"]
        )
        correct_decision(actor(), decision.decision_id, draft=changed, version=decision.version)
        return f"{decision.reference} is corrected; its earlier words stay in the history."

    with form.drawn(border=False):
        st.text_area(
            "What is decided",
            form.start("text", draft.text),
            key=form.key("text"),
            max_chars=1000,
        )
        left, right = st.columns([3, 2])
        left.text_input(
            "Who does it (role or name)",
            form.start("owner", draft.owner),
            key=form.key("owner"),
            max_chars=120,
        )
        due: Any = form.start("due", draft.due_on)
        right.date_input("By when", due, key=form.key("due"), format="DD/MM/YYYY")
        form.button("Save the correction", correct)


def _withdrawing(decision: MeetingDecision) -> None:
    at = f"{decision.decision_id}_{decision.version}"
    form = saving.form(f"withdraw {decision.decision_id}", reason=f"withdraw_reason-{at}")

    def withdraw(typed: Typed) -> str:
        withdraw_decision(
            actor(),
            decision.decision_id,
            reason=typed["reason"] or "",
            version=decision.version,
        )
        return f"{decision.reference} is withdrawn; it stays in the minutes with the reason."

    with form.drawn(border=False):
        if decision.moved:
            st.caption("The tasking that it moved stays where it is now.")
        st.text_input(
            "Why it does not stand", form.start("reason"), key=form.key("reason"), max_chars=1000
        )
        form.button("Withdraw it", withdraw)


def _ended(decision: MeetingDecision) -> None:
    at = f"{decision.decision_id}_{decision.version}"
    form = saving.form(f"end {decision.decision_id}", outcome=f"end_outcome-{at}")

    def end(status: Literal["done", "dropped"], typed: Typed) -> str:
        end_action(
            actor(),
            decision.decision_id,
            status=status,
            outcome=typed["outcome"] or "",
            version=decision.version,
        )
        return f"{decision.reference} is {status}."

    with form.drawn(border=False):
        st.text_input(
            "What came of it, or why it is dropped",
            form.start("outcome"),
            key=form.key("outcome"),
            max_chars=1000,
        )
        with st.container(horizontal=True):
            form.button("It is done", partial(end, "done"), type="primary")
            form.button("Drop it", partial(end, "dropped"))

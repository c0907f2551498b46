"""Priorities, promises, what was done, and the ward's history, as residents read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.counting import counted
from models.ward_panel.answers import record_answer
from models.ward_panel.record import history, promise_label, quarter_activities
from models.wording.days import day_label
from pages.components import answer
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.tasking.ward_priorities import WardPriority
    from models.ward_panel.view import WardView


def draw(view: WardView, *, officer: bool) -> None:
    """Draw the ward's priorities with their promises, what was done, and what is closed."""
    today = view.asked_at.date()
    answer.draw(record_answer(view))
    active = [each for each in view.priorities if each.status == "active"]
    if not active:
        st.info("The ward has no active priority at the moment. The panel and officers set them.")
    for number, each in enumerate(active, start=1):
        _priority(view, each, number=number, officer=officer)
    others = [
        each for each in view.promises if each.draft.priority_id is None and each.status == "open"
    ]
    if others:
        st.subheader("Other promises", anchor=False)
        st.markdown("\n".join(f"- {plain(promise_label(each, today=today))}" for each in others))
    st.subheader("What was done, quarter by quarter", anchor=False)
    done = quarter_activities(view)
    if done:
        st.markdown("\n".join(f"- **{plain(when)}:** {plain(words)}" for when, words in done))
        st.caption("Counts of the visits on record when the quarter's figures were published.")
    else:
        st.markdown("There are no visits on record in the published quarters.")
    closed = history(view)
    with st.expander(
        f"History: {counted(len(closed), 'closed priority', 'closed priorities')} and promises"
    ):
        if closed:
            st.markdown("\n".join(f"- {plain(words)}" for words in closed))
        else:
            st.markdown("Nothing has been closed yet.")


def _priority(view: WardView, priority: WardPriority, *, number: int, officer: bool) -> None:
    today = view.asked_at.date()
    with st.container(border=True):
        st.subheader(plain(f"Priority {number}: {priority.draft.title}"), anchor=False)
        st.markdown(
            f"**You said** ({day_label(priority.draft.raised_on)}): {plain(priority.draft.why)}"
        )
        work = [each for each in view.at_work if each.priority_id == priority.priority_id]
        made = [each for each in view.promises if each.draft.priority_id == priority.priority_id]
        lines = [f"{each.tactic}: {each.state}." for each in work]
        lines += [promise_label(each, today=today) for each in made]
        if lines:
            st.markdown("**We did and promised**\n\n" + "\n".join(f"- {plain(x)}" for x in lines))
        else:
            st.markdown("No action has been agreed for it yet.")
        if officer:
            st.link_button(
                "Propose a tasking for it",
                f"propose?priority={priority.priority_id}",
                icon=":material/add_task:",
            )

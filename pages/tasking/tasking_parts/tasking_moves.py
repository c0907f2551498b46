"""Moving a tasking along its life: only the moves that are allowed are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.taskings.taskings import move, undo_completion
from geo.errors import PlainError
from models.tasking.dosage import own_day
from models.tasking.lifecycle import MOVES, STATUS_LABELS, UNDO_WITHIN, can_undo
from models.wording.days import day_label
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.tasking.tasking_parts.tasking_approval import to_be_fixed

if TYPE_CHECKING:
    from datetime import datetime

    from data.access import Person
    from data.operations.database import Operations
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

REVIEWS_PAGE: Final = "pages/tasking/reviews.py"
SAVED: Final = "tasking_saved"
_PROBLEM: Final = "tasking_problem"


def problem() -> None:
    """Show why the last move was refused, once."""
    said = state.take(_PROBLEM)
    if said:
        st.error(plain(said))


def moves(tasking: Tasking, *, ops: Operations, who: Person, now: datetime) -> None:
    """Draw what can be done with a tasking now.

    Every button and form changes the version that it was drawn with, so that a change by somebody
    else in between is noticed.
    """
    allowed = MOVES[tasking.status]
    if "approved" in allowed:
        _approval(tasking, ops=ops, who=who)
    if "active" in allowed:
        st.button(
            "Start it: the team goes out",
            icon=":material/play_arrow:",
            type="primary",
            on_click=_move,
            args=(tasking, "active"),
        )
    if "completed" in allowed:
        _completing(tasking, now=now)
    if "reviewed" in allowed:
        st.page_link(REVIEWS_PAGE, label="Review it: did it work?", icon=":material/balance:")
        _undoing(tasking, now=now)
    if "cancelled" in allowed:
        _cancelling(tasking)


def _approval(tasking: Tasking, *, ops: Operations, who: Person) -> None:
    with st.container(border=True):
        fixed = to_be_fixed(tasking, ops=ops, who=who)
        if fixed is None:
            return
        st.button(
            "Approve it and fix these areas",
            icon=":material/verified:",
            type="primary",
            on_click=_move,
            args=(tasking, "approved"),
            kwargs={"fixed": fixed},
        )


def _completing(tasking: Tasking, *, now: datetime) -> None:
    draft = tasking.draft
    if own_day(draft, now) < draft.starts_on:
        st.caption(f"It can be completed from its first day on, {day_label(draft.starts_on)}.")
        return
    key = f"done-{tasking.tasking_id}"
    with st.expander("Complete it: the work is done"), st.form(f"complete-{tasking.tasking_id}"):
        early = own_day(draft, now) <= draft.ends_on
        last = f"It runs to {day_label(draft.ends_on)}, which is not over. " if early else ""
        st.markdown(
            f"{last}No team can begin a visit once it is completed. You can undo this for a day."
        )
        st.checkbox("Yes, the work is done", key=key)
        st.form_submit_button(
            "Complete this tasking",
            icon=":material/done_all:",
            type="primary",
            on_click=_complete,
            args=(tasking, key),
        )


def _complete(tasking: Tasking, key: str) -> None:
    if not state.value(key, False):
        state.put(_PROBLEM, "Nothing was completed: tick the box to confirm that the work is done.")
        return
    _move(tasking, "completed")


def _undoing(tasking: Tasking, *, now: datetime) -> None:
    completed = tasking.completed_at
    if completed is None or not can_undo(tasking.status, completed_at=completed, at=now):
        return
    until = (completed + UNDO_WITHIN).astimezone(now.tzinfo)
    st.button(
        f"Undo: it is not completed (until {until:%H:%M on} {day_label(until.date())})",
        icon=":material/undo:",
        on_click=_undo,
        args=(tasking,),
    )


def _undo(tasking: Tasking) -> None:
    try:
        undo_completion(actor(), tasking.tasking_id, version=tasking.version)
    except PlainError as fault:
        state.put(_PROBLEM, str(fault))
    else:
        state.put(SAVED, "The completion is undone: the tasking is active again.")


def _cancelling(tasking: Tasking) -> None:
    key = f"reason-{tasking.reference}"
    with st.expander("Cancel it"), st.form(f"cancel-{tasking.reference}"):
        st.text_input("Why it is not going ahead (required; stays on record)", key=key)
        st.form_submit_button("Cancel this tasking", on_click=_cancel, args=(tasking, key))


def _cancel(tasking: Tasking, key: str) -> None:
    _move(tasking, "cancelled", reason=state.value(key, ""))


def _move(
    tasking: Tasking,
    to: Status,
    reason: str = "",
    fixed: FixedAreas | None = None,
) -> None:
    """Move, from a callback; what is refused is shown on the next run."""
    try:
        move(
            actor(), tasking.tasking_id, to=to, version=tasking.version, reason=reason, fixed=fixed
        )
    except PlainError as fault:
        state.put(_PROBLEM, str(fault))
    else:
        state.put(SAVED, f"The tasking is now {STATUS_LABELS[to].lower()}.")

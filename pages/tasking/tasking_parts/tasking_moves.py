"""Moving a tasking along its life: only the moves that are allowed are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.taskings.taskings import move
from geo.errors import PlainError
from models.tasking.lifecycle import MOVES
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.tasking.tasking_parts.tasking_approval import to_be_fixed

if TYPE_CHECKING:
    from data.access import Person
    from data.operations.database import Operations
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

REVIEWS_PAGE: Final = "pages/tasking/reviews.py"
_PROBLEM: Final = "tasking_problem"
_NEXT: Final[dict[Status, tuple[str, str]]] = {
    "active": ("Start it: the team goes out", ":material/play_arrow:"),
    "completed": ("Complete it: the work is done", ":material/done_all:"),
}


def problem() -> None:
    """Show why the last move was refused, once."""
    said = state.take(_PROBLEM)
    if said:
        st.error(plain(said))


def moves(tasking: Tasking, *, ops: Operations, who: Person) -> None:
    """Draw what can be done with a tasking now."""
    allowed = MOVES[tasking.status]
    if not allowed:
        return
    if "approved" in allowed:
        _approval(tasking, ops=ops, who=who)
    for to in allowed:
        if to in _NEXT:
            label, icon = _NEXT[to]
            st.button(
                label,
                icon=icon,
                type="primary",
                on_click=_move,
                args=(tasking, to),
            )
    if "reviewed" in allowed:
        st.page_link(REVIEWS_PAGE, label="Review it: did it work?", icon=":material/balance:")
    if "cancelled" in allowed:
        _cancelling(tasking)


def _approval(tasking: Tasking, *, ops: Operations, who: Person) -> None:
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


def _cancelling(tasking: Tasking) -> None:
    key = f"reason-{tasking.reference}"
    with st.expander("Cancel it"), st.form(f"cancel-{tasking.reference}"):
        st.text_input("Why it is not going ahead (required; stays on record)", key=key)
        if st.form_submit_button("Cancel this tasking"):
            _move(tasking, "cancelled", reason=state.value(key, ""))
            st.rerun()


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

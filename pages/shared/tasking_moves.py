"""Moving a tasking along its life: only the moves that are allowed are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.taskings import move, taskings
from geo.errors import PlainError
from models.tasking.lifecycle import MOVES, OPEN
from pages.shared import queries_operations, queries_tasking, state
from pages.shared.messages import plain
from pages.shared.tasking_record import where

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
                args=(ops, tasking, to, who),
            )
    if "reviewed" in allowed:
        st.page_link(REVIEWS_PAGE, label="Review it: did it work?", icon=":material/balance:")
    if "cancelled" in allowed:
        _cancelling(tasking, ops=ops, who=who)


def _approval(tasking: Tasking, *, ops: Operations, who: Person) -> None:
    if not st.toggle("Look at what would be fixed at approval", key=f"approve-{tasking.reference}"):
        return
    others = tuple(
        each for each in taskings(ops, statuses=OPEN) if each.tasking_id != tasking.tasking_id
    )
    try:
        fixed = queries_tasking.fixed_areas(tasking, others=others)
    except PlainError as fault:
        st.error(plain(str(fault)))
        return
    st.markdown(
        "**To be fixed now, before anybody can know the outcome:** the ring in which displacement "
        "is looked for, and the area that this one is compared with."
    )
    where(tasking, fixed=fixed)
    if not tasking.draft.team:
        st.warning("It has no team yet. Change the tasking below and give it one; approve it then.")
        return
    st.button(
        "Approve it and fix these areas",
        icon=":material/verified:",
        type="primary",
        on_click=_move,
        args=(ops, tasking, "approved", who),
        kwargs={"fixed": fixed},
    )


def _cancelling(tasking: Tasking, *, ops: Operations, who: Person) -> None:
    key = f"reason-{tasking.reference}"
    with st.expander("Cancel it"), st.form(f"cancel-{tasking.reference}"):
        st.text_input("Why it is not going ahead (needed; stays on record)", key=key)
        if st.form_submit_button("Cancel this tasking"):
            _move(ops, tasking, "cancelled", who, reason=state.value(key, ""))
            st.rerun()


def _move(
    ops: Operations,
    tasking: Tasking,
    to: Status,
    who: Person,
    reason: str = "",
    fixed: FixedAreas | None = None,
) -> None:
    """Move, from a callback; what is refused is shown on the next run."""
    try:
        move(
            ops,
            tasking.tasking_id,
            to=to,
            version=tasking.version,
            person=who,
            now=queries_operations.now(),
            reason=reason,
            fixed=fixed,
        )
    except PlainError as fault:
        state.put(_PROBLEM, str(fault))

"""Moving a tasking along its life: only the moves that are allowed are offered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.taskings.taskings import move, undo_completion
from geo.errors import PlainError
from models.tasking.dosage import own_day
from models.tasking.lifecycle import MOVES, STATUS_LABELS, UNDO_WITHIN, can_undo
from models.wording.days import day_label
from pages.shell import saving
from pages.shell.person import actor
from pages.tasking.tasking_parts.tasking_approval import to_be_fixed

if TYPE_CHECKING:
    from datetime import datetime

    from data.access import Person
    from data.operations.database import Operations
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking
    from pages.shell.saving import Typed

REVIEWS_PAGE: Final = "pages/tasking/reviews.py"


class NotConfirmedError(PlainError, ValueError):
    """The box that confirms a completion is not ticked."""

    def __init__(self) -> None:
        super().__init__("Nothing was completed: tick the box to confirm that the work is done.")


def moves(tasking: Tasking, *, ops: Operations, who: Person, now: datetime) -> None:
    """Draw what can be done with a tasking now.

    Every button and form changes the version that it was drawn with, so that a change by somebody
    else in between is noticed.
    """
    allowed = MOVES[tasking.status]
    if "approved" in allowed:
        _approval(tasking, ops=ops, who=who)
    if "active" in allowed:
        saving.form(f"start-{tasking.tasking_id}").button(
            "Start it: the team goes out",
            partial(_move, tasking, "active"),
            in_form=False,
            icon=":material/play_arrow:",
            type="primary",
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
        saving.form(f"approve-{tasking.tasking_id}").button(
            "Approve it and fix these areas",
            partial(_move, tasking, "approved", fixed=fixed),
            in_form=False,
            icon=":material/verified:",
            type="primary",
        )


def _completing(tasking: Tasking, *, now: datetime) -> None:
    draft = tasking.draft
    if own_day(draft, now) < draft.starts_on:
        st.caption(f"It can be completed from its first day on, {day_label(draft.starts_on)}.")
        return
    form = saving.form(f"complete-{tasking.tasking_id}", sure=f"done-{tasking.tasking_id}")
    with st.expander("Complete it: the work is done"), form.drawn():
        early = own_day(draft, now) <= draft.ends_on
        last = f"It runs to {day_label(draft.ends_on)}, which is not over. " if early else ""
        st.markdown(
            f"{last}No team can begin a visit once it is completed. You can undo this for a day."
        )
        st.checkbox("Yes, the work is done", key=form.key("sure"))
        form.button(
            "Complete this tasking",
            partial(_complete, tasking),
            icon=":material/done_all:",
            type="primary",
        )


def _complete(tasking: Tasking, typed: Typed) -> str:
    if not typed["sure"]:
        raise NotConfirmedError
    return _move(tasking, "completed", typed)


def _undoing(tasking: Tasking, *, now: datetime) -> None:
    completed = tasking.completed_at
    if completed is None or not can_undo(tasking.status, completed_at=completed, at=now):
        return
    until = (completed + UNDO_WITHIN).astimezone(now.tzinfo)

    def undo(_: Typed) -> str:
        undo_completion(actor(), tasking.tasking_id, version=tasking.version)
        return "The completion is undone: the tasking is active again."

    saving.form(f"undo-{tasking.tasking_id}").button(
        f"Undo: it is not completed (until {until:%H:%M on} {day_label(until.date())})",
        undo,
        in_form=False,
        icon=":material/undo:",
    )


def _cancelling(tasking: Tasking) -> None:
    form = saving.form(f"cancel-{tasking.tasking_id}", reason=f"reason-{tasking.reference}")
    with st.expander("Cancel it"), form.drawn():
        st.text_input(
            "Why it is not going ahead (required; stays on record)",
            form.start("reason"),
            key=form.key("reason"),
        )
        form.button("Cancel this tasking", partial(_move, tasking, "cancelled"))


def _move(tasking: Tasking, to: Status, typed: Typed, fixed: FixedAreas | None = None) -> str:
    move(
        actor(),
        tasking.tasking_id,
        to=to,
        version=tasking.version,
        reason=str(typed.get("reason") or ""),
        fixed=fixed,
    )
    return f"The tasking is now {STATUS_LABELS[to].lower()}."

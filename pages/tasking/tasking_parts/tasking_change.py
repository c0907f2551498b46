"""Changing what a tasking says; who is second is refused clearly and loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.operations.taskings.taskings import change, taskings
from data.operations.wards.priorities import priorities
from models.tasking.lifecycle import OPEN
from models.tasking.proposal import from_draft
from pages.components.area_choice import area_choice
from pages.components.tasking_form import tasking_form
from pages.shell import saving, state
from pages.shell.person import actor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.operations.database import Operations
    from geo.areas import CheckedArea
    from models.tasking.tasking import Tasking


def changing(tasking: Tasking, *, ops: Operations, ward_names: Mapping[str, str]) -> None:
    """Draw the form for changing a tasking, once it is asked for.

    The form remembers the version that it was opened on. A refused change leaves all that was
    typed where it is.
    """
    if tasking.status not in OPEN:
        return
    opened, taken = f"change-{tasking.tasking_id}", f"change-base-{tasking.tasking_id}"
    if not st.toggle("Change the details", key=f"{opened}-open"):
        state.put(taken, None)
        return
    if state.value(taken) is None:
        state.put(f"{opened}-round", state.value(f"{opened}-round", 0) + 1)
    form = saving.form(f"{opened}-{state.value(f'{opened}-round', 1)}")
    if (state.value(taken) or (None,))[0] != form.turn:  # opened, or saved since
        state.put(taken, (form.turn, tasking.version))
    active = {
        each.priority_id: f"{ward_names.get(each.draft.ward_code, each.draft.ward_code)}: "
        f"{each.draft.title}"
        for each in priorities(ops, active_only=True)
    }
    another = _another_area(tasking)
    base = state.value(taken)[1]
    draft = tasking_form(
        from_draft(tasking.draft),
        form=form,
        area=another.shape if another else tasking.draft.area,
        origin=tasking.draft.origin,
        teams=sorted({each.draft.team for each in taskings(ops) if each.draft.team}),
        priorities=active,
        priority_id=tasking.draft.priority_id,
        label="Save the change",
    )
    if draft is not None:
        areas = another.ward_codes if another else None

        def save() -> str:
            change(actor(), tasking.tasking_id, draft=draft(), version=base, ward_codes=areas)
            return "The change is saved."

        if form.save(save):
            st.rerun()
    if base != tasking.version:
        st.info(
            "The tasking was changed after you opened this form. What you typed is still in it. "
            "The tasking above shows the other change. Save over it, or close the form."
        )
        st.button(
            "Keep mine: the next Save replaces the other change",
            on_click=state.put,
            args=(taken, (form.turn, tasking.version)),
        )


def _another_area(tasking: Tasking) -> CheckedArea | None:
    """Draw the choice of another area, which is open until approval."""
    if tasking.status != "proposed":
        return None
    if not st.checkbox("Change its area", key=f"area-{tasking.tasking_id}"):
        return None
    picked = area_choice(key="another")
    return None if picked is None else picked.area

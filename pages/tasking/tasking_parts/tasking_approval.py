"""Approving a tasking: what is fixed is shown first, matched by figures or chosen by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely
import streamlit as st

from data.operations.taskings.taskings import taskings
from geo.errors import PlainError
from geo.shapes import polygonal
from models.reviews.power import power_label
from models.tasking.lifecycle import OPEN
from models.tasking.manual_comparison import manual_comparison
from pages.components.area_choice import area_choice
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.tasking.tasking_parts import queries_tasking
from pages.tasking.tasking_parts.tasking_record import where

if TYPE_CHECKING:
    from data.access import Person
    from data.operations.database import Operations
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.tasking import Tasking


def to_be_fixed(tasking: Tasking, *, ops: Operations, who: Person) -> FixedAreas | None:
    """Draw what would be fixed at approval; return it once there is something and a team.

    Parameters
    ----------
    tasking : Tasking
        Proposed.
    ops : Operations
    who : Person
        Whose name is recorded with an area that is chosen by hand.
    """
    st.markdown("**It waits for approval.**")
    if not tasking.draft.team:
        st.warning("The tasking has no team. Add a team below, then approve it.")
    opened = f"approving-{tasking.tasking_id}"
    if not state.value(opened, False):
        st.button(
            "Approve…",
            icon=":material/verified:",
            type="primary",
            help="Shows what approval fixes, before it is fixed",
            on_click=state.put,
            args=(opened, True),
        )
        return None
    st.button("Not now", on_click=state.put, args=(opened, False))
    st.markdown(
        "**Approval fixes these now, before anybody can know the outcome:** the displacement "
        "ring, and the comparison area."
    )
    others = tuple(
        each for each in taskings(ops, statuses=OPEN) if each.tasking_id != tasking.tasking_id
    )
    by_hand = st.checkbox(
        "Choose the comparison area by hand, instead of by earlier counts and trend",
        key=f"by-hand-{tasking.reference}",
    )
    try:
        fixed = (
            _by_hand(tasking, others=others, who=who)
            if by_hand
            else queries_tasking.fixed_areas(tasking, others=others)
        )
    except PlainError as fault:
        st.error(plain(str(fault)))
        return None
    if fixed is None:
        return None
    where(tasking, fixed=fixed)
    told = _power(tasking, fixed=fixed, others=others)
    return replace(fixed, note=f"{fixed.note} {told}") if tasking.draft.team else None


def _power(tasking: Tasking, *, fixed: FixedAreas, others: tuple[Tasking, ...]) -> str:
    """Say what the review could see, next to the button, and return it for the record."""
    try:
        power = queries_tasking.power(tasking, fixed=fixed, others=others)
    except PlainError as fault:
        told, poor = f"How often a fall would be seen is not known. {fault}", True
    else:
        told, poor = power_label(power), power.poor
    if poor:
        st.warning(
            f"**This tasking can hardly be judged by its figures afterwards.** {plain(told)} A "
            "longer period, a larger area or more kinds of incident can be judged better. You can "
            "approve it all the same; this stays on its record."
        )
    else:
        st.info(f"**What the review could see.** {plain(told)}")
    return told


def _by_hand(tasking: Tasking, *, others: tuple[Tasking, ...], who: Person) -> FixedAreas | None:
    picked = area_choice(key="comparison")
    if picked is None:
        return None
    return manual_comparison(
        tasking.draft.area,
        picked.area.shape,
        ground=polygonal(shapely.union_all(queries.store().wards.frame.geometry.to_numpy())),
        others=[each.draft.area for each in others],
        chosen_by=f"{picked.label}, by {who.name}",
    )

"""The sections of the page Plan, and the row above them: what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.counting import counted
from pages.components import sections
from pages.shell import state
from pages.shell.messages import notes_link, plain
from pages.tasking.plan_parts import plan_form, plan_keep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.operations.taskings.plans import PlanRecord

PAGE: Final = "plan"
NOTES: Final = "read-with-it"
SECTIONS: Final[dict[str, str]] = {
    "map": "Map and visits",
    "week": "Week by team",
    "coverage": "What it covers",
    "change": "Replan",
    "teams": "Teams and settings",
}
_GO: Final = "plan_go"
_LISTED: Final = 20
_OF_A_PLAN: Final = ("week", "coverage", "change")


def begin() -> tuple[str, ...]:
    """Begin with the section of the address, or the one that the last run leads to."""
    if section := state.take(_GO):
        sections.go(PAGE, section)
    return sections.begin(PAGE, SECTIONS)


def lead_to(section: str) -> None:
    """Draw the page again, with another section."""
    state.put(_GO, section)
    st.rerun()


def row(
    *,
    is_saved: bool,
    made: bool,
    listed: Sequence[PlanRecord],
    lines: Sequence[str],
) -> str:
    """Draw the row of sections with the next step; return the section that is shown.

    Parameters
    ----------
    is_saved : bool
        Whether a saved plan is shown.
    made : bool
        Whether there is a plan to show.
    listed : sequence of PlanRecord
        Saved plans, newest first.
    lines : sequence of str
        The page's notes.
    """
    with sections.row():
        sections.draw(PAGE, SECTIONS)
        if is_saved:
            st.button("Make another plan", on_click=_close, icon=":material/add:")
        if made and sections.current(PAGE) == "map":
            st.markdown(f"[Save and print](#{plain(plan_keep.ANCHOR)})", width="content")
        if listed:
            _saved(listed)
        notes_link(lines, anchor=NOTES)
    return sections.current(PAGE)


def needs_a_plan(section: str) -> bool:
    """Tell whether a section has nothing to show before there is a plan."""
    return section in _OF_A_PLAN


def _close() -> None:
    state.put(plan_keep.OPENED, None)
    plan_form.ask_nothing()
    sections.go(PAGE, "map")


def open_saved(plan_id: int) -> None:
    """Open a saved plan, from a callback."""
    state.put(plan_keep.OPENED, plan_id)
    sections.go(PAGE, "map")


def _saved(listed: Sequence[PlanRecord]) -> None:
    with st.popover(f"Saved plans ({len(listed)})", key="chip_plans"):
        for each in listed[:_LISTED]:
            st.button(
                plain(f"{each.reference}: {each.title}, {counted(each.visits, 'visit')}"),
                key=f"open-plan-{each.plan_id}",
                on_click=open_saved,
                args=(each.plan_id,),
            )

"""Naming, changing and retiring night-time areas, and drawing new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.nights.areas import (
    LONGEST_NAME,
    AreaDraft,
    change_area,
    keep_area,
    kept_areas,
    retire_area,
)
from geo.errors import PlainError
from models.wording.days import day_label
from pages.components.area_choice import area_choice
from pages.review.night_time_economy_parts.nights_areas import CHOSEN
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely import MultiPolygon, Polygon

    from data.operations.nights.areas import KeptArea
    from models.nights.area_rows import AreaRow

_DONE: Final = "night_area_done"
_FAULT: Final = "night_area_fault"


def last_change() -> None:
    """Say what the last change did, once."""
    if words := state.take(_DONE):
        st.success(plain(words))
    if fault := state.take(_FAULT):
        st.error(plain(fault))


def named(row: AreaRow) -> None:
    """Draw the form that names and keeps a found area, or those of a kept one."""
    if row.area.recorded:
        _kept_forms(row)
        return
    with (
        st.expander("Name and save this area"),
        st.form(f"keep-{row.area.key}", border=False),
    ):
        st.text_input("Name", max_chars=LONGEST_NAME, key="night_new_name")
        st.text_area("Note (optional)", key="night_new_note")
        st.form_submit_button(
            "Save this area",
            type="primary",
            on_click=_do,
            args=(lambda: _keep("night_new", row.area.polygon, origin="found"),),
        )


def drawn(row: AreaRow | None) -> None:
    """Draw the choice of an area by hand: a new one, or the new outline of the kept one shown."""
    if not st.toggle("Draw or upload an area", key="night_draw"):
        return
    picked = area_choice(key="night")
    if picked is None:
        return
    origin = "uploaded" if picked.way == "upload" else "drawn"
    with st.form("keep-drawn"):
        st.text_input("Name of the area", max_chars=LONGEST_NAME, key="night_drawn_name")
        st.text_area("Note on the area (optional)", key="night_drawn_note")
        st.form_submit_button(
            "Save as a new area",
            type="primary",
            on_click=_do,
            args=(lambda: _keep("night_drawn", picked.area.shape, origin=origin),),
        )
    if row is None or not row.area.recorded:
        return
    with st.form("outline"):
        st.write(plain(f"Or use it as the new outline of {row.area.name} ({row.area.key})."))
        redrawn = AreaDraft(row.area.name, picked.area.shape, origin, row.area.note)
        st.form_submit_button(
            "Use as its new outline", on_click=_do, args=(lambda: _change(row, redrawn),)
        )


def retired() -> None:
    """List the areas that were taken out of use, with the reason."""
    out = [each for each in kept_areas(operations(), retired=True) if each.retired_at is not None]
    if not out:
        return
    with st.expander(f"Areas taken out of use ({len(out)})"):
        st.dataframe(
            {
                "Area": [f"{each.reference} {each.name}" for each in out],
                "On": [day_label(each.retired_at) if each.retired_at else "" for each in out],
                "Why": [each.retired_why for each in out],
            },
            hide_index=True,
            alt="Night-time areas taken out of use",
        )


def _kept_forms(row: AreaRow) -> None:
    """Draw the forms that change an area; each knows the version that it was drawn with."""
    area = row.area
    key = f"{area.key}-{area.version}"  # another version begins a new form
    with st.expander("Change this area or take it out of use"):
        with st.form(f"change-{key}"):
            st.text_input(
                "Name", value=area.name, max_chars=LONGEST_NAME, key=f"night_area_name-{key}"
            )
            st.text_area("Note (optional)", value=area.note, key=f"night_area_note-{key}")
            st.form_submit_button(
                "Save changes", type="primary", on_click=_do, args=(lambda: _renamed(row, key),)
            )
        with st.form(f"retire-{key}"):
            st.text_input("Why is it taken out of use?", key=f"night_area_why-{key}")
            st.form_submit_button(
                "Take out of use", on_click=_do, args=(lambda: _retire(row, key),)
            )


def _renamed(row: AreaRow, key: str) -> KeptArea:
    name = str(state.value(f"night_area_name-{key}") or "")
    note = str(state.value(f"night_area_note-{key}") or "")
    return _change(row, AreaDraft(name, row.area.polygon, row.area.origin, note))


def _keep(key: str, shape: Polygon | MultiPolygon, *, origin: str) -> KeptArea:
    name, note = (str(state.value(f"{key}_{part}") or "") for part in ("name", "note"))
    kept = keep_area(actor(), AreaDraft(name, shape, origin, note))
    for part in ("name", "note"):
        state.put(f"{key}_{part}", "")
    return kept


def _change(row: AreaRow, draft: AreaDraft) -> KeptArea:
    return change_area(actor(), row.area.area_id, draft=draft, version=row.area.version)


def _retire(row: AreaRow, key: str) -> KeptArea:
    why = str(state.value(f"night_area_why-{key}") or "")
    return retire_area(actor(), row.area.area_id, version=row.area.version, why=why)


def _do(change: Callable[[], KeptArea]) -> None:
    """Make a change, from a callback; what became of it is said on the next run."""
    try:
        kept = change()
    except PlainError as problem:
        state.put(_FAULT, str(problem))
        return
    state.put(_DONE, f"{kept.name} ({kept.reference}) is saved.")
    if kept.retired_at is None:
        state.put(f"{CHOSEN}_next", kept.reference)

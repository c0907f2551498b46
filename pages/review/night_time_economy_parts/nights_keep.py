"""Naming, changing and retiring night-time areas, and drawing new ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from data.operations.nights.areas import (
    LONGEST_NAME,
    AreaDraft,
    change_area,
    keep_area,
    kept_areas,
    retire_area,
)
from models.wording.days import day_label
from pages.components.area_choice import area_choice
from pages.review.night_time_economy_parts.nights_page import CHOSEN
from pages.shell import saving, state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely import MultiPolygon, Polygon

    from data.operations.nights.areas import KeptArea
    from models.nights.area_rows import AreaRow
    from pages.shell.saving import Form, Typed


def named(row: AreaRow) -> None:
    """Draw the form that names and keeps a found area, or those of a kept one."""
    if row.area.recorded:
        _kept_forms(row)
        return
    form = saving.form(f"keep-{row.area.key}", name="night_new_name", note="night_new_note")
    with st.expander("Name and save this area"), form.drawn(border=False):
        st.text_input("Name", form.start("name"), max_chars=LONGEST_NAME, key=form.key("name"))
        st.text_area("Note (optional)", form.start("note"), key=form.key("note"))
        _button(
            form,
            "Save this area",
            partial(_keep, shape=row.area.polygon, origin="found"),
            primary=True,
        )


def drawn(row: AreaRow | None) -> None:
    """Draw the choice of an area by hand: a new one, or the new outline of the kept one shown."""
    if not st.toggle("Draw or upload an area", key="night_draw"):
        return
    picked = area_choice(key="night")
    if picked is None:
        return
    origin = "uploaded" if picked.way == "upload" else "drawn"
    form = saving.form("keep-drawn", name="night_drawn_name", note="night_drawn_note")
    with form.drawn():
        st.text_input(
            "Name of the area",
            form.start("name"),
            max_chars=LONGEST_NAME,
            key=form.key("name"),
        )
        st.text_area("Note on the area (optional)", form.start("note"), key=form.key("note"))
        keep = partial(_keep, shape=picked.area.shape, origin=origin)
        _button(form, "Save as a new area", keep, primary=True)
    if row is None or not row.area.recorded:
        return
    outline = saving.form(f"outline-{row.area.key}")
    with outline.drawn():
        st.write(plain(f"Or use it as the new outline of {row.area.name} ({row.area.key})."))
        redrawn = AreaDraft(row.area.name, picked.area.shape, origin, row.area.note)
        _button(outline, "Use as its new outline", lambda _: _change(row, redrawn))


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
        form = saving.form(
            f"change-{area.key}", name=f"night_area_name-{key}", note=f"night_area_note-{key}"
        )
        with form.drawn():
            st.text_input(
                "Name",
                form.start("name", area.name),
                max_chars=LONGEST_NAME,
                key=form.key("name"),
            )
            st.text_area("Note (optional)", form.start("note", area.note), key=form.key("note"))
            _button(form, "Save changes", partial(_renamed, row), primary=True)
        out = saving.form(f"retire-{area.key}", why=f"night_area_why-{key}")
        with out.drawn():
            st.text_input("Why is it taken out of use?", out.start("why"), key=out.key("why"))
            _button(out, "Take out of use", partial(_retire, row))


def _renamed(row: AreaRow, typed: Typed) -> KeptArea:
    name, note = _texts(typed)
    return _change(row, AreaDraft(name, row.area.polygon, row.area.origin, note))


def _keep(typed: Typed, *, shape: Polygon | MultiPolygon, origin: str) -> KeptArea:
    name, note = _texts(typed)
    return keep_area(actor(), AreaDraft(name, shape, origin, note))


def _change(row: AreaRow, draft: AreaDraft) -> KeptArea:
    area = row.area
    return change_area(actor(), area.area_id, draft=draft, version=area.version)


def _retire(row: AreaRow, typed: Typed) -> KeptArea:
    area, why = row.area, str(typed["why"] or "")
    return retire_area(actor(), area.area_id, version=area.version, why=why)


def _texts(typed: Typed) -> tuple[str, str]:
    return str(typed["name"] or ""), str(typed["note"] or "")


def _button(
    form: Form, label: str, change: Callable[[Typed], KeptArea], *, primary: bool = False
) -> None:
    """Draw the button of a change, after which the area that is in use is the one shown."""
    made: list[KeptArea] = []

    def save(typed: Typed) -> str:
        made.append(change(typed))
        return f"{made[-1].name} ({made[-1].reference}) is saved."

    def show() -> None:
        if made[-1].retired_at is None:
            state.put(f"{CHOSEN}_next", made[-1].reference)

    form.button(plain(label), save, then=show, type="primary" if primary else "secondary")

"""The step of the import page that takes a base of opportunity, and lists those loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.layers.wards import wards_or_none
from data.services.bases import base_words, bases, load_base_file
from geo.counting import counted
from pages.components.upload import on_disk, uploaded
from pages.shell import saving
from pages.shell.messages import notes, plain

if TYPE_CHECKING:
    from data.settings import Settings


def base_upload(settings: Settings) -> None:
    """Take a CSV of weighted points, say what became of its rows, and list what is loaded."""
    st.write(
        "Points where incidents could have occurred. On the page Hotspots, the method *Relative "
        "to a base* can then compare incidents with them."
    )
    form = saving.form(
        "bases", **{name: f"base-{name}" for name in ("file", "name", "title", "weight", "day")}
    )
    with form.drawn():
        file = st.file_uploader(
            "CSV with easting and northing, longitude and latitude, or postcode",
            type=["csv"],
            key=form.key("file"),
        )
        left, right = st.columns(2)
        name = left.text_input(
            "Short name: lower-case letters, digits and _",
            placeholder="premises",
            key=form.key("name"),
        )
        title = right.text_input("Title", placeholder="Licensed premises", key=form.key("title"))
        weight = left.text_input(
            "Column of counts; without it each point is one",
            placeholder="population",
            key=form.key("weight"),
        )
        shown_on = right.date_input(
            "Day that it describes", format="DD/MM/YYYY", key=form.key("day")
        )
        sent = form.sent("Use this base")
    remarks: list[str] = []

    def save() -> str:
        with on_disk(uploaded(file), settings) as path:
            read = load_base_file(
                path,
                settings=settings,
                name=name.strip(),
                title=title,
                weight_column=weight.strip() or None,
                shown_on=shown_on or settings.present().date(),
            )
        remarks.extend([*read.reasons, *read.notes])
        return (
            f"{read.base.label} is loaded. {counted(read.rows_read, 'row')} read = "
            f"{len(read.base):,} accepted + {len(read.rejected):,} rejected."
        )

    if sent and form.save(save):
        saving.outcome()
        notes(remarks, heading="How the file was read")
    wards = wards_or_none(settings)
    for each in bases(settings):
        st.write(plain(f"Loaded: {each.name}, {base_words(each, wards=wards)}"))

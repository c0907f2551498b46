"""The step of the import page that takes a base of opportunity, and lists those loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.layers.wards import wards_or_none
from data.services.bases import base_words, bases, load_base_file
from pages.components.upload import on_disk
from pages.shell.messages import notes, plain

if TYPE_CHECKING:
    from data.settings import Settings


def base_upload(settings: Settings) -> None:
    """Take a CSV of weighted points, say what became of its rows, and list what is loaded."""
    st.write(
        "Points where incidents could have occurred. On the page Hotspots, the method *Relative "
        "to a base* can then compare incidents with them."
    )
    with st.form("bases", clear_on_submit=True):
        file = st.file_uploader(
            "CSV with easting and northing, longitude and latitude, or postcode", type=["csv"]
        )
        left, right = st.columns(2)
        name = left.text_input(
            "Short name: lower-case letters, digits and _", placeholder="premises"
        )
        title = right.text_input("Title", placeholder="Licensed premises")
        weight = left.text_input(
            "Column of counts; without it each point is one", placeholder="population"
        )
        shown_on = right.date_input("Day that it describes", format="DD/MM/YYYY")
        sent = st.form_submit_button("Use this base")
    if sent and file is not None:
        with on_disk(file, settings) as path:
            read = load_base_file(
                path,
                settings=settings,
                name=name.strip(),
                title=title,
                weight_column=weight.strip() or None,
                shown_on=shown_on or settings.present().date(),
            )
        st.success(
            plain(
                f"{read.base.label} is loaded. {read.rows_read:,} rows read = {len(read.base):,} "
                f"accepted + {len(read.rejected):,} rejected."
            )
        )
        notes([*read.reasons, *read.notes], heading="How the file was read")
    elif sent:
        st.info("Choose a file first.")
    wards = wards_or_none(settings)
    for each in bases(settings):
        st.write(plain(f"Loaded: {each.name}, {base_words(each, wards=wards)}"))

"""Files that the page Performance takes: values, a consultation, population by small area."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data.services.performance.context import load_context_file
from data.services.performance.entry import import_concerns, import_values
from data.settings import settings
from geo.errors import PlainError
from pages.components.upload import on_disk
from pages.shell import state
from pages.shell.messages import findings, plain
from pages.shell.person import actor

OUTCOME: Final = "performance_outcome"


def values() -> None:
    """Draw the upload of typed values or of a consultation."""
    st.write(
        "Values: the columns indicator, quarter, value, replies, note. A consultation: the columns "
        "consultation, asked on, replies, concern, share, category. Every row is accepted, or "
        "rejected with its reason."
    )
    with st.form("values file", clear_on_submit=True):
        file = st.file_uploader("CSV of values or of a consultation", type=["csv"])
        kind = st.radio("It holds", ["values", "a consultation"], horizontal=True)
        sent = st.form_submit_button("Import")
    if not sent:
        return
    if file is None:
        st.info("Choose a file first.")
        return
    take = import_values if kind == "values" else import_concerns
    try:
        with on_disk(file, settings()) as path:
            read = take(actor(), path)
    except PlainError as problem:
        st.error(plain(str(problem)))
        return
    st.success(
        plain(
            f"{read.rows_read:,} rows read = {read.accepted:,} accepted + "
            f"{len(read.rejected):,} rejected."
        )
    )
    lines = [f"Row {row}: {reason}" for row, reason in read.rejected[:20]]
    findings(lines, heading="Rejected rows")


def population() -> None:
    """Draw the upload of population and deprivation by small area."""
    with st.expander("Load population and deprivation by small area"), st.form("context"):
        st.write(
            "A CSV with a row for each small area (LSOA): its code, residents and, if known, the "
            "ambient population and the deprivation score. Without a centre in the file, give the "
            "areas' boundaries as well."
        )
        file = st.file_uploader("CSV of small areas", type=["csv"])
        shapes = st.file_uploader(
            "Boundaries of the small areas", type=["geojson", "gpkg", "kml", "zip"]
        )
        title = st.text_input("Title", placeholder="Census 2021")
        sent = st.form_submit_button("Use this file")
    if not sent:
        return
    if file is None:
        st.info("Choose a file first.")
        return
    try:
        with on_disk(file, settings()) as path:
            if shapes is None:
                read = load_context_file(path, settings=settings(), title=title)
            else:
                with on_disk(shapes, settings()) as outlines:
                    read = load_context_file(
                        path, settings=settings(), title=title, outlines=outlines
                    )
    except PlainError as problem:
        st.error(plain(str(problem)))
        return
    state.put(
        OUTCOME,
        f"{read.rows_read:,} rows read = {len(read.context):,} accepted + "
        f"{len(read.rejected):,} rejected. {' '.join((*read.reasons, *read.notes))}",
    )
    st.rerun()

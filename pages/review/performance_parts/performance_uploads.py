"""Files that the page Performance takes: values, a consultation, population by small area."""

from __future__ import annotations

from contextlib import ExitStack

import streamlit as st

from data.services.performance.context import load_context_file
from data.services.performance.entry import import_concerns, import_values
from data.settings import settings
from geo.counting import counted
from pages.components.upload import on_disk, uploaded
from pages.shell import saving
from pages.shell.messages import findings
from pages.shell.person import actor


def values() -> None:
    """Draw the upload of typed values or of a consultation."""
    st.write(
        "Values: the columns indicator, quarter, value, replies, note. A consultation: the columns "
        "consultation, asked on, replies, concern, share, category. Every row is accepted, or "
        "rejected with its reason."
    )
    form = saving.form("values file", file="values-file")
    with form.drawn():
        file = st.file_uploader(
            "CSV of values or of a consultation", type=["csv"], key=form.key("file")
        )
        kind = st.radio("It holds", ["values", "a consultation"], horizontal=True)
        sent = form.sent("Import")
    if not sent:
        return
    take = import_values if kind == "values" else import_concerns
    lines: list[str] = []

    def save() -> str:
        acting = actor()
        with on_disk(uploaded(file), settings()) as path:
            read = take(acting, path)
        lines.extend(f"Row {row}: {reason}" for row, reason in read.rejected[:20])
        return (
            f"{counted(read.rows_read, 'row')} read = {read.accepted:,} accepted + "
            f"{len(read.rejected):,} rejected."
        )

    if form.save(save):
        saving.outcome()
        findings(lines, heading="Rejected rows")


def population() -> None:
    """Draw the upload of population and deprivation by small area."""
    form = saving.form(
        "context", file="context-file", shapes="context-shapes", title="context-title"
    )
    with st.expander("Load population and deprivation by small area"), form.drawn():
        st.write(
            "A CSV with a row for each small area (LSOA): its code, residents and, if known, the "
            "ambient population and the deprivation score. Without a centre in the file, give the "
            "areas' boundaries as well."
        )
        file = st.file_uploader("CSV of small areas", type=["csv"], key=form.key("file"))
        shapes = st.file_uploader(
            "Boundaries of the small areas",
            type=["geojson", "gpkg", "kml", "zip"],
            key=form.key("shapes"),
        )
        title = st.text_input("Title", placeholder="Census 2021", key=form.key("title"))
        sent = form.sent("Use this file")
    if not sent:
        return

    def save() -> str:
        with ExitStack() as files:
            path = files.enter_context(on_disk(uploaded(file), settings()))
            outlines = None if shapes is None else files.enter_context(on_disk(shapes, settings()))
            read = load_context_file(path, settings=settings(), title=title, outlines=outlines)
        return (
            f"{counted(read.rows_read, 'row')} read = {len(read.context):,} accepted + "
            f"{len(read.rejected):,} rejected. {' '.join((*read.reasons, *read.notes))}"
        )

    if form.save(save):
        st.rerun()

"""Licensed premises on the night-time economy page: near repeat incidents, impact, and loading."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import nights as tables
from data.services.premises import load_premises_file
from data.sources.premises_reading import PREMISES_ROLES
from geo.counting import counted
from geo.errors import PlainError
from pages.components.upload import on_disk, uploaded
from pages.review.night_time_economy_parts import queries_nights
from pages.review.night_time_economy_parts.nights_map import NO_AREA
from pages.shell import saving, state
from pages.shell.messages import notes, plain
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from models.nights.licensing import PremisesTable
    from pages.review.night_time_economy_parts.nights_page import NightsPage
    from pages.shell.saving import Form

_LOADED: Final = "premises_loaded"
_TALLEST_PX: Final = 560
_ROW_PX: Final = 35
_EVIDENCE: Final = (
    "These figures are evidence for a licensing authority to weigh, not proof that premises cause "
    "incidents."
)
_NEAR_IS_NOT_CAUSE: Final = (
    "Being near is not being the cause. Premises are where people are. An incident can be near "
    "several premises, so do not add up rows. Nothing here says whose customers anybody was."
)


def premises(page: NightsPage) -> Callable[[], None]:
    """Draw the premises with at least three incidents of the period within 50 m, and loading."""
    table = _premises_table(page)
    if table is None or not table.rows:
        _load_form(page)
        return lambda: None
    with st.container(key="answer"):
        st.markdown(
            plain(
                f"{len(table.rows):,} of {table.listed:,} premises in the chosen wards have three "
                f"incidents or more within 50 m. Within 50 m of any: {table.incidents:,} of "
                f"{counted(table.of, 'incident')}."
            )
        )
    st.warning(_NEAR_IS_NOT_CAUSE, icon=":material/info:")
    st.header("Licensed premises near repeat incidents")
    frame = tables.premises_frame(table)
    st.dataframe(
        frame,
        hide_index=True,
        height=_height(len(frame)),
        alt="Licensed premises near repeat incidents",
    )
    page.download("Premises", frame, stem="premises")
    _load_form(page)
    return partial(_how_premises_are_counted, page)


def _premises_table(page: NightsPage) -> PremisesTable | None:
    """Return the premises; None where there is nothing to show, which is said."""
    try:
        table = queries_nights.premises_table(page.filter, page.review.rule.window)
    except PlainError as problem:
        st.info(plain(str(problem)))
        return None
    if table is None or page.premises is None:
        st.info("No licensed premises are loaded yet. Load them below.")
        return None
    if not table.rows:
        st.info(
            f"None of the {table.listed:,} premises in the chosen wards has three incidents within "
            "50 m in this period. Choose a longer period or more wards."
        )
    return table


def _how_premises_are_counted(page: NightsPage) -> None:
    listed = page.premises.label if page.premises else ""
    st.caption(
        plain(
            f"{listed}. An incident near several premises counts once in the total, and in the row "
            "of each. New: licensed in the twelve months to the end of the period. Hours of night "
            "are those that really passed."
        )
    )


def impact(page: NightsPage) -> Callable[[], None]:
    """Draw the evidence of cumulative impact over three years, for licensing."""
    rows = page.rows()
    if not rows:
        st.info(NO_AREA)
        return lambda: None
    with st.container(key="answer"):
        st.markdown(_EVIDENCE)
    st.header("Cumulative impact over three years")
    frame = tables.impact_frame(queries_nights.impact(page.filter, rows, page.review.rule.window))
    st.dataframe(
        frame,
        hide_index=True,
        height=_height(len(frame)),
        alt="Cumulative impact of each night-time area over three years",
        column_config={"Area": st.column_config.TextColumn(width=230)},
    )
    page.download("Cumulative impact", frame, stem="impact")
    return partial(_how_impact_is_counted, page)


def _height(rows: int) -> int:
    return min(_TALLEST_PX, _ROW_PX * (rows + 1) + 3)


def _how_impact_is_counted(page: NightsPage) -> None:
    listed = "No list of licensed premises is loaded."
    held = page.premises
    if held is not None and held.has_opening_days:
        listed = (
            f"{held.label}: premises count from the day on which they were licensed. Those that "
            f"closed before the list was made are not in it, so earlier years had more."
        )
    elif held is not None:
        listed = (
            f"{held.label}: it does not say when each was licensed, so their number is given "
            f"only for the last year."
        )
    st.caption(
        plain(
            f"Years of twelve months that end with the period. Intervals are 95 %, exact. {listed}"
        )
    )


def _load_form(page: NightsPage) -> None:
    """Draw the form that loads a list of licensed premises."""
    said = state.take(_LOADED)
    if said:
        notes(said, heading="The list of licensed premises")
    held = page.premises
    with st.expander("Load licensed premises" if held is None else "Load another list of premises"):
        if held is not None:
            st.write(plain(f"In use: {held.label}, {counted(len(held), 'premises', 'premises')}."))
        form = saving.form(
            "premises", **{name: f"premises-{name}" for name in ("file", "title", "day", "columns")}
        )
        with form.drawn():
            file = st.file_uploader(
                "CSV with name, type, easting and northing or postcode, and closing hour",
                type=["csv", "txt"],
                key=form.key("file"),
            )
            left, right = st.columns(2)
            title = left.text_input("Title", value="Licensed premises", key=form.key("title"))
            day = right.date_input(
                "Day that it describes", now().date(), format="DD/MM/YYYY", key=form.key("day")
            )
            mapping = st.text_area(
                "Columns with other names, one a line",
                placeholder="closes = Terminal hour",
                help="These columns can be named: " + ", ".join(PREMISES_ROLES) + ".",
                key=form.key("columns"),
            )
            sent = form.sent("Load premises", type="primary")
        if sent:
            _load(form, file, title=title, day=day, mapping=mapping, page=page)


def _load(
    form: Form,
    file: UploadedFile | None,
    *,
    title: str,
    day: date,
    mapping: str,
    page: NightsPage,
) -> None:
    pairs = [line.partition("=")[::2] for line in mapping.splitlines() if line.strip()]
    columns = {role.strip(): name.strip() for role, name in pairs}
    lines: list[str] = []

    def save() -> str:
        with on_disk(uploaded(file), page.store.settings) as path:
            read = load_premises_file(
                path, settings=page.store.settings, shown_on=day, title=title, columns=columns
            )
        taken = "; ".join(f"{what}: {name}" for what, name in read.columns)
        told = f"{counted(read.rows_read, 'row')} read = {len(read.premises):,} accepted + "
        lines.extend(
            [f"{told}{len(read.rejected):,} rejected. {taken}.", *read.reasons, *read.notes]
        )
        return ""

    if form.save(save):
        state.put(_LOADED, lines)
        st.rerun()

"""Sections of the page Performance: the table, one indicator, wards, what residents named."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import performance_tables as tables
from data.exports.performance_pack import table_csv
from geo.errors import PlainError
from models.calendar.quarters import months_label
from models.indicators.catalogue import DIRECTION_LABELS
from models.indicators.performance import change_description
from models.performance.pack_labels import allowance_label, comparison_label, target_label
from models.performance.wards import BASIS_LABELS
from models.wording.days import day_label
from pages.components.theme import page_theme
from pages.review.performance_parts import performance_charts, queries_performance
from pages.shell.messages import notes, plain
from pages.shell.offer import offer

if TYPE_CHECKING:
    import pandas as pd

    from models.performance.pack import IndicatorRow, Pack
    from models.performance.wards import Basis

BASIS: Final = "rates_on"
_COLOURS: Final = {
    "light": {"✓": "#00664d", "✗": "#a33b00", "?": "#5b4a00"},
    "dark": {"✓": "#4fc1a6", "✗": "#ee9466", "?": "#e0c95a"},
}


def figures(pack: Pack) -> None:
    """Draw how many indicators there are by status."""
    reached = [row.status.reached for row in pack.rows]
    shown = sum(row.now is not None for row in pack.rows)
    strip = st.container(key="figures")
    strip.metric("Indicators with a figure", f"{shown} of {len(pack.rows)}", border=True)
    strip.metric("✓ Target met", f"{reached.count('met'):,}", border=True)
    strip.metric("✗ Target not met", f"{reached.count('not met'):,}", border=True)
    strip.metric("? Cannot tell", f"{reached.count('cannot tell'):,}", border=True)


def signed(pack: Pack) -> None:
    """Say whether the quarter is signed off, and what differs since."""
    held = pack.sign_off
    if held is None:
        return
    st.success(
        plain(
            f"Signed off by {held.signed_by} on {day_label(held.signed_at)} on table version "
            f"{held.table_version}. {held.note}"
        )
    )
    if pack.corrections:
        lines = [
            f"{row['Indicator']} ({row['Figure']}): signed off as {row['Signed off as']}, now "
            f"{row['Now']}."
            for row in tables.corrections_frame(pack).to_dict("records")
        ]
        notes(lines, heading="Corrected since it was signed off")


def indicators(pack: Pack) -> None:
    """Draw the table of all indicators."""
    st.header("All indicators")
    frame = tables.indicators_frame(pack)
    colours = _COLOURS[page_theme()]

    def coloured(words: object) -> str:
        colour = colours.get(str(words)[:1])
        return f"color: {colour}; font-weight: 600" if colour else ""

    st.dataframe(
        frame.style.map(coloured, subset=["Status"]),
        hide_index=True,
        height=35 * (len(frame) + 1) + 3,
        alt="Indicators of the quarter with change, target and status",
        column_config={
            "Indicator": st.column_config.TextColumn(width=335),
            "This quarter": st.column_config.TextColumn(width=105),
            "Year before": st.column_config.TextColumn(width=105),
            "Change (95 % interval)": st.column_config.TextColumn(width=170),
            "Target": st.column_config.TextColumn(width=80),
            "Status": st.column_config.TextColumn(width=125),
            "Better": st.column_config.TextColumn(width=65, help="Better direction"),
        },
    )
    st.caption(
        "Change compares the daily rate with the same months of the previous financial year, "
        "with its 95 % interval; for survey shares it is in percentage points. A target is met or "
        "not met if the whole interval says so. If the interval reaches across the target, nobody "
        f"can tell. {plain(allowance_label(pack))} If there is no figure, the indicator's card "
        "below says why and what to do."
    )
    _download(pack, frame, name="indicators")


def indicator(pack: Pack, row: IndicatorRow) -> None:
    """Draw one indicator: what it is, its trend and its comparisons."""
    st.subheader(plain(row.indicator.name))
    change = f"{change_description(row.change)}, {comparison_label(row)}"
    st.write(
        plain(
            f"{tables.figure_label(row.indicator, row.now)}"
            f"{f' in {months_label(row.months)}' if row.months else ''}. Change: {change}. "
            f"{DIRECTION_LABELS[row.indicator.direction]}; target {target_label(row)}. "
            f"{row.status.label}: {row.status.sentence}"
        )
    )
    st.caption(plain(f"{row.indicator.definition} Source: {row.indicator.source}."))
    notes(row.notes, heading="Read this with the figure")
    if any(value is not None for _, value in row.rolling):
        name = f"{row.indicator.name}, rolling"
        performance_charts.rolling(row, name=name)
        frame = tables.rolling_frame(row)
        with st.expander("The trend as a table"):
            st.dataframe(frame, hide_index=True, alt=f"{name}, as a table")
            _download(pack, frame, name=f"{row.indicator.key}-trend")
    if row.boroughs:
        st.markdown("**Compared with other boroughs**")
        frame = tables.boroughs_frame(row)
        st.dataframe(frame, hide_index=True, alt="This borough compared with others")
        _download(pack, frame, name=f"{row.indicator.key}-boroughs")
    if row.sources:
        st.markdown("**By source**")
        frame = tables.sources_frame(row)
        st.dataframe(frame, hide_index=True, alt="The indicator by source")
        _download(pack, frame, name=f"{row.indicator.key}-sources")


def wards(pack: Pack, row: IndicatorRow) -> None:
    """Draw the wards of an indicator in a funnel, and in a table by name."""
    st.subheader("Wards compared")
    bases: list[Basis] = ["residents", "ambient"]
    basis = st.radio(
        "Rates on", bases, format_func=BASIS_LABELS.__getitem__, horizontal=True, key=BASIS
    )
    try:
        rates = queries_performance.ward_rates(row, basis=basis)
    except PlainError as problem:
        st.info(plain(str(problem)))
        return
    notes(rates.notes, heading="Read this with the wards")
    performance_charts.funnel(
        rates, name=f"Funnel plot: {row.indicator.name} by ward, with the borough's rate"
    )
    frame = tables.wards_frame(rates)
    whole = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        frame,
        hide_index=True,
        height=35 * (len(frame) + 1) + 3,
        alt="Wards in order of name with rates and intervals",
        column_config={"Incidents": whole, frame.columns[2]: whole},
    )
    held = queries_performance.context()
    st.caption(
        plain(
            f"Borough: {rates.funnel.rate:.1f} per 1,000, {months_label(row.months)}. Wards are "
            f"in order of name and not ranked, because most differences between neighbours in a "
            f"ranking are due to chance. Inner limits at 95 % for one ward, outer ones at 95 % for "
            f"all together. {held.description if held else ''}"
        )
    )
    _download(pack, frame, name=f"{row.indicator.key}-wards")


def residents(pack: Pack) -> None:
    """Draw what residents named in consultations next to what is recorded."""
    st.header("What residents named")
    if not pack.concerns:
        st.info(
            "No consultation is loaded. Import one below as CSV with the columns consultation, "
            "asked on, replies, concern, share and, if one fits, category."
        )
        return
    frame = tables.concerns_frame(pack)
    st.dataframe(
        frame,
        hide_index=True,
        alt="Concerns of residents and recorded incidents",
        column_config={"Replies": st.column_config.NumberColumn(format="localized")},
    )
    st.caption(
        "The people who answer a consultation are not typical of everybody in the borough, and "
        "the concerns that they name differ from the incidents recorded. The table shows both so "
        "that neither hides the other."
    )
    _download(pack, frame, name="concerns")


def _download(pack: Pack, frame: pd.DataFrame, *, name: str) -> None:
    offer(
        "This table as CSV",
        partial(table_csv, pack, frame),
        file_name=f"performance-{pack.quarter.key}-{name}.csv",
        key=f"csv {name}",
    )

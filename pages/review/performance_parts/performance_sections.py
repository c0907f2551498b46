"""Sections of the page Performance: the table, one indicator, wards, what residents named.

Each begins with its answer and returns what is said of it under *How we know*.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import performance_tables as tables
from data.exports.performance_answer import (
    indicator_answer,
    indicators_answer,
    residents_answer,
    sign_off_answer,
    wards_answer,
)
from data.exports.performance_pack import table_csv
from geo.errors import PlainError
from models.calendar.quarters import months_label
from models.indicators.catalogue import DIRECTION_LABELS
from models.performance.pack_labels import allowance_label, comparison_label, target_label
from models.performance.wards import BASIS_LABELS
from models.wording.days import day_label
from pages.components import answer
from pages.components.theme import page_theme
from pages.review.performance_parts import (
    performance_charts,
    performance_forms,
    performance_uploads,
    queries_performance,
)
from pages.shell import state
from pages.shell.messages import notes, plain
from pages.shell.offer import offer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.performance.pack import IndicatorRow, Pack
    from models.performance.wards import Basis, WardRates

BASIS: Final = "rates_on"
_TALLEST_PX: Final = 760  # twenty wards; more of them scroll
_COLOURS: Final = {
    "light": {"✓": "#00664d", "✗": "#a33b00", "?": "#5b4a00"},
    "dark": {"✓": "#4fc1a6", "✗": "#ee9466", "?": "#e0c95a"},
}


def _figures(pack: Pack) -> None:
    """Draw how many indicators there are by status."""
    reached = [row.status.reached for row in pack.rows]
    shown = sum(row.now is not None for row in pack.rows)
    strip = st.container(key="figures")
    strip.metric("Indicators with a figure", f"{shown} of {len(pack.rows)}", border=True)
    strip.metric("✓ Target met", f"{reached.count('met'):,}", border=True)
    strip.metric("✗ Target not met", f"{reached.count('not met'):,}", border=True)
    strip.metric("? Cannot tell", f"{reached.count('cannot tell'):,}", border=True)


def _signed(pack: Pack) -> None:
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


def indicators(pack: Pack) -> str:
    """Draw how many targets are met, and the table of all indicators."""
    answer.draw(indicators_answer(pack))
    _signed(pack)
    _figures(pack)
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
    _download(pack, frame, name="indicators")
    return (
        "Change compares the daily rate with the same months of the previous financial year, "
        "with its 95 % interval; for survey shares it is in percentage points. A target is met or "
        "not met if the whole interval says so. If the interval reaches across the target, nobody "
        f"can tell. {allowance_label(pack)} If there is no figure, One indicator says why and what "
        "to do."
    )


def choice(names: Mapping[str, str], *, key: str) -> None:
    """Draw the chip of the indicator that a section is of."""
    with st.popover(plain(names[state.value(key)]), key="chip_indicator"):
        st.selectbox("Indicator", list(names), key=key, format_func=names.__getitem__)


def basis_chip() -> None:
    """Draw the chip of what the wards' rates are on."""
    bases: list[Basis] = ["residents", "ambient"]
    with st.popover(plain(f"Per 1,000 {BASIS_LABELS[state.value(BASIS)]}"), key="chip_basis"):
        st.radio("Rates on", bases, format_func=BASIS_LABELS.__getitem__, key=BASIS)


def indicator(pack: Pack, row: IndicatorRow) -> str:
    """Draw one indicator: what it comes to, its trend and comparisons next to its commentary."""
    answer.draw(indicator_answer(row))
    left, right = st.columns([3, 2])
    with left:
        _indicator(pack, row)
    with right:
        performance_forms.commentary(pack, row)
        performance_forms.target(pack, row)
    if row.indicator.key == "vwi_asb_hotspots":
        performance_forms.hotspots(pack)
    return f"{row.indicator.definition} Source: {row.indicator.source}. {allowance_label(pack)}"


def _indicator(pack: Pack, row: IndicatorRow) -> None:
    st.write(
        plain(
            f"Compared: {comparison_label(row)}. {DIRECTION_LABELS[row.indicator.direction]}; "
            f"target {target_label(row)}. {row.status.label}: {row.status.sentence}"
        )
    )
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


def with_wards(pack: Pack) -> dict[str, str]:
    """Return the indicators that are counted by ward, by key."""
    return {row.indicator.key: row.indicator.name for row in pack.rows if row.indicator.by_ward}


def wards(pack: Pack, row: IndicatorRow) -> str:
    """Draw the wards of an indicator in a funnel, and in a table by name."""
    rates, refused = _rates(row)
    if rates is None:
        st.info(plain(refused))
        performance_uploads.population()
        return ""
    answer.draw(wards_answer(rates, indicator=row.indicator.name))
    notes(rates.notes, heading="Read this with the wards")
    name = f"Funnel plot: {row.indicator.name} by ward, with the borough's rate"
    performance_charts.funnel(rates, name=name)
    _wards_table(pack, row, rates=rates)
    performance_uploads.population()
    context = queries_performance.context()
    return (
        f"Borough: {rates.funnel.rate:.1f} per 1,000, {months_label(row.months)}. Wards are in "
        "order of name and not ranked, because most differences between neighbours in a ranking "
        "are due to chance. Inner limits at 95 % for one ward, outer ones at 95 % for all "
        f"together. {context.description if context else ''}"
    )


def _rates(row: IndicatorRow) -> tuple[WardRates | None, str]:
    """Return the wards' rates, or why there are none."""
    try:
        return queries_performance.ward_rates(row, basis=state.value(BASIS)), ""
    except PlainError as problem:
        return None, str(problem)


def _wards_table(pack: Pack, row: IndicatorRow, *, rates: WardRates) -> None:
    frame = tables.wards_frame(rates)
    whole = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        frame,
        hide_index=True,
        height=min(35 * (len(frame) + 1) + 3, _TALLEST_PX),
        alt="Wards in order of name with rates and intervals",
        column_config={"Incidents": whole, frame.columns[2]: whole},
    )
    _download(pack, frame, name=f"{row.indicator.key}-wards")


def residents(pack: Pack) -> str:
    """Draw what residents named in consultations next to what is recorded."""
    answer.draw(residents_answer(pack))
    if not pack.concerns:
        st.info(
            "Import one under Values and sign-off as CSV with the columns consultation, asked on, "
            "replies, concern, share and, if one fits, category."
        )
        return ""
    frame = tables.concerns_frame(pack)
    st.dataframe(
        frame,
        hide_index=True,
        alt="Concerns of residents and recorded incidents",
        column_config={"Replies": st.column_config.NumberColumn(format="localized")},
    )
    _download(pack, frame, name="concerns")
    return (
        "The people who answer a consultation are not typical of everybody in the borough, and "
        "the concerns that they name differ from the incidents recorded. The table shows both so "
        "that neither hides the other."
    )


def written(pack: Pack) -> str:
    """Draw whether the quarter is signed off, values that are typed in, and the sign-off."""
    answer.draw(sign_off_answer(pack))
    _signed(pack)
    performance_forms.sign_off(pack)
    performance_forms.values(pack)
    return ""


def _download(pack: Pack, frame: pd.DataFrame, *, name: str) -> None:
    offer(
        "This table as CSV",
        partial(table_csv, pack, frame),
        file_name=f"performance-{pack.quarter.key}-{name}.csv",
        key=f"csv {name}",
    )

"""The heat map of near-repeats: a cell a band, raised risk by a sign and not by colour alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from data.exports.near_repeat import band_rows
from geo.counting import counted
from models.hotspots.follow_up import zones
from models.hotspots.near_repeat import LEAST_RATIO, SURE_P
from pages.components import charts
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.hotspots.near_repeat import KnoxTable

_TWICE: Final = 2.0


def draw_heat_map(table: KnoxTable) -> None:
    """Draw how many times as common each band is as by chance; raised risk by a sign as well."""
    cells = [
        {
            "Apart": apart,
            "Days apart": days,
            "Times as common as by chance": round(float(table.ratio[row, column]), 3),
            "Reads": _cell(table, row, column),
            "Pairs": int(table.observed[row, column]),
        }
        for row, apart in enumerate(table.space_bands)
        for column, days in enumerate(table.time_bands)
        if not math.isnan(table.ratio[row, column])
    ]
    charts.grid(
        pd.DataFrame(cells),
        value="Times as common as by chance",
        mark="Reads",
        most=_TWICE,
        name="Number of times as common as by chance, by distance and days apart",
    )
    st.caption(
        "Each cell: pairs counted ÷ pairs by chance, and the pairs counted; the strongest colour "
        "is twice or more, blank is no pairs by chance. [a, b) includes a and ends before b. "
        "▲ raised risk; any other difference may be chance."
    )


def how_we_know(table: KnoxTable) -> None:
    """Say what is called raised risk, with all figures of each band."""
    rings = [f"{ring.where} {ring.p:.3g}" for ring in zones(table)]
    st.caption(
        plain(
            f"▲ raised risk: p at most {SURE_P:g}, at least {LEAST_RATIO:g} times, and all nearer "
            "and sooner bands also raised. Chance: the dates permuted "
            f"{table.settings.permutations:,} times among the same places."
            + (f" p of each ring: {', '.join(rings)}." if rings else "")
        )
    )
    with st.expander("All figures of each band"):
        st.dataframe(
            pd.DataFrame([_figures(row) for row in band_rows(table)]),
            hide_index=True,
            alt="Pairs, pairs by chance, ratio and p of each band",
            column_config={"Pairs": st.column_config.NumberColumn(format="localized")},
        )


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "Metres apart": _interval(row["from_m"], row["under_m"]),
        "Days apart": _interval(row["from_days"], row["under_days"]),
        "Pairs": row["pairs"],
        "By chance": row["expected"],
        "Ratio": row["ratio"],
        "p": row["p"],
        "Raised risk": "yes" if row["raised"] else "",
    }


def _interval(low: float, high: float | None) -> str:
    return f"[{low:g}, {'∞' if high is None else f'{high:g}'})"


def _cell(table: KnoxTable, row: int, column: int) -> str:
    sign = "▲ " if table.raised[row, column] else ""
    pairs = counted(int(table.observed[row, column]), "pair")
    return f"{sign}{float(table.ratio[row, column]):.2f} · {pairs}"

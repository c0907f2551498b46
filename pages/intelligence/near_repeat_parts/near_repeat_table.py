"""The table of near-repeats: one cell a band, raised risk marked by a sign and not by colour."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from data.exports.near_repeat import band_rows
from models.hotspots.near_repeat import LEAST_RATIO, SURE_P

if TYPE_CHECKING:
    from models.hotspots.near_repeat import KnoxTable


def draw(table: KnoxTable) -> None:
    """Draw the ratios with their p, and all figures of each band as a longer table below."""
    frame = pd.DataFrame(
        [
            [_cell(table, row, column) for column in range(len(table.time_bands))]
            for row in range(len(table.space_bands))
        ],
        index=pd.Index(table.space_bands, name="Apart"),
        columns=list(table.time_bands),
    )
    st.dataframe(frame, alt="Number of times as common as by chance, by distance and days apart")
    st.caption(
        "Each cell: pairs counted ÷ pairs by chance, and p. [a, b) includes a and ends before b. "
        f"▲ raised risk: p at most {SURE_P:g}, at least {LEAST_RATIO:g} times, and all nearer "
        f"and sooner bands also raised. Chance: the dates permuted "
        f"{table.settings.permutations:,} times among the same places."
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
    ratio = float(table.ratio[row, column])
    if math.isnan(ratio):
        return "no pairs"
    sign = "▲ " if table.raised[row, column] else ""
    return f"{sign}{ratio:.2f}, p {table.p[row, column]:.3f}"

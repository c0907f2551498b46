"""The chart of differences with their intervals, and of pooled ratios; each with its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import streamlit as st

from pages.components.theme import page_theme

if TYPE_CHECKING:
    import pandas as pd

# Each stands out from its theme's ground by 3:1 or more (WCAG 1.4.11).
_MARK: Final = {"light": "#3d4853", "dark": "#c9d2d9"}  # of no area: treated, ring and both
_LINE: Final = {"light": "#5b6773", "dark": "#a9b5bf"}
_ROW_PX: Final = 44


def intervals(table: pd.DataFrame, *, key: str) -> None:
    """Draw differences with their 95 % intervals about the line of no change.

    Parameters
    ----------
    table : DataFrame
        From `data.exports.reviews.interval_table`.
    key : str
        Letters that tell this chart from others of the page.
    """
    name = "Difference beyond the comparison, with 95 % interval"
    st.subheader("How sure", anchor=False)
    across = alt.X("Lowest (95 %):Q", title="Fewer (left) or more (right) than expected")
    rows = alt.Y("Where:N", sort=None, title=None, axis=alt.Axis(labelLimit=160))
    st.altair_chart(
        _forest(table, across, rows, high="Highest (95 %)", middle="Difference", no_change=0.0),
        width="stretch",
        alt=name,
        key=f"intervals-{key}",
    )
    st.caption(
        "The dot is the difference, the line its 95 % interval. If the line crosses the vertical "
        "line at 0, the difference may be due to chance alone."
    )
    with st.expander("The same as a table"):
        st.dataframe(table, hide_index=True, alt=f"{name}, as a table")


def ratios(table: pd.DataFrame, *, name: str) -> None:
    """Draw rate ratios with their intervals about the line of no change.

    Parameters
    ----------
    table : DataFrame
        Columns ``Group``, ``Rate ratio``, ``Lowest``, ``Highest``.
    name : str
        What it shows, for screen readers.
    """
    scale = alt.Scale(type="log", nice=False)
    across = alt.X("Lowest:Q", title="Rate ratio: below 1 is a fall", scale=scale)
    rows = alt.Y("Group:N", sort=None, title=None, axis=alt.Axis(labelLimit=160))
    st.altair_chart(
        _forest(table, across, rows, high="Highest", middle="Rate ratio", no_change=1.0),
        width="stretch",
        alt=name,
    )


def _forest(
    table: pd.DataFrame,
    across: alt.X,
    rows: alt.Y,
    *,
    high: str,
    middle: str,
    no_change: float,
) -> alt.LayerChart:
    theme = page_theme()
    base = alt.Chart(table).encode(y=rows, tooltip=list(table.columns))
    line = base.mark_rule(color=_MARK[theme], strokeWidth=3).encode(
        x=across, x2=alt.X2(f"{high}:Q")
    )
    dot = base.mark_point(color=_MARK[theme], filled=True, size=110, opacity=1).encode(
        x=alt.X(f"{middle}:Q")
    )
    none = (
        alt.Chart(table.head(1).assign(no_change=no_change))
        .mark_rule(color=_LINE[theme], strokeDash=[4, 3], strokeWidth=2)
        .encode(x="no_change:Q")
    )
    chart: alt.LayerChart = (none + line + dot).properties(height=_ROW_PX * len(table) + 60)
    return chart

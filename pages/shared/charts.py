"""The charts that several pages draw. Each comes with a name for screen readers and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from models.indicators.definitions import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

_NOW = "#1d5b79"
_BEFORE = "#b3772c"
_HEIGHT = 230


def hour_by_weekday(matrix: NDArray[np.int64], *, name: str) -> None:
    """Draw a 7 × 24 grid of counts, Monday first, with the same numbers as a table below."""
    frame = pd.DataFrame(matrix, index=list(WEEKDAYS), columns=range(24))
    long = frame.rename_axis("day").reset_index().melt("day", var_name="hour", value_name="n")
    chart = (
        alt.Chart(long)
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title="Hour the incident started", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:O", sort=list(WEEKDAYS), title=None),
            color=alt.Color(
                "n:Q", title="Incidents", scale=alt.Scale(scheme="cividis", reverse=not _dark())
            ),
            tooltip=[
                alt.Tooltip("day:O", title="Day"),
                alt.Tooltip("hour:O", title="Hour"),
                alt.Tooltip("n:Q", title="Incidents"),
            ],
        )
        .properties(height=_HEIGHT)
    )
    st.altair_chart(chart, width="stretch", alt=name)
    with st.expander("The same as a table"):
        st.dataframe(frame, alt=f"{name}, as a table")


def months_against_last_year(
    months: Sequence[date],
    counts: NDArray[np.int64],
    before: NDArray[np.int64],
    *,
    known: Sequence[bool],
    known_before: Sequence[bool],
    name: str,
) -> None:
    """Draw monthly counts beside the same months a year earlier.

    Parameters
    ----------
    months : sequence of date
        First days of the months shown.
    counts, before : int64 arrays of shape (number of months,)
        This year's counts and last year's.
    known, known_before : sequence of bool
        Whether the data cover each month; one that they do not cover is left blank, not zero.
    name : str
        What the chart shows, for screen readers.
    """
    labels = [f"{month:%b %Y}" for month in months]
    table = pd.DataFrame(
        {
            "Month": labels,
            "This year": _where(counts, known),
            "Year before": _where(before, known_before),
        }
    )
    long = table.melt("Month", var_name="Year", value_name="Incidents").dropna()
    chart = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=alt.X("Month:O", sort=labels, title=None, axis=alt.Axis(labelAngle=-45)),
            y=alt.Y("Incidents:Q", title="Incidents a month"),
            color=alt.Color(
                "Year:N",
                title=None,
                scale=alt.Scale(domain=["This year", "Year before"], range=[_NOW, _BEFORE]),
                legend=alt.Legend(orient="top"),
            ),
            strokeDash=alt.StrokeDash(
                "Year:N",
                legend=None,
                scale=alt.Scale(domain=["This year", "Year before"], range=[[1, 0], [5, 4]]),
            ),
            tooltip=["Month:O", "Year:N", "Incidents:Q"],
        )
        .properties(height=_HEIGHT)
    )
    st.altair_chart(chart, width="stretch", alt=name)
    with st.expander("The same as a table"):
        st.dataframe(table, hide_index=True, alt=f"{name}, as a table")


def bars(labels: Sequence[str], counts: Sequence[int], *, unit: str, name: str) -> None:
    """Draw horizontal bars, largest first, each with its number."""
    frame = pd.DataFrame({"label": labels, "n": counts})
    base = alt.Chart(frame).encode(
        x=alt.X("n:Q", title=unit),
        y=alt.Y("label:N", sort="-x", title=None, axis=alt.Axis(labelLimit=220)),
    )
    numbers = base.mark_text(align="left", dx=4).encode(text=alt.Text("n:Q", format=","))
    chart = (base.mark_bar(color=_NOW) + numbers).properties(height=26 * len(labels) + 40)
    st.altair_chart(chart, width="stretch", alt=name)


def _where(counts: NDArray[np.int64], known: Sequence[bool]) -> pd.arrays.IntegerArray:
    values = [int(n) if held else None for n, held in zip(counts, known, strict=True)]
    return pd.array(values, dtype="Int64")


def _dark() -> bool:
    return st.context.theme.type == "dark"

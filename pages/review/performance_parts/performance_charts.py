"""The charts of the page Performance: the rolling twelve months, and the funnel of wards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from models.indicators.funnel import VERDICT_LABELS
from models.statistics.chart_scale import from_nothing
from pages.components import charts
from pages.components.theme import page_theme
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.performance.pack import IndicatorRow
    from models.performance.wards import WardRates

# Each stands out from its theme's ground by 3:1 or more (WCAG 1.4.11).
_LINE: Final = {"light": "#1d5b79", "dark": "#5aa9cf"}
_QUIET: Final = {"light": "#6b7780", "dark": "#93a1ac"}
_HIGH: Final = {"light": "#a33b00", "dark": "#ee9466"}
_LOW: Final = {"light": "#00664d", "dark": "#4fc1a6"}
_TEXT: Final = {"light": "#0b141c", "dark": "#eef2f5"}
_HEIGHT: Final = 270
_SMALL: Final = 105
_FUNNEL: Final = 290


def rolling(row: IndicatorRow, *, name: str) -> None:
    """Draw the totals of twelve months; a gap where one is not known."""
    labels = [f"{month:%b %Y}" for month, _ in row.rolling]
    unit = "Share, %" if row.indicator.unit == "per cent" else "Twelve months to it"
    frame = pd.DataFrame({"Month": labels, "n": [value for _, value in row.rolling]})
    axis = alt.Axis(labelAngle=0, labelExpr="split(datum.label, ' ')", labelOverlap=True)
    chart = (
        alt.Chart(frame)
        .mark_line(
            point={"color": _LINE[page_theme()]},
            color=_LINE[page_theme()],
            invalid="break-paths-show-domains",
        )
        .encode(
            x=alt.X("Month:O", sort=labels, title=None, axis=axis),
            y=charts.up(frame["n"], title=unit),
            tooltip=["Month:O", alt.Tooltip("n:Q", title=unit, format=",.1~f")],
        )
        .properties(height=_HEIGHT)
    )
    st.altair_chart(chart, width="stretch", alt=name)


def small(row: IndicatorRow, *, name: str) -> None:
    """Draw the totals of twelve months as a small chart, on a scale of its own."""
    frame = pd.DataFrame(row.rolling, columns=["Month", "n"])
    frame["Month"] = pd.to_datetime(frame["Month"])
    numbers = frame["n"].dropna().astype("float64").tolist()
    scale = alt.Scale(zero=from_nothing(numbers))
    chart = (
        alt.Chart(frame)
        .mark_line(color=_LINE[page_theme()], invalid="break-paths-show-domains", point={"size": 8})
        .encode(
            x=alt.X("Month:T", title=None, axis=alt.Axis(format="%b %y", tickCount=3)),
            y=alt.Y(
                "n:Q",
                title=None,
                scale=scale,
                axis=alt.Axis(tickCount=3),
            ),
            tooltip=[
                alt.Tooltip("Month:T", format="%b %Y"),
                alt.Tooltip("n:Q", title=row.indicator.name, format=",.1~f"),
            ],
        )
        .properties(height=_SMALL)
    )
    title = plain(row.indicator.name)
    st.markdown(f"**{title}**" if from_nothing(numbers) else f"**{title}** (not from 0)")
    st.altair_chart(chart, width="stretch", alt=name)


def funnel(rates: WardRates, *, name: str) -> None:
    """Draw the wards and the limits; those outside are labelled with their names."""
    wards = pd.DataFrame(
        [
            {
                "Ward": each.name,
                "expected": each.expected,
                "ratio": each.ratio,
                "Incidents": each.incidents,
                "Verdict": VERDICT_LABELS[each.verdict],
                "label": each.name if each.verdict in ("higher", "lower") else "",
            }
            for each in rates.funnel.wards
            if each.verdict != "no rate"
        ]
    )
    words = [VERDICT_LABELS[each] for each in ("higher", "as others", "lower")]
    theme = page_theme()
    base = alt.Chart(wards).encode(
        x=alt.X("expected:Q", title="Incidents expected at the borough's rate"),
        y=alt.Y("ratio:Q", title="Times the borough's rate"),
    )
    points = base.mark_point(filled=True, size=75, opacity=1).encode(
        color=alt.Color(
            "Verdict:N",
            title=None,
            scale=alt.Scale(domain=words, range=[_HIGH[theme], _LINE[theme], _LOW[theme]]),
            legend=alt.Legend(orient="top", direction="vertical", labelLimit=320, padding=0),
        ),
        shape=alt.Shape(
            "Verdict:N",
            title=None,
            scale=alt.Scale(domain=words, range=["triangle-up", "circle", "triangle-down"]),
        ),
        tooltip=[
            "Ward:N",
            "Incidents:Q",
            alt.Tooltip("ratio:Q", title="Times the borough's rate", format=".2f"),
        ],
    )
    labels = base.mark_text(align="left", dx=8, dy=-6, color=_TEXT[theme]).encode(text="label:N")
    chart = alt.layer(*_limits(rates), points, labels).properties(height=_FUNNEL)
    st.altair_chart(chart, width="stretch", alt=name)


def _limits(rates: WardRates) -> list[alt.Chart]:
    """Return the borough's line, the limits that decide, and dotted those of chance alone."""
    made = rates.funnel
    colour = _QUIET[page_theme()]
    one = pd.DataFrame({"expected": made.expected, "limit": np.ones(len(made.expected))})
    drawn = [_line(one, colour=colour, width=1.0, dash=[1, 0])]
    for kind, four in (("decide", made.adjusted), ("chance", made.exact)):
        if kind == "chance" and made.spread <= 0:
            continue
        for at, values in enumerate(four):
            frame = pd.DataFrame({"expected": made.expected, "limit": values})
            dash = [2, 3] if kind == "chance" else ([6, 3] if at in (0, 3) else [1, 0])
            drawn.append(_line(frame, colour=colour, width=1.4, dash=dash))
    return drawn


def _line(frame: pd.DataFrame, *, colour: str, width: float, dash: list[int]) -> alt.Chart:
    line: alt.Chart = alt.Chart(frame).mark_line(color=colour, strokeWidth=width, strokeDash=dash)
    return line.encode(x="expected:Q", y="limit:Q")

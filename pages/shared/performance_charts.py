"""The charts of the page Performance: the rolling twelve months, and the funnel of wards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from models.indicators.funnel import VERDICT_WORDS

if TYPE_CHECKING:
    from data.performance.wards import WardRates
    from geo.palettes import Theme
    from models.indicators.pack import Row

# Each stands out from its theme's ground by 3:1 or more (WCAG 1.4.11).
_LINE: Final = {"light": "#1d5b79", "dark": "#5aa9cf"}
_QUIET: Final = {"light": "#6b7780", "dark": "#93a1ac"}
_HIGH: Final = {"light": "#a33b00", "dark": "#ee9466"}
_LOW: Final = {"light": "#00664d", "dark": "#4fc1a6"}
_TEXT: Final = {"light": "#0b141c", "dark": "#eef2f5"}
_HEIGHT: Final = 270
_LIMITS: Final = ("99.8 % low", "95 % low", "95 % high", "99.8 % high")


def rolling(row: Row, *, name: str) -> None:
    """Draw the totals of twelve months; a gap where one is not known."""
    labels = [f"{month:%b %Y}" for month, _ in row.rolling]
    unit = "Share, %" if row.indicator.unit == "per cent" else "Twelve months to that month"
    frame = pd.DataFrame({"Month": labels, "n": [value for _, value in row.rolling]})
    axis = alt.Axis(labelAngle=0, labelExpr="split(datum.label, ' ')", labelOverlap=True)
    chart = (
        alt.Chart(frame)
        .mark_line(point=True, color=_LINE[_theme()], invalid="break-paths-show-domains")
        .encode(
            x=alt.X("Month:O", sort=labels, title=None, axis=axis),
            y=alt.Y("n:Q", title=unit),
            tooltip=["Month:O", alt.Tooltip("n:Q", title=unit, format=",.1~f")],
        )
        .properties(height=_HEIGHT)
    )
    st.altair_chart(chart, width="stretch", alt=name)


def funnel(rates: WardRates, *, name: str) -> None:
    """Draw the wards and the limits; those outside have their names beside them."""
    wards = pd.DataFrame(
        [
            {
                "Ward": each.name,
                "Expected": each.expected,
                "Times the borough's rate": each.ratio,
                "Incidents": each.incidents,
                "Verdict": VERDICT_WORDS[each.verdict],
                "Label": each.name if each.verdict in ("higher", "lower") else "",
            }
            for each in rates.funnel.wards
            if each.verdict != "no rate"
        ]
    )
    words = [VERDICT_WORDS[each] for each in ("higher", "as others", "lower")]
    theme = _theme()
    x = alt.X("Expected:Q", title="Incidents expected at the borough's rate")
    y = alt.Y("Times the borough's rate:Q", title="Times the borough's rate")
    points = (
        alt.Chart(wards)
        .mark_point(filled=True, size=75, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "Verdict:N",
                title=None,
                scale=alt.Scale(domain=words, range=[_HIGH[theme], _LINE[theme], _LOW[theme]]),
                legend=alt.Legend(orient="top", direction="vertical", labelLimit=320, padding=0),
            ),
            shape=alt.Shape(
                "Verdict:N",
                legend=None,
                scale=alt.Scale(domain=words, range=["triangle-up", "circle", "triangle-down"]),
            ),
            tooltip=["Ward:N", "Incidents:Q", alt.Tooltip(y.shorthand, format=".2f")],
        )
    )
    labels = points.mark_text(align="left", dx=8, dy=-6, color=_TEXT[theme]).encode(
        text="Label:N", color=alt.value(_TEXT[theme]), shape=alt.Undefined
    )
    chart = alt.layer(_limits(rates), points, labels).properties(height=380)
    st.altair_chart(chart, width="stretch", alt=name)


def _limits(rates: WardRates) -> alt.LayerChart | alt.FacetChart:
    made = rates.funnel
    both = [("That decide", made.adjusted)]
    if made.overdispersion > 1:
        both.append(("Chance alone", made.exact))
    rows = [
        pd.DataFrame(
            {
                "Expected": made.expected,
                "Limit": values,
                "Line": f"{kind}, {limit}",
                "Kind": kind,
                "Wide": "99.8 %" if limit.startswith("99.8") else "95 %",
            }
        )
        for kind, four in both
        for limit, values in zip(_LIMITS, four, strict=True)
    ]
    line = (
        alt.Chart(pd.concat(rows))
        .mark_line(color=_QUIET[_theme()], strokeWidth=1.5)
        .encode(
            x="Expected:Q",
            y="Limit:Q",
            detail="Line:N",
            strokeDash=alt.StrokeDash(
                "Kind:N",
                title="Limits",
                scale=alt.Scale(domain=["That decide", "Chance alone"], range=[[1, 0], [2, 3]]),
                legend=alt.Legend(orient="top", symbolType="stroke", padding=0)
                if made.overdispersion > 1
                else None,
            ),
            opacity=alt.Opacity(
                "Wide:N", legend=None, scale=alt.Scale(domain=["95 %", "99.8 %"], range=[1, 0.65])
            ),
        )
    )
    one = pd.DataFrame({"Expected": made.expected, "Limit": np.ones(len(made.expected))})
    middle = (
        alt.Chart(one)
        .mark_line(color=_QUIET[_theme()], strokeWidth=1)
        .encode(x="Expected:Q", y="Limit:Q")
    )
    return alt.layer(line, middle)


def _theme() -> Theme:
    return "dark" if st.context.theme.type == "dark" else "light"

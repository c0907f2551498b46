"""The charts that several pages draw. Each comes with a name for screen readers and a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import altair as alt
import pandas as pd
import streamlit as st

from geo.palettes import sequential_colours
from models.calendar.week import WEEKDAYS
from models.statistics.chart_scale import axis_title, from_nothing
from pages.components.theme import page_theme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray


# Each stands out from its theme's ground by 3:1 or more (WCAG 1.4.11).
_NOW: Final = {"light": "#1d5b79", "dark": "#5aa9cf"}
_BEFORE: Final = {"light": "#a35f13", "dark": "#e0a458"}
_TEXT: Final = {"light": "#0b141c", "dark": "#eef2f5"}
_GAPS: Final = "break-paths-show-domains"  # a line is broken where a month is not known
_HEIGHT: Final = 290
_SHADES: Final = 9
# Words on the lower and on the upper shades of a grid, and the first of the upper ones: each stands
# out from its shade by 4.5:1 or more (WCAG 1.4.3).
_ON_SHADES: Final = {"light": ("#000000", "#ffffff", 6), "dark": ("#ffffff", "#000000", 3)}
_CELL_PX: Final = 44
_RATE: Final = ("n", "low", "high")


@dataclass(frozen=True, slots=True)
class LineMark:
    """A vertical line in a chart: at which value of the first column, and what it says."""

    at: str
    label: str


def hour_by_weekday(matrix: NDArray[np.float64], *, name: str) -> None:
    """Draw a 7 × 24 grid of weights, Monday first, with the same numbers as a table below."""
    hours = [f"{hour}" for hour in range(24)]
    axis = alt.Axis(labelAngle=0, labelExpr="datum.value % 3 ? '' : datum.label")
    title = "Hour in which it happened; blank: no incidents"
    _week(matrix, hours=hours, across=alt.X("hour:O", title=title, axis=axis), name=name)


def hour_of_night(curve: NDArray[np.float64], *, hours: Sequence[str], name: str) -> None:
    """Draw the hours of the nights as a grid, with the same numbers as a table below.

    Parameters
    ----------
    curve : float64 array of shape (7, number of hours)
        By the day on which the night starts, Monday first.
    hours : sequence of str
        What each hour is called, in the night's order: "18:00".
    name : str
        What the grid shows, for screen readers.
    """
    title = "Hour of the night; blank: no incidents"
    across = alt.X("hour:O", title=title, axis=alt.Axis(labelAngle=0))
    _week(curve, hours=hours, across=across, name=name)


def _week(matrix: NDArray[np.float64], *, hours: Sequence[str], across: alt.X, name: str) -> None:
    frame = pd.DataFrame(matrix.round(1), index=list(WEEKDAYS), columns=list(hours))
    long = frame.rename_axis("day").reset_index().melt("day", var_name="hour", value_name="n")
    chart = (
        alt.Chart(long[long["n"] > 0])  # an hour without incidents stays blank
        .mark_rect()
        .encode(
            x=across.scale(domain=list(hours)),
            y=alt.Y(
                "day:O",
                title=None,
                scale=alt.Scale(domain=list(WEEKDAYS)),
                axis=alt.Axis(labelOverlap=False),
            ),
            color=_shade(),
            tooltip=[
                alt.Tooltip("day:O", title="Day"),
                alt.Tooltip("hour:O", title="Hour"),
                alt.Tooltip("n:Q", title="Incidents", format=",.1~f"),
            ],
        )
        .properties(height=_HEIGHT)
    )
    st.altair_chart(chart, width="stretch", alt=name)
    with st.expander("The same as a table"):
        st.dataframe(frame, alt=f"{name}, as a table")


def grid(
    frame: pd.DataFrame, *, value: str, name: str, mark: str = "", most: float | None = None
) -> None:
    """Draw a few cells by colour, each with its number.

    Parameters
    ----------
    frame : DataFrame
        Columns: what is down, what is across (each in the order of its first occurrence), and
        others; a cell without a row stays blank.
    value : str
        The column that the colour shows.
    name : str
        What the grid shows, for screen readers.
    mark : str
        The column with the words of each cell; the value with two places without it.
    most : float, optional
        What the last colour begins to stand for where a few cells are far above all others; the
        highest value without it.
    """
    down, across = frame.columns[:2]
    up_to = most or (float(frame[value].max()) if len(frame) else 0.0)
    base = alt.Chart(frame).encode(
        x=alt.X(
            f"{across}:N",
            sort=None,
            title=across,
            axis=alt.Axis(labelAngle=0, labelLimit=0, orient="top"),
        ),
        y=alt.Y(f"{down}:N", sort=None, title=None, axis=alt.Axis(labelLimit=0)),
        tooltip=list(frame.columns),
    )
    shades = list(sequential_colours(_SHADES, theme=page_theme()))
    scale = alt.Scale(type="quantize", range=shades, domain=[0, up_to or 1])
    cells = base.mark_rect().encode(color=alt.Color(f"{value}:Q", legend=None, scale=scale))
    lower, upper, first = _ON_SHADES[page_theme()]
    numbers = base.mark_text(fontSize=13).encode(
        text=alt.Text(f"{mark}:N") if mark else alt.Text(f"{value}:Q", format=".2f"),
        color=alt.condition(
            alt.datum[value] >= up_to * first / _SHADES, alt.value(upper), alt.value(lower)
        ),
    )
    rows = frame[down].nunique()
    chart = (cells + numbers).properties(height=_CELL_PX * rows + 60)
    st.altair_chart(chart, width="stretch", alt=name)


def _shade() -> alt.Color:
    return alt.Color(
        "n:Q",
        title="Incidents",
        scale=alt.Scale(
            range=list(sequential_colours(_SHADES, theme=page_theme())), domainMin=0, nice=False
        ),
        legend=alt.Legend(
            orient="top",
            direction="horizontal",
            titleOrient="left",
            gradientLength=160,
            padding=0,
            format="d",
            tickMinStep=1,
        ),
    )


def months_against_last_year(
    months: Sequence[date],
    counts: NDArray[np.int64],
    before: NDArray[np.int64],
    *,
    known: Sequence[bool],
    known_before: Sequence[bool],
    name: str,
    give_or_take: Sequence[int] = (),
) -> None:
    """Draw monthly counts against the same months a year earlier.

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
    give_or_take : sequence of int
        By how much this year's counts may be off, where they may be; drawn as a band.
    """
    labels = [f"{month:%b %Y}" for month in months]
    table = pd.DataFrame(
        {
            "Month": labels,
            "This year": _where(counts, known),
            "Year before": _where(before, known_before),
        }
    )
    years = ["This year", "Year before"]
    month_over_year = alt.Axis(labelAngle=0, labelExpr="split(datum.label, ' ')")
    colours = [_NOW[page_theme()], _BEFORE[page_theme()]]
    long = table.melt("Month", var_name="Year", value_name="Incidents")
    chart = (
        alt.Chart(long)
        .mark_line(point=True, invalid=_GAPS)
        .encode(
            x=alt.X(
                "Month:O",
                sort=labels,
                title=None,
                axis=month_over_year,
                scale=alt.Scale(domain=labels),
            ),
            y=up(long["Incidents"], title="Incidents a month"),
            color=alt.Color(
                "Year:N",
                title=None,
                scale=alt.Scale(domain=years, range=colours),
                legend=alt.Legend(
                    orient="top", symbolType="stroke", symbolStrokeWidth=3, padding=0
                ),
            ),
            strokeDash=alt.StrokeDash(
                "Year:N",
                legend=None,
                scale=alt.Scale(domain=years, range=[[1, 0], [5, 4]]),
            ),
            tooltip=["Month:O", "Year:N", "Incidents:Q"],
        )
        .properties(height=_HEIGHT)
    )
    if any(give_or_take):
        chart = alt.layer(_band(table, give_or_take, labels=labels, colour=colours[0]), chart)
    st.altair_chart(chart, width="stretch", alt=name)
    if not (all(known) and all(known_before)):
        st.caption("Blank: the data do not cover that month. It is missing, and not empty.")
    with st.expander("The same as a table"):
        st.dataframe(table, hide_index=True, alt=f"{name}, as a table")


def up(values: pd.Series, *, title: str) -> alt.Y:
    """Return the axis of values; it says where it does not begin at 0."""
    numbers = values.dropna().astype("float64").tolist()
    words = axis_title(title, numbers)
    return alt.Y(f"{values.name}:Q", title=words, scale=alt.Scale(zero=from_nothing(numbers)))


def _band(
    table: pd.DataFrame, give_or_take: Sequence[int], *, labels: Sequence[str], colour: str
) -> alt.Chart:
    """Return the band in which the true counts of this year lie, 19 times of 20."""
    off = pd.Series(list(give_or_take), dtype="float64")
    band = pd.DataFrame(
        {
            "Month": table["Month"],
            "Low": (table["This year"] - off).clip(lower=0),
            "High": table["This year"] + off,
        }
    )
    chart: alt.Chart = (
        alt.Chart(band)
        .mark_area(opacity=0.15, color=colour, invalid=_GAPS)
        .encode(x=alt.X("Month:O", sort=list(labels)), y="Low:Q", y2="High:Q")
    )
    return chart


def lines(
    frame: pd.DataFrame,
    *,
    unit: str,
    name: str,
    ordered: bool,
    colours: Sequence[str] = (),
    mark: LineMark | None = None,
) -> None:
    """Draw up to two lines over the first column; the second is broken, not only of another colour.

    Parameters
    ----------
    frame : DataFrame
        The first column is the horizontal axis, the others one line each.
    unit : str
        What the vertical axis shows.
    name : str
        What the chart shows, for screen readers.
    ordered : bool
        True where the first column holds words in their order, False where it holds numbers.
    colours : sequence of str
        One a line, where they mean something; the usual two without them.
    mark : LineMark, optional
        A moment of an ordered first column that a vertical line marks.
    """
    x, *series = frame.columns
    long = frame.melt(x, var_name="Line", value_name="n")
    across = alt.X(f"{x}:O", sort=frame[x].tolist(), axis=alt.Axis(labelAngle=0))
    shades = list(colours) or [_NOW[page_theme()], _BEFORE[page_theme()]]
    chart = (
        alt.Chart(long)
        .mark_line(point=ordered, invalid=_GAPS)
        .encode(
            x=across if ordered else alt.X(f"{x}:Q", axis=alt.Axis(format="~g", tickMinStep=1)),
            y=up(long["n"], title=unit),
            color=alt.Color(
                "Line:N",
                title=None,
                scale=alt.Scale(domain=series, range=shades),
                legend=alt.Legend(
                    orient="top",
                    direction="vertical",
                    symbolType="stroke",
                    symbolStrokeWidth=3,
                    padding=0,
                    labelLimit=320,
                ),
            ),
            strokeDash=alt.StrokeDash(
                "Line:N", legend=None, scale=alt.Scale(domain=series, range=[[1, 0], [5, 4]])
            ),
            tooltip=[x, "Line:N", alt.Tooltip("n:Q", title=unit)],
        )
    )
    drawn = chart
    if mark is not None:
        late = frame[x].tolist().index(mark.at) > len(frame) / 2
        drawn = alt.layer(_marked(mark, across, to_the_left=late), chart)
    st.altair_chart(drawn.properties(height=_HEIGHT), width="stretch", alt=name)


def _marked(mark: LineMark, across: alt.X, *, to_the_left: bool) -> alt.LayerChart:
    """Draw a vertical line with its words at its head, on the side where there is room."""
    base = alt.Chart(pd.DataFrame({str(across.shorthand).removesuffix(":O"): [mark.at]})).encode(
        x=across
    )
    rule = base.mark_rule(color=_TEXT[page_theme()], strokeWidth=2, strokeDash=[2, 3])
    words = base.mark_text(
        align="right" if to_the_left else "left",
        baseline="bottom",
        dx=-5 if to_the_left else 5,
        dy=-2,
        color=_TEXT[page_theme()],
    ).encode(y=alt.value(0), text=alt.value(mark.label))
    drawn: alt.LayerChart = rule + words
    return drawn


def bars(labels: Sequence[str], counts: Sequence[int], *, unit: str, name: str) -> None:
    """Draw horizontal bars, largest first, each with its number."""
    frame = pd.DataFrame({"label": labels, "n": counts})
    base = alt.Chart(frame).encode(
        x=alt.X("n:Q", title=unit),
        y=alt.Y("label:N", sort="-x", title=None, axis=alt.Axis(labelLimit=220)),
    )
    numbers = base.mark_text(align="left", dx=4, color=_TEXT[page_theme()]).encode(
        text=alt.Text("n:Q", format=",")
    )
    chart = (base.mark_bar(color=_NOW[page_theme()]) + numbers).properties(
        height=26 * len(labels) + 75
    )
    st.altair_chart(chart, width="stretch", alt=name)


def rates(
    labels: Sequence[str],
    *,
    now: Sequence[tuple[float, float, float]],
    before: Sequence[tuple[float, float, float]],
    unit: str,
    name: str,
) -> None:
    """Draw a rate in each row with its interval, and that of a year before below it.

    Parameters
    ----------
    labels : sequence of str
        What each row is called, from the top.
    now, before : sequence of (float, float, float)
        Rate, low and high, in the rows' order; `before` is empty where it is not known of each.
    unit : str
        What the horizontal axis shows.
    name : str
        What the chart shows, for screen readers.
    """
    years = {"This period": now, "Last year": before if len(before) == len(labels) else []}
    rows = [
        {"Row": label, "Year": year, "n": rate, "low": low, "high": high}
        for year, values in years.items()
        for label, (rate, low, high) in zip(labels, values, strict=False)
    ]
    shades = [_NOW[page_theme()], _BEFORE[page_theme()]]
    shown = [year for year, values in years.items() if values]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("Row:N", sort=list(labels), title=None, axis=alt.Axis(labelLimit=220)),
        yOffset=alt.YOffset("Year:N", scale=alt.Scale(domain=list(years))),
        color=alt.Color(
            "Year:N",
            title=None,
            scale=alt.Scale(domain=shown, range=shades[: len(shown)]),
            legend=alt.Legend(orient="top", padding=0),
        ),
        tooltip=["Row", "Year", *(alt.Tooltip(f"{each}:Q", format=".1f") for each in _RATE)],
    )
    spans = base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", title=unit), x2="high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="n:Q", shape=alt.Shape("Year:N", legend=None, scale=alt.Scale(domain=list(years)))
    )
    chart = (spans + points).properties(height=44 * len(labels) + 70)
    st.altair_chart(chart, width="stretch", alt=name)


def _where(counts: NDArray[np.int64], known: Sequence[bool]) -> pd.arrays.IntegerArray:
    values = [int(n) if held else None for n, held in zip(counts, known, strict=True)]
    return pd.array(values, dtype="Int64")

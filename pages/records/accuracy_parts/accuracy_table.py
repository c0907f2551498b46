"""The tables and the chart of a back-test, at one share of the area."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.accuracy import table
from geo.counting import counted
from models.forecast.evaluation import USUAL
from pages.components import charts

if TYPE_CHECKING:
    from models.incidents.accuracy import BackTest

_MEASURES: Final = (
    ("hit_rate", "Hit rate", 3),
    ("against_last_year", "Hits against last 12 months", 2),
)
_AGAINST_GROUND: Final = (("pai", "PAI", 2), ("pei", "PEI", 2))


def draw_ways(backtest: BackTest, *, share: float) -> None:
    """Draw the ways of choosing and their hits, most hits first."""
    st.header("The ways compared")
    st.dataframe(
        _ways(backtest, share=share, measures=_MEASURES, with_hits=True),
        hide_index=True,
        alt=f"Ways of choosing {share:.0%} of the area, most incidents hit first",
        column_config={"Incidents hit": st.column_config.NumberColumn(format="localized")},
    )
    st.caption(
        f"At {share:.0%} of the area: {counted(backtest.to_use(share).cells, 'cell')} at each of "
        f"the {counted(len(backtest.origins), 'forecast')} reported. Brackets give the 95 % "
        "interval."
    )


def draw_measures(backtest: BackTest, *, share: float) -> None:
    """Draw how the ways of choosing did for their ground (PAI, PEI), most hits first."""
    st.dataframe(
        _ways(backtest, share=share, measures=_AGAINST_GROUND),
        hide_index=True,
        alt=f"PAI and PEI of the ways of choosing {share:.0%} of the area",
    )
    st.caption(
        "Where cells tie for the last places, each counts in part. The intervals take forecasts as "
        "independent, so where good and bad months come in runs they are too narrow."
    )


def _ways(
    backtest: BackTest,
    *,
    share: float,
    measures: tuple[tuple[str, str, int], ...],
    with_hits: bool = False,
) -> pd.DataFrame:
    frame = table(backtest)
    frame = frame[frame["share"] == share].sort_values("hits", ascending=False, kind="stable")
    ways = pd.DataFrame({"Way of choosing": frame["label"]})
    if with_hits:
        ways["Incidents hit"] = frame["hits"].round()
    for name, title, digits in measures:
        spans = zip(frame[name], frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
        ways[title] = [_written(*span, digits=digits) for span in spans]
    return ways


def draw_forecasts(backtest: BackTest, *, share: float) -> None:
    """Draw hit rates by forecast: those of the way to use, and the last 12 months' or ours."""
    st.header("Forecast by forecast")
    to_use = backtest.choice(share).method
    labels = {score.method: score.label for score in backtest.scores}
    comparison = USUAL if to_use != USUAL else backtest.methods[-1]
    at = backtest.shares.index(share)
    hits = {
        labels[name]: [
            100 * each.hits[backtest.methods.index(name), at] / max(each.incidents, 1)
            for each in backtest.origins
        ]
        for name in (to_use, comparison)
    }
    days = [f"{each.start.day} {each.start:%b %y}" for each in backtest.origins]
    by_origin = pd.DataFrame({"From": days, **hits})
    name = "Share of the incidents in the chosen cells, forecast by forecast"
    charts.lines(by_origin, unit="% of incidents hit", name=name, ordered=True)
    with st.expander("The same as a table"):
        st.dataframe(by_origin.round(1), hide_index=True, alt=f"{name}, as a table")


def _written(value: float, low: float, high: float, *, digits: int) -> str:
    if math.isnan(value):
        return "–"
    if math.isnan(low) or low == high:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"

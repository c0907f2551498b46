"""The tables and the chart of a back-test, at one share of the area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.accuracy import table
from models.forecast.evaluation import USUAL
from pages.components import charts

if TYPE_CHECKING:
    from models.incidents.accuracy import BackTest

_MEASURES: Final = (
    ("hit_rate", "Hit rate", 3),
    ("pai", "PAI", 2),
    ("pei", "PEI", 2),
    ("rri", "RRI", 2),
    ("against_last_year", "PAI against last 12 months", 2),
)


def draw_ways(backtest: BackTest, *, share: float) -> None:
    """Draw the ways of choosing and their measures, best first."""
    st.header("The ways compared")
    frame = table(backtest)
    frame = frame[frame["share"] == share].sort_values("hits", ascending=False, kind="stable")
    shown = pd.DataFrame({"Way of choosing": frame["label"], "Incidents hit": frame["hits"]})
    for name, title, digits in _MEASURES:
        spans = zip(frame[name], frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
        shown[title] = [
            f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
            for value, low, high in spans
        ]
    st.dataframe(
        shown,
        hide_index=True,
        alt=f"Ways of choosing {share:.0%} of the area, best first",
        column_config={"Incidents hit": st.column_config.NumberColumn(format="localized")},
    )
    st.caption(
        f"At {share:.0%} of the area: {backtest.winner(share).cells} cells at each forecast. "
        f"Brackets give the 95 % interval, from resampling the forecasts with replacement 1,000 "
        f"times."
    )


def draw_forecasts(backtest: BackTest, *, share: float) -> None:
    """Draw hit rates by forecast: the winner's, and the last 12 months' or the runner-up's."""
    st.header("Forecast by forecast")
    best = backtest.winner(share).method
    labels = {score.method: score.label for score in backtest.scores}
    others = [each for each in backtest.scores if each.share == share and each.method != best]
    runner_up = max(others, key=lambda each: each.hits).method
    comparison = USUAL if best != USUAL else runner_up
    at = backtest.shares.index(share)
    hits = {
        labels[name]: [
            100 * each.hits[backtest.methods.index(name), at] / max(each.incidents, 1)
            for each in backtest.origins
        ]
        for name in (best, comparison)
    }
    days = [f"{each.start.day} {each.start:%b %y}" for each in backtest.origins]
    by_origin = pd.DataFrame({"From": days, **hits})
    name = "Share of the incidents in the chosen cells, forecast by forecast"
    charts.lines(by_origin, unit="% of incidents hit", name=name, ordered=True)
    with st.expander("The same as a table"):
        st.dataframe(by_origin.round(1), hide_index=True, alt=f"{name}, as a table")

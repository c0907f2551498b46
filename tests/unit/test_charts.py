"""Charts: a month that the data do not cover has its place on the axis, and no line across it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from models.calendar.months import month_starts
from pages.components import charts

if TYPE_CHECKING:
    import altair as alt
    import pytest


def test_a_month_without_data_breaks_the_line_and_keeps_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[dict[str, Any]] = []
    said: list[str] = []

    def keep(chart: alt.Chart, **_: object) -> None:
        drawn.append(chart.to_dict())

    monkeypatch.setattr(st, "altair_chart", keep)
    monkeypatch.setattr(st, "caption", said.append)
    months = month_starts(date(2024, 4, 30), months=4)
    charts.months_against_last_year(
        months,
        np.array([10, 0, 12, 13]),
        np.array([0, 0, 7, 8]),
        known=(True, False, True, True),
        known_before=(False, False, True, True),
        name="Months",
    )
    (chart,) = drawn
    (rows,) = chart["datasets"].values()
    counts = {(row["Year"], row["Month"]): row["Incidents"] for row in rows}
    assert counts["This year", "Feb 2024"] is None
    assert counts["This year", "Mar 2024"] == 12
    assert counts["Year before", "Jan 2024"] is None
    assert chart["mark"]["invalid"] == "break-paths-show-domains"
    assert chart["encoding"]["x"]["scale"]["domain"] == [
        "Jan 2024",
        "Feb 2024",
        "Mar 2024",
        "Apr 2024",
    ]
    assert said == ["Blank: the data do not cover that month. It is missing, and not empty."]


def test_counts_that_may_be_off_have_a_band_under_their_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "altair_chart", lambda chart, **_: drawn.append(chart.to_dict()))
    charts.months_against_last_year(
        month_starts(date(2024, 3, 31), months=3),
        np.array([10, 2, 12]),
        np.array([9, 9, 9]),
        known=(True, True, True),
        known_before=(True, True, True),
        name="Months",
        give_or_take=(4, 3, 4),
    )
    band, line = drawn[0]["layer"]
    rows = drawn[0]["datasets"][band["data"]["name"]]
    assert [(row["Low"], row["High"]) for row in rows] == [(6, 14), (0, 5), (8, 16)]
    assert band["mark"]["type"] == "area"
    assert line["mark"]["type"] == "line"

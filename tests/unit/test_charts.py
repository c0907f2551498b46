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


def test_an_axis_leaves_out_nothing_only_where_that_would_flatten_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "altair_chart", lambda chart, **_: drawn.append(chart.to_dict()))
    for least in (60, 50):
        charts.months_against_last_year(
            month_starts(date(2024, 3, 31), months=3),
            np.array([least, 80, 100]),
            np.array([90, 90, 90]),
            known=(True, True, True),
            known_before=(True, True, True),
            name="Months",
        )
    high, low = (each["encoding"]["y"] for each in drawn)
    assert (high["title"], high["scale"]) == ("Incidents a month (not from 0)", {"zero": False})
    assert (low["title"], low["scale"]) == ("Incidents a month", {"zero": True})


def test_the_hours_of_nights_keep_their_order_and_an_empty_one_stays_blank(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "altair_chart", lambda chart, **_: drawn.append(chart.to_dict()))
    curve = np.zeros((7, 3))
    curve[5, 2] = 4.0
    charts.hour_of_night(curve, hours=["22:00", "23:00", "00:00"], name="Nights")
    (rows,) = drawn[0]["datasets"].values()
    assert rows == [{"day": "Saturday", "hour": "00:00", "n": 4.0}]
    assert drawn[0]["encoding"]["x"]["scale"]["domain"] == ["22:00", "23:00", "00:00"]


def test_rates_are_drawn_with_last_years_only_where_those_are_known_of_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "altair_chart", lambda chart, **_: drawn.append(chart.to_dict()))
    now = [(2.0, 1.0, 3.0), (5.0, 4.0, 6.0)]
    for before in (now, now[:1]):
        charts.rates(["Friday", "Other"], now=now, before=before, unit="A night", name="Nights")
    both, alone = (next(iter(each["datasets"].values())) for each in drawn)
    assert [row["Year"] for row in both] == ["This period"] * 2 + ["Last year"] * 2
    assert alone == [
        {"Row": "Friday", "Year": "This period", "n": 2.0, "low": 1.0, "high": 3.0},
        {"Row": "Other", "Year": "This period", "n": 5.0, "low": 4.0, "high": 6.0},
    ]

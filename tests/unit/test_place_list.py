"""What a list of places is given to show: texts, figures, and what they sort by."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from pages.components.place_list import Column, figure, of_table, written


def test_a_table_gives_figures_that_sort_by_value_and_blanks_that_sort_last() -> None:
    frame = pd.DataFrame(
        {
            "Rank": [1, 2],
            "Area": ["Brick Lane", "Mile End"],
            "Incidents": [1_234, 56],
            "Premises": pd.array([None, 3], dtype="Int64"),
        }
    )
    columns, rows = of_table(frame, name="Area", wide={"Area": 9.0})
    assert columns == [
        Column("Rank", figures=True),
        Column("Area", name=True, wide=9.0),
        Column("Incidents", figures=True),
        Column("Premises", figures=True),
    ]
    assert rows == [
        [("1", 1.0), "Brick Lane", ("1,234", 1_234.0), ("", None)],
        [("2", 2.0), "Mile End", ("56", 56.0), ("3", 3.0)],
    ]


@pytest.mark.parametrize(
    ("value", "cell"),
    [(0.256, ("26%", 0.256)), (0.0, ("0%", 0.0)), (math.nan, ("", None))],
)
def test_a_figure_that_is_not_there_is_blank(value: float, cell: tuple[str, float | None]) -> None:
    assert written(value, "{:.0%}") == cell


def test_a_change_from_nothing_sorts_before_every_other() -> None:
    order = figure(math.inf)
    assert order is not None
    assert 1e300 < order < math.inf  # JSON knows no infinity

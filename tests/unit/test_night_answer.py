"""The sentence above the night-time areas: what it says of change is what each area's standing is.

Whether a standing is right is measured in `benchmarks.null_worlds.nights`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from data.exports.night_answer import areas_answer, hours_answer
from models.calendar.night_rule import NightRule
from models.nights.standing import NOT_CLEAR, Standing

if TYPE_CHECKING:
    from models.nights.area_rows import AreaRow
    from models.nights.standing import StandingName


class Row:
    """As much of a row as the sentence reads."""

    def __init__(self, name: str, standing: StandingName, total: int = 40, peak: str = "") -> None:
        self.name, self.peak = name, peak
        self.standing = Standing(standing, NOT_CLEAR, ())
        self.kinds = type("Kinds", (), {"total": total})


def said(*rows: Row, rule: NightRule | None = None) -> str:
    given: list[AreaRow] = list(rows)  # type: ignore[arg-type]
    return areas_answer(given, rule=rule or NightRule())


def test_the_busiest_comes_first_and_each_standing_that_moves_is_counted_and_named() -> None:
    text = said(
        Row("Brick Lane", "established", peak="Sat nights 23:00–02:00"),
        Row("Fish Island", "emerging"),
        Row("around Mile End station", "growing"),
        Row("Roman Road", "growing"),
        Row("Bow Road", "growing"),
        Row("Wapping", "not clear"),
    )
    assert text == (
        "Brick Lane has the most night-time incidents of 6 areas, busiest Sat nights 23:00–02:00; "
        "1 area is emerging: Fish Island; "
        "3 areas are growing: around Mile End station, Roman Road and 1 more."
    )


@pytest.mark.parametrize(
    ("standing", "end"),
    [
        ("established", "none is emerging, growing or falling."),
        ("not clear", "none is emerging, growing or falling."),
        (
            "not compared",
            "without two years of nights it is not known whether any is emerging or growing.",
        ),
    ],
)
def test_nothing_is_claimed_where_no_standing_does(standing: StandingName, end: str) -> None:
    assert said(Row("Brick Lane", standing), Row("Bow", standing)).endswith(f"; {end}")


def test_the_hours_that_are_counted_are_named_and_none_is_said_to_be_none() -> None:
    peak = NightRule().of_window("peak")
    assert said(Row("Bow", "falling"), Row("Wick", "not clear"), rule=peak).startswith(
        "Bow has the most incidents from 22:00 to 03:00 of 2 areas; 1 area is falling: Bow"
    )
    assert said(Row("Bow", "established", total=0)).startswith(
        "No night-time area has night-time incidents in this period;"
    )


def test_each_kind_of_night_has_its_own_busiest_hour() -> None:
    hours = pd.DataFrame(
        {
            "Hour": ["22:00", "23:00"],
            "Friday night, a night": [1.5, 2.25],
            "Other nights, a night": [0.5, 0.25],
            "All incidents": [9.0, 8.0],
        }
    )
    assert hours_answer(hours) == (
        "The hours with the most incidents, each night: Friday night from 23:00 (2.2); "
        "Other nights from 22:00 (0.5)."
    )

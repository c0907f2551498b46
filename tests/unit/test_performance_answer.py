"""The sentences above the sections of Performance: every branch, and no word beyond the figures."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.exports.performance_answer import (
    indicator_answer,
    indicators_answer,
    residents_answer,
    sign_off_answer,
    trends_answer,
    wards_answer,
)
from models.calendar.quarters import Quarter
from models.indicators.catalogue import INDICATORS
from models.indicators.funnel import funnel
from models.indicators.performance import Change, Figure, Status, status
from models.performance.pack import ConcernWithFigure, Correction, IndicatorRow, Pack
from models.performance.records import Concern, SignOff
from models.performance.wards import WardRates
from models.statistics.chart_scale import axis_title, from_nothing

if TYPE_CHECKING:
    from models.indicators.performance import Reached

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MONTHS = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))
QUARTER = Quarter(2026, 2)


def row(at: int = 0, reached: Reached = "no target", **fields: object) -> IndicatorRow:
    made = IndicatorRow(
        indicator=INDICATORS[at],
        now=Figure(90),
        before=Figure(100),
        months=MONTHS,
        compared=MONTHS,
        change=Change(-10, low=-20, high=1.5),
        target=None if reached == "no target" else -5.0,
        owner="",
        status=Status(reached, ""),
        rolling=(),
        sources=(),
        boroughs=(),
        notes=(),
        history=(),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def pack(*rows: IndicatorRow, **fields: object) -> Pack:
    made = Pack(
        quarter=QUARTER,
        borough="Here",
        rows=rows,
        concerns=(),
        hotspots=None,
        sign_off=None,
        corrections=(),
        ended=True,
        missing=(),
        table_version=3,
        simulated=False,
        made_at=NOW,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


NAMES = [each.name for each in INDICATORS]


def test_targets_are_counted_by_what_their_rows_say_and_those_that_decide_are_named() -> None:
    rows = (
        row(0, "met"),
        row(1, "not met"),
        row(2, "not met"),
        row(3, "not met"),
        row(4, "cannot tell"),
        row(5, "no comparison"),
        row(6, "no target"),
    )
    assert indicators_answer(pack(*rows)) == (
        f"Q2 2026/27 (Jul to Sep 2026): 1 of 6 targets is met ({NAMES[0]}), 3 are not ({NAMES[1]}, "
        f"{NAMES[2]} and 1 more) and nobody can tell about 2."
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "No indicator has a figure for Q2 2026/27 (Jul to Sep 2026)."),
        ((row(now=None),), "No indicator has a figure for Q2 2026/27 (Jul to Sep 2026)."),
        (
            (row(),),
            "No indicator has a target for Q2 2026/27 (Jul to Sep 2026), so none is met or missed.",
        ),
        (
            (row(0, "met"), row(1, "met")),
            f"Q2 2026/27 (Jul to Sep 2026): 2 of 2 targets are met ({NAMES[0]} and {NAMES[1]}) "
            "and none is missed.",
        ),
        (
            (row(0, "cannot tell"),),
            "Q2 2026/27 (Jul to Sep 2026): none of 1 target is met, none is missed and nobody can "
            "tell about 1.",
        ),
    ],
)
def test_a_quarter_without_figures_targets_or_misses_says_so(
    rows: tuple[IndicatorRow, ...], said: str
) -> None:
    assert indicators_answer(pack(*rows)) == said


def test_a_quarter_to_date_says_so_far() -> None:
    said = indicators_answer(pack(row(0, "met"), ended=False))
    assert said.startswith("Q2 2026/27 (Jul to Sep 2026), so far: 1 of 1 target is met")


@pytest.mark.parametrize(
    ("reached", "end"),
    [
        ("met", "The target of −5 % is met."),
        ("not met", "The target of −5 % is not met."),
        ("cannot tell", "Nobody can tell whether the target of −5 % is met."),
        ("no target", "No target is set."),
    ],
)
def test_an_indicator_gives_its_figure_its_interval_and_its_target(
    reached: Reached, end: str
) -> None:
    assert indicator_answer(row(0, reached)) == (
        f"{NAMES[0]}: 90 in Jul to Sep 2026, −10 % (−20 to +1.5) at 95 % against the year before. "
        f"{end}"
    )


def test_an_indicator_without_comparison_interval_or_figure_claims_none() -> None:
    alone = row(0, "no comparison", change=None)
    assert indicator_answer(alone) == (
        f"{NAMES[0]}: 90 in Jul to Sep 2026. There is nothing to compare it with, so nobody can "
        "tell whether the target of −5 % is met."
    )
    unsure = row(0, "cannot tell", change=Change(-10, math.nan, math.nan), months=())
    assert indicator_answer(unsure).startswith(
        f"{NAMES[0]}: 90, −10 % (interval not known) against the year before. Nobody can tell"
    )
    assert indicator_answer(row(now=None)) == (
        f"{NAMES[0]} has no figure for this quarter; the notes below say why."
    )


@pytest.mark.parametrize("target", [None, -30.0, -5.0, 5.0])
def test_the_answer_follows_the_status_that_the_rule_gives(target: float | None) -> None:
    change = Change(-10, low=-20, high=1.5)
    given = status(change, target=target, direction="lower")
    said = indicator_answer(row(change=change, target=target, status=given))
    wanted = {None: "No target is set", -30.0: "is not met", -5.0: "Nobody", 5.0: "+5 % is met"}
    assert wanted[target] in said


def rolling(*values: float | None) -> tuple[tuple[date, float | None], ...]:
    return tuple((date(2026, at + 1, 1), value) for at, value in enumerate(values))


def test_trends_name_those_at_an_end_and_say_nothing_of_their_course() -> None:
    known = pack(
        row(0, rolling=rolling(1.0, 2.0, 3.0)),
        row(1, rolling=rolling(3.0, None, 1.0)),
        row(2, rolling=rolling(1.0, 3.0, 2.0)),
        row(3, rolling=rolling(2.0, 2.0)),
        row(4, rolling=rolling(2.0, None)),
    )
    assert trends_answer(known) == (
        f"The last twelve months are known of 4 indicators; 1 stands at the highest of the months "
        f"drawn ({NAMES[0]}) and 1 stands at the lowest of the months drawn ({NAMES[1]})."
    )
    assert trends_answer(pack(row(3, rolling=rolling(2.0, 2.0)))) == (
        "The last twelve months are known of 1 indicator."
    )
    assert trends_answer(pack(row())) == "Of no indicator are the last twelve months known."


def rates(incidents: list[int], people: list[float]) -> WardRates:
    names = [f"Ward {at}" for at in range(len(incidents))]
    made = funnel(names, incidents=np.array(incidents), exposure=np.array(people))
    return WardRates(made, "residents", (), (), ())


def test_wards_outside_are_those_of_the_funnel() -> None:
    calm = rates([100] * 20, [1000.0] * 20)
    assert wards_answer(calm, indicator="Noise") == (
        "Noise: none of 20 wards is outside the wards' usual spread."
    )
    apart = rates([100] * 19 + [900], [1000.0] * 20)
    assert wards_answer(apart, indicator="Noise") == (
        "Noise: Ward 19 is above the wards' usual spread."
    )
    empty = rates([100] * 19 + [0], [1000.0] * 19 + [0.0])
    assert wards_answer(empty, indicator="Noise") == (
        "Noise: none of 19 wards is outside the wards' usual spread; 1 ward has no rate."
    )


def test_residents_named_most_what_has_the_highest_share_of_the_newest_consultation() -> None:
    assert residents_answer(pack()) == (
        "No consultation is loaded, so nobody can tell what residents named."
    )
    concerns = tuple(
        ConcernWithFigure(Concern("Asked", day, 1389, name, share, ""), None)
        for day, name, share in (
            (date(2025, 3, 31), "Gangs", 0.9),
            (date(2026, 3, 31), "Drugs and alcohol", 0.244),
            (date(2026, 3, 31), "Road safety", 0.073),
        )
    )
    assert residents_answer(pack(concerns=concerns)) == (
        "Residents named drugs and alcohol most: in 24.4% of 1,389 replies up to 31 Mar 2026."
    )


def test_the_sign_off_says_what_is_missing_and_what_changed_since() -> None:
    name = "Q2 2026/27 (Jul to Sep 2026)"
    assert sign_off_answer(pack(missing=("one",))) == (
        f"{name} cannot be signed off yet: 1 thing is missing."
    )
    assert sign_off_answer(pack()) == f"{name} is ready to be signed off."
    signed = SignOff(QUARTER, 3, (), "", "Amina Khan", NOW)
    assert sign_off_answer(pack(sign_off=signed)) == (
        f"{name} was signed off by Amina Khan on 21 Nov 2026; no figure has changed since."
    )
    two = (Correction("a", "b", "c", "1", "2"),) * 2
    assert sign_off_answer(pack(sign_off=signed, corrections=two)).endswith(
        "; 2 figures have changed since."
    )


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ([], True),
        ([None, math.nan], True),
        ([0.0, 10.0], True),
        ([5.0, 10.0], True),
        ([5.1, 10.0], False),
        ([99.0, None, 100.0], False),
    ],
)
def test_an_axis_begins_at_0_unless_half_of_the_chart_would_be_empty(
    values: list[float | None], begins: bool
) -> None:
    assert from_nothing(values) is begins
    assert axis_title("n", values) == ("n" if begins else "n (not from 0)")

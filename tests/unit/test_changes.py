"""A change is a percentage only where its interval can bear one."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from data.exports.labels import change_label
from models.statistics.rates import rate_ratio
from models.wording.changes import interval_of_change, too_wide


@pytest.mark.parametrize(
    ("now", "before", "wide"),
    [
        (9, 1, True),  # +14 % to +38,945 %
        (5, 2, True),
        (1, 9, True),
        (0, 7, True),
        (9, 9, False),
        (40, 12, False),
        (628, 57, False),
        (3, 0, True),
    ],
)
def test_the_ends_of_an_interval_lie_within_a_factor_of_ten(
    now: int, before: int, *, wide: bool
) -> None:
    ratio = rate_ratio(now, before)
    assert too_wide(ratio.low - 1, ratio.high - 1) is wide


def test_an_interval_is_in_words_where_it_is_too_wide() -> None:
    assert interval_of_change(-0.25, 0.45) == "95 % interval −25% to +45%"
    assert interval_of_change(0.07, 353.98) == "too few for a percentage"
    assert interval_of_change(0.07, math.inf) == "too few for a percentage"


@pytest.mark.parametrize(
    ("now", "before", "short", "long"),
    [
        (9, 1, "▲ 9, 1 before", "▲ 9, 1 before; too few for a percentage"),
        (
            5,
            2,
            "5, 2 before (may be chance)",
            "5, 2 before (may be chance); too few for a percentage",
        ),
        (40, 20, "▲ 100%", "▲ 100%; 95 % interval +14% to +261%"),
    ],
)
def test_a_hotspots_change_says_counts_where_a_percentage_would_mislead(
    now: int, before: int, short: str, long: str
) -> None:
    ratio = rate_ratio(now, before)
    row = SimpleNamespace(
        change_state="compared",
        incidents=now,
        comparison_incidents=before,
        change=ratio.ratio - 1,
        change_low=ratio.low - 1,
        change_high=ratio.high - 1,
    )
    assert change_label(row) == short
    assert change_label(row, interval=True) == long

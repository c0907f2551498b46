"""What a card says of a hotspot's test."""

from __future__ import annotations

import math

import pytest

from data.exports.labels import test_label as label_of


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"hot_class": "", "z": math.nan, "p_value": math.nan}, ""),
        (
            {"hot_class": "99 %", "z": 5.104, "p_value": 0.0004},
            "z = 5.10 at its strongest; p < 0.001 for all cells at once",
        ),
        (
            {"hot_class": "95 %", "z": 3.9, "p_value": 0.0312},
            "z = 3.90 at its strongest; p = 0.031 for all cells at once",
        ),
        (
            {"hot_class": "95 %", "z": math.nan, "p_value": 0.02},
            "p = 0.020 for all the ground at once",
        ),
    ],
)
def test_a_test_is_told_with_what_its_p_holds_for(row: dict[str, object], words: str) -> None:
    assert label_of(row) == words

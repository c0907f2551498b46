"""An area is called emerging only where counts, ground, a year ago and Gi* agree."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.nights.counting import NightTally
from models.nights.standing import MARKS, MEANINGS, Standing, YearOfNights, standing_of, times
from models.statistics.rates import RateRatio


def year(area: int, ground: int, *, nights: int = 364, words: str = "a year") -> YearOfNights:
    """A year whose incidents all lie on Saturday nights."""
    each = np.full(7, nights // 7)
    return YearOfNights(
        NightTally(each, np.array([0, 0, 0, 0, 0, area, 0])),
        NightTally(each, np.array([0, 0, 0, 0, 0, ground, 0])),
        words,
    )


def judged(
    now: int,
    before: int,
    *,
    ground: tuple[int, int] = (10_000, 10_000),
    found_before: float = 0.0,
    hot_class: str = "new",
    together: int = 1,
) -> Standing:
    return standing_of(
        year(now, ground[0]),
        year(before, ground[1]),
        overlap_before=found_before,
        hot_class=hot_class,
        class_sentence="By Gi* it is new.",
        judged_together=together,
    )


def test_a_new_area_that_grew_and_is_hot_is_emerging() -> None:
    found = judged(200, 40)
    assert found.emerging
    assert found.change.ratio == pytest.approx(5.0)
    assert len(found.evidence) == 5
    assert "200 incidents on 364 nights" in found.evidence[0]
    assert "5.00 times (95 % interval 3.5" in found.evidence[0]
    assert "As one area is judged" in found.evidence[4]
    assert "nothing changed, at most 5 reviews in 100" in found.evidence[4]


@pytest.mark.parametrize("hot_class", ["", "new", "consecutive", "intensifying"])
def test_a_class_that_rose_or_none_is_no_objection(hot_class: str) -> None:
    assert judged(200, 40, hot_class=hot_class).emerging


def test_of_many_areas_each_is_judged_by_a_wider_interval() -> None:
    assert judged(80, 50).emerging
    said = judged(80, 50, together=20)
    assert said.change.low > 1  # what is shown is the usual interval
    assert "As 20 areas are judged, it is judged by a wider interval, 0." in said.evidence[4]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("not clear", {"now": 50, "before": 40}),  # grew too little
        ("not clear", {"now": 6, "before": 3}),  # twice as many, and may be chance
        ("not clear", {"now": 200, "before": 40, "hot_class": "persistent"}),
        ("not clear", {"now": 200, "before": 40, "hot_class": "sporadic"}),
        ("not clear", {"now": 80, "before": 50, "together": 20}),  # of many, one may seem to grow
        ("not clear", {"now": 200, "before": 100, "ground": (20_000, 10_000)}),  # all grew
        ("growing", {"now": 200, "before": 40, "found_before": 0.9}),
        ("established", {"now": 110, "before": 100, "found_before": 0.9}),
        ("falling", {"now": 50, "before": 100, "found_before": 0.9}),
        ("falling", {"now": 75, "before": 105, "found_before": 0.9}),
        ("established", {"now": 75, "before": 105, "found_before": 0.9, "together": 20}),
    ],
)
def test_where_one_fact_is_missing_it_is_not_emerging(name: str, facts: dict[str, int]) -> None:
    found = judged(**facts)  # type: ignore[arg-type]
    assert found.name == name
    assert not found.emerging


def test_without_the_year_before_nothing_is_claimed() -> None:
    for before in (None, year(0, 0, nights=0)):
        found = standing_of(
            year(200, 900), before, overlap_before=0.0, hot_class="new", class_sentence=""
        )
        assert found.name == "not compared"
        assert "not covered" in found.evidence[0]
        assert math.isnan(found.change.ratio)


def test_a_ground_that_ends_with_the_area_is_said_to_be_too_little() -> None:
    found = standing_of(
        year(200, 200), year(40, 40), overlap_before=0.0, hot_class="new", class_sentence=""
    )
    assert not found.emerging
    assert "too few incidents to compare with" in found.evidence[1]


def test_every_standing_has_a_mark_and_a_meaning() -> None:
    assert list(MARKS) == list(MEANINGS)
    assert len(set(MARKS.values())) == len(MARKS)


def test_ratios_in_words_have_no_number_where_there_is_none() -> None:
    assert times(RateRatio(math.nan, math.nan, math.nan)) == "an unknown number of times"
    assert times(RateRatio(math.inf, 2.5, math.inf)).endswith("(at least 2.50 times)")
    assert times(RateRatio(1.5, 1.25, 1.75)) == "1.50 times (95 % interval 1.25 to 1.75)"

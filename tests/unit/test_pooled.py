"""Pooling reviews: against a published analysis, and by hand."""

from __future__ import annotations

import math

import pytest

from models.tasking.outcomes import BeforeAfter, OutcomeError
from models.tasking.pooled import Effect, effect_of, interval, pooled

# Thirteen trials of BCG vaccine (Colditz and others 1994): cases and others, treated and control.
BCG = (
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
)  # fmt: skip


def bcg() -> list[Effect]:
    return [
        Effect(
            math.log(a / (a + b) / (c / (c + d))),
            1 / a - 1 / (a + b) + 1 / c - 1 / (c + d),
        )
        for a, b, c, d in BCG
    ]


def test_a_published_analysis_comes_out() -> None:
    # As published for these trials with DerSimonian and Laird's variance: Q 152.233, variance
    # between 0.3088, I² 92.12 %, log ratio −0.7141.
    found = pooled(bcg())
    assert found.reviews == 13
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.variance_between == pytest.approx(0.3088, abs=5e-5)
    assert found.heterogeneity == pytest.approx(0.9212, abs=5e-5)
    assert math.log(found.ratio) == pytest.approx(-0.7141, abs=5e-5)
    assert found.sentence == "fewer incidents: 51% fewer than were to be expected"


def test_two_alike_reviews_by_hand() -> None:
    # Both log ratios −0.5 with variance 0.02: mean −0.5, error √0.01 (not made narrower), t(1).
    found = pooled([Effect(-0.5, 0.02), Effect(-0.5, 0.02)])
    assert found.variance_between == 0
    assert found.heterogeneity == 0
    assert math.log(found.ratio) == pytest.approx(-0.5)
    assert math.log(found.high) == pytest.approx(-0.5 + 12.7062 * 0.1, abs=1e-4)
    assert math.isnan(found.next_low)
    assert found.sentence == "cannot tell: the interval holds no change"


def test_three_unlike_reviews_by_hand() -> None:
    # y −1, 0, 1 with v 0.1: Q 20, C 30 − 10 = 20, between (20 − 2) / 20 = 0.9; weights 1;
    # Hartung–Knapp: Σ1·(1 + 0 + 1) / 2 = 1, so the error is √(1/3).
    found = pooled([Effect(-1, 0.1), Effect(0, 0.1), Effect(1, 0.1)])
    assert found.q == pytest.approx(20)
    assert found.variance_between == pytest.approx(0.9)
    assert math.log(found.high) == pytest.approx(4.302653 * math.sqrt(1 / 3), abs=1e-5)
    assert math.log(found.next_high) == pytest.approx(12.706205 * math.sqrt(1 / 3 + 0.9), abs=1e-4)


def test_the_effect_of_a_review_is_a_ratio_of_ratios() -> None:
    effect = effect_of(BeforeAfter(100, 50), BeforeAfter(200, 200))
    assert math.exp(effect.log_ratio) == pytest.approx(0.5)
    assert effect.variance == pytest.approx(1 / 100 + 1 / 50 + 2 / 200)
    ratio, low, high = interval(effect)
    assert ratio == pytest.approx(0.5)
    assert low < 0.5 < high < 1


def test_drift_widens_an_effect() -> None:
    plain = effect_of(BeforeAfter(100, 50), BeforeAfter(200, 200))
    wider = effect_of(
        BeforeAfter(100, 50), BeforeAfter(200, 200), drift_variance=0.03, comparison_places=3
    )
    assert wider.variance == pytest.approx(plain.variance + 0.03 * 4 / 3)


def test_a_count_of_zero_gets_a_half_everywhere() -> None:
    effect = effect_of(BeforeAfter(10, 0), BeforeAfter(10, 10))
    assert effect.log_ratio == pytest.approx(math.log(0.5 / 10.5))
    assert effect.variance == pytest.approx(1 / 0.5 + 3 / 10.5)


def test_one_review_cannot_be_pooled() -> None:
    with pytest.raises(OutcomeError, match="Too few reviews to pool: 1, and at least 2"):
        pooled([Effect(-0.5, 0.1)])

"""The rate ratio and its exact interval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from models.statistics.rates import RateRatio, rate_ratio


def test_twice_the_rate_in_half_the_time_is_four_times_the_rate() -> None:
    result = rate_ratio(20, 10, exposure_now=50, exposure_before=100)
    assert result.ratio == 4.0


def test_interval_is_the_one_that_follows_from_the_exact_binomial() -> None:
    result = rate_ratio(30, 20, exposure_now=28, exposure_before=31)
    share = binomtest(30, 50).proportion_ci(confidence_level=0.95, method="exact")
    per_day = 31 / 28
    assert result.low == pytest.approx(share.low / (1 - share.low) * per_day, rel=1e-12)
    assert result.high == pytest.approx(share.high / (1 - share.high) * per_day, rel=1e-12)
    assert result.ratio == pytest.approx(1.5 * per_day)


def test_nothing_now_is_a_ratio_of_zero_with_an_upper_end() -> None:
    result = rate_ratio(0, 10)
    assert (result.ratio, result.low) == (0.0, 0.0)
    # (1 − share)^10 = 0.025 for the upper end of the share.
    share = 1 - 0.025**0.1
    assert result.high == pytest.approx(share / (1 - share), rel=1e-12)
    assert result.verdict == "down"


def test_nothing_before_has_no_upper_end() -> None:
    result = rate_ratio(10, 0)
    assert (result.ratio, result.high) == (math.inf, math.inf)
    assert result.low == pytest.approx(0.025**0.1 / (1 - 0.025**0.1), rel=1e-12)
    assert result.verdict == "up"


def test_nothing_at_all_tells_nothing() -> None:
    result = rate_ratio(0, 0)
    assert math.isnan(result.ratio)
    assert (result.low, result.high) == (0.0, math.inf)
    assert result.verdict == "cannot tell"


def test_a_small_rise_cannot_be_told_from_chance() -> None:
    assert rate_ratio(12, 10).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("now", "before", "days"), [(-1, 3, 1.0), (3, -1, 1.0), (3, 3, 0.0), (3, 3, -2.0)]
)
def test_impossible_counts_and_exposures_are_refused(now: int, before: int, days: int) -> None:
    with pytest.raises(ValueError, match="counts must be at least 0 and exposures above 0"):
        rate_ratio(now, before, exposure_now=days)


def test_a_level_of_certainty_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rate_ratio(3, 3, confidence=1.0)


@given(st.integers(0, 5000), st.integers(1, 5000), st.floats(1, 400), st.floats(1, 400))
def test_the_ratio_lies_in_its_interval_and_swapping_the_periods_inverts_it(
    now: int, before: int, a: float, b: float
) -> None:
    forward = rate_ratio(now, before, exposure_now=a, exposure_before=b)
    assert forward.low <= forward.ratio <= forward.high
    backward = rate_ratio(before, now, exposure_now=b, exposure_before=a)
    assert 1 / forward.high == pytest.approx(backward.low, rel=1e-8)
    if now:
        assert forward.ratio * backward.ratio == pytest.approx(1.0)
        assert 1 / forward.low == pytest.approx(backward.high, rel=1e-8)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.0, 2.0, "cannot tell"),
        (1.001, 2.0, "up"),
        (0.5, 1.0, "cannot tell"),
        (0.5, 0.999, "down"),
    ],
)
def test_an_interval_that_touches_one_tells_nothing(low: float, high: float, verdict: str) -> None:
    assert RateRatio(ratio=(low + high) / 2, low=low, high=high).verdict == verdict


def test_no_level_and_no_time_before_are_refused_too() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rate_ratio(3, 3, confidence=0.0)
    with pytest.raises(ValueError, match="exposures above 0"):
        rate_ratio(3, 3, exposure_before=0.0)

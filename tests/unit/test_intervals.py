"""Intervals of counts and shares against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from models.statistics.intervals import binomial_interval, poisson_interval, wilson_interval

LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
SHARES = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SHARES, LEVELS)
def test_the_exact_interval_of_a_share_is_scipys(share: tuple[int, int], level: float) -> None:
    successes, trials = share
    low, high = binomial_interval(successes, trials, confidence=level)
    exact = binomtest(successes, trials).proportion_ci(level, method="exact")
    assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-12)


@given(SHARES, LEVELS)
def test_wilsons_interval_of_a_share_is_scipys(share: tuple[int, int], level: float) -> None:
    successes, trials = share
    low, high = wilson_interval(successes / trials, trials, confidence=level)
    wilson = binomtest(successes, trials).proportion_ci(level, method="wilson")
    assert (low, high) == pytest.approx((wilson.low, wilson.high), abs=1e-12)


@given(st.integers(0, 100_000), LEVELS)
def test_the_interval_of_a_count_follows_from_chi_squared(count: int, level: float) -> None:
    low, high = poisson_interval(count, confidence=level)
    tail = (1 - level) / 2
    assert low == pytest.approx(chi2.ppf(tail, 2 * count) / 2 if count else 0.0, rel=1e-12)
    assert high == pytest.approx(chi2.ppf(1 - tail, 2 * count + 2) / 2, rel=1e-12)


def test_the_ends_by_hand() -> None:
    assert binomial_interval(0, 5) == pytest.approx((0.0, 1 - 0.025**0.2), rel=1e-12)
    assert binomial_interval(5, 5) == pytest.approx((0.025**0.2, 1.0), rel=1e-12)
    assert binomial_interval(0, 0) == (0.0, 1.0)
    assert poisson_interval(0) == pytest.approx((0.0, -np.log(0.025)), rel=1e-12)
    low, high = wilson_interval(0.0, 10)
    assert (low, high) == pytest.approx((0.0, 1.959963984540054**2 / (10 + 1.959963984540054**2)))


def test_arrays_give_what_each_figure_gives() -> None:
    successes, trials = np.array([0, 3, 7, 0]), np.array([4, 9, 7, 0])
    pairs = list(zip(successes.tolist(), trials.tolist(), strict=True))
    both = np.column_stack(binomial_interval(successes, trials))
    assert both.tolist() == [list(binomial_interval(*pair)) for pair in pairs]
    both = np.column_stack(poisson_interval(trials))
    assert both.tolist() == [list(poisson_interval(n)) for _, n in pairs]
    both = np.column_stack(wilson_interval(np.array([0.0, 0.3]), np.array([4, 9])))
    assert both.tolist() == [list(wilson_interval(0.0, 4)), list(wilson_interval(0.3, 9))]


def test_an_interval_of_a_share_never_leaves_nought_to_one() -> None:
    for trials in range(1, 400):
        assert wilson_interval(0.0, trials)[0] == pytest.approx(0, abs=1e-15)
        assert wilson_interval(0.0, trials)[0] >= 0
        assert wilson_interval(1.0, trials)[1] <= 1

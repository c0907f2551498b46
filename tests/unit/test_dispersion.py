"""The dispersion of counts is measured without their level, trend or season."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from models.statistics.dispersion import (
    INDEPENDENT,
    USUAL,
    Dispersion,
    drawn_towards,
    measured,
    usual_of,
)
from models.statistics.rates import rate_ratio


@pytest.mark.parametrize("variance", [1.0, 2.0, 4.0])
def test_the_dispersion_of_drawn_counts_comes_out(variance: float) -> None:
    rng = np.random.default_rng(7)
    days = np.tile([31.0, 28.0, 31.0, 30.0], 3000)
    mean = days * (5 + np.linspace(0, 5, len(days)))
    drawn = (
        rng.poisson(mean)
        if variance == 1
        else rng.negative_binomial(mean / (variance - 1), 1 / variance)
    )
    found = measured(drawn.astype(np.float64), days)
    assert found is not None
    assert found.value == pytest.approx(variance, rel=0.08)


def test_three_counts_are_compared_by_hand() -> None:
    # Rates 10, 16, 10 over one day each: 6 apart, where chance gives 12 × (1 + 1/2) = 18.
    found = measured(np.array([10.0, 16.0, 10.0]), np.ones(3))
    assert found == Dispersion(36 / 18, 18 / 35)


def test_a_straight_trend_is_no_dispersion() -> None:
    found = measured(np.arange(100.0, 130.0), np.ones(30))
    assert found is not None
    assert found.value == pytest.approx(0.0)


def test_counts_that_are_not_known_take_no_part() -> None:
    counts = np.array([10.0, np.nan, 10.0, 16.0, 10.0, np.nan])
    assert measured(counts, np.ones(6)) == Dispersion(2.0, 18 / 35)
    assert measured(np.full(6, np.nan), np.ones(6)) is None
    assert measured(np.zeros(6), np.ones(6)) is None


def test_what_was_measured_is_drawn_towards_what_is_usual() -> None:
    found = drawn_towards(Dispersion(5.0, 4.0), Dispersion(2.0, 8.0))
    assert found == Dispersion(3.0, 12.0)
    assert drawn_towards(None, USUAL) == USUAL
    assert drawn_towards(Dispersion(0.1, 40.0), Dispersion(1.0, 8.0)).value == 1.0


def test_the_usual_is_the_median_of_those_measured_well() -> None:
    well = [Dispersion(value, 10.0) for value in (1.2, 3.0, 9.0)]
    assert usual_of([*well, Dispersion(50.0, 1.0), None]).value == 3.0
    assert usual_of([None]) == USUAL


def test_widening_reaches_as_far_as_students_t() -> None:
    reach = t.ppf(0.975, 10) / 1.959964
    assert Dispersion(2.0, 10.0).widening(confidence=0.95) == pytest.approx(2 * reach**2)
    assert Dispersion(0.5, math.inf).widening(confidence=0.95) == 1.0


@given(st.integers(0, 500), st.integers(0, 500), st.floats(1.01, 9.0))
def test_an_allowance_never_narrows_an_interval(now: int, before: int, value: float) -> None:
    plain = rate_ratio(now, before, dispersion=INDEPENDENT)
    wide = rate_ratio(now, before, dispersion=Dispersion(value, math.inf))
    assert wide.low <= plain.low
    assert wide.high >= plain.high


def test_large_counts_get_the_quasi_poisson_interval() -> None:
    wide = rate_ratio(9000, 10000, dispersion=Dispersion(3.0, math.inf))
    reach = 1.959964 * math.sqrt(3 * (1 / 9000 + 1 / 10000))
    assert wide.low == pytest.approx(0.9 * math.exp(-reach), rel=0.002)
    assert wide.high == pytest.approx(0.9 * math.exp(reach), rel=0.002)

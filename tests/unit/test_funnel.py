"""Wards in a funnel: exact limits, overdispersion, and never a verdict without a population."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm, poisson

from models.indicators.funnel import (
    FunnelError,
    exact_limits,
    funnel,
    limits,
    overdispersion,
)


@given(st.floats(0.5, 2000))
def test_the_exact_limits_stand_between_the_poisson_quantiles(expected: float) -> None:
    found = exact_limits(np.array([expected]), wards=25)[:, 0] * expected
    for probability, limit in zip((0.001, 0.025, 0.975, 0.999), found, strict=True):
        above = poisson.ppf(probability, expected)
        assert above - 1 - 1e-9 <= limit <= above + 1e-9
        # What lies strictly below the limit's whole number is rarer than the probability.
        if above > 0:
            assert poisson.cdf(above - 1, expected) <= probability <= poisson.cdf(above, expected)


def test_the_exact_limits_for_ten_expected_are_worked_out_by_hand() -> None:
    # P(X <= 3) = 0.01034 and P(X <= 4) = 0.02925 at a mean of 10: 4 − (0.02925 − 0.025)/0.01892.
    lower = 4 - (poisson.cdf(4, 10) - 0.025) / poisson.pmf(4, 10)
    assert lower == pytest.approx(3.775, abs=0.001)
    assert exact_limits(np.array([10.0]), wards=20)[1, 0] == pytest.approx(lower / 10)


def test_by_chance_alone_about_five_wards_in_a_hundred_stand_outside() -> None:
    rng = np.random.default_rng(20261121)
    expected = rng.uniform(20, 400, 20_000)
    ratio = rng.poisson(expected) / expected
    _, low, high, _ = exact_limits(expected, wards=20)
    assert np.mean((ratio < low) | (ratio > high)) == pytest.approx(0.05, abs=0.006)


def test_overdispersion_is_the_mean_squared_z_after_winsorising() -> None:
    expected = np.full(10, 100.0)
    incidents = np.array([100, 110, 90, 120, 80, 100, 100, 100, 100, 900])
    # z: 80 and -2 at the ends become 2 and -1; the rest 1, -1, 2 and five times 0.
    winsorised = np.clip(np.random.default_rng(1).standard_normal(200_000), *norm.ppf((0.1, 0.9)))
    by_chance = np.mean(winsorised**2)
    assert overdispersion(incidents, expected) == pytest.approx(1.1 / by_chance, rel=0.01)


def test_wards_alike_have_no_overdispersion_and_keep_the_exact_limits() -> None:
    expected = np.array([50.0, 80.0])
    assert overdispersion(np.full(10, 100), np.full(10, 100.0)) == 1.0
    assert np.array_equal(limits(expected, spread=0.0, wards=10), exact_limits(expected, wards=10))


def test_a_spread_of_rates_widens_the_limits_by_its_own_variance() -> None:
    # With very many wards Student's t is the normal: 95 % of a count of mean and variance so.
    wide = limits(np.array([4000.0]), spread=0.1, wards=10**6)[:, 0]
    assert wide[2] - 1 == pytest.approx(1.96 * np.sqrt(1 / 4000 + 0.1**2), rel=0.05)
    few = limits(np.array([4000.0]), spread=0.1, wards=5)[:, 0]
    assert few[2] > wide[2]
    assert 0 < few[0] < few[1] < 1


def test_the_spread_of_the_wards_rates_is_recovered() -> None:
    rng = np.random.default_rng(5)
    incidents = rng.poisson(200 * rng.gamma(1 / 0.09, 0.09, 4000))
    found = funnel(
        [str(at) for at in range(4000)], incidents=incidents, exposure=np.full(4000, 1000.0)
    )
    assert found.spread == pytest.approx(0.3, rel=0.1)
    assert found.differ


def test_a_rate_has_its_exact_poisson_interval() -> None:
    people = np.array([1000.0, 1000.0, 1000.0])
    found = funnel(["a", "b", "c"], incidents=np.array([10, 0, 20]), exposure=people)
    first, second, _ = found.wards
    assert (first.rate, found.rate) == (10.0, 10.0)
    assert first.low == pytest.approx(chi2.ppf(0.025, 20) / 2)
    assert first.high == pytest.approx(chi2.ppf(0.975, 22) / 2)
    assert (second.rate, second.low) == (0.0, 0.0)
    assert second.high == pytest.approx(chi2.ppf(0.975, 2) / 2)


def test_one_ward_far_above_nine_alike_is_named_and_the_others_are_not() -> None:
    incidents = np.array([100, 104, 96, 101, 99, 98, 102, 103, 97, 100, 100, 300])
    found = funnel([*"abcdefghijkl"], incidents=incidents, exposure=np.full(12, 1000.0))
    verdicts = {ward.name: ward.verdict for ward in found.wards}
    assert verdicts.pop("l") == "higher"
    assert "higher" not in verdicts.values()


def test_a_ward_without_people_gets_no_rate_and_takes_no_part() -> None:
    people = np.array([1000.0, 2000.0, 1000.0, np.nan, 0.0])
    found = funnel([*"abcde"], incidents=np.array([10, 20, 10, 500, 500]), exposure=people)
    assert found.rate == pytest.approx(10.0)
    assert [ward.verdict for ward in found.wards] == ["as others"] * 3 + ["no rate"] * 2
    assert np.isnan(found.wards[3].rate)


def test_the_wards_keep_the_order_they_came_in() -> None:
    names = ["Z", "A", "M"]
    found = funnel(names, incidents=np.array([1, 9, 5]), exposure=np.full(3, 100.0))
    assert [ward.name for ward in found.wards] == names


@pytest.mark.parametrize(
    ("incidents", "people"), [([1, 2], [10.0, 10.0]), ([0, 0, 0], [10.0, 10.0, 10.0])]
)
def test_too_little_to_compare_is_refused_in_words(
    incidents: list[int], people: list[float]
) -> None:
    names = [str(at) for at in range(len(people))]
    with pytest.raises(FunnelError, match="cannot be compared"):
        funnel(names, incidents=np.array(incidents), exposure=np.array(people))

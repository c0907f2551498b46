"""Wards in a funnel: exact limits, overdispersion, and never a verdict without a population."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from models.indicators.funnel import (
    FunnelError,
    exact_limits,
    funnel,
    limits,
    overdispersion,
)


@given(st.floats(0.5, 2000))
def test_the_exact_limits_stand_between_the_poisson_quantiles(expected: float) -> None:
    found = exact_limits(np.array([expected]))[:, 0] * expected
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
    assert exact_limits(np.array([10.0]))[1, 0] == pytest.approx(lower / 10)


def test_by_chance_alone_about_five_wards_in_a_hundred_stand_outside() -> None:
    rng = np.random.default_rng(20261121)
    expected = rng.uniform(20, 400, 20_000)
    ratio = rng.poisson(expected) / expected
    _, low, high, _ = exact_limits(expected)
    assert np.mean((ratio < low) | (ratio > high)) == pytest.approx(0.05, abs=0.006)


def test_overdispersion_is_the_mean_squared_z_after_winsorising() -> None:
    expected = np.full(10, 100.0)
    incidents = np.array([100, 110, 90, 120, 80, 100, 100, 100, 100, 900])
    # z: 80 and -2 at the ends become 2 and -1; the rest 1, -1, 2 and five times 0.
    assert overdispersion(incidents, expected) == pytest.approx((4 + 1 + 1 + 1 + 4) / 10)


def test_wards_alike_have_no_overdispersion_and_keep_the_exact_limits() -> None:
    expected = np.array([50.0, 80.0])
    assert overdispersion(np.full(10, 100), np.full(10, 100.0)) == 1.0
    assert np.array_equal(limits(expected, factor=1.0), exact_limits(expected))


def test_overdispersion_widens_by_its_square_root() -> None:
    wide = limits(np.array([400.0]), factor=4.0)[:, 0]
    assert wide[2] == pytest.approx(1 + 1.959964 * np.sqrt(4 / 400), abs=1e-5)
    assert wide[0] >= 0


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
    assert found.wards[-1].beyond


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

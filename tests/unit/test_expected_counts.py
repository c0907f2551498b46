"""The count to expect at places picked for their counts, in worlds where the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import nbinom

from models.statistics.expected_counts import (
    ComingTotal,
    ExpectedCounts,
    PickedPlaces,
    coming_total,
    picked_places,
)

PLACES, MONTHS, PICKED = 600, 30, 20


def made_months(rng: np.random.Generator, *, unrest: float) -> np.ndarray:
    """Return the counts of each place in each month: unlike places, seasons, months that vary."""
    rate = rng.gamma(0.6, 4.0, PLACES)[:, None]
    season = 1 + 0.25 * np.sin((np.arange(MONTHS) / 12 + rng.random()) * 2 * np.pi)
    stirred = rng.gamma(1 / unrest, unrest, (PLACES, MONTHS))
    return rng.poisson(rate * season * stirred)


def expected_of(counts: np.ndarray) -> tuple[ExpectedCounts, np.ndarray, np.ndarray]:
    """Pick the busiest places of the last year but one month; return what to expect, and all."""
    past = counts[:, :-1]
    year = past[:, -12:].sum(axis=1)
    picked = np.argsort(-year)[:PICKED]
    totals = past.sum(axis=0).astype(float)
    places = picked_places(
        year[picked],
        total=int(year.sum()),
        held_back=past[picked, -24:-12],
        held_back_totals=totals[-24:-12],
    )
    coming = coming_total(totals, year=12)
    expected = places.expected(year[picked], total=int(year.sum()), coming=coming)
    return expected, counts[picked, -1], year[picked] / 12


@pytest.mark.parametrize("unrest", [0.05, 0.15])
def test_nine_in_ten_of_the_next_months_lie_in_the_interval(unrest: float) -> None:
    worlds = [
        expected_of(made_months(np.random.default_rng([3, at]), unrest=unrest)) for at in range(40)
    ]
    inside = np.concatenate([(next_ >= e.low) & (next_ <= e.high) for e, next_, _ in worlds])
    assert 0.86 <= inside.mean() <= 0.94  # 800 places: three standard errors are 0.03


def test_what_is_expected_is_right_on_average_where_the_places_own_mean_is_too_much() -> None:
    """Places that are much alike: the busiest are mostly the luckiest."""
    ours, own, truth = 0.0, 0.0, 0.0
    for at in range(30):
        rng = np.random.default_rng([5, at])
        counts = rng.poisson(rng.gamma(12.0, 0.25, PLACES)[:, None] * np.ones(MONTHS))
        expected, coming, mean = expected_of(counts)
        ours, own, truth = ours + expected.mean.sum(), own + mean.sum(), truth + coming.sum()
    assert own / truth > 1.1
    assert ours / truth == pytest.approx(1.0, abs=0.06)


def test_the_interval_is_next_to_the_quantiles_and_nearest_to_the_level() -> None:
    places = PickedPlaces(prior=2.0, factor=0.9, unrest=0.05)
    counts = np.array([5, 60, 600])
    coming = ComingTotal(100.0, 0.02)
    expected = places.expected(counts, total=1200, coming=coming)
    assert expected.mean == pytest.approx(0.9 * (counts + 2) / 1200 * 100)
    size = 1 / (0.05 + 1 / (counts + 2) + 0.02)
    law = nbinom(size, size / (size + expected.mean))
    inside = law.cdf(expected.high) - law.cdf(expected.low - 1)
    assert (np.abs(law.ppf(0.05) - expected.low) <= 1).all()
    assert (np.abs(law.ppf(0.95) - expected.high) <= 1).all()
    assert abs(inside[2] - 0.9) < 0.03
    assert (expected.low <= expected.mean).all()
    assert (expected.mean <= expected.high).all()


def test_all_incidents_follow_the_last_months_and_half_of_last_years_step() -> None:
    totals = np.full(24, 100.0)
    assert coming_total(totals, year=12).expected == pytest.approx(100.0)
    totals[12] = 144.0  # the month after the like three of last year
    assert coming_total(totals, year=12).expected == pytest.approx(120.0)
    totals[12] = np.nan
    assert coming_total(totals, year=12).expected == pytest.approx(100.0)
    short = coming_total(np.array([90.0, 100.0, 110.0]), year=12)
    assert short.expected == pytest.approx(100.0)
    assert short.log_variance == pytest.approx(0.01)


def test_totals_that_were_hard_to_forecast_widen_what_is_expected() -> None:
    rng = np.random.default_rng(1)
    steady = coming_total(100 * np.exp(rng.normal(0, 0.02, 30)), year=12)
    unsteady = coming_total(100 * np.exp(rng.normal(0, 0.4, 30)), year=12)
    assert steady.log_variance < 0.01 < unsteady.log_variance
    assert math.sqrt(unsteady.log_variance) == pytest.approx(0.45, abs=0.15)


def test_without_the_last_three_months_nothing_is_expected() -> None:
    totals = np.full(24, 100.0)
    totals[-2] = np.nan
    with pytest.raises(ValueError, match="the last 3 periods"):
        coming_total(totals, year=12)

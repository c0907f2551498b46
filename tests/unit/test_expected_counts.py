"""The count to expect at places picked for their counts, in worlds where the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import nbinom

from models.statistics.expected_counts import (
    ComingTotal,
    ExpectedCounts,
    coming_total,
    expected_counts,
    times_too_high,
)

PLACES, MONTHS, PICKED = 600, 30, 20
YEAR_OF_TWO = np.arange(24) >= 12  # picked on the second of two years


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
    expected = expected_counts(
        past[picked, -24:],
        totals=totals[-24:],
        picked_on=YEAR_OF_TWO,
        coming=coming_total(totals, year=12),
    )
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


def unlike_places(rng: np.random.Generator, *, new: bool) -> np.ndarray:
    """Return 25 months of ten steady places, ten restless ones, and one that is new."""
    rate = np.concatenate([np.linspace(20, 80, 10)] * 2)[:, None]
    restless = np.arange(20)[:, None] >= 10
    stirred = np.where(restless, rng.gamma(1 / 0.15, 0.15, (20, 25)), 1.0)
    counts = rng.poisson(rate * stirred)
    risen = rng.poisson(np.interp(np.arange(25), [10, 20], [4.0, 65.0]))
    return np.vstack([counts, risen]) if new else counts


def expected_of_unlike(counts: np.ndarray) -> ExpectedCounts:
    """Return what to expect in the last month at places that are a part of a steady borough."""
    return expected_counts(
        counts[:, :24],
        totals=np.full(24, 5000.0),
        picked_on=YEAR_OF_TWO,
        coming=ComingTotal(5000.0, 0.001),
    )


def test_places_unlike_one_another_each_have_an_interval_of_their_own() -> None:
    inside, widths = [], []
    for at in range(60):
        counts = unlike_places(np.random.default_rng([7, at]), new=True)
        expected = expected_of_unlike(counts)
        inside.append((counts[:, 24] >= expected.low) & (counts[:, 24] <= expected.high))
        widths.append(expected.high - expected.low)
    steady, restless = np.array(inside)[:, :10].mean(), np.array(inside)[:, 10:20].mean()
    assert 0.87 <= steady <= 0.95  # 600 counts: three standard errors are 0.037
    assert 0.86 <= restless <= 0.94
    width = np.mean(widths, axis=0)
    assert width[9] < 45 < 75 < width[19]  # of 80 a month, steady and restless


def test_one_new_place_widens_no_steady_one_and_is_expected_to_stay_where_it_is() -> None:
    for at in range(10):
        counts = unlike_places(np.random.default_rng([9, at]), new=True)
        with_new, without = expected_of_unlike(counts), expected_of_unlike(counts[:20])
        width = (with_new.high - with_new.low)[9]
        assert width < 45
        assert width <= 1.15 * (without.high - without.low)[9]
        assert with_new.mean[20] == pytest.approx(counts[20, 20:24].mean(), rel=0.25)
        assert with_new.mean[20] > 1.1 * counts[20, 12:24].mean()


def test_how_much_too_high_is_what_the_months_before_say_and_less_where_there_are_many() -> None:
    """All of 40 incidents had 30 the year before: 4/3 times too high, by 80 / 3 extra."""
    before = np.where(np.arange(12) < 6, 3, 2)
    year = np.where(np.arange(12) < 4, 4, 3)
    counts = np.vstack([np.tile(np.concatenate([before, year]), (400, 1)), np.full(24, 80)])
    times = times_too_high(counts, totals=np.full(24, 500.0), picked_on=YEAR_OF_TWO)
    assert times[:400] == pytest.approx(4 / 3, abs=0.02)
    assert times[400] == pytest.approx(1 + (times[0] - 1) * 80 / (960 + 40))


def one_place(counts: list[int], *, totals: list[float], share: float) -> tuple[float, float]:
    """Follow one place step by step; return the mean and the excess to be expected of 100."""
    pairs = [
        (drift, unrest) for drift in (0.0005, 0.005, 0.05) for unrest in (0.001, 0.03, 0.1, 0.3)
    ]
    means, excesses, chances = [], [], []
    for drift, unrest in pairs:
        rate, variance, chance = share, 0.5, 1.0
        for count, total in zip(counts, totals, strict=True):
            size = 1 / (variance + unrest)
            chance *= nbinom(size, size / (size + rate * total)).pmf(count)
            part = variance / (variance + unrest + 1 / (rate * total))
            rate += part * (count / total - rate)
            variance = (1 - part) * variance + drift
        means.append(100 * rate)
        excesses.append(variance + unrest)
        chances.append(chance)
    common = np.full(12, 1 / 12)
    for _ in range(5):
        belief = common * chances / (common * chances).sum()
        common = (belief + 3 / 12) / 4
    belief = common * chances / (common * chances).sum()
    mean = float(belief @ means)
    squares = sum(b * m**2 * (1 + e) for b, m, e in zip(belief, means, excesses, strict=True))
    return mean, squares / mean**2 - 1


@pytest.mark.parametrize("counts", [[9, 11, 8, 14, 12, 17], [60, 75, 71, 90, 66, 81]])
def test_a_place_followed_by_hand_is_expected_the_same_next_to_the_quantiles(
    counts: list[int],
) -> None:
    totals, picked_on = np.array([90.0, 110, 100, 95, 105, 120]), np.arange(6) >= 3
    told = np.array([counts])
    expected = expected_counts(
        told, totals=totals, picked_on=picked_on, coming=ComingTotal(100.0, 0.02)
    )
    times = float(times_too_high(told, totals=totals, picked_on=picked_on)[0])
    exposure = list(totals * np.where(picked_on, times, 1.0))
    mean, excess = one_place(counts, totals=exposure, share=sum(counts[:3]) / 300)
    assert times > 1
    assert expected.mean[0] == pytest.approx(mean)
    size = 1 / (excess + 0.02)
    law = nbinom(size, size / (size + mean))
    low, high = float(expected.low[0]), float(expected.high[0])
    assert abs(law.ppf(0.05) - low) <= 1
    assert abs(law.ppf(0.95) - high) <= 1
    assert abs(law.cdf(high) - law.cdf(low - 1) - 0.9) < 0.02
    assert low < mean < high


@pytest.mark.parametrize("picked", [True, False])
def test_places_have_to_be_seen_in_months_that_they_were_picked_on_and_in_others(
    picked: bool,
) -> None:
    with pytest.raises(ValueError, match="in others"):
        expected_counts(
            np.ones((2, 6), dtype=np.int64),
            totals=np.full(6, 50.0),
            picked_on=np.full(6, picked),
            coming=ComingTotal(50.0, 0.01),
        )


def test_places_and_months_without_incidents_have_something_to_expect() -> None:
    counts = np.zeros((2, 24), dtype=np.int64)
    counts[1, 20] = 1
    totals = np.where(np.arange(24) % 5 == 0, 0.0, 8.0)
    expected = expected_counts(
        counts, totals=totals, picked_on=YEAR_OF_TWO, coming=ComingTotal(8.0, 0.05)
    )
    assert (expected.mean > 0).all()
    assert (expected.mean < 0.5).all()
    assert (expected.low == 0).all()


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

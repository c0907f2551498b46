"""The ratio of two counts of a place that was picked for the first of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.statistics.picked_counts import Picking, picking_of
from models.statistics.rates import rate_ratio

FREELY = Picking(share=0.5, threshold=-60.0, slope=0.0, spread=1.0, size=50.0, least=0)  # all are
BY_COUNT = 8


def drawn(
    rng: np.random.Generator, *, places: int, rate: float, ratio: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts of places of which those with a first count of 8 or more are picked."""
    now, before = rng.poisson(rate * ratio, places), rng.poisson(rate, places)
    picked = now >= BY_COUNT
    return now[picked], before[picked]


@pytest.mark.parametrize(("now", "before"), [(12, 10), (60, 30), (9, 1), (3, 9), (7, 0)])
def test_without_picking_it_is_the_exact_ratio(now: int, before: int) -> None:
    ours = FREELY.ratio(now, before, exposure_now=30, exposure_before=60)
    exact = rate_ratio(now, before, exposure_now=30, exposure_before=60)
    assert [ours.ratio, ours.low, ours.high] == pytest.approx(
        [exact.ratio, exact.low, exact.high], rel=1e-5
    )


def test_a_count_that_could_not_have_been_lower_says_nothing_of_how_low_the_rate_is() -> None:
    picking = Picking(share=0.5, threshold=-60.0, slope=0.0, spread=1.0, size=10.0, least=8)
    ratio = picking.ratio(8, 3)
    assert ratio.low == 0.0
    assert 0 < ratio.ratio < 8 / 3 < ratio.high < math.inf


def test_with_nothing_before_there_is_no_upper_end() -> None:
    ratio = picking_of(*drawn(np.random.default_rng(1), places=900, rate=4), share=0.5).ratio(9, 0)
    assert ratio.ratio == ratio.high == math.inf
    assert 0 <= ratio.low < rate_ratio(9, 0).low  # the picking could have brought it about


def test_of_many_incidents_the_picking_matters_less() -> None:
    picking = picking_of(*drawn(np.random.default_rng(1), places=2000, rate=5), share=0.5)
    large = picking.ratio(60_000, 20_000)
    assert large.ratio == pytest.approx(3.0, rel=0.05)
    assert large.low > 2.9


@pytest.mark.parametrize("ratio", [0.7, 1.0, 2.0])
def test_the_interval_covers_whether_or_not_there_is_a_change(ratio: float) -> None:
    rng = np.random.default_rng(11)
    picking = picking_of(*drawn(rng, places=1500, rate=6), share=0.5, least=BY_COUNT)
    now, before = drawn(rng, places=1200, rate=6, ratio=ratio)
    intervals = [
        picking.ratio(int(one), int(two)) for one, two in zip(now[:250], before[:250], strict=True)
    ]
    below = sum(each.low > ratio for each in intervals) / len(intervals)
    above = sum(each.high < ratio for each in intervals) / len(intervals)
    bound = 0.025 + 3 * math.sqrt(0.025 * 0.975 / len(intervals))
    assert below <= bound
    assert above <= bound
    bare = [rate_ratio(int(one), int(two)) for one, two in zip(now, before, strict=True)]
    if ratio == 1.0:  # what the counts alone would say
        assert not any(each.high < 1 for each in bare)
        assert np.mean([each.ratio > 1 for each in bare]) > 0.75


def test_with_no_place_to_learn_from_it_allows_for_some_picking() -> None:
    none = np.zeros(0, dtype=np.int64)
    ratio = picking_of(none, none, share=0.5).ratio(20, 10)
    assert ratio.ratio < 2.0
    assert ratio.low < rate_ratio(20, 10).low

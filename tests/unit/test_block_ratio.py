"""Ratios and shares by blocks: values by hand, statsmodels-free oracles, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.statistics.block_ratio import block_of, block_share, matched_ratio
from models.statistics.intervals import binomial_interval

ONES = np.ones(10)


def test_a_point_on_an_edge_lies_in_the_block_to_its_north_east() -> None:
    east, north = np.array([0.0, 499.9, 500.0, 0.0]), np.array([0.0, 499.9, 0.0, 500.0])
    found = block_of(east, north)
    assert found[0] == found[1]
    assert len(set(found.tolist())) == 3


def test_blocks_of_the_same_ratio_give_that_ratio_without_any_doubt() -> None:
    level = np.arange(1.0, 11.0) * 4
    ratio = matched_ratio(3 * level, ONES, level, ONES)
    assert ratio is not None
    assert (ratio.ratio, ratio.low, ratio.high) == pytest.approx((3.0, 3.0, 3.0))


def test_a_busy_quarter_full_of_places_does_not_make_the_ratio() -> None:
    """Simpson's paradox: the rates are equal in every block, and not in all blocks together."""
    busy = np.repeat([10.0, 1.0], 5)
    near_ground = np.repeat([9.0, 1.0], 5)
    elsewhere_ground = 10 - near_ground
    near, elsewhere = 10 * busy * near_ground, 10 * busy * elsewhere_ground
    crude = (near.sum() / near_ground.sum()) / (elsewhere.sum() / elsewhere_ground.sum())
    ratio = matched_ratio(near, near_ground, elsewhere, elsewhere_ground)
    assert ratio is not None
    assert ratio.ratio == pytest.approx(1.0)
    assert crude > 4


def test_the_ratio_is_mantel_and_haenszels_worked_out_by_hand() -> None:
    near, elsewhere = np.tile([6.0, 5.0], 5), np.tile([3.0, 4.0], 5)
    # Each block weighs its counts by the other part's share of the ground: 3/4 and 1/4.
    above = 0.75 * (5 * 6 + 5 * 5)
    below = 0.25 * (5 * 3 + 5 * 4)
    ratio = matched_ratio(near, ONES, elsewhere, 3 * ONES)
    assert ratio is not None
    assert ratio.ratio == pytest.approx(above / below)
    assert ratio.low < ratio.ratio < ratio.high
    assert ratio.ratio / ratio.low == pytest.approx(ratio.high / ratio.ratio)


@pytest.mark.parametrize("blocks", [9, 5])
def test_few_blocks_are_refused(blocks: int) -> None:
    some = np.full(blocks, 20.0)
    assert matched_ratio(some, np.ones(blocks), some, np.ones(blocks)) is None


def test_blocks_that_hold_one_part_alone_do_not_count() -> None:
    twenty = np.full(10, 20.0)
    one_sided = np.concatenate((ONES[:9], [0.0]))
    assert matched_ratio(twenty, one_sided, twenty, ONES) is None
    nine = np.concatenate((np.ones(9), np.zeros(1)))
    assert matched_ratio(nine, ONES, twenty, ONES) is None  # nine incidents near


def test_an_interval_is_wider_where_the_same_incidents_lie_in_fewer_blocks() -> None:
    rng = np.random.default_rng(3)
    thin, whole = rng.poisson(2.0, 60).astype(float), np.full(60, 8.0)
    gathered = np.where(np.arange(60) % 6 == 0, thin.reshape(10, 6).sum(axis=1).repeat(6), 0.0)
    spread, heaped = block_share(thin, whole), block_share(gathered, whole)
    assert spread.value == pytest.approx(heaped.value)
    assert heaped.high - heaped.low > 1.5 * (spread.high - spread.low)


def test_of_independent_incidents_the_interval_is_about_as_wide_as_the_binomial() -> None:
    rng = np.random.default_rng(4)
    whole = np.full(400, 10.0)
    part = rng.binomial(10, 0.3, 400).astype(float)
    share = block_share(part, whole)
    low, high = binomial_interval(part.sum(), whole.sum())
    assert (share.high - share.low) / (high - low) == pytest.approx(1.0, abs=0.12)


def test_a_share_of_nothing_is_not_known_and_none_of_all_counts_blocks_not_incidents() -> None:
    assert math.isnan(block_share(np.zeros(3), np.zeros(3)).value)
    none = block_share(np.zeros(40), np.full(40, 10.0))
    assert (none.value, none.low, none.high) == pytest.approx((0, *binomial_interval(0, 40)))
    every = block_share(np.full(40, 10.0), np.full(40, 10.0))
    assert (every.value, every.low, every.high) == pytest.approx((1, *binomial_interval(40, 40)))


def test_an_interval_that_says_nothing_is_not_given() -> None:
    few = block_share(np.zeros(3), np.full(3, 500.0))  # none of 1,500, but all in three blocks
    assert (few.value, math.isnan(few.low), math.isnan(few.high)) == (0, True, True)
    lone = block_share(np.array([2.0, 0, 0, 0]), np.full(4, 200.0))
    assert (lone.value, math.isnan(lone.low)) == (0.0025, True)
    clumped = np.where(np.arange(10) == 0, 400.0, 1.0)
    assert matched_ratio(clumped, ONES, np.full(10, 20.0), ONES) is None

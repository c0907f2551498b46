"""Worlds in which all ways of choosing cells are equal: how often one is called better.

The seeds are fixed; each bound is three standard errors of the simulation above the stated level.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.claim import rate_of
from benchmarks.null_worlds.forecast import CLAIMS, METHODS, equal_ways
from models.forecast.choice import choose
from models.forecast.evaluation import BacktestPlan, roll

WORLDS = {0: 50, 2: 60, 5: 200, 6: 40}


@pytest.mark.parametrize("at", WORLDS)
def test_a_way_is_called_better_no_more_often_than_stated(at: int) -> None:
    claim, worlds = CLAIMS[at], WORLDS[at]
    rate = rate_of(claim, worlds=worlds, seed=3)
    assert rate.chances == worlds
    spread = math.sqrt(claim.level * (1 - claim.level) / worlds)
    assert rate.share <= claim.level + 3 * spread


def test_a_way_that_is_better_is_found() -> None:
    """The other side: busy places that stay busy for years are what a long memory is for."""
    named = 0
    for world in range(5):
        rng = np.random.default_rng([4, world])
        counts = equal_ways(rng, months=60, unlike=0.0)
        lasting = rng.gamma(2.0, 0.2, counts.counts.shape[1])
        counts.counts[:] = rng.poisson(lasting, counts.counts.shape)
        plan = BacktestPlan(horizon=1, first=24, shares=(0.05,))
        results = list(roll(counts, at=range(24, 60), methods=METHODS, plan=plan))
        (choice,) = choose(results, methods=METHODS, plan=plan)
        named += choice.method == "forecast"
    assert named >= 3

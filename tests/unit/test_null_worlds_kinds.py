"""Mornings on which nothing is going on mark a kind as often as *Today* says, not more."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.kinds import CLAIMS, marked, means

WORLDS = 300


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_a_kind_is_marked_no_more_often_than_stated(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate.share <= claim.level + 3 * error
    assert rate.times > 0  # a rule that never marks anything would hold too


def test_a_week_of_three_times_the_burglaries_is_marked_and_nothing_else() -> None:
    seen = 0
    for at in range(20):
        rng = np.random.default_rng([4, at])
        mean = means(rng, season=0.25)
        mean[2, -7:] *= 3
        kinds = marked(rng, mean, bunching=0.2)
        seen += next(each for each in kinds if each.category == "burglary").unusual
    assert seen >= 17

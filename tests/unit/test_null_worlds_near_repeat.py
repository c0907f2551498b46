"""A year without near-repeats has a band of raised risk no more often than one in twenty."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.dated_points import DAY, Bustle, dated_points
from benchmarks.null_worlds.near_repeat import CLAIMS, DAYS
from models.hotspots.near_repeat import NearRepeatSettings, knox

WORLDS = 60


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_raised_risk_is_no_more_frequent_than_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate_of(claim, worlds=WORLDS).share <= claim.level + 3 * error


def test_a_tenth_of_repeats_within_a_week_and_100_m_is_raised_risk() -> None:
    """What the rule must not lose: each tenth burglary is followed by one next door."""
    raised = 0
    for seed in range(10):
        rng = np.random.default_rng([5, seed])
        nothing = dated_points(rng, Bustle(600), days=DAYS - 7)
        first = rng.choice(len(nothing), 60, replace=False)
        table = knox(
            np.append(nothing.easting, nothing.easting[first] + rng.uniform(5, 60, 60)),
            np.append(nothing.northing, nothing.northing[first]),
            day=np.append(
                nothing.starts_minute // DAY,
                nothing.starts_minute[first] // DAY + rng.integers(0, 7, 60),
            ),
            settings=NearRepeatSettings(),
            rng=rng,
        )
        raised += bool(table.raised[1, 0])
    assert raised == 10

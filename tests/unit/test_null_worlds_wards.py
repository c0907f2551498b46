"""Where no ward stands apart, one is called higher or lower as seldom as the notes say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.wards import CLAIMS, any_ward
from models.indicators.funnel import funnel

WORLDS = 200


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: f"{each.sentence[:5]}, {each.world}")
def test_wards_are_called_apart_by_chance_as_often_as_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate_of(claim, worlds=WORLDS).share <= claim.level + 3 * error


def test_some_ward_is_called_apart_in_some_world() -> None:
    said = [any_ward(np.random.default_rng([1, at]), wards=20, a_ward=100) for at in range(400)]
    assert sum(each.times for each in said) > 0


def test_a_ward_at_twice_the_rate_of_nineteen_alike_is_seen() -> None:
    seen = 0
    for world in range(100):
        incidents = np.random.default_rng([3, world]).poisson([200, *[100] * 19])
        made = funnel([*"abcdefghijklmnopqrst"], incidents=incidents, exposure=np.full(20, 9000.0))
        seen += made.wards[0].verdict == "higher"
    assert seen >= 95

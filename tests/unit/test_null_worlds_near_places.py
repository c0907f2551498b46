"""Places that have no effect: how often incidents are said to be more or fewer near them.

Fixed seeds; each bound is three standard errors of so many worlds above the stated 5 %.
``python -m benchmarks.null_worlds WORLDS near_places`` runs more of them.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.null_worlds.claim import rate_of
from benchmarks.null_worlds.ground import evenly, square_ground
from benchmarks.null_worlds.near_places import CLAIMS, told_apart

if TYPE_CHECKING:
    from benchmarks.null_worlds.claim import Claim
    from benchmarks.null_worlds.ground import Ground, Places

WORLDS = 25


@pytest.mark.parametrize("claim", CLAIMS, ids=[each.world for each in CLAIMS])
def test_places_without_effect_are_seldom_said_to_have_one(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    assert rate.chances > WORLDS / 2
    bound = 3 * math.sqrt(claim.level * (1 - claim.level) / rate.chances)
    assert rate.share <= claim.level + bound


def test_places_with_twice_the_incidents_around_them_are_told_apart() -> None:
    def around(rng: np.random.Generator, number: int, ground: Ground, *, places: Places) -> Places:
        return places[rng.integers(len(places), size=number)] + rng.uniform(-60, 60, (number, 2))

    told = 0
    for world in range(5):
        rng = np.random.default_rng([7, world])
        ground = square_ground()
        at = evenly(rng, 60, ground)

        def both(rng: np.random.Generator, number: int, ground: Ground, at: Places = at) -> Places:
            some = partial(around, places=at)(rng, number // 8, ground)
            return np.concatenate((some, evenly(rng, number - len(some), ground)))

        def same(
            _rng: np.random.Generator, _number: int, _ground: Ground, at: Places = at
        ) -> Places:
            return at

        told += told_apart(rng, ground=ground, incidents=(2_000, both), places=(60, same)).times
    assert told == 5

"""Even worlds in which *More than chance* may seldom show a hotspot; fixed seeds.

Each bound is three standard errors of so many worlds above the stated level.
``python -m benchmarks.null_worlds WORLDS gi_star`` runs more of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.null_worlds.claim import rate_of
from benchmarks.null_worlds.gi_star import CLAIMS, with_planted

if TYPE_CHECKING:
    from benchmarks.null_worlds.claim import Claim

WORLDS = 60
FEW = [each for each in CLAIMS if not each.world.startswith("10,000")]


@pytest.mark.parametrize("claim", FEW, ids=[f"{each.world}, {each.level}" for each in FEW])
def test_chance_alone_shows_a_hotspot_no_more_often_than_its_class_says(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    assert rate.chances == WORLDS
    assert rate.share <= claim.level + 3 * math.sqrt(claim.level * (1 - claim.level) / WORLDS)


def test_a_place_with_ten_times_the_average_is_found_in_nearly_every_world() -> None:
    worlds = [
        with_planted(np.random.default_rng([4, world]), 200, extra=16, radius_m=100)
        for world in range(20)
    ]
    assert sum(now for _, now in worlds) >= 19

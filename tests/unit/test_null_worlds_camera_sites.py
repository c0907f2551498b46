"""Worlds whose sites have a known share in sight: how often the interval leaves it out.

Fixed seeds; each bound is three standard errors of so many worlds above the stated 5 %.
``python -m benchmarks.null_worlds WORLDS camera_sites`` runs more of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from benchmarks.null_worlds.camera_sites import CLAIMS
from benchmarks.null_worlds.claim import rate_of

if TYPE_CHECKING:
    from benchmarks.null_worlds.claim import Claim

WORLDS = 30


@pytest.mark.parametrize("claim", CLAIMS, ids=[each.world for each in CLAIMS])
def test_the_interval_seldom_leaves_out_what_the_sites_will_have_in_sight(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    assert rate.chances > WORLDS / 2
    bound = 3 * math.sqrt(claim.level * (1 - claim.level) / rate.chances)
    assert rate.share <= claim.level + bound

"""Ground with the same risk everywhere: how often *Relative to a base* shows a hotspot.

Fixed seeds; each bound is three standard errors of so many worlds above the stated 5 %.
``python -m benchmarks.null_worlds WORLDS relative_risk`` runs more of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from benchmarks.null_worlds.claim import rate_of
from benchmarks.null_worlds.relative_risk import CLAIMS

if TYPE_CHECKING:
    from benchmarks.null_worlds.claim import Claim

WORLDS = 20


@pytest.mark.parametrize("claim", CLAIMS, ids=[each.world for each in CLAIMS])
def test_the_same_risk_everywhere_seldom_shows_a_hotspot(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    assert rate.chances == WORLDS
    assert rate.share <= claim.level + 3 * math.sqrt(claim.level * (1 - claim.level) / WORLDS)

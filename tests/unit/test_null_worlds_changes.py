"""Worlds without change: how often a hotspot is said to have risen or fallen by more than chance.

The seeds are fixed; the bound is three standard errors of the simulation above the stated 2.5 %.
``python -m benchmarks.null_worlds 200 changes`` runs more worlds of every method.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.null_worlds.changes import CLAIMS, Sort, world_hotspots
from benchmarks.null_worlds.claim import rate_of
from models.hotspots.kde import KdeSettings

if TYPE_CHECKING:
    from benchmarks.null_worlds.claim import Claim

WORLDS = 16
DENSITY_AND_CLUSTERS = (*CLAIMS[:4], *CLAIMS[-2:])


@pytest.mark.parametrize("claim", DENSITY_AND_CLUSTERS, ids=lambda claim: claim.sentence)
def test_rose_and_fell_are_said_no_more_often_than_stated(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    assert rate.chances > 100
    error = math.sqrt(claim.level * (1 - claim.level) / rate.chances)
    assert rate.share <= claim.level + 3 * error


def test_where_places_are_much_alike_the_counts_alone_would_nearly_all_have_risen() -> None:
    """The worlds are such that the bare counts mislead, and the interval does not follow them."""
    inside, risen, total = 0, 0, 0
    for world in range(6):
        rng = np.random.default_rng([2, world])
        frame = world_hotspots(rng, settings=KdeSettings(), sort=Sort(unlike=0.3))
        assert frame is not None
        inside += int(((frame["change_low"] <= 0) & (frame["change_high"] >= 0)).sum())
        risen += int((frame["incidents"] > frame["comparison_incidents"]).sum())
        total += len(frame)
    assert risen > 0.8 * total
    assert inside >= total * 0.95 - 3 * math.sqrt(total * 0.95 * 0.05)

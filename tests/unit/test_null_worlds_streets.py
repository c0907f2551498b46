"""Streets without change: how often a stretch is said to have risen or fallen by more than chance.

The seeds are fixed; the bound is three standard errors of the simulation above the stated 2.5 %.
``python -m benchmarks.null_worlds 200 street_changes`` runs more worlds.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.changes import WAYS, said_of
from benchmarks.null_worlds.claim import Rate
from benchmarks.null_worlds.street_changes import CLAIMS, world_stretches

WORLDS = 8


@pytest.mark.parametrize("unlike", [0.0, 1.0], ids=["dealt evenly", "unlike one another"])
def test_rose_and_fell_are_said_of_stretches_no_more_often_than_stated(unlike: float) -> None:
    frames = [
        world_stretches(np.random.default_rng([1, world]), unlike=unlike) for world in range(WORLDS)
    ]
    level = CLAIMS[0].level
    for way in WAYS:
        said = [said_of(frame, way=way) for frame in frames]
        rate = Rate(sum(each.times for each in said), sum(each.chances for each in said))
        assert rate.chances > 100
        assert rate.share <= level + 3 * math.sqrt(level * (1 - level) / rate.chances)


def test_the_bare_counts_of_stretches_dealt_evenly_would_nearly_all_have_risen() -> None:
    frame = world_stretches(np.random.default_rng([2, 0]), unlike=0.0)
    assert (frame["incidents"] > frame["comparison_incidents"]).mean() > 0.9

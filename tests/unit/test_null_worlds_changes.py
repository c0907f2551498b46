"""Worlds without change: how often a hotspot is said to have risen or fallen by more than chance.

The seeds are fixed; the bound is three standard errors of the simulation above the stated 2.5 %.
``python -m benchmarks.null_worlds 200 changes`` runs more worlds of every method.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.null_worlds.changes import (
    CLAIMS,
    WAYS,
    Sort,
    said_of,
    sentence_of,
    world_hotspots,
)
from benchmarks.null_worlds.claim import Rate
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.hdbscan import HdbscanSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.methods import method_of

if TYPE_CHECKING:
    from models.hotspots.methods import MethodSettings

WORLDS = 16
DENSITY_AND_CLUSTERS: tuple[MethodSettings, ...] = (
    KdeSettings(),
    DbscanSettings(),
    HdbscanSettings(),
)


@pytest.mark.parametrize("settings", DENSITY_AND_CLUSTERS, ids=lambda each: method_of(each).label)
def test_rose_and_fell_are_said_no_more_often_than_stated(settings: MethodSettings) -> None:
    """Each world is drawn and searched once, for both claims."""
    frames = [
        world_hotspots(np.random.default_rng([1, world]), settings=settings, sort=Sort())
        for world in range(WORLDS)
    ]
    for way in WAYS:
        (claim,) = (each for each in CLAIMS if each.sentence == sentence_of(settings, way=way))
        said = [said_of(frame, way=way) for frame in frames]
        rate = Rate(sum(each.times for each in said), sum(each.chances for each in said))
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

"""Hours stand out as often as stated where they do not, and where they do they are seen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.hours import CLAIMS, hours_of
from models.hotspots.temporal import peak_window

WORLDS = 400
FRIDAY_AND_SATURDAY_NIGHT = tuple(day * 24 + hour for day in (4, 5) for hour in range(22, 26))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_hours_stand_out_by_chance_as_often_as_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate_of(claim, worlds=WORLDS).share <= claim.level + 3 * error


def test_nights_out_are_seen_in_a_hotspot_of_thirty_incidents() -> None:
    seen = [
        peak_window(
            hours_of(
                np.random.default_rng([2, world]), 30, busy=FRIDAY_AND_SATURDAY_NIGHT, times=10
            )
        )
        for world in range(100)
    ]
    assert sum(each is not None for each in seen) >= 85

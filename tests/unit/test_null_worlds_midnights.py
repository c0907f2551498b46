"""Real times that peak at midnight are not taken for dates that lost their time."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.midnights import CLAIMS, real_times
from models.incidents.midnight import midnight_heap

WORLDS = 40


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_real_times_are_hardly_ever_called_a_heap(claim: Claim) -> None:
    """At a level of one in ten thousand, 800 sources have none, or one by great misfortune."""
    assert rate_of(claim, worlds=WORLDS).times <= 1


def test_a_twentieth_of_times_that_are_lost_is_a_heap() -> None:
    rng = np.random.default_rng(8)
    times = real_times(rng, rows=5000, rounded=0.05)
    times[:250] = 0
    assert midnight_heap(times) is not None

"""Quarters of one rate are called up or down as often as stated, if incidents are independent.

Where quarters vary by more than chance they are called so more often; the table of docs/methods.md
and the words on the page say that, and this holds by how much.
"""

from __future__ import annotations

import math

import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.indicators import CLAIMS, INDICATORS

WORLDS = 60
INDEPENDENT = [each for each in CLAIMS if "independent" in each.world]


@pytest.mark.parametrize("claim", INDEPENDENT, ids=lambda each: each.world)
def test_independent_incidents_are_called_a_change_as_often_as_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / (WORLDS * INDICATORS))
    rate = rate_of(claim, worlds=WORLDS).share
    assert 0 < rate <= claim.level + 3 * error


def test_quarters_that_vary_by_half_more_are_called_a_change_one_time_in_ten() -> None:
    (half_more,) = (each for each in CLAIMS if "1.5 times" in each.world)
    assert 0.07 < rate_of(half_more, worlds=WORLDS).share < 0.14

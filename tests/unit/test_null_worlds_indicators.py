"""Quarters of one rate are called up or down as often as stated, however much months vary."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.indicators import CLAIMS, INDICATORS, verdicts

WORLDS = 60


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_unchanged_indicators_are_called_a_change_as_often_as_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / (WORLDS * INDICATORS))
    rate = rate_of(claim, worlds=WORLDS).share
    assert 0 < rate <= claim.level + 3 * error


def test_without_the_allowance_a_quarter_of_them_would_be_where_months_vary_most() -> None:
    said = partial(verdicts, variance=3.0, months=39, plain=True)
    times = sum(said(np.random.default_rng([1, world])).times for world in range(WORLDS))
    assert times / (WORLDS * INDICATORS) > 0.18

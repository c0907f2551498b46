"""Fortnights in which nothing is going on list a run no more often than *Today* says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.runs import CLAIMS, planted

WORLDS = 30


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_a_run_is_listed_no_more_often_than_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate_of(claim, worlds=WORLDS).share <= claim.level + 3 * error


def test_a_real_run_is_listed() -> None:
    """Eight burglaries within 150 m in ten days, where a fortnight has half a one."""
    listed = [planted(np.random.default_rng([2, at]), extra=8, a_year=650) for at in range(20)]
    assert sum(listed) >= 19


def test_three_where_half_a_one_is_usual_are_no_news() -> None:
    listed = [planted(np.random.default_rng([3, at]), extra=2, a_year=650) for at in range(20)]
    assert sum(listed) <= 3

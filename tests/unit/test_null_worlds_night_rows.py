"""A row of a review of nights is up or down by chance as seldom as its page says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.night_rows import CLAIMS
from models.nights.counting import NightTally, dispersion, tally

WORLDS = 200


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_unchanged_rows_are_called_a_change_as_often_as_stated(claim: Claim) -> None:
    # The rows of a world share their nights, so a world counts as one.
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate_of(claim, worlds=WORLDS).share <= claim.level + 3 * error


def test_a_tally_squares_each_night_by_itself() -> None:
    nights = np.arange(20_000, 20_014)
    found = tally(np.repeat(nights[[0, 7]], (3, 5)), nights=nights)
    weekday = (20_000 + 3) % 7
    assert found.squares is not None
    assert found.squares[weekday] == 9 + 25
    assert found.squares.sum() == 34


def test_nights_that_bring_fives_vary_by_five_times_chance() -> None:
    rng = np.random.default_rng(3)
    nights = np.arange(20_000, 23_500)
    brawls = rng.poisson(2, len(nights))
    found = dispersion(tally(np.repeat(nights, 5 * brawls), nights=nights))
    assert found.value == pytest.approx(5, rel=0.1)
    four = np.full(7, 4)
    assert dispersion(NightTally(four, four)).value == 1.0

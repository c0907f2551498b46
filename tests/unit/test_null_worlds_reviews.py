"""Worlds in which nothing was done: how often a review is fooled, and how often it finds a fall.

The hottest place is chosen on the months before, as an officer would. The seeds are fixed; each
bound is at least three standard errors of the simulation away from the stated 5 %.
``benchmarks.null_worlds.reviews`` runs many more worlds of more kinds.
"""

from __future__ import annotations

import math

import pytest

from benchmarks.null_worlds.review_measuring import of_seed, shares, trial
from benchmarks.null_worlds.review_worlds import Sort

WORLDS = 120
ALIKE = Sort(unlike=0.3)  # where the hottest place is mostly the luckiest


def above(rate: float) -> float:
    """Three standard errors above a rate."""
    return WORLDS * rate + 3 * math.sqrt(WORLDS * rate * (1 - rate))


@pytest.mark.parametrize("kind", [Sort(), ALIKE], ids=["unlike places", "places much alike"])
def test_a_review_is_fooled_no_more_often_than_it_says(kind: Sort) -> None:
    found = [trial(of_seed(3, world), kind=kind, chosen_over=3) for world in range(WORLDS)]
    falls, rises = shares(found)
    assert falls + rises <= above(0.05)
    assert falls <= above(0.025)


def test_the_published_error_is_right_where_places_move_together() -> None:
    found = [
        trial(of_seed(4, world), kind=ALIKE, chosen_over=3, plain=True) for world in range(WORLDS)
    ]
    errors = [each.outcome.local.z for each in found]
    mean = sum(errors) / WORLDS
    spread = math.sqrt(sum((each - mean) ** 2 for each in errors) / (WORLDS - 1))
    assert abs(mean) <= 3 / math.sqrt(WORLDS)
    assert abs(spread - 1) <= 3 / math.sqrt(2 * WORLDS)


def test_measured_on_what_chose_it_a_place_falls_by_itself() -> None:
    """The mistake that the choice of the period before avoids: this is how large it is."""
    found = [
        trial(of_seed(3, world), kind=ALIKE, chosen_over=3, careless=True, plain=True)
        for world in range(60)
    ]
    falls, rises = shares(found)
    assert falls >= 60 * 0.12
    assert rises <= 1


def test_a_fall_by_half_is_found_and_never_taken_for_a_rise() -> None:
    found = [trial(of_seed(5, world), kind=Sort(total=3000), effect=0.5) for world in range(30)]
    falls, rises = shares(found)
    assert falls >= 24
    assert rises == 0

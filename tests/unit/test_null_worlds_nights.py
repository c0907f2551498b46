"""Two years of nights in which nothing changed: how often a review calls an area changed.

Fixed seeds; each bound is three standard errors of so many worlds above the stated 5 %.
``python -m benchmarks.null_worlds WORLDS nights`` runs more of them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.null_worlds.nights import found_as, history_of, names_of

WORLDS = 20


@pytest.mark.parametrize("growth", [1.0, 1.5])
def test_where_nothing_changed_few_reviews_call_an_area_changed(growth: float) -> None:
    rising, any_change = 0, 0
    for world in range(WORLDS):
        rng = np.random.default_rng([1, world])
        names = names_of(history_of(rng, a_year=600, by_day=1_200, growth=growth))
        assert len(names) >= 4  # there is something to judge
        rising += bool({"emerging", "growing"} & set(names))
        any_change += bool({"emerging", "growing", "falling"} & set(names))
    most = WORLDS * 0.05 + 3 * math.sqrt(WORLDS * 0.05 * 0.95)
    assert rising <= most
    assert growth > 1 or any_change <= most


@pytest.mark.parametrize(
    ("planted", "name"), [((0, 80), "emerging"), ((20, 100), "emerging"), ((60, 180), "growing")]
)
def test_a_place_that_is_new_or_grows_is_found(planted: tuple[float, float], name: str) -> None:
    names = [found_as(np.random.default_rng([7, world]), planted) for world in range(6)]
    assert names.count(name) >= 5

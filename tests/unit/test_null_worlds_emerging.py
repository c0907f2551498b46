"""Years in which nothing goes on, or nothing changes: how often *Emerging* says otherwise.

Fixed seeds; each bound is three standard errors of so many worlds above the stated 5 %.
``python -m benchmarks.null_worlds WORLDS emerging`` runs more of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.null_worlds.claim import rate_of
from benchmarks.null_worlds.emerging import CLAIMS, PLANTED, class_of

if TYPE_CHECKING:
    from benchmarks.null_worlds.claim import Claim

WORLDS = 20
FEW = [each for each in CLAIMS if "1,000" not in each.world]


@pytest.mark.parametrize("claim", FEW, ids=[each.world for each in FEW])
def test_nothing_is_called_new_or_changing_where_nothing_changes(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    assert rate.chances == WORLDS
    assert rate.share <= claim.level + 3 * math.sqrt(claim.level * (1 - claim.level) / WORLDS)


@pytest.mark.parametrize(
    ("planted", "classes"),
    [
        ("20 in the last month", {"new", "consecutive"}),
        ("10 a month in the last three", {"consecutive"}),
        ("growing from 5 to 30 a month", {"intensifying", "consecutive"}),
        ("8 every month", {"persistent"}),
        ("falling from 30 to 5 a month", {"diminishing", "historical"}),
        ("12 a month, then none for four", {"historical"}),
    ],
)
def test_a_planted_place_comes_out_as_what_it_is(planted: str, classes: set[str]) -> None:
    drawn = [
        class_of(np.random.default_rng([9, world]), 60, dict(PLANTED)[planted])
        for world in range(8)
    ]
    assert sum(each in classes for each in drawn) >= 6

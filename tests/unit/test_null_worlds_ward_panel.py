"""A ward panel reads of a change that is none as seldom as the documents say."""

from __future__ import annotations

import math

import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.ward_panel import CLAIMS

WORLDS = 200


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: f"{each.sentence[:9]}, {each.world}")
def test_nothing_is_said_to_have_changed_as_often_as_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate_of(claim, worlds=WORLDS).share <= claim.level + 3 * error

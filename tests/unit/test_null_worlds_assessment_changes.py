"""An assessment lists hotspots and kinds that did not change as seldom as it says."""

from __future__ import annotations

import math

import pytest

from benchmarks.null_worlds.assessment_changes import CLAIMS
from benchmarks.null_worlds.claim import Claim, rate_of
from models.hotspots.changes import change_for_all_ground

WORLDS = 25
SELDOM = [each for each in CLAIMS if "places much alike" in each.world or "kinds" in each.world]


@pytest.mark.parametrize("claim", SELDOM, ids=lambda each: f"{each.sentence[:5]}, {each.world}")
def test_what_did_not_change_is_called_a_change_as_seldom_as_stated(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    error = math.sqrt(claim.level * (1 - claim.level) / rate.chances)
    assert rate.share <= claim.level + 3 * error


def test_a_hotspot_that_doubled_is_named_and_one_that_grew_a_little_is_not() -> None:
    ground = {"days_now": 365.0, "days_before": 365.0, "share_of_area": 0.004}
    assert change_for_all_ground(200, 100, **ground).verdict == "up"
    assert change_for_all_ground(50, 100, **ground).verdict == "down"
    assert change_for_all_ground(140, 100, **ground).verdict == "cannot tell"
    # By itself it would be called up.
    alone = ground | {"share_of_area": 1.0}
    assert change_for_all_ground(140, 100, **alone).verdict == "up"

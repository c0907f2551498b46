"""The power that is stated before approval is the power that reviews turn out to have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.null_worlds.review_measuring import of_seed
from benchmarks.null_worlds.review_power import judged_made, judged_real
from benchmarks.null_worlds.review_worlds import Sort, real_worlds
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.null_worlds.review_power import Judged


def assert_agrees(found: Sequence[Judged], *, least: int) -> None:
    """What was stated is within three standard errors of the falls that were seen."""
    known = [each for each in found if each.stated is not None]
    assert len(known) >= least
    stated = np.array([each.stated.share for each in known if each.stated is not None])
    seen = sum(each.seen for each in known)
    error = math.sqrt(float((stated * (1 - stated)).sum()))
    assert abs(seen - stated.sum()) <= 3 * error
    assert 0 < seen < len(known)  # of neither would a mistake be noticed


@pytest.mark.parametrize(
    "kind", [Sort(total=3000), Sort(total=3000, drift=0.2)], ids=["steady", "drifting"]
)
def test_on_made_places_what_is_stated_is_what_is_measured(kind: Sort) -> None:
    found = [judged_made(of_seed(6, world), kind=kind, rank=12) for world in range(8)]
    assert_agrees(found, least=7)


@needs_shared
def test_on_real_places_what_is_stated_is_what_is_measured() -> None:
    _, newham = real_worlds(SHARED / "data")[0]
    assert_agrees(judged_real(newham, starts=(22,), most=14), least=5)

"""No street and no hour is claimed where the incidents cannot bear it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from models.hotspots.guard import Guard, claimable_street, guard_of
from models.hotspots.method_result import MethodResult
from models.hotspots.ranking import describe
from tests.planted import SOUTH, WEST, incidents_at, square_area

HERE = shapely.box(WEST + 1000, SOUTH + 1000, WEST + 1200, SOUTH + 1200)


def thirty(*, snapped: int = 0, piled: int = 0, untimed: int = 0) -> dict[str, Any]:
    easting = WEST + 1010.0 + 5 * np.arange(30)
    easting[: 3 * piled] = easting[0]
    hours = np.full(30, 20, dtype=np.int16)
    hours[: 3 * untimed] = -1
    incidents = incidents_at(
        easting,
        np.full(30, SOUTH + 1100.0),
        hour_of_week=hours,
        snapped=np.arange(30) < 3 * snapped,
        street=np.zeros(30, dtype=np.int32),
        streets=("Brick Lane",),
    )
    found = MethodResult(polygons=(HERE,), explanation="By hand.")
    frame = describe(found, incidents, area=square_area(), method="hand", letter="H").frame
    return {str(name): value for name, value in frame.iloc[0].items()}


def test_three_in_ten_may_be_snapped_piled_or_untimed_and_four_may_not() -> None:
    for fine in (thirty(), thirty(snapped=3), thirty(piled=3), thirty(untimed=3)):
        assert fine["near"] == "Brick Lane"
        assert str(fine["peak_window"]).startswith("Mon ")
        assert not any("claimed" in str(reason) for reason in fine["reasons"])
    for rough in (thirty(snapped=4), thirty(piled=4)):
        assert rough["near"] == "around Brick Lane"
        assert rough["reasons"][-1].startswith("no street or address is claimed: 40 % of")
    untimed = thirty(untimed=4)
    assert untimed["peak_window"] is None
    assert np.isnan(untimed["peak_share"])
    assert untimed["timed_incidents"] == 18
    assert untimed["reasons"][-1] == (
        "no hours are claimed: 40 % of its incidents have no known hour"
    )


def test_published_months_on_map_points_bear_neither_streets_nor_hours() -> None:
    row = thirty(snapped=10, piled=5, untimed=10)
    assert [reason.split(":")[0] for reason in row["reasons"][-2:]] == [
        "no street or address is claimed",
        "no hours are claimed",
    ]
    assert "anonymised map points" in row["reasons"][-2]


def test_nothing_is_refused_of_nothing_and_no_name_stays_no_name() -> None:
    nothing = guard_of(incidents_at([], []))
    assert nothing == Guard(snapped=0.0, shared=0.0, untimed=0.0)
    assert nothing.reasons == ()
    assert claimable_street("", guard=replace(nothing, snapped=1.0)) == ""


@pytest.mark.parametrize("share", [0.31, 1.0])
def test_either_reason_alone_is_enough(share: float) -> None:
    assert Guard(snapped=share, shared=0.0, untimed=0.0).no_street
    assert Guard(snapped=0.0, shared=share, untimed=0.0).no_street
    assert Guard(snapped=0.0, shared=0.0, untimed=share).no_hours

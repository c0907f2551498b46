"""How far two methods agree, on hotspots drawn by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import Polygon, box

from models.hotspots.agreement import Agreement, agreement
from models.hotspots.method_result import MethodResult
from models.hotspots.methods import METHODS, detect
from models.hotspots.ranking import describe
from tests.planted import CORNER, incidents_at, square_area, ward_of

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents
    from models.hotspots.shape import Hotspots

AREA = square_area(chosen=[0, 1])


def square(x: float, y: float, *, side: float = 200.0) -> Polygon:
    return box(CORNER[0] + x, CORNER[1] + y, CORNER[0] + x + side, CORNER[1] + y + side)


def found(incidents: Incidents, *polygons: Polygon) -> Hotspots:
    return describe(
        MethodResult(polygons, "by hand"), incidents, area=AREA, method="kde", letter="K"
    )


def spread(*places: tuple[float, float, int]) -> Incidents:
    points = np.concatenate([np.tile((x, y), (n, 1)) for x, y, n in places]) + CORNER
    return incidents_at(*points.T, ward=ward_of(*points.T))


def test_ground_and_incidents_are_split_into_both_and_each_alone() -> None:
    incidents = spread((50, 50, 5), (150, 150, 7), (250, 250, 3), (1500, 1500, 4), (150, 2500, 9))
    one = found(incidents, square(0, 0), square(1400, 1400))
    other = found(incidents, square(100, 100))
    seen = agreement(one, other, incidents=incidents, area=AREA)
    assert (seen.both.area_km2, seen.both.incidents) == (pytest.approx(0.01), 7)
    assert (seen.only_one.area_km2, seen.only_one.incidents) == (pytest.approx(0.07), 9)
    assert (seen.only_other.area_km2, seen.only_other.incidents) == (pytest.approx(0.03), 3)
    assert seen.overlap == pytest.approx(1 / 11)
    assert [(m.rank, m.share, m.others) for m in seen.one] == [
        (1, pytest.approx(0.25), (1,)),
        (2, 0.0, ()),
    ]
    assert [(m.rank, m.share, m.others) for m in seen.other] == [(1, pytest.approx(0.25), (1,))]


def test_a_hotspot_that_several_cover_names_the_largest_part_first() -> None:
    incidents = spread((10, 10, 9), (190, 190, 5))
    one = found(incidents, square(0, 0))
    other = found(incidents, square(0, 0, side=50), square(100, 100))
    seen = agreement(one, other, incidents=incidents, area=AREA)
    assert seen.one[0].others == (2, 1)
    assert seen.one[0].share == pytest.approx(0.3125)


def test_a_method_agrees_with_itself_and_nothing_agrees_with_nothing() -> None:
    incidents = spread((50, 50, 5))
    one, none = found(incidents, square(0, 0)), found(incidents)
    same = agreement(one, one, incidents=incidents, area=AREA)
    assert same.overlap == pytest.approx(1.0)
    assert same.one[0].share == pytest.approx(1.0)
    assert same.only_one.incidents == same.only_other.incidents == 0
    empty: Agreement = agreement(none, none, incidents=incidents, area=AREA)
    assert math.isnan(empty.overlap)
    assert empty.one == ()
    assert agreement(one, none, incidents=incidents, area=AREA).overlap == 0.0


def test_the_order_of_the_two_only_swaps_the_sides() -> None:
    rng = np.random.default_rng(8)
    points = np.concatenate((rng.uniform(0, 4000, (600, 2)), rng.normal(1000, 60, (200, 2))))
    points = points + CORNER
    incidents = incidents_at(*points.T, ward=ward_of(*points.T))
    one, other = (
        detect(incidents, AREA, settings=METHODS[name].defaults) for name in ("kde", "gi_star")
    )
    there = agreement(one, other, incidents=incidents, area=AREA)
    back = agreement(other, one, incidents=incidents, area=AREA)
    assert there.both.incidents == back.both.incidents > 100
    assert there.only_one.incidents == back.only_other.incidents
    assert there.overlap == pytest.approx(back.overlap)
    assert there.one == back.other
    total = there.both.incidents + there.only_one.incidents
    assert total == one.frame["incidents"].sum()

"""One walking loop brought out on a map in the browser."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from geo.crs import WGS84
from geo.screen.loop_layer import bring_out_loop
from geo.walk_legs import WalkStep
from tests.made_hotspots import SOUTH, WEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.palettes import Theme

SQUARE = [(0, 0), (160, 0), (160, 120), (0, 120), (0, 0)]
SIDES = [WalkStep("A", 160), WalkStep("B", 120), WalkStep("C", 160), WalkStep("D", 120)]


def told(
    points: Sequence[tuple[float, float]], steps: Sequence[WalkStep], *, theme: Theme = "light"
) -> dict[str, Any]:
    group = folium.FeatureGroup(name="Routes")
    way = [(WEST + x, SOUTH + y) for x, y in points]
    bring_out_loop(group, way, steps, metric_crs="EPSG:27700", theme=theme)
    held: dict[str, Any] = json.loads(next(iter(group._children.values())).data)
    return held


def metres(places: Sequence[Sequence[float]]) -> np.ndarray:
    """Places as [latitude, longitude], in metres from the first corner."""
    points = gpd.GeoSeries(shapely.points([(x, y) for y, x in places]), crs=WGS84).to_crs(27700)
    found: np.ndarray = shapely.get_coordinates(points) - (WEST, SOUTH)
    return found


def test_steps_are_numbered_along_the_way_and_the_start_is_where_it_begins() -> None:
    held = told(SQUARE, SIDES)
    assert [each["number"] for each in held["steps"]] == [1, 2, 3, 4]
    way = shape(held["way"])
    assert len(way.geoms) == 4
    ground = shapely.LineString(SQUARE)
    for x, y in metres([each["at"] for each in held["steps"]]):
        assert ground.distance(shapely.Point(x, y)) < 1
    assert metres([held["start"]])[0] == pytest.approx((0, 0), abs=0.5)


def test_arrows_point_the_way_that_is_walked() -> None:
    held = told(SQUARE, SIDES)
    turns = [each["turn"] for each in held["arrows"]]
    for turn, bearing in zip(turns, (90, 0, -90, 180), strict=True):
        assert abs((turn - bearing + 180) % 360 - 180) <= 3  # grid north is not quite north


def test_numbers_of_a_street_that_is_walked_both_ways_lie_apart() -> None:
    there_and_back = [(0, 0), (100, 0), (0, 0)]
    held = told(there_and_back, [WalkStep("A", 100), WalkStep("A", 100)])
    places = metres([each["at"] for each in held["steps"]])
    for one, other in combinations(places, 2):
        assert np.hypot(*(one - other)) > 10
    assert sorted(np.sign(np.round(places[:, 1])).tolist()) == [-1, 1]


def test_a_step_of_no_length_has_a_number_and_no_arrow() -> None:
    held = told(SQUARE, [SIDES[0], WalkStep("B", 0), *SIDES[1:]])
    assert [each["number"] for each in held["steps"]] == [1, 2, 3, 4, 5]
    assert len(held["arrows"]) == 4


def test_no_name_of_a_street_reaches_the_browser_and_themes_differ_in_style_alone() -> None:
    hostile = [WalkStep("<script>`${x}`", each.metres) for each in SIDES]
    light, dark = (told(SQUARE, hostile, theme=theme) for theme in ("light", "dark"))
    assert "script" not in json.dumps(light)
    assert {key for key in light if light[key] != dark[key]} == {"style"}

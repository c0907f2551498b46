"""What a page brings to its map's search."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely import box
from shapely.geometry import shape

from geo.crs import WGS84
from geo.screen.found_places import MapMove, MapPlace, moved_to, offered_places
from geo.screen.maps import NameDigests, base_map
from geo.screen.search_style import SEARCH_STYLES
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import SOUTH, WEST, made_wards

if TYPE_CHECKING:
    import folium
    from shapely.geometry.base import BaseGeometry

SQUARE = box(WEST, SOUTH, WEST + 200, SOUTH + 200)
CRS = "EPSG:27700"


def told(group: folium.FeatureGroup) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(next(iter(group._children.values())).data)
    return held


def metres(held: dict[str, Any]) -> BaseGeometry:
    return gpd.GeoSeries([shape(held)], crs=WGS84).to_crs(CRS)[0]


def test_a_place_goes_out_with_its_name_kind_detail_and_shape() -> None:
    group = offered_places(
        [MapPlace("1. Near Cable Street", "hotspot", "9 incidents", SQUARE)], metric_crs=CRS
    )
    (row,) = told(group)["places"]
    assert (row["name"], row["kind"], row["detail"]) == (
        "1. Near Cable Street", "hotspot", "9 incidents",
    )  # fmt: skip
    assert metres(row["shape"]).symmetric_difference(SQUARE).area < 0.02 * SQUARE.area
    assert told(offered_places([], metric_crs=CRS)) == {"places": []}


def test_a_move_has_its_number_so_that_the_same_row_can_be_chosen_again() -> None:
    first, again = (moved_to(MapMove(SQUARE, number), metric_crs=CRS) for number in (1, 2))
    assert (told(first)["number"], told(again)["number"]) == (1, 2)
    assert told(first)["shape"] == told(again)["shape"]
    assert told(first)["marked"] is True
    assert told(moved_to(MapMove(SQUARE, 1, marked=False), metric_crs=CRS))["marked"] is False


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_texts_cannot_leave_the_script_that_they_are_in(name: str) -> None:
    place = MapPlace(name, "tasking", name, SQUARE)
    for group in (
        offered_places([place], metric_crs=CRS),
        moved_to(MapMove(SQUARE, 1, name), metric_crs=CRS),
    ):
        data = next(iter(group._children.values())).data
        assert not set("<>&'`$") & set(data)
        assert "{{" not in data.replace('{"', "")  # folium reads a page as a template once more
        assert json.loads(data)
        assert not re.search(r"[\x00-\x1f\u2028\u2029\u202e]", data)


def test_the_search_knows_wards_with_their_boroughs_and_which_files_to_fetch() -> None:
    wards = made_wards(["Weavers", "Weavers", "Mile End", HOSTILE_NAMES[0]]).assign(
        borough_name=["Tower Hamlets", "Elsewhere", "Tower Hamlets", "Tower Hamlets"]
    )
    search = json.loads(base_map(wards, names=NameDigests("a" * 32, "b" * 32)).search)
    assert [(each["name"], each["detail"]) for each in search["wards"][:2]] == [
        ("Weavers", "Tower Hamlets"),
        ("Weavers", "Elsewhere"),
    ]
    assert (search["streets"], search["postcodes"]) == ("a" * 32, "b" * 32)
    assert base_map(wards, names=NameDigests("a" * 32)).fingerprint != base_map(wards).fingerprint
    alone = json.loads(base_map(made_wards()).search)
    assert {each["detail"] for each in alone["wards"]} <= {""}
    assert SEARCH_STYLES["light"] != SEARCH_STYLES["dark"]

"""The names that a browser searches by: which streets are one, where they are, and their wards."""

from __future__ import annotations

import gzip
import json
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import Point, Polygon

from geo.crs import WGS84
from geo.place_names import postcode_names, street_names
from geo.places import places_box
from geo.postcodes import PostcodeTable
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import SOUTH, WEST, made_wards
from tests.made_places import line, made_layer, made_places

WARDS = made_wards()  # four squares of a kilometre, from west to east
BOX = places_box(tuple(WARDS.total_bounds.tolist()))


def read(packed: bytes | None) -> dict[str, Any]:
    assert packed is not None
    held: dict[str, Any] = json.loads(gzip.decompress(packed))
    return held


def metres(origin: list[int], *places: tuple[int, int]) -> list[tuple[float, float]]:
    """Return whole units from the origin as metres from the wards' south-western corner."""
    points = [Point((origin[0] + x) / 1e5, (origin[1] + y) / 1e5) for x, y in places]
    moved = gpd.GeoSeries(points, crs=WGS84).to_crs(27700)
    return [(point.x - WEST, point.y - SOUTH) for point in moved]


def streets(*rows: tuple[str, str, Any]) -> dict[str, Any]:
    return read(street_names([made_layer("street", list(rows))], wards=WARDS, box=BOX))


def test_pieces_that_lie_together_are_one_street_with_its_wards_the_most_of_it_first() -> None:
    held = read(street_names(made_places(), wards=WARDS, box=BOX))
    names = held["wards"]
    found = {row[0]: [names[number] for number in row[1]] for row in held["streets"]}
    wards = WARDS["ward_name"].tolist()
    assert found["Raven Row"] == wards[:1]
    assert found["Cable Street"] == wards[1:2]
    assert set(found["Whitechapel Road"]) <= set(wards)  # through all four: a quarter is named
    assert len(found["Whitechapel Road"]) <= 3
    assert sorted(row[0] for row in held["streets"]) == [
        "Cable Street", "Raven Row", "Whitechapel Road",
    ]  # fmt: skip
    stations = {row[0]: [names[number] for number in row[1]] for row in held["stations"]}
    assert stations["Shadwell"] == wards[:1]
    assert stations["Mile End"][0] in wards[2:]  # on the border of two wards: one of them
    assert len(held["stations"]) == 2


def test_parts_of_a_park_are_one_and_its_point_lies_inside_the_largest() -> None:
    parts = [((100, 100), (300, 100), (300, 400), (100, 400)), ((320, 100), (360, 100), (340, 160))]
    rows = [("Long Park", "park", Polygon([(WEST + x, SOUTH + y) for x, y in at])) for at in parts]
    rows.append(("Long Park", "park", shapely.affinity.translate(rows[0][2], 2000)))
    rows.append(("", "park", shapely.affinity.translate(rows[0][2], 1000)))
    held = read(street_names([made_layer("park", rows)], wards=WARDS, box=BOX))
    assert (held["streets"], held["stations"]) == ([], [])
    west, east = sorted(held["parks"], key=lambda row: row[2])
    assert [row[0] for row in held["parks"]] == ["Long Park"] * 2
    assert (west[1], east[1]) == ([0], [2])
    corners = [(west[2], west[3]), (west[2] + west[4], west[3] + west[5])]
    corners.append((west[2] + west[6], west[3] + west[7]))
    south_west, north_east, point = metres(held["origin"], *corners)
    assert south_west == pytest.approx((100, 100), abs=10)
    assert north_east == pytest.approx((360, 400), abs=10)
    assert 100 < point[0] < 300
    assert 100 < point[1] < 400


def test_equal_names_apart_are_two_streets_told_apart_by_their_wards() -> None:
    held = streets(
        ("High Street", "local", line((100, 100), (300, 100))),
        ("High Street", "main", line((320, 100), (400, 100))),  # goes on as another class
        ("High Street", "local", line((2100, 800), (2300, 800))),
    )
    west, east = sorted(held["streets"], key=lambda row: row[2])
    assert (west[1], east[1]) == ([0], [2])
    corners = metres(held["origin"], (west[2], west[3]), (west[2] + west[4], west[3] + west[5]))
    assert corners[0] == pytest.approx((100, 100), abs=10)  # the box is one of degrees
    assert corners[1] == pytest.approx((400, 100), abs=10)


def test_a_bent_street_is_marked_at_a_place_on_it() -> None:
    bent = line((100, 100), (100, 900), (900, 900))
    held = streets(("Bent Lane", "local", bent))
    (row,) = held["streets"]
    ((x, y),) = metres(held["origin"], (row[2] + row[6], row[3] + row[7]))
    assert bent.distance(Point(WEST + x, SOUTH + y)) < 3


def test_a_street_outside_every_ward_has_a_name_and_no_ward() -> None:
    (row,) = streets(("Far Road", "local", line((-800, 100), (-600, 100))))["streets"]
    assert row[:2] == ["Far Road", []]


def test_hostile_names_travel_as_text_on_one_line() -> None:
    rows = [
        (name, "local", line((100, 40 * at), (200, 40 * at)))
        for at, name in enumerate(HOSTILE_NAMES)
    ]
    packed = street_names(
        [made_layer("street", rows)], wards=made_wards(HOSTILE_NAMES[:4]), box=BOX
    )
    assert packed is not None
    assert not set("<>&'`$") & set(gzip.decompress(packed).decode())
    held = read(packed)
    texts = [row[0] for row in held["streets"]] + held["wards"]
    assert all(len(text) <= 60 and "\n" not in text and "\x00" not in text for text in texts)


def test_without_a_name_there_is_nothing_to_find() -> None:
    river = [layer for layer in made_places() if layer.kind == "water"]
    assert street_names(river, wards=WARDS, box=BOX) is None
    nameless = [made_layer("street", [("", "path", line((1, 1), (90, 1)))])]
    assert street_names(nameless, wards=WARDS, box=BOX) is None


def test_postcodes_travel_by_district_with_their_places() -> None:
    table = PostcodeTable.of(
        ["E1 6QL", "E1 6AA", "E14 5HA", "SW1A 1AA", "E1 9ZZ"],
        easting=WEST + np.array([100, 200, 900, 90_000, 300]),
        northing=SOUTH + np.array([100, 200, 300, 400, 500]),
        ended=[False, False, False, False, True],
    )
    held = read(postcode_names(table, box=BOX))  # far away and out of use are left out
    assert sorted(held["districts"]) == ["E1", "E14"]
    halves, *flat = held["districts"]["E1"]
    assert halves == "6AA6QL"
    first, step = (flat[0], flat[1]), (flat[2], flat[3])
    second = (first[0] + step[0], first[1] + step[1])
    places = metres(held["origin"], first, second)
    assert places[0] == pytest.approx((200, 200), abs=1.5)
    assert places[1] == pytest.approx((100, 100), abs=1.5)
    assert postcode_names(table, box=(0.0, 0.0, 1.0, 1.0)) is None

"""The ground as it travels to a browser: what is in it, how exact it is, and how small."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import WGS84
from geo.ground import UNITS_PER_DEGREE, Ground, ground_of, steps
from geo.places import STREET_CLASSES, places_box
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import SOUTH, WEST, made_wards
from tests.made_places import line, made_layer, made_places, many_streets
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from geo.places import PlacesLayer

BOX = places_box(tuple(made_wards().total_bounds.tolist()))


def content(ground: Ground | None, name: str = "") -> dict[str, Any]:
    assert ground is not None
    read: dict[str, Any] = json.loads(gzip.decompress(ground.files[name]))
    return read


def degrees(flat: list[int], origin: list[int]) -> np.ndarray:
    """Read back what `steps` wrote, as the script in the browser does."""
    whole = np.cumsum(np.array(flat).reshape(-1, 2), axis=0) + origin
    return whole / UNITS_PER_DEGREE


def streets(ground: Ground | None) -> dict[str, list[tuple[str, shapely.LineString]]]:
    """Return the streets of a ground by class, in EPSG:27700."""
    read = content(ground)
    found = {}
    for place_class, rows in read["street"].items():
        lines = [shapely.LineString(degrees(row[1:], read["origin"])) for row in rows]
        metres = gpd.GeoSeries(lines, crs=WGS84).to_crs(27700)
        texts = [read["texts"][row[0]] if row[0] >= 0 else "" for row in rows]
        found[place_class] = list(zip(texts, metres, strict=True))
    return found


WHOLE = st.integers(-(10**7), 10**7)


@given(st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=40))
def test_steps_lead_back_to_the_points(points: list[tuple[int, int]]) -> None:
    flat = steps(np.array(points, dtype=np.int64))
    assert np.cumsum(np.array(flat).reshape(-1, 2), axis=0).tolist() == [list(p) for p in points]


@given(
    st.lists(
        st.tuples(st.integers(-900, 4900), st.integers(-900, 1900)),
        min_size=2,
        max_size=12,
        unique=True,
    )
)
def test_a_street_comes_back_to_within_a_few_metres(points: list[tuple[int, int]]) -> None:
    street = line(*points)
    found = streets(ground_of([made_layer("street", [("A", "local", street)])], box=BOX))
    drawn = shapely.union_all([each for _, each in found["local"]])
    assert drawn.hausdorff_distance(street) < 4.0  # 2 m simpler, a metre of rounding


def test_pieces_of_a_street_become_one_line_and_classes_stay_apart() -> None:
    found = streets(ground_of(made_places(), box=BOX))
    assert {each: [name for name, _ in rows] for each, rows in found.items()} == {
        "main": ["Whitechapel Road"],
        "secondary": ["Cable Street"],
        "local": ["Raven Row"],
        "path": [""],
    }
    assert found["main"][0][1].length == pytest.approx(5000, abs=10)
    assert list(found) == [each for each in STREET_CLASSES if each in found]


def test_areas_lines_and_stations_are_there_and_cameras_are_not() -> None:
    ground = ground_of(made_places(), box=BOX)
    read = content(ground)
    assert ground is not None
    assert ground.kinds == ("water", "park", "rail", "street", "station")
    assert ground.credit_lines == ("© Makers of maps", "© OpenStreetMap contributors")
    assert [read["texts"][row[0]] for row in read["station"]] == ["Shadwell", "Mile End"]
    assert read["sheets"] == []
    ((name, middle, ring),) = read["water"]
    assert read["texts"][name] == "River"
    corners = shapely.Polygon(degrees(ring, read["origin"]))
    assert corners.contains(shapely.Point(degrees(middle, read["origin"])[0]))
    metres = gpd.GeoSeries([corners], crs=WGS84).to_crs(27700)[0]
    river = shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 300)
    assert metres.symmetric_difference(river).area < 0.01 * river.area


def test_water_may_be_a_line() -> None:
    cut = made_layer("water", [("The Cut", "canal", line((0, 0), (500, 500)))])
    read = content(ground_of([cut], box=BOX))
    assert read["water"] == []
    assert len(read["waterway"]) == 1


def test_what_lies_outside_the_box_is_left_out_and_what_crosses_its_edge_is_cut() -> None:
    rows = [
        ("Far Road", "main", line((9000, 0), (9500, 0))),
        ("Long Road", "main", line((0, 0), (90_000, 0))),
    ]
    found = streets(ground_of([made_layer("street", rows)], box=BOX))
    ((name, long),) = found["main"]
    assert name == "Long Road"
    assert long.bounds[2] == pytest.approx(BOX[2], abs=2)


def test_without_a_layer_of_the_ground_there_is_none() -> None:
    assert ground_of([], box=BOX) is None
    assert ground_of([made_places()[-1]], box=BOX) is None


def test_the_digest_changes_with_what_is_drawn_and_with_nothing_else() -> None:
    first, again = (ground_of(made_places(), box=BOX) for _ in range(2))
    other = ground_of(made_places()[:4], box=BOX)
    assert first is not None
    assert other is not None
    assert first == again
    assert len(first.digest) == 32
    assert other.digest != first.digest


def test_hostile_names_hold_nothing_that_a_page_could_run_or_that_hides_other_text() -> None:
    rows = [
        (name, "local", line((0, 20 * at), (900, 20 * at))) for at, name in enumerate(HOSTILE_NAMES)
    ]
    ground = ground_of([made_layer("street", rows)], box=BOX)
    assert ground is not None
    raw = gzip.decompress(ground.files[""]).decode("ascii")
    assert not set("<>&'`$") & set(raw)
    texts = content(ground)["texts"]
    assert len(texts) == len(HOSTILE_NAMES)
    assert all(len(text) <= 60 for text in texts)
    assert not any(letter in text for text in texts for letter in "\u2028\u202e\u2066\x00\x07\n")


def test_very_many_small_streets_travel_in_sheets_that_hold_each_once() -> None:
    ground = ground_of([many_streets()], box=BOX)
    read = content(ground)
    assert ground is not None
    assert list(read["street"]) == ["main"]
    assert set(ground.files) == {"", *(str(at) for at in range(len(read["sheets"])))}
    assert len(read["sheets"]) > 1
    names = []
    for at, (west, south, east, north) in enumerate(read["sheets"]):
        sheet = content(ground, str(at))
        for row in sheet["street"]["local"]:
            names.append(sheet["texts"][row[0]])
            x, y = degrees(row[1:], read["origin"]).T
            assert west - 2e-5 <= x.min() <= x.max() <= east + 2e-5
            assert south - 2e-5 <= y.min() <= y.max() <= north + 2e-5
    assert sorted(names) == sorted(f"Street {number}" for number in range(8_001))


def newport() -> PlacesLayer:
    file = gpd.read_file(SHARED / "data/layers/streets_newport_wales.gpkg")
    main = {"motorway": "motorway", "primary": "main", "secondary": "secondary"}
    rows = [
        (name or "", main.get(place_class, "local"), shape)
        for name, place_class, shape in zip(
            file["name"].fillna(""), file["class"], file.geometry, strict=True
        )
    ]
    return made_layer("street", rows)


@needs_shared
def test_a_whole_city_s_named_streets_take_less_than_80_kb() -> None:
    layer = newport()
    west, south, east, north = layer.frame.total_bounds.tolist()
    ground = ground_of([layer], box=(west, south, east, north))
    assert ground is not None
    assert list(ground.files) == [""]
    assert len(ground.files[""]) < 80_000
    drawn = streets(ground)
    assert len({name for rows in drawn.values() for name, _ in rows} - {""}) == 1365
    length = sum(line.length for rows in drawn.values() for _, line in rows)
    assert length == pytest.approx(layer.frame.length.sum(), rel=0.01)

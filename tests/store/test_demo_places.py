"""The demo's streets and places: kept once, never over a borough's own, and taken out again."""

from __future__ import annotations

import gzip
import json
import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from data.demo.geography import demo_postcodes, demo_wards
from data.demo.place_layers import build_places, demo_place_layers, remove_demo_places
from data.demo.postcode_table import build_postcodes, remove_demo_postcodes
from data.layers.map_names import map_file, names_digest
from data.layers.places import (
    NothingToUndoError,
    load_places,
    loaded_places,
    save_places,
    undo_places,
)
from data.layers.postcodes import postcodes_in_use, save_postcodes
from data.settings import Settings
from geo.places import KIND_FAMILIES, STREET_CLASSES, PlacesLayer, places_box
from geo.postcodes import PostcodeTable

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KINDS = (
    "street", "park", "water", "rail", "station", "school", "hospital", "town_centre", "camera",
    "zone",
)  # fmt: skip
COUNTS = {
    "park": 20, "water": 5, "rail": 7, "station": 41, "school": 40, "hospital": 3,
    "town_centre": 7, "camera": 81, "zone": 3,
}  # fmt: skip
FAMILIES = {"Point": "point", "LineString": "line", "Polygon": "polygon"}


@pytest.fixture
def own(demo_settings: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "var"
    folder.mkdir()
    shutil.copytree(demo_settings.places_path, folder / demo_settings.places_path.name)
    return demo_settings.model_copy(update={"store": folder})


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return Settings(store=tmp_path / "var", operations_url=None, _env_file=None)


def borough_parks(name: str = "Borough Park") -> PlacesLayer:
    frame = gpd.GeoDataFrame(
        {"name": [name], "place_class": ["park"]},
        geometry=[shapely.box(535000, 182000, 535100, 182100)],
        crs=27700,
    )
    return PlacesLayer("park", "Parks", date(2026, 11, 1), "Council", "OGL", "Council", frame)


def test_the_demo_holds_a_layer_of_each_kind_and_every_title_says_simulated(
    demo_settings: Settings,
) -> None:
    held = loaded_places(demo_settings)
    assert tuple(each.kind for each in held) == KINDS
    assert all(each.title.startswith("SIMULATED") for each in held)
    assert all(each.credit and each.licence for each in held)
    by_kind = {each.kind: each for each in held}
    assert {kind: by_kind[kind].rows for kind in COUNTS} == COUNTS
    assert 13_000 < by_kind["street"].rows < 14_000
    assert "drawn by hand, approximate" in by_kind["street"].credit
    assert "SIMULATED" in by_kind["street"].credit
    assert "Contains OS data" in by_kind["street"].credit


def test_every_place_is_a_valid_shape_of_its_kind_near_the_wards(demo_settings: Settings) -> None:
    box = shapely.box(*places_box(tuple(demo_wards().total_bounds)))
    for kind in KINDS:
        layer = load_places(demo_settings, kind)
        assert layer is not None
        shapes = layer.frame.geometry
        assert layer.frame.crs.to_epsg() == 27700
        assert {FAMILIES[each] for each in shapes.geom_type} <= set(KIND_FAMILIES[kind])
        assert shapes.is_valid.all()
        assert shapes.intersects(box).all()
        assert (layer.frame["name"] != "").all()
    streets = load_places(demo_settings, "street")
    assert streets is not None
    assert set(streets.frame["place_class"]) <= set(STREET_CLASSES)


def test_what_is_invented_says_so_and_what_is_real_is_where_it_is(demo_settings: Settings) -> None:
    for kind in ("school", "camera", "zone"):
        layer = load_places(demo_settings, kind)
        assert layer is not None
        assert layer.frame["name"].str.startswith("SIMULATED").all()
        assert layer.frame["name"].is_unique
    cameras, streets = (load_places(demo_settings, kind) for kind in ("camera", "street"))
    assert cameras is not None
    assert streets is not None
    roads = streets.frame[streets.frame["place_class"].isin(["main", "secondary"])]
    for camera in cameras.frame.geometry:
        assert roads[roads.distance(camera) < 0.01]["name"].nunique() >= 2
    stations = load_places(demo_settings, "station")
    assert stations is not None
    mile_end = stations.frame.set_index("name").geometry["Mile End"]
    assert roads[roads.distance(mile_end) < 50]["name"].isin(["Mile End Road", "Bow Road"]).any()


def test_the_layers_are_the_same_each_time(demo_settings: Settings) -> None:
    for layer in demo_place_layers():
        held = load_places(demo_settings, layer.kind)
        assert held is not None
        assert held.frame.equals(layer.frame)


def test_building_them_again_adds_nothing(own: Settings) -> None:
    before = loaded_places(own)
    assert build_places(own, now=NOW) == ()
    assert loaded_places(own) == before


def test_a_layer_of_the_borough_is_neither_overwritten_nor_removed(empty: Settings) -> None:
    theirs, _ = save_places(borough_parks(), empty, now=NOW, person="Amina Khan")
    assert set(build_places(empty, now=NOW)) == set(KINDS) - {"park"}
    assert set(remove_demo_places(empty)) == set(KINDS) - {"park"}
    assert loaded_places(empty) == (theirs,)


def test_a_borough_layer_over_the_demo_stays_and_cannot_be_undone_to_it(own: Settings) -> None:
    theirs, _ = save_places(borough_parks(), own, now=NOW, person="Amina Khan")
    remove_demo_places(own)
    assert loaded_places(own) == (theirs,)
    with pytest.raises(NothingToUndoError):
        undo_places(own, "park")
    assert loaded_places(own) == (theirs,)


def test_taking_them_out_leaves_no_file(own: Settings) -> None:
    assert remove_demo_places(own) == KINDS
    assert list(own.places_path.iterdir()) == []
    assert remove_demo_places(own) == ()


def test_the_demo_has_the_postcodes_that_its_streets_were_made_from_and_maps_find_them(
    demo_settings: Settings,
) -> None:
    held = postcodes_in_use(demo_settings)
    assert held is not None
    assert len(held) == len(demo_postcodes()) == 12_316
    found = held.positions(["e1 0aa", "E1 0AD"])
    assert found.easting.tolist() == [535_267, 535_042]
    packed = map_file(demo_settings, digest=names_digest(demo_settings, "postcodes"), sheet="")
    assert packed is not None
    assert len(packed) < 70_000
    assert {"E1", "E2", "E3", "E14"} <= set(json.loads(gzip.decompress(packed))["districts"])


def test_a_postcode_table_of_the_borough_stays(empty: Settings) -> None:
    empty.store.mkdir(parents=True)
    theirs = PostcodeTable.of(["E1 6QL"], easting=[533_846], northing=[181_990])
    save_postcodes(theirs, empty.postcodes_path)
    assert not build_postcodes(empty)
    assert not remove_demo_postcodes(empty)
    kept = postcodes_in_use(empty)
    assert kept is not None
    assert kept.postcodes.to_pylist() == ["E16QL"]


def test_taking_the_demo_s_postcodes_out_leaves_no_file(empty: Settings) -> None:
    empty.store.mkdir(parents=True)
    before = set(empty.store.iterdir())
    assert build_postcodes(empty)
    assert not build_postcodes(empty)
    assert remove_demo_postcodes(empty)
    assert not remove_demo_postcodes(empty)
    assert set(empty.store.iterdir()) == before
    elsewhere = empty.model_copy(update={"metric_crs": "EPSG:32631"})  # another grid of metres
    assert build_postcodes(elsewhere)
    held = postcodes_in_use(elsewhere)
    assert held is not None
    assert held.metric_crs == "EPSG:32631"
    assert remove_demo_postcodes(elsewhere)

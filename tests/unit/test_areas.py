"""Areas that people choose: what is taken, what is refused and why."""

from __future__ import annotations

import json
import math
import sqlite3
from typing import TYPE_CHECKING

import geopandas as gpd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from data.sources.area_files import NoAreaInFileError, UnstatedCrsError, read_areas
from data.sources.source_file import open_source
from geo.areas import AreaError, area_label, checked_area, circle, from_degrees
from geo.place_text import PlaceTextError, typed_place
from geo.postcodes import PostcodeTable
from geo.screen.area_layers import MapArea, area_layers, drawing_map
from geo.screen.maps import base_map
from tests.hostile_names import HOSTILE_NAMES

if TYPE_CHECKING:
    from pathlib import Path

CRS = "EPSG:27700"
X, Y = 534_000.0, 182_000.0


def wards() -> gpd.GeoDataFrame:
    """Two wards of a square kilometre side by side."""
    return gpd.GeoDataFrame(
        {
            "ward_code": ["W1", "W2"],
            "ward_name": ["West", "East"],
            "geometry": [box(X, Y, X + 1000, Y + 1000), box(X + 1000, Y, X + 2000, Y + 1000)],
        },
        crs=CRS,
    )


def at(east: float, north: float, *, wide: float = 100, high: float = 100) -> Polygon:
    return box(X + east, Y + north, X + east + wide, Y + north + high)


def test_an_area_over_two_wards_names_the_one_with_the_most_of_it_first() -> None:
    area = checked_area(at(925, 100), wards=wards())
    assert area.wards == (("W1", 0.75), ("W2", 0.25))
    assert area.ward_codes == ("W1", "W2")
    assert area.outside == 0.0
    assert area.notes == ()


def test_an_area_that_reaches_beyond_the_wards_is_taken_and_says_so() -> None:
    area = checked_area(at(-25, 100), wards=wards())
    assert area.outside == 0.25
    assert area.notes[0].startswith("25% of the area lies outside the wards loaded")


def test_what_cannot_be_an_area_is_refused_with_its_reason() -> None:
    bow_tie = Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    cases = {
        "crosses or touches itself (self-intersection near 534,050 182,050)": bow_tie,
        "outside every ward": at(5000, 0),
        "found nothing": Polygon(),
        "found a linestring": LineString([(X, Y), (X + 1, Y)]),
        "it must be at least 100 m²": at(0, 0, wide=9, high=9),
        "it may be at most 20 km²": at(0, 0, wide=5000, high=5000),
    }
    for words, shape in cases.items():
        with pytest.raises(AreaError) as refused:
            checked_area(shape, wards=wards())
        assert words in str(refused.value)


def test_an_area_with_heights_loses_them_and_one_of_several_parts_is_taken() -> None:
    parts = MultiPolygon([at(100, 100), at(300, 100)])
    assert checked_area(shapely.force_3d(parts, 7.0), wards=wards()).shape == parts


@given(radius_m=st.floats(25, 2500))
def test_a_circle_has_nearly_its_area_and_never_more(radius_m: float) -> None:
    area = circle(X, Y, radius_m=radius_m).area
    assert 0.998 * math.pi * radius_m**2 < area < math.pi * radius_m**2


@pytest.mark.parametrize("radius_m", [24.9, 2500.1, math.nan])
def test_a_circle_of_another_size_is_refused(radius_m: float) -> None:
    with pytest.raises(AreaError, match="Choose one from 25 m to 2,500 m"):
        circle(X, Y, radius_m=radius_m)


def test_corners_in_degrees_come_back_as_the_polygon_they_were() -> None:
    drawn = at(100, 100)
    corners = gpd.GeoSeries([drawn], crs=CRS).to_crs("EPSG:4326").iloc[0].exterior.coords
    back = from_degrees([list(corner) for corner in corners], metric_crs=CRS)
    assert back.symmetric_difference(drawn).area < 1.0
    with pytest.raises(AreaError, match="Too few corners"):
        from_degrees([[0.0, 51.0], [0.0, 51.1], [0.0, 51.0]], metric_crs=CRS)


def test_sizes_are_said_in_square_kilometres_and_small_ones_in_hectares_too() -> None:
    assert area_label(at(0, 0)) == "0.010 km² (1.0 hectares)"
    assert area_label(at(0, 0, wide=2000, high=1000)) == "2.00 km²"


def test_a_place_is_a_postcode_an_easting_and_northing_or_a_latitude_and_longitude() -> None:
    table = PostcodeTable.of(["E1 6QL"], easting=[X], northing=[Y])
    assert typed_place(" e1 6ql", postcodes=table, metric_crs=CRS).easting == X
    assert typed_place("533846, 181990", postcodes=None, metric_crs=CRS).northing == 181_990
    there = typed_place("51.5207 -0.0712", postcodes=None, metric_crs=CRS)
    back = gpd.points_from_xy([there.easting], [there.northing], crs=CRS).to_crs("EPSG:4326")
    assert (round(back.y[0], 5), round(back.x[0], 5)) == (51.5207, -0.0712)
    with pytest.raises(PlaceTextError, match="no postcode table is loaded"):
        typed_place("E1 6QL", postcodes=None, metric_crs=CRS)
    with pytest.raises(PlaceTextError, match="is not a place"):
        typed_place("Brick Lane", postcodes=table, metric_crs=CRS)


def written(folder: Path, shapes: list[object], **columns: object) -> Path:
    path = folder / "areas.gpkg"
    gpd.GeoDataFrame({**columns, "geometry": shapes}, crs=CRS).to_file(path, engine="pyogrio")
    return path


def test_each_shape_of_a_file_is_taken_or_rejected_with_its_number_and_reason(
    tmp_path: Path,
) -> None:
    path = written(
        tmp_path, [at(100, 100), at(9000, 0), at(300, 0)], name=["Park", "Far away", None]
    )
    read = read_areas(open_source(path), wards=wards())
    assert [each.name for each in read.areas] == ["Shape 1: Park", "Shape 3"]
    assert [number for number, _ in read.rejected] == [2]
    assert "outside every ward" in read.rejected[0][1]
    assert read.areas[0].area.ward_codes == ("W1",)


def test_geojson_is_longitude_and_latitude_and_lands_where_it_should(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    gpd.GeoDataFrame({"geometry": [at(100, 100)]}, crs=CRS).to_crs("EPSG:4326").to_file(path)
    (found,) = read_areas(open_source(path), wards=wards()).areas
    assert found.area.shape.symmetric_difference(at(100, 100)).area < 1.0


def test_metres_that_are_called_degrees_are_refused_until_they_are_called_metres(
    tmp_path: Path,
) -> None:
    path = tmp_path / "areas.geojson"
    shape = json.loads(shapely.to_geojson(at(100, 100)))
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(NoAreaInFileError, match="are not in that coordinate system"):
        read_areas(open_source(path), wards=wards())
    (found,) = read_areas(open_source(path), wards=wards(), crs=CRS).areas
    assert found.area.shape == at(100, 100)


def test_a_file_without_a_coordinate_system_must_be_given_one(tmp_path: Path) -> None:
    path = written(tmp_path, [at(100, 100)])
    with sqlite3.connect(path) as package:  # as programs write it that do not know the system
        package.execute("UPDATE gpkg_geometry_columns SET srs_id = -1")
        package.execute("UPDATE gpkg_contents SET srs_id = -1")
    with pytest.raises(UnstatedCrsError, match="does not say its coordinate system"):
        read_areas(open_source(path), wards=wards())
    assert len(read_areas(open_source(path), wards=wards(), crs=CRS).areas) == 1


def test_a_file_of_points_holds_no_area(tmp_path: Path) -> None:
    path = written(tmp_path, [Point(X, Y)])
    with pytest.raises(NoAreaInFileError, match="shape 1: No area: found a point"):
        read_areas(open_source(path), wards=wards())


def test_a_file_with_hundreds_of_shapes_is_not_a_choice(tmp_path: Path) -> None:
    path = written(tmp_path, [at(each, 0) for each in range(201)])
    with pytest.raises(NoAreaInFileError, match="too many shapes"):
        read_areas(open_source(path), wards=wards())


def test_labels_on_the_map_are_shown_and_never_run() -> None:
    for name in HOSTILE_NAMES:
        layers = area_layers([MapArea(at(0, 0), "chosen", name)], metric_crs=CRS)
        script = next(iter(layers._children.values())).data  # type: ignore[attr-defined]
        assert not set(script) & set("<>`$'")
    empty = area_layers([], metric_crs=CRS)
    assert '"bounds":null' in next(iter(empty._children.values())).data  # type: ignore[attr-defined]


def test_the_map_to_draw_on_needs_leaflet_alone() -> None:
    chart = drawing_map(base_map(wards()), theme="light")
    html = chart.get_root().render()
    assert "draw:created" in html
    assert "leaflet.draw" not in html


def test_a_postcode_table_without_rows_is_still_a_table() -> None:
    none = PostcodeTable.of(pa.array([], pa.string()), easting=[], northing=[])
    with pytest.raises(PlaceTextError, match="is not a place"):
        typed_place("E1 6QL", postcodes=none, metric_crs=CRS)

"""Ward layers: what is found, mended, reported and refused, and the ward of each incident."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.crs import BRITISH_NATIONAL_GRID as BNG
from geo.postcodes import PostcodeTable
from geo.ward_checks import (
    DuplicateWardsError,
    MissingCrsError,
    WardFileError,
    WrongGeometryError,
    WrongPlaceError,
)
from geo.ward_columns import NoWardCodesError, UnknownColumnError
from geo.ward_vintage import vintage_warnings
from geo.wards import WardLayer, ward_layer
from tests.shared_data import SHARED, needs_shared

E, N = 533_000.0, 181_000.0  # in Tower Hamlets
BOUNDARIES = SHARED / "data/boundaries"


def square(column: int, row: int, size: float = 1000.0) -> Polygon:
    west, south = E + column * size, N + row * size
    return box(west, south, west + size, south + size)


def wards_frame(
    shapes: list[object], *, crs: str | None = BNG, **columns: list[object]
) -> gpd.GeoDataFrame:
    numbers = range(1, len(shapes) + 1)
    table = columns or {
        "WD22CD": [f"E0500000{i}" for i in numbers],
        "WD22NM": [f"Ward {i}" for i in numbers],
    }
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


def layer_of(*shapes: object, **columns: list[object]) -> WardLayer:
    return ward_layer(wards_frame(list(shapes), **columns), metric_crs=BNG)


def findings(layer: WardLayer, kind: str) -> list[str]:
    return [finding.message for finding in layer.report if finding.kind == kind]


# Columns


def test_codes_and_names_are_found_by_content_and_sorted_by_code() -> None:
    layer = layer_of(
        square(0, 0),
        square(1, 0),
        NAME=["Weavers", "Bow East"],
        GSS_CODE=["E05009336", "E05009318"],
        HECTARES=[1.5, 2.5],
        LB_GSS_CD=["E09000030", "E09000030"],
        BOROUGH=["Tower Hamlets", "Tower Hamlets"],
    )
    assert layer.codes == ("E05009318", "E05009336")
    assert layer.names == ("Bow East", "Weavers")
    assert layer.borough_codes == ("E09000030", "E09000030")
    assert list(layer.frame["borough_name"]) == ["Tower Hamlets"] * 2
    assert list(layer.frame.columns) == [
        "ward_code",
        "ward_name",
        "borough_code",
        "borough_name",
        "geometry",
    ]
    assert layer.metric_crs == BNG
    assert layer.bounds == (E, N, E + 2000, N + 1000)
    assert len(layer) == 2


def test_the_onss_own_pairs_of_columns_go_together() -> None:
    layer = layer_of(
        square(0, 0),
        square(1, 0),
        LAD22CD=["W06000001", "W06000001"],
        LAD22NM=["Isle of Anglesey", "Isle of Anglesey"],
        WD22CD=["W05000001", "W05000002"],
        WD22NMW=["Aberffraw a Rhosneigr", "Bodowyr"],
        WD22NM=["Aberffraw", "Bodowyr"],
    )
    assert layer.names == ("Aberffraw", "Bodowyr")
    assert list(layer.frame["borough_name"]) == ["Isle of Anglesey"] * 2


@pytest.mark.parametrize("code", ["E05009317", "W05000999", "S13002516", "N08000101"])
def test_codes_of_all_four_countries_are_known(code: str) -> None:
    assert layer_of(square(0, 0), a=["Somewhere"], b=[code]).codes == (code,)


def test_a_file_of_other_areas_is_refused_and_shows_what_it_holds() -> None:
    frame = wards_frame([square(0, 0)], LSOA21CD=["E01004198"], LSOA21NM=["Tower Hamlets 002B"])
    with pytest.raises(NoWardCodesError, match=r"LSOA21CD \(E01004198\)"):
        ward_layer(frame, metric_crs=BNG)


def test_named_columns_are_taken_whatever_they_hold() -> None:
    frame = wards_frame([square(0, 0), square(1, 0)], beat=[12, 7], title=["North", " South "])
    layer = ward_layer(frame, metric_crs=BNG, code_column="beat", name_column="title")
    assert layer.codes == ("12", "7")
    assert layer.names == ("North", "South")


def test_a_named_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownColumnError, match=r"'ward'\. It has: WD22CD, WD22NM"):
        ward_layer(wards_frame([square(0, 0)]), metric_crs=BNG, code_column="ward")


def test_wards_without_names_are_called_by_their_codes_and_the_report_says_so() -> None:
    layer = layer_of(square(0, 0), id=["E05000001"], size=[5])
    assert layer.names == ("E05000001",)
    assert "called by their codes" in findings(layer, "columns")[0]
    assert layer.borough_codes == (None,)
    assert layer.frame["borough_name"].isna().all()


def test_the_borough_can_be_stated_for_a_file_that_does_not_give_it() -> None:
    layer = ward_layer(wards_frame([square(0, 0)]), metric_crs=BNG, borough_code="E09000030")
    assert layer.borough_codes == ("E09000030",)
    assert "taken to be E09000030" in findings(layer, "columns")[0]


# What is refused


def test_a_missing_coordinate_system_is_refused_with_examples() -> None:
    with pytest.raises(MissingCrsError, match="EPSG:27700"):
        ward_layer(wards_frame([square(0, 0)], crs=None), metric_crs=BNG)


@pytest.mark.parametrize(
    ("crs", "shape", "reason"),
    [
        ("EPSG:4326", square(0, 0), "too large for longitude and latitude"),
        ("EPSG:27700", box(-0.06, 51.5, -0.05, 51.6), "these are degrees"),
        ("EPSG:4326", box(51.5, -0.06, 51.6, -0.05), "the wrong way round"),
        ("EPSG:4326", box(-87.7, 41.8, -87.6, 41.9), "outside Great Britain"),
    ],
)
def test_coordinates_that_cannot_be_in_their_system_are_refused(
    crs: str, shape: Polygon, reason: str
) -> None:
    with pytest.raises(WrongPlaceError, match=reason):
        ward_layer(wards_frame([shape], crs=crs), metric_crs=BNG)


def test_a_layer_in_degrees_is_refused() -> None:
    with pytest.raises(WrongPlaceError, match="EPSG:4326 is not a metric CRS"):
        ward_layer(wards_frame([square(0, 0)]), metric_crs="EPSG:4326")


@pytest.mark.parametrize("shape", [Point(E, N), LineString([(E, N), (E + 1, N)])])
def test_points_and_lines_are_refused_with_their_row(shape: object) -> None:
    with pytest.raises(WrongGeometryError, match=r"are not polygons, first row 2"):
        ward_layer(wards_frame([square(0, 0), shape]), metric_crs=BNG)


@pytest.mark.parametrize("shape", [None, Polygon(), MultiPolygon()])
def test_a_ward_without_a_shape_is_refused_with_its_row(shape: object) -> None:
    with pytest.raises(WrongGeometryError, match=r"1 of 2 rows .* no shape, first row 2"):
        ward_layer(wards_frame([square(0, 0), shape]), metric_crs=BNG)


def test_a_ward_without_area_is_refused_even_when_mended() -> None:
    flat = Polygon([(E, N), (E + 10, N), (E + 5, N), (E, N)])
    with pytest.raises(WrongGeometryError, match="no area, even when mended: E05000002"):
        ward_layer(wards_frame([square(0, 0), flat]), metric_crs=BNG)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(WrongGeometryError, match="has no rows"):
        ward_layer(wards_frame([square(0, 0)]).iloc[:0], metric_crs=BNG)


def test_one_ward_in_several_rows_is_joined_and_said() -> None:
    layer = layer_of(
        square(0, 0),
        square(1, 0),
        square(2, 0),
        WD22CD=["E05000001", "E05000002", "E05000001"],
        WD22NM=["Bow", "Poplar", "Bow"],
    )
    assert layer.codes == ("E05000001", "E05000002")
    assert layer.frame.geometry.area.tolist() == [2e6, 1e6]
    assert findings(layer, "joined") == [
        "One ward stood in several rows of the file, and the parts were joined: "
        "Bow (E05000001, 2 rows)."
    ]


def test_parts_whose_names_differ_in_case_or_blanks_alone_are_one_ward() -> None:
    layer = layer_of(
        square(0, 0),
        square(2, 0),
        square(4, 0),
        WD22CD=["E05000001", "E05000001", "E05000001"],
        WD22NM=["Bow East", "BOW EAST", "Bow  east "],
    )
    assert (layer.codes, layer.names) == (("E05000001",), ("Bow East",))
    assert layer.frame.geometry.area.tolist() == [3e6]


def test_many_small_gaps_are_one_line() -> None:
    strips = [box(E + 20 * i, N, E + 20 * i + 20, N + 10) for i in range(8)]
    holes = [box(E + 20 * i + 5, N + 5, E + 20 * i + 6.5, N + 6) for i in range(7)]
    large = box(E + 140, N + 20, E + 160, N + 40)
    around = box(E - 50, N - 50, E + 300, N + 100).difference(shapely.union_all([*strips, large]))
    pierced = [strip.difference(shapely.union_all(holes)) for strip in strips]
    (first, rest) = findings(layer_of(*pierced, around), "gap")
    assert first.startswith("No ward covers 400 m² of ground")
    assert rest.startswith("7 more gaps between wards, 10 m² in all, the largest 2 m², in 7 wards.")


def test_a_code_in_rows_of_two_names_is_refused() -> None:
    frame = wards_frame(
        [square(0, 0), square(1, 0), square(2, 0)],
        code=["E05000001", "E05000002", "E05000001"],
        name=["Bow", "Poplar", "Lansbury"],
    )
    with pytest.raises(DuplicateWardsError, match=r"1 ward code .*'code': E05000001"):
        ward_layer(frame, metric_crs=BNG)


def test_a_blank_code_in_a_named_column_is_refused_with_its_row() -> None:
    frame = wards_frame([square(0, 0), square(1, 0)], code=["A", " "])
    with pytest.raises(DuplicateWardsError, match=r"1 ward has no code .* first row 2"):
        ward_layer(frame, metric_crs=BNG, code_column="code")


def test_more_wards_than_can_be_numbered_are_refused() -> None:
    many = [square(i % 200, i // 200, 10.0) for i in range(33_000)]
    frame = wards_frame(many, code=[f"A{i}" for i in range(33_000)])
    with pytest.raises(WardFileError, match="33,000, and at most 32,767"):
        ward_layer(frame, metric_crs=BNG, code_column="code")


# What is mended and reported


def test_a_tidy_layer_has_nothing_to_report_but_its_columns() -> None:
    layer = layer_of(square(0, 0), square(1, 0), square(0, 1), square(1, 1))
    assert [finding.kind for finding in layer.report] == ["columns"]


def test_a_broken_ring_is_mended_keeping_its_polygons_and_reported() -> None:
    bow_tie = Polygon([(E, N), (E + 100, N + 100), (E + 100, N), (E, N + 100)])
    layer = layer_of(bow_tie, square(1, 0))
    assert layer.frame.geometry.is_valid.all()
    assert layer.frame.geometry[0].area == pytest.approx(5000.0)
    [words] = findings(layer, "mended")
    assert "Ward 1 (E05000001)" in words
    assert "Self-intersection" in words


def test_a_spike_is_cut_off_and_only_polygons_are_kept() -> None:
    spike = [(E, N), (E + 10, N), (E + 10, N + 10), (E + 10, N + 90), (E + 10, N + 10), (E, N + 10)]
    layer = layer_of(Polygon(spike))
    assert layer.frame.geometry[0].geom_type in {"Polygon", "MultiPolygon"}
    assert layer.frame.geometry[0].area == pytest.approx(100.0)


def test_an_overlap_is_reported_with_its_area_and_the_ward_that_gets_the_incidents() -> None:
    layer = layer_of(square(0, 0), shapely.transform(square(1, 0), lambda xy: xy - [20, 0]))
    [overlap] = [finding for finding in layer.report if finding.kind == "overlap"]
    assert overlap.area_m2 == pytest.approx(20_000.0)
    assert overlap.wards == ("E05000001", "E05000002")
    assert "overlap by 20,000 m²" in overlap.message
    assert "counted once, in Ward 1" in overlap.message
    assert layer.locate([E + 990], [N + 500]).ward.tolist() == [0]


def test_a_gap_is_reported_with_its_area_and_place() -> None:
    frame = square(0, 0).difference(box(E + 400, N + 400, E + 600, N + 500))
    layer = layer_of(frame, square(1, 0))
    [gap] = [finding for finding in layer.report if finding.kind == "gap"]
    assert gap.area_m2 == pytest.approx(20_000.0)
    assert gap.wards == ("E05000001",)
    assert "20,000 m² of ground around 533500, 181450" in str(gap)


def test_slivers_under_a_square_metre_are_not_worth_a_word() -> None:
    layer = layer_of(square(0, 0), shapely.transform(square(1, 0), lambda xy: xy - [0.0005, 0]))
    assert findings(layer, "overlap") == []


def test_heights_are_dropped_and_reported() -> None:
    layer = layer_of(shapely.force_3d(square(0, 0), 12.0))
    assert not layer.frame.geometry.has_z.any()
    assert findings(layer, "heights") == ["Heights (z) in the file were dropped."]


def test_the_frame_given_is_not_changed() -> None:
    frame = wards_frame([square(1, 0), square(0, 0)], b=["E05000002", "E05000001"])
    before = frame.copy()
    ward_layer(frame, metric_crs=BNG)
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


# The ward of each incident


def test_a_point_is_given_its_ward_the_nearest_within_the_tolerance_or_none() -> None:
    layer = layer_of(square(0, 0), square(1, 0))
    x = [E + 500, E + 1500, E - 30, E - 50, E - 51, E + 1000, E + 2000]
    y = [N + 500, N + 500, N + 500, N + 500, N + 500, N + 500, N + 500]
    match = layer.locate(x, y)
    assert match.ward.tolist() == [0, 1, 0, 0, -1, 1, 1]
    assert match.snapped.tolist() == [False, False, True, True, False, False, False]
    assert match.ward.dtype == np.int16


def test_the_tolerance_may_be_zero() -> None:
    match = layer_of(square(0, 0)).locate([E - 1, E + 1], [N + 5, N + 5], tolerance_m=0.0)
    assert match.ward.tolist() == [-1, 0]
    assert match.snapped.tolist() == [False, False]


@settings(deadline=None, max_examples=50)
@given(
    points=st.lists(
        st.tuples(st.floats(-100, 2100), st.floats(-100, 1100)), min_size=1, max_size=30
    ),
    tolerance=st.floats(0, 80),
)
def test_ward_totals_plus_outside_equal_the_points_and_only_outsiders_are_snapped(
    points: list[tuple[float, float]], tolerance: float
) -> None:
    layer = layer_of(square(0, 0), square(1, 0))
    x, y = (np.array(points) + np.array([E, N])).T
    match = layer.locate(x, y, tolerance_m=tolerance)
    away = shapely.distance(shapely.union_all(layer.frame.geometry), shapely.points(x, y))
    totals = np.bincount(match.ward[match.ward >= 0], minlength=2)
    assert totals.sum() + (match.ward < 0).sum() == len(points)
    assert (match.ward[away < tolerance] >= 0).all()
    assert (match.ward[away > max(tolerance, 0.002)] < 0).all()
    assert (away[match.snapped] > 0).all()
    assert match.snapped[(match.ward >= 0) & (away > 0.002)].all()


# The right wards


def test_wards_of_another_borough_are_serious() -> None:
    frame = wards_frame([square(0, 0)], a=["E05000001"], LAD=["E09000012"])
    layer = ward_layer(frame, metric_crs=BNG)
    [finding] = vintage_warnings(layer, borough_code="E09000030")
    assert finding.serious
    assert "E09000012" in finding.message
    assert finding.message.startswith("None of the wards is in the borough")
    assert vintage_warnings(layer, borough_code="E09000012") == ()


def test_a_file_that_does_not_name_its_borough_is_only_remarked_on() -> None:
    [finding] = vintage_warnings(layer_of(square(0, 0)), borough_code="E09000030")
    assert not finding.serious
    assert "does not say which borough" in finding.message


def test_a_few_unknown_codes_are_remarked_on_and_many_are_serious() -> None:
    layer = layer_of(*(square(i, 0) for i in range(5)))
    others = [f"E0500001{i}" for i in range(5)]
    assert vintage_warnings(layer, incident_ward_codes=[*layer.codes, *others, None]) == ()
    [doubtful] = vintage_warnings(layer, incident_ward_codes=[*layer.codes[:3], *others[:2]])
    assert not doubtful.serious
    assert "Only 3 of the 5" in doubtful.message
    [wrong] = vintage_warnings(layer, incident_ward_codes=others)
    assert wrong.serious
    assert wrong.wards == layer.codes
    assert vintage_warnings(layer, incident_ward_codes=[None]) == ()


def test_a_few_wards_among_all_of_londons_are_no_cause_for_alarm() -> None:
    layer = layer_of(*(square(i, 0) for i in range(9)))
    assert vintage_warnings(layer, incident_ward_codes=layer.codes[:2]) == ()


def test_postcodes_tell_old_boundaries_even_where_the_codes_stayed() -> None:
    layer = layer_of(square(0, 0), square(1, 0))
    inside = [E + 500, E + 600, E + 1500, E + 1600]
    table = PostcodeTable.of(
        ["E1 0AA", "E1 0AB", "E1 0AC", "E1 0AD"],
        easting=inside,
        northing=[N + 500] * 4,
        ward_codes=["E05000001", "E05000002", "E05000001", "E05000001"],
    )
    [finding] = vintage_warnings(layer, postcodes=table)
    assert finding.serious
    assert "Only 25% of 4 postcodes" in finding.message


# Real files


@needs_shared
@pytest.mark.parametrize(
    ("name", "wards", "borough"),
    [
        ("wards_2014_tower_hamlets.geojson", 20, "E09000030"),
        ("wards_2014_hackney.geojson", 21, "E09000012"),
        ("wards_2014_newham.geojson", 20, "E09000025"),
    ],
)
def test_real_ward_files_need_no_mending(name: str, wards: int, borough: str) -> None:
    layer = ward_layer(gpd.read_file(BOUNDARIES / name), metric_crs=BNG)
    assert len(layer) == wards
    assert set(layer.borough_codes) == {borough}
    assert [finding.kind for finding in layer.report] == ["columns"]


@needs_shared
def test_londons_two_broken_wards_are_mended() -> None:
    frame = gpd.read_file(BOUNDARIES / "london_wards_2014_bng.gpkg")
    layer = ward_layer(frame, metric_crs=BNG)
    mended = [finding.wards for finding in layer.report if finding.kind == "mended"]
    assert mended == [("E05009392",), ("E05009400",)]
    assert layer.frame["borough_name"].nunique() == 33
    assert findings(layer, "overlap") == []
    rng = np.random.default_rng(3)
    x, y = rng.uniform(*layer.bounds[::2], 20_000), rng.uniform(*layer.bounds[1::2], 20_000)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=BNG)
    joined = points.sjoin(layer.frame[["geometry"]], predicate="within", how="left")
    expected = joined.groupby(level=0)["index_right"].min().fillna(-1).astype(int)
    assert layer.locate(x, y, tolerance_m=0.0).ward.tolist() == expected.tolist()


@needs_shared
def test_the_seventeen_old_wards_are_not_mistaken_for_the_current_ones() -> None:
    rows = pd.read_csv(SHARED / "data/postcodes/codepoint_open_2025-05_th_hackney.csv")
    table = PostcodeTable.of(
        rows["postcode"],
        easting=rows["easting"],
        northing=rows["northing"],
        ward_codes=list(rows["admin_ward_code"]),
    )
    now = ward_layer(gpd.read_file(BOUNDARIES / "wards_2014_tower_hamlets.geojson"), metric_crs=BNG)
    old = ward_layer(
        gpd.read_file(BOUNDARIES / "wards_2013_pre2014_E09000030.json"), metric_crs=BNG
    )
    codes = list(rows["admin_ward_code"])
    assert vintage_warnings(now, incident_ward_codes=codes, postcodes=table) == ()
    assert len(old) == 17
    by_codes, by_place = vintage_warnings(old, incident_ward_codes=codes, postcodes=table)
    assert by_codes.serious
    assert by_place.serious
    assert by_codes.message.startswith("Only 0 of the 17 ward codes")

"""Ward files of every kind are read alike; what is no ward file is refused in plain words."""

from __future__ import annotations

import json
import warnings
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
import shapely.affinity
from geopandas.testing import assert_geodataframe_equal
from pyarrow import parquet
from shapely import Point, box

from data.faults import DiskFullError
from data.layers.wards import load_wards, save_wards
from data.rows.errors import (
    ChangedFileError,
    DamagedFileError,
    EmptyFileError,
    NoSuchFileError,
    TooLargeError,
    UnsafeArchiveError,
)
from data.sources.boundaries import WARD_LIMITS, UnknownCrsError, read_wards
from data.sources.files import Limits
from data.sources.map_files import NotAMapFileError, WhichLayerError
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID as BNG
from geo.ward_checks import MissingCrsError, WrongGeometryError, WrongPlaceError
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

    from geo.wards import WardLayer

BOUNDARIES = SHARED / "data/boundaries"


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    shapes = [box(533_000 + i * 1000, 181_000, 534_000 + i * 1000, 182_000) for i in range(3)]
    return gpd.GeoDataFrame(
        {
            "WD22CD": ["E05000003", "E05000001", "E05000002"],
            "WD22NM": ["Weavers", "St Dunstan's", "Whitechapel"],
            "LAD22CD": ["E09000030"] * 3,
        },
        geometry=shapes,
        crs=BNG,
    )


def read(path: Path, *, limits: Limits = WARD_LIMITS, **options: object) -> WardLayer:
    source = open_source(path, limits=limits)
    return read_wards(source, **{"metric_crs": BNG, **options})  # type: ignore[arg-type]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def shapefile(frame: gpd.GeoDataFrame, folder: Path, stem: str = "wards") -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    frame.to_file(folder / f"{stem}.shp")
    return {p.name: p.read_bytes() for p in folder.glob(f"{stem}.*")}


def geojson_text(frame: gpd.GeoDataFrame, *, crs_member: str | None = None) -> str:
    content = json.loads(frame.to_json(drop_id=True))
    content.pop("crs", None)
    if crs_member:
        content["crs"] = {"type": "name", "properties": {"name": crs_member}}
    return json.dumps(content)


def near(layer: WardLayer, frame: gpd.GeoDataFrame) -> bool:
    """Whether the layer holds the frame's wards, to a centimetre."""
    expected = frame.sort_values("WD22CD")
    pairs = zip(layer.frame.geometry, expected.geometry, strict=True)
    return layer.codes == tuple(expected["WD22CD"]) and all(
        shapely.hausdorff_distance(one, other) < 0.01 for one, other in pairs
    )


# The kinds of file


@pytest.mark.parametrize("crs", [BNG, "EPSG:4326", "EPSG:3857", "EPSG:4258", "EPSG:32630"])
@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_wards_come_out_the_same_from_every_kind_of_file_in_every_system(
    frame: gpd.GeoDataFrame, tmp_path: Path, ending: str, crs: str
) -> None:
    path = tmp_path / f"wards.{ending}"
    frame.to_crs(crs).to_file(path)
    layer = read(path)
    assert near(layer, frame)
    assert layer.names == ("St Dunstan's", "Whitechapel", "Weavers")
    assert layer.metric_crs == BNG


def test_a_zipped_shapefile_in_a_folder_is_read(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    parts = shapefile(frame, tmp_path / "parts")
    members = {f"Wards 2022/{name}": content for name, content in parts.items()}
    members |= {"Wards 2022/readme.txt": b"hello", "__MACOSX/Wards 2022/._wards.shp": b"x"}
    assert near(read(zipped(tmp_path / "wards.zip", members)), frame)


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_zipped_geopackage_or_geojson_is_read(
    frame: gpd.GeoDataFrame, tmp_path: Path, ending: str
) -> None:
    inner = tmp_path / f"inner.{ending}"
    frame.to_file(inner)
    path = zipped(tmp_path / "wards.zip", {inner.name: inner.read_bytes()})
    assert near(read(path), frame)


def test_a_file_with_the_wrong_ending_is_known_by_its_content(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    frame.to_file(tmp_path / "wards.gpkg")
    path = (tmp_path / "wards.gpkg").rename(tmp_path / "wards.json")
    assert near(read(path), frame)


def test_the_polygon_layer_of_a_geopackage_is_chosen_and_two_must_be_told_apart(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "all.gpkg"
    frame.to_file(path, layer="wards")
    frame.set_geometry(frame.geometry.centroid).to_file(path, layer="centres")
    assert near(read(path), frame)
    frame.to_file(path, layer="older")
    with pytest.raises(WhichLayerError, match=r"wards, older|older, wards"):
        read(path)
    assert near(read(path, layer="older"), frame)
    with pytest.raises(WhichLayerError, match="Name one of these"):
        read(path, layer="newer")


def test_two_maps_in_a_zip_must_be_told_apart(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    text = geojson_text(frame.to_crs("EPSG:4326")).encode()
    path = zipped(tmp_path / "two.zip", {"old.geojson": b"{}", "new/wards.geojson": text})
    with pytest.raises(WhichLayerError, match=r"new/wards\.geojson, old\.geojson"):
        read(path)
    assert near(read(path, layer="wards"), frame)


# Coordinate systems


def test_geojson_without_a_crs_is_longitude_and_latitude(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text(geojson_text(frame.to_crs("EPSG:4326")))
    assert near(read(path), frame)


def test_geojson_in_metres_that_does_not_say_so_is_refused_unless_the_user_says_so(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text(geojson_text(frame))
    with pytest.raises(WrongPlaceError, match="WGS 84, but they run from 533,000"):
        read(path)
    layer = read(path, crs=BNG)
    assert near(layer, frame)
    assert "as you stated" in next(f.message for f in layer.report if f.kind == "crs")


def test_geojson_with_a_stated_crs_is_read_in_it(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text(geojson_text(frame, crs_member="urn:ogc:def:crs:EPSG::27700"))
    assert near(read(path), frame)
    assert [f.kind for f in read(path, crs=BNG).report] == ["columns"]


def test_a_shapefile_without_its_prj_is_refused_unless_the_user_states_the_system(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    parts = shapefile(frame, tmp_path / "parts")
    del parts["wards.prj"]
    path = zipped(tmp_path / "wards.zip", parts)
    with pytest.raises(MissingCrsError, match="State it"):
        read(path)
    assert near(read(path, crs=BNG), frame)


def test_a_geopackage_that_does_not_know_its_system_is_refused(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "wards.gpkg"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(MissingCrsError):
        read(path)


def test_a_system_that_does_not_exist_is_refused(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    frame.to_file(tmp_path / "wards.gpkg")
    with pytest.raises(UnknownCrsError, match="'EPSG:99999999'"):
        read(tmp_path / "wards.gpkg", crs="EPSG:99999999")


# What is refused


def test_what_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFileError, match=r"wards\.geojson"):
        read(tmp_path / "wards.geojson")
    (tmp_path / "empty.geojson").touch()
    with pytest.raises(EmptyFileError):
        read(tmp_path / "empty.geojson")


def test_a_web_page_saved_as_geojson_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text("\ufeff\n<!DOCTYPE html><html><title>Sign in</title></html>")
    with pytest.raises(NotAMapFileError, match="a web page or XML"):
        read(path)


@pytest.mark.parametrize("content", [b"E05000001,Weavers\n", b"%PDF-1.7", b"\0" * 50])
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wards.csv"
    path.write_bytes(content)
    with pytest.raises(NotAMapFileError, match="GeoJSON, GeoPackage, Shapefile"):
        read(path)


@pytest.mark.parametrize("content", ['{"error": {"code": 400}}', "{}", '{"type": "Feat'])
def test_json_that_is_no_map_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "wards.json"
    path.write_text(content)
    with pytest.raises(NotAMapFileError, match=r"^wards\.json holds no b.* Found: 'wards\.json'"):
        read(path)


def test_geojson_that_was_cut_short_is_refused(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text(geojson_text(frame.to_crs("EPSG:4326"))[:-200])
    with pytest.raises(DamagedFileError, match=r"^wards\.geojson is damaged"):
        read(path)


def test_a_truncated_geopackage_is_refused(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "wards.gpkg"
    frame.to_file(path)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(DamagedFileError, match=r"wards\.gpkg is damaged"):
        read(path)


def test_a_map_without_rows_or_without_polygons_is_refused(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(WrongGeometryError, match="no rows"):
        read(path)
    points = frame.set_geometry([Point(533_000, 181_000)] * 3, crs=BNG)
    points.to_file(tmp_path / "points.gpkg")
    with pytest.raises(WrongGeometryError, match="a Point"):
        read(tmp_path / "points.gpkg")


def test_a_table_without_shapes_is_refused(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    shapefile(frame, tmp_path)
    (tmp_path / "bare").mkdir()
    path = zipped(tmp_path / "bare.zip", {"wards.dbf": (tmp_path / "wards.dbf").read_bytes()})
    with pytest.raises(NotAMapFileError, match=r"wards\.dbf"):
        read(path)


def test_a_shapefile_without_all_its_parts_is_refused(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    parts = shapefile(frame, tmp_path / "parts")
    only = {name: parts[name] for name in ("wards.shp", "wards.prj")}
    with pytest.raises(DamagedFileError, match=r"no \.shx and no \.dbf"):
        read(zipped(tmp_path / "part.zip", only))
    lonely = tmp_path / "wards.shp"
    lonely.write_bytes(parts["wards.shp"])
    with pytest.raises(DamagedFileError, match=r"no \.shx and no \.dbf"):
        read(lonely)


# Archives that mean harm


def test_an_archive_that_names_a_path_outside_itself_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "evil.zip", {"../../wards.geojson": b"{}"})
    with pytest.raises(UnsafeArchiveError, match=r"\.\./\.\./wards\.geojson"):
        read(path)


def test_an_archive_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"wards.geojson": b" " * 30_000_000})
    with pytest.raises(UnsafeArchiveError):
        read(path)


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_bytes(b"{" + b" " * 2_000_000)
    with pytest.raises(TooLargeError, match="limit 1 MB"):
        read(path, limits=Limits(unpacked_mb=1))


def test_a_truncated_archive_is_refused(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = zipped(tmp_path / "wards.zip", shapefile(frame, tmp_path / "parts"))
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DamagedFileError):
        read(path)


def test_a_broken_member_is_refused(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    text = geojson_text(frame.to_crs("EPSG:4326")).encode()
    path = tmp_path / "wards.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("wards.geojson", text)
    path.write_bytes(path.read_bytes().replace(b"Whitechapel", b"Whitecastle"))
    with pytest.raises(DamagedFileError, match=r"wards\.zip is damaged"):
        read(path)


# The layer in use


def test_a_kept_layer_comes_back_as_it_was_with_its_report(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    frame.loc[0, "geometry"] = shapely.affinity.translate(frame.geometry[0], xoff=30)
    frame.to_file(tmp_path / "wards.gpkg")
    layer = read(tmp_path / "wards.gpkg")
    assert {finding.kind for finding in layer.report} == {"columns", "overlap"}
    path = tmp_path / "store" / "wards.parquet"
    save_wards(layer, path)
    again = load_wards(path)
    assert_geodataframe_equal(again.frame, layer.frame)
    assert again.report == layer.report
    assert again.metric_crs == BNG
    assert again.locate([533_500.0], [181_500.0]).ward.tolist() == [2]
    save_wards(again, path)
    assert {each.name for each in path.parent.iterdir()} == {
        "wards.parquet",
        ".wards.parquet.sha256",
    }
    stored = json.loads(parquet.read_schema(path).metadata[b"hotspot_ward_report"])
    keys = {"kind", "words", "area_m2", "wards", "serious"}  # as every store since 0.1.0 has them
    assert all(set(each) == keys for each in stored)


def test_a_layer_that_cannot_be_written_leaves_the_old_one(
    frame: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame.to_file(tmp_path / "wards.gpkg")
    path = tmp_path / "store" / "wards.parquet"
    save_wards(read(tmp_path / "wards.gpkg"), path)
    before = path.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("data.durable.os.fsync", full)
    with pytest.raises(DiskFullError, match="the disk is full"):
        save_wards(read(tmp_path / "wards.gpkg"), path)
    assert path.read_bytes() == before
    assert {each.name for each in path.parent.iterdir()} == {
        "wards.parquet",
        ".wards.parquet.sha256",
    }


def test_a_ward_file_that_changes_after_it_was_opened_is_refused(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "wards.geojson"
    frame.to_crs("EPSG:4326").to_file(path)
    source = open_source(path)
    frame.to_crs("EPSG:4326").iloc[:2].to_file(path)
    with pytest.raises(ChangedFileError, match=r"wards\.geojson was changed"):
        read_wards(source, metric_crs=BNG)


def test_a_store_without_a_layer_or_with_a_broken_one_says_so(tmp_path: Path) -> None:
    path = tmp_path / "wards.parquet"
    with pytest.raises(NoSuchFileError, match="No ward layer"):
        load_wards(path)
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(DamagedFileError, match="Load the ward layer again"):
        load_wards(path)
    gpd.pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(DamagedFileError, match="no column ward_code"):
        load_wards(path)


@needs_shared
def test_real_files_are_read_and_kept(tmp_path: Path) -> None:
    sizes = {}
    for path in sorted(BOUNDARIES.glob("*wards*")):
        layer = read(path)
        save_wards(layer, tmp_path / "wards.parquet")
        assert_geodataframe_equal(load_wards(tmp_path / "wards.parquet").frame, layer.frame)
        sizes[path.name] = len(layer)
    assert sizes == {
        "london_wards_2014_bng.gpkg": 654,
        "wards_2013_pre2014_E09000030.json": 17,
        "wards_2014_hackney.geojson": 21,
        "wards_2014_newham.geojson": 20,
        "wards_2014_tower_hamlets.geojson": 20,
    }


def test_kml_is_read_by_its_content_and_from_a_kmz(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "wards.kml"
    frame.to_crs("EPSG:4326").to_file(path, driver="LIBKML", engine="pyogrio")
    other = tmp_path / "wards.xml"
    other.write_bytes(path.read_bytes())
    packed = zipped(tmp_path / "wards.kmz", {"doc.kml": path.read_bytes()})
    for each in (path, other, packed):
        assert near(read(each), frame)


def test_a_file_geodatabase_is_read_as_a_folder_and_from_a_zip(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    folder = tmp_path / "wards.gdb"
    frame.to_file(folder, driver="OpenFileGDB", engine="pyogrio", layer="Wards")
    members = {f"down/wards.gdb/{path.name}": path.read_bytes() for path in folder.iterdir()}
    packed = zipped(tmp_path / "wards.gdb.zip", {**members, "__MACOSX/down/._wards.gdb": b"x"})
    for each in (folder, packed):
        assert near(read(each), frame)
    assert near(read(packed, layer="Wards"), frame)
    two = {name.replace("wards.gdb", "other.gdb"): content for name, content in members.items()}
    both = zipped(tmp_path / "two.zip", {**members, **two})
    with pytest.raises(WhichLayerError, match=r"down/other\.gdb, down/wards\.gdb"):
        read(both)

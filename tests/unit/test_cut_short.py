"""Map files that were cut short: read whole, or refused in words, and never in part."""

from __future__ import annotations

import re
import shutil
import zipfile
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.rows.errors import DamagedFileError, EmptyFileError, FileError
from data.sources.boundaries import WARD_LIMITS, read_shapes
from data.sources.cut_short import refuse_cut_short
from data.sources.place_layers import WHOLE_BELOW_BYTES
from data.sources.places_reading import PLACE_LIMITS, PlacesFile, read_places
from data.sources.source_file import open_source
from tests.osm_files import osm_pbf, osm_xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BNG: Final = "EPSG:27700"
BOX: Final = (529_000.0, 179_000.0, 532_000.0, 182_000.0)
ROWS: Final = 600
CUTS: Final = (10, 50, 90)
# What the libraries below say in their own words.
_RAW: Final = re.compile(
    r"sqlite3?_|SELECT |\.cpp|fread|errno|GDAL|OGR|Traceback|0x", re.IGNORECASE
)


def streets(rows: int = ROWS) -> gpd.GeoDataFrame:
    x, y = np.random.default_rng(1).uniform(0, 900, (2, rows))
    corners = np.stack([x + 530_000, y + 180_000], axis=1)
    lines = shapely.linestrings(np.stack([corners, corners + np.array([60, 20])], axis=1))
    names = [f"Street number {at}" for at in range(rows)]
    return gpd.GeoDataFrame({"name": names, "highway": "residential"}, geometry=lines, crs=BNG)


def zipped(path: Path, *members: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in members:
            archive.write(each, each.name)
    return path


def shapefile(folder: Path) -> list[Path]:
    streets().to_file(folder / "a.shp")
    return sorted(folder.glob("a.*"))


def geodatabase(folder: Path) -> Path:
    streets().to_file(folder / "a.gdb", driver="OpenFileGDB")
    return zipped(folder / "a.zip", *(folder / "a.gdb").iterdir())


def written(folder: Path, name: str, driver: str, *, crs: str = BNG) -> Path:
    streets().to_crs(crs).to_file(folder / name, driver=driver)
    return folder / name


FORMATS: Final[dict[str, Callable[[Path], Path]]] = {
    "GeoPackage": lambda folder: written(folder, "a.gpkg", "GPKG"),
    "GeoJSON": lambda folder: written(folder, "a.geojson", "GeoJSON", crs="EPSG:4326"),
    "KML": lambda folder: written(folder, "a.kml", "KML", crs="EPSG:4326"),
    "FlatGeobuf": lambda folder: written(folder, "a.fgb", "FlatGeobuf"),
    "File Geodatabase": geodatabase,
    "OpenStreetMap XML": lambda folder: osm_xml(folder / "a.osm"),
    "OpenStreetMap PBF": lambda folder: osm_pbf(folder / "a.osm.pbf"),
    "ZIP of a Shapefile": lambda folder: zipped(folder / "a.zip", *shapefile(folder)),
    "ZIP of a GeoPackage": lambda folder: zipped(
        folder / "b.zip", written(folder, "a.gpkg", "GPKG")
    ),
}


def read(path: Path) -> PlacesFile:
    source = open_source(path, limits=PLACE_LIMITS)
    return read_places(source, kind="street", box=BOX, metric_crs=BNG)


def refusal(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        read(path)
    assert isinstance(caught.value, DamagedFileError | EmptyFileError), caught.value
    said = str(caught.value)
    assert not _RAW.search(said), said
    assert said.count("Found: ") == 1
    return caught.value


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_cut_short_anywhere_is_refused_in_words(form: str, tmp_path: Path) -> None:
    path = FORMATS[form](tmp_path)
    content = path.read_bytes()
    whole = len(read(path).frame)
    assert whole == (3 if form.startswith("Open") else ROWS)
    for share in (*CUTS, 99):
        path.write_bytes(content[: len(content) * share // 100])
        refusal(path)
    path.write_bytes(content[:-1])
    if form not in ("GeoJSON", "KML", "OpenStreetMap XML"):  # there it may be the line's end
        refusal(path)


@pytest.mark.parametrize("ending", [".shp", ".shx", ".dbf"])
def test_no_part_of_a_shapefile_may_be_cut_short_or_missing(ending: str, tmp_path: Path) -> None:
    shapefile(tmp_path)
    part, main = tmp_path / f"a{ending}", tmp_path / "a.shp"
    content = part.read_bytes()
    for length in (0, 50, *(len(content) * share // 100 for share in CUTS), len(content) - 2):
        part.write_bytes(content[:length])
        fault = refusal(main)
        if length > 50:
            assert f"its {ending} ends after {length:,} of" in fault.found
    part.unlink()
    if ending != ".shp":
        assert f"no {ending}" in refusal(main).found


def test_brackets_in_the_name_of_a_shapefile_do_no_harm(tmp_path: Path) -> None:
    for part in shapefile(tmp_path):
        part.rename(tmp_path / f"roads [1]{part.suffix}")
    assert len(read(tmp_path / "roads [1].shp").frame) == ROWS


def test_files_of_two_exports_do_not_make_one_shapefile(tmp_path: Path) -> None:
    shapefile(tmp_path)
    (tmp_path / "other").mkdir()
    streets(5).to_file(tmp_path / "other" / "a.shp")
    shutil.copy(tmp_path / "other" / "a.dbf", tmp_path / "a.dbf")
    fault = refusal(tmp_path / "a.shp")
    assert fault.found == "600 shapes in its .shx and 5 rows in its .dbf"


@pytest.mark.parametrize("share", CUTS)
def test_a_table_of_a_geodatabase_that_was_cut_short_is_refused_or_not_needed(
    share: int, tmp_path: Path
) -> None:
    geodatabase(tmp_path)
    refused = 0
    for part in sorted((tmp_path / "a.gdb").iterdir()):
        content = part.read_bytes()
        part.write_bytes(content[: len(content) * share // 100])
        try:
            assert len(read(tmp_path / "a.gdb").frame) == ROWS, part.name
        except FileError:
            refusal(tmp_path / "a.gdb")
            refused += 1
        part.write_bytes(content)
    assert refused >= 4


@pytest.mark.parametrize("rows", [1, 2, 15, 16, 17, 256, 257, 600])
@pytest.mark.parametrize("index", ["YES", "NO"])
def test_the_end_of_a_flatgeobuf_is_found_with_and_without_an_index(
    index: str, rows: int, tmp_path: Path
) -> None:
    path = tmp_path / "a.fgb"
    streets(rows).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX=index)
    refuse_cut_short(path, name="a.fgb")
    content = path.read_bytes()
    for length in range(20, len(content), 997):
        path.write_bytes(content[:length])
        with pytest.raises(DamagedFileError, match=r"^a\.fgb is damaged"):
            refuse_cut_short(path, name="a.fgb")


def test_a_large_file_of_which_the_box_alone_is_read_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.sources.place_layers.WHOLE_BELOW_BYTES", 1_000)
    assert WHOLE_BELOW_BYTES > 1_000
    for form in ("GeoPackage", "FlatGeobuf"):
        path = FORMATS[form](tmp_path)
        assert len(read(path).frame) == ROWS
        path.write_bytes(path.read_bytes()[:-5_000])
        refusal(path)


@pytest.mark.parametrize("form", ["GeoPackage", "GeoJSON", "KML", "ZIP of a Shapefile"])
def test_wards_are_never_read_in_part(form: str, tmp_path: Path) -> None:
    path = FORMATS[form](tmp_path)
    content = path.read_bytes()
    for share in CUTS:
        path.write_bytes(content[: len(content) * share // 100])
        with pytest.raises(DamagedFileError) as caught:
            read_shapes(open_source(path, limits=WARD_LIMITS))
        assert not _RAW.search(str(caught.value))


def test_a_shapefile_of_wards_is_never_read_in_part(tmp_path: Path) -> None:
    shapefile(tmp_path)
    content = (tmp_path / "a.shp").read_bytes()
    (tmp_path / "a.shp").write_bytes(content[: len(content) // 2])
    with pytest.raises(DamagedFileError, match=r"its \.shp ends after"):
        read_shapes(open_source(tmp_path / "a.shp", limits=WARD_LIMITS))

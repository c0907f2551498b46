"""Places are read from every format, and each bad file is refused in one sentence."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from data.rows.errors import DamagedFileError, EmptyFileError, FileError, UnknownColumnsError
from data.sources import place_layers
from data.sources.boundaries import UnknownCrsError
from data.sources.map_files import NotAMapFileError, WhichLayerError
from data.sources.place_choice import NoPlacesError, WrongShapesError
from data.sources.place_layers import NoCrsError, PlaceReading, WrongPlacesError
from data.sources.place_tables import TableCrsError
from data.sources.places_reading import PLACE_LIMITS, PlacesFile, read_places
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID as BNG
from geo.place_columns import UnknownPlaceColumnError
from geo.places import PLACE_COLUMNS, STREET_COLUMNS
from tests.hostile_names import HOSTILE_NAMES
from tests.osm_files import osm_pbf, osm_xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.places import PlaceKind

BOX = (529_000.0, 179_000.0, 532_000.0, 182_000.0)
NAMES = ["Bow Road", "Elm Row", "", "Far Lane"]


def streets() -> gpd.GeoDataFrame:
    """Three streets in the box, one of them twice as long as the box, and one far away."""
    lines = [
        LineString([(530_000, 180_000), (530_200, 180_000)]),
        LineString([(530_000, 180_100), (536_000, 180_100)]),
        LineString([(530_000, 180_200), (530_050, 180_200)]),
        LineString([(330_000, 180_200), (330_050, 180_200)]),
    ]
    classes = ["A Road", "Local Road", "Minor Road", "Local Road"]
    return gpd.GeoDataFrame({"name1": NAMES, "function": classes}, geometry=lines, crs=BNG)


def read(
    path: Path, kind: PlaceKind = "street", *, reading: PlaceReading | None = None
) -> PlacesFile:
    file = read_places(
        open_source(path, limits=PLACE_LIMITS), kind=kind, box=BOX, metric_crs=BNG, reading=reading
    )
    assert len(file.frame) + file.rows_rejected == file.rows_read
    assert set(file.frame.columns) - set(STREET_COLUMNS) == set(PLACE_COLUMNS)
    assert file.frame.crs == BNG
    return file


def as_ending(ending: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / f"roads{ending}"
        degrees = ending in (".geojson", ".kml")
        driver = {".kml": "KML", ".gdb": "OpenFileGDB"}.get(ending)
        streets().to_crs("EPSG:4326" if degrees else BNG).to_file(path, driver=driver)
        return path

    return write


def zipped(folder: Path) -> Path:
    streets().to_file(folder / "roads.shp")
    path = folder / "roads.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.glob("roads.*"):
            if part != path:
                archive.write(part, f"data/{part.name}")
    return path


def zipped_package(folder: Path) -> Path:
    streets().to_file(folder / "oproad_gb.gpkg", layer="road_link")
    path = folder / "oproad.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "oproad_gb.gpkg", "Data/oproad_gb.gpkg")
        archive.writestr("Doc/licence.txt", "OGL")
    return path


FORMATS = {
    "gpkg": as_ending(".gpkg"),
    "shp": as_ending(".shp"),
    "geojson": as_ending(".geojson"),
    "kml": as_ending(".kml"),
    "fgb": as_ending(".fgb"),
    "gdb": as_ending(".gdb"),
    "zip of shp": zipped,
    "zip of gpkg": zipped_package,
}


@pytest.mark.filterwarnings("ignore:.*")
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_streets_come_out_of_every_format(name: str, tmp_path: Path) -> None:
    path = FORMATS[name](tmp_path)
    reading = PlaceReading(name_column="name1", class_column="function")
    file = read(path, reading=reading)
    rows = dict(zip(file.frame["name"], file.frame["place_class"], strict=True))
    assert rows == {"Bow Road": "main", "Elm Row": "local", "": "secondary"}
    assert file.frame.geometry.length.tolist() == pytest.approx([200.0, 2000.0, 50.0], abs=0.5)
    (outside,) = file.rejected
    assert "it lies outside the wards and 1 km around" in str(outside)
    assert outside.example.endswith(", Far Lane")


@pytest.mark.parametrize("write", [osm_xml, osm_pbf])
@pytest.mark.parametrize(
    ("kind", "rows", "rejected"),
    [
        ("street", [('Tom "Thumb" Arch', "local"), ("", "path"), ("Slip", "main")], 4),
        ("park", [("Grove Park", "park")], 1),
        ("water", [("The Pond", "water"), ("Hertford Union", "canal")], 7),
        ("rail", [("Great Eastern", "rail")], 6),
        ("station", [("Bow Road", "station")], 4),
        ("bus_stop", [("Bow Church", "bus_stop")], 2),
        ("camera", [("", "surveillance")], 2),
    ],
)
def test_openstreetmap_is_read_by_its_tags(
    write: Callable[[Path], Path],
    kind: PlaceKind,
    rows: list[tuple[str, str]],
    rejected: int,
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "extract.osm")
    file = read(path, kind)
    found = list(zip(file.frame["name"], file.frame["place_class"], strict=True))
    assert (found, file.rows_rejected, file.is_osm) == (rows, rejected, True)
    if kind == "street":
        assert "it is no street that is there and open (proposed)" in str(file.rejected)
        assert "it is no street that is there and open (corridor)" in str(file.rejected)


def test_a_kind_that_openstreetmap_has_no_tag_for_needs_a_layer(tmp_path: Path) -> None:
    path = osm_xml(tmp_path / "extract.osm")
    with pytest.raises(NoPlacesError, match=r"Name one of its layers \(points, lines"):
        read(path, "other")
    assert len(read(path, "other", reading=PlaceReading(layer="points")).frame) == 3


NAPTAN = """ATCOCode,CommonName,StopType,Easting,Northing,Status
1,Bow Church,BCT,530100,180100,active
2,Old Stop,BCT,530200,180100,inactive
3,Bow Road,MET,530300,180100,active
4,Nowhere,BCT,,,active
5,Elsewhere,BCS,430300,180100,active
"""
SCHOOLS = """URN,EstablishmentName,EstablishmentStatus (name),Easting,Northing
100,Bow School,Open,530100,180100
101,Gone School,Closed,530100,180200
"""


def test_registers_are_read_from_csv_and_what_has_closed_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "stops.csv"
    path.write_text(NAPTAN, encoding="utf-8")
    stops = read(path, "bus_stop")
    assert stops.frame.iloc[0, :2].tolist() == ["Bow Church", "BCT"]
    assert stops.frame.geometry.tolist() == [Point(530_100, 180_100)]
    assert sorted(each.reason for each in stops.rejected) == [
        "it lies outside the wards and 1 km around",
        "its stop type is MET, which is another kind of place",
        "no place is given",
        "the register says that it is inactive",
    ]
    assert read(path, "station").frame["name"].tolist() == ["Bow Road"]
    path.write_text(SCHOOLS, encoding="utf-8")
    assert read(path, "school").frame["name"].tolist() == ["Bow School"]


def test_hostile_names_are_kept_as_they_are(tmp_path: Path) -> None:
    names = [each for each in HOSTILE_NAMES if "\x00" not in each]
    path = tmp_path / "hostile.gpkg"
    points = [Point(530_000 + i, 180_000) for i in range(len(names))]
    gpd.GeoDataFrame({"name": names}, geometry=points, crs=BNG).to_file(path)
    file = read(path, "camera")
    on_one_line = [" ".join(each.strip()[:200].split()) for each in names]
    assert file.frame["name"].tolist() == on_one_line


def test_a_large_file_is_read_in_the_wards_box_alone_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_layers, "WHOLE_BELOW_BYTES", 0)
    monkeypatch.setattr(place_layers, "BATCH_ROWS", 2)
    told: list[tuple[float, int]] = []
    for write in (as_ending(".gpkg"), as_ending(".fgb"), as_ending(".gdb")):
        file = read_places(
            open_source(write(tmp_path), limits=PLACE_LIMITS),
            kind="street",
            box=BOX,
            metric_crs=BNG,
            progress=lambda done, rows: told.append((done, rows)),
        )
        assert (len(file.frame), file.rows_read) == (3, 3)
        assert "only the wards' box and 1 km around was read: 3 of 4 rows lie there" in str(
            file.notes
        )
    assert told == [(0.5, 2), (0.75, 3)] * 3


def test_only_the_layers_of_a_known_product_are_read(tmp_path: Path) -> None:
    path = tmp_path / "zoomstack.gpkg"
    for part, layer in ((slice(0, 1), "roads_national"), (slice(1, 4), "roads_local")):
        streets()[part].rename(columns={"function": "type", "name1": "name"}).to_file(
            path, layer=layer
        )
    streets().to_file(path, layer="waterlines")
    file = read(path)
    assert file.frame["name"].tolist() == ["Bow Road", "Elm Row", ""]
    assert "Read from the layers roads_national, roads_local." in file.notes


def test_a_file_of_several_layers_needs_one_named(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    for layer in ("here", "there"):
        streets().to_file(path, layer=layer)
    with pytest.raises(WhichLayerError, match=r"several layers.*here, there.*Name one"):
        read(path)
    with pytest.raises(WhichLayerError, match=r"here, there"):
        read(path, reading=PlaceReading(layer="nowhere"))
    assert len(read(path, reading=PlaceReading(layer="there")).frame) == 3


def refused(path: Path, kind: PlaceKind = "street", **said: str) -> FileError:
    with pytest.raises(FileError) as caught:
        read(path, kind, reading=PlaceReading(**said))
    return caught.value


def test_a_layer_that_lies_elsewhere_says_where_and_how_far(tmp_path: Path) -> None:
    path = tmp_path / "wales.gpkg"
    streets()[3:].to_file(path)
    fault = refused(path)
    assert isinstance(fault, WrongPlacesError)
    assert str(fault) == (
        "wales.gpkg lies elsewhere: none of it is in the wards or within 1 km of them. Found: "
        "330,000, 180,200 to 330,050, 180,200 in metres, 199 km away; the wards and 1 km around "
        "are 529,000, 179,000 to 532,000, 182,000. Choose a file of this area, or state the "
        "coordinate system that it is really in."
    )


def test_a_large_layer_that_lies_elsewhere_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_layers, "WHOLE_BELOW_BYTES", 0)
    streets()[3:].to_file(tmp_path / "wales.fgb")
    assert "199 km away" in str(refused(tmp_path / "wales.fgb"))
    path = osm_pbf(tmp_path / "extract.osm.pbf")
    far = (429_000.0, 179_000.0, 432_000.0, 182_000.0)
    with pytest.raises(WrongPlacesError, match=r"lies elsewhere.*no row in the box of the wards"):
        read_places(open_source(path, limits=PLACE_LIMITS), kind="street", box=far, metric_crs=BNG)


def test_degrees_called_metres_and_metres_called_degrees(tmp_path: Path) -> None:
    degrees = streets().to_crs("EPSG:4326").set_crs(BNG, allow_override=True)
    degrees.to_file(tmp_path / "degrees.gpkg")
    fault = refused(tmp_path / "degrees.gpkg")
    assert isinstance(fault, WrongPlacesError)
    assert "degrees.gpkg says that its coordinates are metres, and they look like degrees" in str(
        fault
    )
    metres = streets().set_crs("EPSG:4326", allow_override=True)
    metres.to_file(tmp_path / "metres.gpkg")
    fault = refused(tmp_path / "metres.gpkg")
    assert isinstance(fault, WrongPlacesError)
    assert "says that its coordinates are degrees, and they look like metres" in str(fault)
    stated = read(tmp_path / "degrees.gpkg", reading=PlaceReading(crs="EPSG:4326"))
    assert len(stated.frame) == 3
    assert "it is read as WGS 84, as you stated" in stated.notes[0]


def test_degrees_among_metres_in_a_csv_are_rejected_by_the_row(tmp_path: Path) -> None:
    path = tmp_path / "stops.csv"
    rows = [f"{i},{530_000 + i},{180_000 + i}" for i in range(9)]
    path.write_text("\n".join(["name,easting,northing", *rows, "B,-0.03,51.5"]), encoding="utf-8")
    file = read(path, "bus_stop")
    assert (len(file.frame), str(file.rejected[0])) == (
        9,
        "1 row rejected: these are degrees, but easting and northing in metres are expected "
        "(first: row 11, B)",
    )


def test_an_empty_layer_and_an_empty_file(tmp_path: Path) -> None:
    streets()[:0].to_file(tmp_path / "none.gpkg")
    fault = refused(tmp_path / "none.gpkg")
    assert isinstance(fault, NoPlacesError)
    assert str(fault).startswith("none.gpkg is empty. Found: 0 rows in none.")
    (tmp_path / "zero.gpkg").write_bytes(b"")
    assert isinstance(refused(tmp_path / "zero.gpkg"), EmptyFileError)


def test_another_geometry_is_refused_by_layer_and_by_row(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"name": ["A"]}, geometry=[Point(530_000, 180_000)], crs=BNG)
    points.to_file(tmp_path / "points.gpkg")
    fault = refused(tmp_path / "points.gpkg")
    assert isinstance(fault, WrongShapesError)
    assert "points.gpkg holds no shapes that streets are read from. Found: Point in points." in str(
        fault
    )
    assert "Load streets from lines." in str(fault)
    path = tmp_path / "points.geojson"
    points.to_crs("EPSG:4326").to_file(path)
    mixed = json.loads(path.read_text(encoding="utf-8"))
    ring = [[-0.1, 51.5], [-0.1, 51.6], [-0.0, 51.6], [-0.1, 51.5]]
    mixed["features"].append(
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
    )
    path.write_text(json.dumps(mixed), encoding="utf-8")
    fault = refused(path)
    assert isinstance(fault, WrongShapesError)
    assert "row where the shape is one of points, and streets are read from lines" in str(fault)
    (tmp_path / "stops.csv").write_text(NAPTAN, encoding="utf-8")
    assert "stops.csv holds points, and streets are not points" in str(
        refused(tmp_path / "stops.csv")
    )


def test_a_coordinate_system_that_is_missing_or_unknown(tmp_path: Path) -> None:
    path = tmp_path / "roads.shp"
    streets().to_file(path)
    path.with_suffix(".prj").unlink()
    fault = refused(path)
    assert isinstance(fault, NoCrsError)
    assert "does not say which coordinate system it is in" in str(fault)
    assert "from 330000, 180000 to 536000, 180200" in str(fault).replace(",0", "0").replace(
        ",2", "2"
    )
    assert len(read(path, reading=PlaceReading(crs=BNG)).frame) == 3
    with pytest.raises(UnknownCrsError, match="Unknown coordinate system 'EPSG:1'"):
        read(path, reading=PlaceReading(crs="EPSG:1"))
    table = tmp_path / "stops.csv"
    table.write_text(NAPTAN, encoding="utf-8")
    with pytest.raises(TableCrsError, match=r"cannot be stated for a CSV"):
        read(table, "bus_stop", reading=PlaceReading(crs=BNG))


def test_a_damaged_file_and_one_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "roads.gpkg"
    streets().to_file(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    assert isinstance(refused(path), DamagedFileError)
    page = tmp_path / "page.osm"
    page.write_text("<!doctype html><html><title>Sign in</title></html>", encoding="utf-8")
    fault = refused(page)
    assert isinstance(fault, NotAMapFileError)
    assert "page.osm is no file of places" in str(fault)
    assert "OpenStreetMap PBF or XML" in str(fault)
    words = tmp_path / "words.csv"
    words.write_text("colour,size\nred,1\n", encoding="utf-8")
    assert isinstance(refused(words, "camera"), UnknownColumnsError)


@pytest.mark.parametrize(("write", "end"), [(osm_xml, ".osm"), (osm_pbf, ".osm.pbf")])
def test_an_openstreetmap_file_that_was_cut_short_is_refused_wherever_it_was_cut(
    write: Callable[[Path], Path], end: str, tmp_path: Path
) -> None:
    """GDAL would read what is left as if it were all."""
    path = write(tmp_path / f"extract{end}")
    content = path.read_bytes()
    for length in range(100, len(content) - 10, 37):
        path.write_bytes(content[:length])
        fault = refused(path)
        assert isinstance(fault, DamagedFileError), length
        assert "is damaged, or was not downloaded to its end" in str(fault)
    path.write_bytes(content)
    assert len(read(path).frame) == 3


def test_values_that_are_lists_and_rows_without_a_shape_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "roads.geojson"
    streets().to_crs("EPSG:4326").to_file(path)
    written = json.loads(path.read_text(encoding="utf-8"))
    for row in written["features"]:
        row["properties"]["lanes"] = ["one", "two"]
    written["features"][2]["geometry"] = None
    path.write_text(json.dumps(written), encoding="utf-8")
    file = read(path)
    assert (file.frame["name"].tolist(), file.rows_rejected) == (["Bow Road", "Elm Row"], 2)


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = as_ending(".gpkg")(tmp_path)
    with pytest.raises(UnknownPlaceColumnError, match=r"no column called 'x'.*name1, function"):
        read(path, reading=PlaceReading(name_column="x"))


def test_rows_without_a_shape_are_rejected_and_values_of_any_type_are_text(tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    shapes = [box(530_000, 180_000, 530_100, 180_100), None]
    frame = gpd.GeoDataFrame(
        {"name": ["Zone", "Lost"], "type": np.array([3, 4])}, geometry=shapes, crs=BNG
    )
    frame.to_file(path)
    file = read(path, "zone")
    assert file.frame.iloc[0, :2].tolist() == ["Zone", "3"]
    assert [str(each) for each in file.rejected] == [
        "1 row rejected: it has no shape, or one that cannot be read (first: row 2, Lost)"
    ]

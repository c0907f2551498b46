from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from data.exports.contents import ExportMeta
from data.exports.features import to_geojson, to_geopackage
from data.exports.spreadsheet import to_csv, to_xlsx
from models.hotspots.shape import HOTSPOT_COLUMNS, WalkedStretch
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import made_hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from models.hotspots.shape import Hotspots

META = ExportMeta(
    period="1 Jan 2026 to 31 Mar 2026",
    comparison="1 Jan 2025 to 31 Mar 2025",
    filters="Anti-social behaviour; all wards",
    settings="bandwidth 200 m, cells 50 m, 2% of area",
    table_version="7",
    made_at=datetime(2026, 11, 21, 3, 4, 5, 678, tzinfo=UTC),
    attribution="Contains OS data © Crown copyright",
)
SIMULATED = dataclasses.replace(META, simulated=True)


def empty() -> Hotspots:
    found = made_hotspots()
    return dataclasses.replace(found, frame=found.frame.iloc[:0])


def on_streets() -> Hotspots:
    """Hotspots with their stretches: the second one in two parts, without names."""
    found = made_hotspots()
    corner = (534_500.0, 180_500.0)
    first, second, third = (
        shapely.LineString([(corner[0] + 1000 * n, corner[1]), (corner[0] + 1000 * n, 180_700.0)])
        for n in range(3)
    )
    broken = shapely.MultiLineString([second, shapely.transform(second, lambda at: at + 30)])
    walked = (
        WalkedStretch(first, ("Brick Lane", "Hanbury Street")),
        WalkedStretch(broken, ()),
        WalkedStretch(third, ("=Bow Road",)),
    )
    return dataclasses.replace(found, stretches=walked)


def geopackage_frame(content: bytes, folder: Path) -> gpd.GeoDataFrame:
    file = folder / "hotspots.gpkg"
    file.write_bytes(content)
    return gpd.read_file(file, layer="hotspots")


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_geojson_reads_back_in_degrees_with_every_column() -> None:
    found = made_hotspots()
    back = gpd.read_file(io.BytesIO(to_geojson(found, meta=META)))
    assert back.crs.to_epsg() == 4326
    assert set(HOTSPOT_COLUMNS) <= set(back.columns)
    assert back["rank"].tolist() == [1, 2, 3]
    moved = back.to_crs(27700).geometry.symmetric_difference(found.frame.geometry, align=False)
    assert moved.area.max() < 100  # a decimetre along the outline
    assert back.geometry.is_valid.all()


def test_geojson_follows_rfc_7946() -> None:
    collection = json.loads(to_geojson(made_hotspots(), meta=META))
    assert "crs" not in collection
    west, south, east, north = collection["bbox"]
    assert -0.07 < west < east < -0.04
    assert 51.5 < south < north < 51.52
    first = collection["features"][0]
    assert first["id"] == "K-5345-1805"
    ring = first["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    turn = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))
    assert turn > 0  # outer rings run anticlockwise
    assert all(round(value, 6) == value for at in ring for value in at)
    assert collection["features"][1]["geometry"]["type"] == "MultiPolygon"


def test_geojson_properties_are_rounded_and_unknown_is_null() -> None:
    features = json.loads(to_geojson(made_hotspots(), meta=META))["features"]
    first, third = features[0]["properties"], features[2]["properties"]
    assert first["share_of_incidents"] == 0.2
    assert first["pai"] == 25.51
    assert first["change_high"] is None  # it has no upper end
    assert first["wards"] == [
        {"code": "E05000000", "name": "Weavers", "share": 0.75},
        {"code": "E05000001", "name": "St Peter's", "share": 0.25},
    ]
    assert first["reasons"] == ["Ranked 1: most incidents", "Friday and Saturday nights"]
    unknown = ("harm", "comparison_incidents", "change", "change_low", "peak_share", "expected")
    assert [third[name] for name in unknown] == [None] * 6


def test_geojson_says_what_it_holds() -> None:
    assert json.loads(to_geojson(made_hotspots(), meta=META))["metadata"] == {
        "period": "1 Jan 2026 to 31 Mar 2026",
        "comparison": "1 Jan 2025 to 31 Mar 2025",
        "filters": "Anti-social behaviour; all wards",
        "method": "kde",
        "settings": "bandwidth 200 m, cells 50 m, 2% of area",
        "explanation": "Densest 2% of the area; quartic kernel of 200 m on 50 m cells.",
        "incidents": 1000,
        "comparison_incidents": 900,
        "change_state": "compared",
        "expected_in": "Jan 2026",
        "expected_state": "given",
        "domestic_or_sexual_left_out": 0,
        "area_km2": 4.0,
        "notes": ["Positions are anonymised map points."],
        "table_version": "7",
        "made_at": "2026-11-21T03:04:05+00:00",
        "attribution": "Contains OS data © Crown copyright",
    }


def test_a_geopackage_reads_back_exactly_in_metres(tmp_path: Path) -> None:
    found = made_hotspots()
    back = geopackage_frame(to_geopackage(found, meta=META), tmp_path)
    assert back.crs.to_epsg() == 27700
    assert set(back.geom_type) == {"MultiPolygon"}
    assert back.geometry.geom_equals(found.frame.geometry, align=False).all()
    assert back["incidents"].tolist() == [200, 100, 67]
    assert back["wards"][0] == "Weavers 75%; St Peter's 25%"
    assert back["ward_codes"][0] == "E05000000; E05000001"
    assert back["reasons"][1] == "Ranked 2: most incidents; Friday and Saturday nights"
    assert back["comparison_incidents"].isna().tolist() == [False, False, True]
    assert back["harm"].isna().tolist() == [False, False, True]
    assert back["harm_rank"].isna().tolist() == [False, False, True]
    assert "notice" not in back
    said = pyogrio.read_info(tmp_path / "hotspots.gpkg", layer="hotspots")["layer_metadata"]
    assert said["period"] == "1 Jan 2026 to 31 Mar 2026"
    assert said["table_version"] == "7"


def test_geojson_of_streets_has_each_stretch_as_a_line_of_its_own() -> None:
    found = on_streets()
    features = json.loads(to_geojson(found, meta=META))["features"]
    assert [each["properties"]["part"] for each in features] == ["outline"] * 3 + ["stretch"] * 3
    assert len({each["id"] for each in features}) == 6
    outline, line = features[0]["properties"], features[3]
    assert line["properties"] == {
        "part": "stretch",
        "hotspot_id": outline["hotspot_id"],
        "method": "kde",
        "rank": 1,
        "near": "Brick Lane",
        "stretch_m": 200.0,
        "stretch_streets": ["Brick Lane", "Hanbury Street"],
    }
    assert outline["stretch_m"] == 200.0
    back = gpd.read_file(io.BytesIO(to_geojson(found, meta=META))).to_crs(27700)
    lines = back[back["part"] == "stretch"].geometry
    assert set(lines.geom_type) == {"MultiLineString"}
    for written, stretch in zip(lines, found.stretches, strict=True):
        assert written.hausdorff_distance(stretch.line) < 0.2  # six decimals of a degree
    assert lines.length.tolist() == pytest.approx([200, 400, 200], abs=0.5)


def test_a_geopackage_of_streets_has_the_lines_as_a_second_layer(tmp_path: Path) -> None:
    found = on_streets()
    geopackage_frame(to_geopackage(found, meta=SIMULATED), tmp_path)
    assert dict(pyogrio.list_layers(tmp_path / "hotspots.gpkg")) == {
        "hotspots": "MultiPolygon",
        "stretches": "MultiLineString",
    }
    lines = gpd.read_file(tmp_path / "hotspots.gpkg", layer="stretches")
    assert lines.crs.to_epsg() == 27700
    assert lines["hotspot_id"].tolist() == found.frame["hotspot_id"].tolist()
    assert lines["stretch_m"].tolist() == [200, 400, 200]
    assert lines.length.tolist() == [200, 400, 200]
    assert lines["notice"].str.startswith("SIMULATED").all()
    geopackage_frame(to_geopackage(made_hotspots(), meta=META), tmp_path)
    assert pyogrio.list_layers(tmp_path / "hotspots.gpkg")[:, 0].tolist() == ["hotspots"]


def test_tables_name_the_streets_of_a_stretch_and_how_long_it_is() -> None:
    first, second, third = csv_rows(to_csv(on_streets(), meta=META))
    assert (first["stretch_streets"], first["stretch_m"]) == ("Brick Lane; Hanbury Street", "200.0")
    assert (second["stretch_streets"], second["stretch_m"]) == ("", "400.0")
    assert third["stretch_streets"] == "'=Bow Road"
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(on_streets(), meta=META)))["Hotspots"]
    columns = [cell.value for cell in sheet[1]]
    assert sheet[2][columns.index("stretch_m")].value == 200
    without = csv_rows(to_csv(made_hotspots(), meta=META))[0]
    assert (without["stretch_streets"], without["stretch_m"]) == ("", "")


def test_csv_opens_in_a_spreadsheet_and_reads_back() -> None:
    content = to_csv(made_hotspots(), meta=META)
    assert content.startswith(b"\xef\xbb\xbfhotspot_id,")
    assert content.count(b"\r\n") == 4
    back = pd.read_csv(io.BytesIO(content))
    assert back["rank"].tolist() == [1, 2, 3]
    assert back["peak_window"].tolist()[:2] == ["Fri–Sat 22:00–02:00"] * 2
    assert back["change"].tolist()[:2] == [0.25, -0.25]
    assert math.isnan(back["change"][2])
    assert back["centre_easting"][0] == pytest.approx(534_500, abs=1)
    assert back["centre_longitude"][0] == pytest.approx(-0.0634, abs=1e-4)
    assert back["period"].tolist() == ["1 Jan 2026 to 31 Mar 2026"] * 3
    assert "notice" not in back


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_text_in_csv_begins_as_a_formula(start: str) -> None:
    found = made_hotspots((f"{start}cmd|' /C calc'!A0", "Bow Road", ""))
    rows = csv_rows(to_csv(found, meta=META))
    assert rows[0]["near"] == f"'{start}cmd|' /C calc'!A0"
    assert rows[1]["near"] == "Bow Road"
    assert rows[1]["change"] == "-0.25"  # a number stays a number


def test_a_workbook_holds_text_as_text_and_says_what_it_holds() -> None:
    found = made_hotspots(("=1+1", "http://example.org", ""))
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(found, meta=SIMULATED)))
    sheet = book["Hotspots"]
    header = [cell.value for cell in sheet[1]]
    near = sheet.cell(2, header.index("near") + 1)
    assert (near.value, near.data_type) == ("=1+1", "s")
    assert sheet.cell(3, header.index("near") + 1).hyperlink is None
    assert sheet.cell(2, header.index("incidents") + 1).value == 200
    assert sheet.cell(4, header.index("harm") + 1).value is None
    about = {row[0].value: row[1].value for row in book["About"].rows}
    assert about["notice"] == "SIMULATED: these are not real incidents"
    assert about["table version"] == "7"


def test_every_export_of_demo_data_says_that_it_is_simulated(tmp_path: Path) -> None:
    found = made_hotspots()
    notice = "SIMULATED: these are not real incidents"
    collection = json.loads(to_geojson(found, meta=SIMULATED))
    assert collection["metadata"]["notice"] == notice
    assert {row["notice"] for row in csv_rows(to_csv(found, meta=SIMULATED))} == {notice}
    back = geopackage_frame(to_geopackage(found, meta=SIMULATED), tmp_path)
    assert set(back["notice"]) == {notice}


def test_no_hotspots_give_files_that_still_read(tmp_path: Path) -> None:
    collection = json.loads(to_geojson(empty(), meta=META))
    assert collection["features"] == []
    assert "bbox" not in collection
    assert csv_rows(to_csv(empty(), meta=META)) == []
    back = geopackage_frame(to_geopackage(empty(), meta=META), tmp_path)
    assert len(back) == 0
    assert "wards" in back
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(empty(), meta=META)))
    assert book["Hotspots"].max_row == 1


def test_hostile_names_come_through_every_format_unchanged(tmp_path: Path) -> None:
    names = [name for name in HOSTILE_NAMES if "\x00" not in name]
    found = made_hotspots(names)
    collection = json.loads(to_geojson(found, meta=META))
    assert [f["properties"]["near"] for f in collection["features"]] == names
    assert [row["near"].removeprefix("'") for row in csv_rows(to_csv(found, meta=META))] == [
        name.removeprefix("'") for name in names
    ]
    back = geopackage_frame(to_geopackage(found, meta=META), tmp_path)
    assert back["near"].tolist() == names


def test_exporting_changes_nothing() -> None:
    found = made_hotspots()
    before = found.frame.copy(deep=True)
    for export in (to_geojson, to_geopackage, to_csv, to_xlsx):
        export(found, meta=META)
    assert found.frame.equals(before)

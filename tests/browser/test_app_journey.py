"""The whole way in a browser: wards and incidents in, a hotspot on the map, files out, undo."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from data.demo.geography import demo_wards
from tests.street_files import street_csv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, RequestsSeen, StartApp

ROWS, WITHOUT_PLACE = 600, 3


@pytest.fixture
def screen(open_screen: OpenScreen, start_app: StartApp, tmp_path: Path) -> Screen:
    """The product on a store of its own, empty to begin with."""
    return open_screen(start_app(tmp_path / "var"))


def load_wards(screen: Screen, folder: Path) -> None:
    path = folder / "wards.geojson"
    demo_wards().query("borough_code == 'E09000030'").to_crs("EPSG:4326").to_file(path)
    screen.open("import-data")
    screen.upload(path, label="GeoJSON, GeoPackage, or a zipped Shapefile")
    screen.page.get_by_role("button", name="Use these wards").click()
    screen.rest()
    expect(screen.page.get_by_text("What was found in the ward file")).to_be_visible()


def bring_in(screen: Screen, path: Path) -> None:
    screen.upload(path, label="A data.police.uk CSV or ZIP")
    screen.page.get_by_role("button", name="Import", exact=True).click()
    expect(screen.page.get_by_text(f"{path.name} is imported.")).to_be_visible()
    screen.rest()


def painted(picture: Image.Image) -> int:
    """How many pixels have a colour between yellow and blue that only the density has."""
    pixels = picture.get_flattened_data()
    return sum(abs(red - blue) > 60 for red, _, blue in pixels)


def test_from_a_download_to_a_hotspot_its_files_and_back(
    screen: Screen, tmp_path: Path, requests_seen: RequestsSeen
) -> None:
    load_wards(screen, tmp_path)
    street = street_csv(tmp_path / "2024-05-street.csv", rows=ROWS, without_place=WITHOUT_PLACE)
    bring_in(screen, street)
    read, *parts = (
        int(screen.figure(label).replace(",", ""))
        for label in (
            "Rows read", "Imported", "Updated", "Unchanged", "Rejected", "Outside the wards"
        )
    )  # fmt: skip
    assert (read, *parts) == (ROWS + WITHOUT_PLACE, ROWS, 0, 0, WITHOUT_PLACE, 0)
    rejected = pd.read_csv(screen.download("Download the rejected rows").path(), dtype="str")
    assert rejected["rejected_reason"].notna().sum() == WITHOUT_PLACE
    assert rejected["rejected_row"].tolist() == ["602", "603", "604"]

    screen.go("Hotspots")
    assert screen.figure("Incidents") == f"{ROWS:,}"
    screen.choose("Categories", "Robbery")
    assert screen.figure("Incidents") == f"{ROWS // 4:,}"
    assert painted(screen.map_picture()) > 500
    frame = screen.map()
    hotspots = len(screen.ranked())
    assert frame.locator(".hotspot-rank").count() == hotspots > 0

    last = screen.ranked()[-1]
    frame.locator(".hotspot-rank").filter(has_text=str(hotspots)).last.click()
    screen.rest()
    assert screen.card().startswith(f"{hotspots}. ")
    assert screen.card_table()["Incidents"] == last["Incidents"]
    screen.pick_row(1)
    assert screen.card().startswith("1. ")

    as_csv = pd.read_csv(screen.download("CSV").path())
    as_json = gpd.read_file(screen.download("GeoJSON").path())
    screen.download("GeoPackage").save_as(tmp_path / "hotspots.gpkg")
    as_package = gpd.read_file(tmp_path / "hotspots.gpkg")
    as_workbook = screen.download("Excel").path().read_bytes()
    sheet = screen.download("Map as PNG").path().read_bytes()
    incidents = [int(row["Incidents"]) for row in screen.ranked()]
    assert as_csv["incidents"].tolist() == incidents
    assert as_json["incidents"].tolist() == as_package["incidents"].tolist() == incidents
    assert as_workbook[:2] == b"PK"
    assert Image.open(io.BytesIO(sheet)).width > 1700

    screen.go("Import data")
    screen.page.get_by_text("Yes, take it back").click()
    screen.page.get_by_role("button", name="Take it back").click()
    expect(screen.page.get_by_text("is taken back.")).to_be_visible()
    screen.go("Hotspots")
    expect(screen.page.get_by_text("There are no incidents in the store yet")).to_be_visible()
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []
    assert screen.errors() == []


def test_unknown_columns_are_mapped_once_and_kept_as_a_profile(
    screen: Screen, tmp_path: Path
) -> None:
    load_wards(screen, tmp_path)
    rows = ["Case reference,Started,Case type,Easting,Northing"]
    rows += [
        f"ASB-{number},{number % 28 + 1:02d}/05/2024 {number % 24:02d}:15,Noise,"
        f"{533_800 + number % 9 * 20},{182_000 + number % 7 * 20}"
        for number in range(120)
    ]
    extract = tmp_path / "cases.csv"
    extract.write_text("\n".join([*rows, "ASB-X,31/02/2024 10:00,Noise,533800,182000"]) + "\n")
    screen.upload(extract, label="A data.police.uk CSV or ZIP")
    screen.page.get_by_label("Name of the profile").fill("case_list")
    screen.page.get_by_role("button", name="Save the profile").click()
    screen.rest()
    assert (tmp_path / "var" / "profiles" / "case_list.toml").exists()
    screen.page.get_by_role("button", name="Import", exact=True).click()
    expect(screen.page.get_by_text("cases.csv is imported.")).to_be_visible()
    screen.rest()
    assert (screen.figure("Imported"), screen.figure("Rejected")) == ("120", "1")

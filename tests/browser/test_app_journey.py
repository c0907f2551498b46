"""The whole way in a browser: wards and incidents in, a hotspot on the map, files out, undo."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.made_street import StreetFile, home_wards_file, street_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, RequestsSeen, StartApp

COUNTED = ("Rows read", "Imported", "Updated", "Unchanged", "Rejected", "Outside the wards")
LAND = (244, 242, 238)  # of the light map


@pytest.fixture
def screen(open_screen: OpenScreen, start_app: StartApp, tmp_path: Path) -> Screen:
    """The product on a store of its own, empty to begin with."""
    return open_screen(start_app(tmp_path / "var"))


def load_wards(screen: Screen, folder: Path) -> None:
    path = home_wards_file(folder / "wards.geojson")
    screen.open("import-data")
    screen.upload(path, label="GeoJSON, GeoPackage, KML, or a ZIP")
    screen.page.get_by_role("button", name="Use these wards").click()
    screen.rest()
    expect(screen.page.get_by_text("Findings in the ward file")).to_be_visible()
    expect(screen.page.get_by_text("20 wards of Tower Hamlets are in use.")).to_be_visible()


def bring_in(screen: Screen, path: Path) -> tuple[int, ...]:
    """Import a file by the page; return the rows read and the five counts that it shows."""
    screen.upload(path, label="A data.police.uk CSV or ZIP")
    return press_import(screen, path)


def press_import(screen: Screen, path: Path) -> tuple[int, ...]:
    screen.page.get_by_role("button", name="Import", exact=True).click()
    expect(screen.page.get_by_title(path.name)).to_have_count(0)  # ready for the next file
    expect(screen.page.get_by_text(f"{path.name} is imported.")).to_be_visible()
    screen.rest()
    return tuple(int(screen.figure(label).replace(",", "")) for label in COUNTED)


def type_date(screen: Screen, label: str, *, day: str, month: str, year: str) -> None:
    box = screen.page.get_by_test_id("stDateInput").filter(has_text=label)
    for part, text in (("day", day), ("month", month), ("year", year)):
        box.get_by_role("spinbutton", name=f"{part}, {label}").press_sequentially(text)
    screen.page.keyboard.press("Escape")  # the calendar; the day counts when it is shut
    screen.rest()


def set_category(screen: Screen, word: str, *, label: str, category: str) -> None:
    """Choose the category of a word in the table of types."""
    name = "Types and their categories"
    at = [row["Type"] for row in screen.table(name)].index(word)
    assert screen.table(name)[at]["Category"] == "(reject)"
    region = screen.page.get_by_role("region", name=name)
    region.scroll_into_view_if_needed()
    region.hover()
    screen.page.wait_for_timeout(500)  # a click in a table that has just moved goes astray
    wide = region.bounding_box()["width"]
    region.click(position={"x": wide * 0.75, "y": 35 * (at + 1.5)})
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_timeout(300)
    screen.page.keyboard.type(label)
    screen.page.wait_for_timeout(300)
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_timeout(300)
    assert screen.table(name)[at]["Category"] == category


def zoom_to(screen: Screen, *, rank: int) -> None:
    """Show one hotspot in the middle of the map, large."""
    screen.map().evaluate(
        """rank => {
          const label = document.querySelectorAll('.hotspot-rank')[rank - 1];
          map.setView(map.layerPointToLatLng(label._leaflet_pos), 15, {animate: false});
        }""",
        rank,
    )


def painted(screen: Screen) -> NDArray[np.int64]:
    """Count the pixels on the screen that have the colour of each class, the darkest first."""
    seen = np.asarray(screen.map_picture()).reshape(-1, 3).astype(int)
    laid = screen.map().locator(".leaflet-image-layer")
    source = (laid.get_attribute("src") or "").partition(",")[2]
    picture = Image.open(io.BytesIO(base64.b64decode(source))).convert("RGBA")
    classes = np.unique(np.asarray(picture).reshape(-1, 4), axis=0)
    classes = classes[classes[:, 3] > 0]
    alpha = classes[:, 3:] / 255
    expected = classes[:, :3] * alpha + np.array(LAND) * (1 - alpha)
    expected = expected[np.argsort(expected.sum(axis=1))]
    near = (
        np.abs(seen[None, :, :] - expected[:, None, :]).max(axis=2) <= 7
    )  # an outline tints what it holds
    return np.asarray(near.sum(axis=1))


def test_from_a_download_to_a_hotspot_its_files_and_back(
    screen: Screen, tmp_path: Path, requests_seen: RequestsSeen
) -> None:
    load_wards(screen, tmp_path)
    street = street_file(tmp_path / "2024-05-metropolitan-street.csv")
    import_and_look_at_what_was_rejected(screen, street)
    filter_and_look_at_the_map(screen, street)
    choose_in_the_table_and_on_the_map(screen)
    compare_the_files_with_the_screen(screen, tmp_path)
    screen.go("Import data")
    for taken_back in (1, 2):
        screen.page.get_by_text("Yes, take it back").click()
        screen.page.get_by_role("button", name="Take it back").click()
        screen.rest()
        expect(screen.page.get_by_text("is taken back:")).to_be_visible()
        listed = screen.page.get_by_role("region", name="Imports, newest first", exact=True)
        moments = listed.locator("td", has_text="2026")  # the files' names bear 2024
        expect(moments).to_have_count(2 + taken_back)  # two imports, and each one taken back
        imports = screen.table("Imports, newest first")
        assert sum(bool(row["Taken back"]) for row in imports) == taken_back
    screen.go("Hotspots")
    expect(screen.page.get_by_text("There are no incidents in the store yet")).to_be_visible()
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []
    assert screen.errors() == []


def import_and_look_at_what_was_rejected(screen: Screen, street: StreetFile) -> None:
    counts = bring_in(screen, street.path)
    assert counts == (street.rows, len(street.good), 0, 0, street.bad, street.outside)
    file = screen.download("Download the rejected rows")
    rejected = pd.read_csv(file.path(), dtype="str", keep_default_na=False)
    first_bad = len(street.good) + street.outside + 2  # after the header, counted from one
    assert rejected["rejected_row"].tolist() == [str(first_bad + n) for n in range(street.bad)]
    assert rejected["rejected_reason"].tolist() == [
        "No place is given",
        "Is not a month like 2024-05",
        "The two coordinates are the wrong way round",
        "A coordinate is 0, which is how a blank is often written",
    ]
    listed = screen.table("Rejected rows with their reasons")
    assert [row["rejected_row"] for row in listed] == rejected["rejected_row"].tolist()
    assert screen.violations() == []
    # The same file again changes nothing.
    assert bring_in(screen, street.path)[1:4] == (0, 0, len(street.good))


def filter_and_look_at_the_map(screen: Screen, street: StreetFile) -> None:
    screen.go("Hotspots")
    assert screen.figure("Incidents") == str(len(street.good))
    screen.choose("Period", "Last complete month")
    may = street.good["Month"] == "2024-05"
    assert screen.figure("Incidents") == str(may.sum())
    screen.choose("Categories", "Robbery")
    robbery = street.good["Crime type"] == "Robbery"
    assert screen.figure("Incidents") == str((may & robbery).sum())
    screen.choose("Period", "Choose dates")
    type_date(screen, "First day", day="01", month="04", year="2024")
    assert screen.figure("Incidents") == str(robbery.sum())
    frame = screen.map()
    hotspots = len(screen.ranked())
    assert hotspots >= 3
    assert frame.locator(".hotspot-rank").count() == hotspots
    assert frame.locator("path.hotspot-area").count() == hotspots
    assert frame.locator("path.map-ward").count() == 20
    zoom_to(screen, rank=1)
    classes = painted(screen)
    assert len(classes) >= 3
    assert classes[0] > 500  # the densest, under the chosen hotspot
    assert classes[-1] > 500  # the thinnest, around it


def choose_in_the_table_and_on_the_map(screen: Screen) -> None:
    listed = screen.ranked()
    screen.page.get_by_role("button", name="Next hotspot").click()
    expect(screen.page.locator("#hotspot")).to_have_text(f"2. {listed[1]['Where']}")
    screen.rest()
    assert screen.card_table()["Incidents"] == listed[1]["Incidents"]
    screen.map().evaluate("map.setZoom(12, {animate: false})")
    screen.map().locator(".hotspot-rank").nth(2).click()
    expect(screen.page.locator("#hotspot")).to_have_text(f"3. {listed[2]['Where']}")
    screen.rest()
    assert screen.card_table()["Incidents"] == listed[2]["Incidents"]
    screen.pick_row(2)
    assert screen.card() == f"2. {listed[1]['Where']}"
    zoom_to(screen, rank=1)
    first = screen.map().locator("path.hotspot-area:not(.is-chosen)").last
    box = first.bounding_box()
    screen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.08)
    expect(screen.page.locator("#hotspot")).to_have_text(f"1. {listed[0]['Where']}")
    screen.rest()
    chosen = screen.map().locator(".hotspot-rank.is-chosen")
    assert chosen.inner_text().split("\n")[0] == "1"


def compare_the_files_with_the_screen(screen: Screen, folder: Path) -> None:
    listed = screen.ranked()
    incidents = [int(row["Incidents"].replace(",", "")) for row in listed]
    total = int(screen.figure("Incidents"))
    as_csv = pd.read_csv(screen.download("CSV").path())
    as_json = gpd.read_file(screen.download("GeoJSON").path())
    screen.download("GeoPackage").save_as(folder / "hotspots.gpkg")
    as_package = gpd.read_file(folder / "hotspots.gpkg")
    screen.download("Excel").save_as(folder / "hotspots.xlsx")
    book = openpyxl.load_workbook(folder / "hotspots.xlsx")
    header, *cells = book["Hotspots"].iter_rows(values_only=True)
    as_sheet = pd.DataFrame(cells, columns=list(header))
    about = dict(book["About"].iter_rows(values_only=True))
    for file in (as_csv, as_json, as_package, as_sheet):
        assert file["rank"].tolist() == list(range(1, len(listed) + 1))
        assert file["incidents"].tolist() == incidents
        assert file["hotspot_id"].tolist() == as_csv["hotspot_id"].tolist()
    assert as_csv["hotspot_id"].iloc[0] == screen.link()["hotspot"]
    assert about["incidents"] == str(total)
    assert about["period"] == "1 Apr 2024 to 31 May 2024"
    assert "category=robbery" in about["filters"]
    areas = as_json.to_crs(as_package.crs).area
    assert areas.to_numpy() == pytest.approx(as_package.area.to_numpy(), rel=1e-3)
    assert as_csv["area_km2"].to_numpy() * 1e6 == pytest.approx(areas.to_numpy(), rel=0.01)
    sheet = Image.open(screen.download("Map as PNG").path()).convert("RGB")
    assert sheet.width > 1700
    assert len(sheet.getcolors(maxcolors=2**24) or ()) > 50


def test_unknown_columns_are_mapped_once_and_kept_as_a_profile(
    screen: Screen, tmp_path: Path
) -> None:
    load_wards(screen, tmp_path)
    rows = ["Job no,When it began,What sort,East,North,Telephone"]
    rows += [
        f"J-{number},{number % 28 + 1:02d}/05/2024 {number % 24:02d}:15,{sort},"
        f"{533_800 + number % 9 * 20},{182_000 + number % 7 * 20},020 7946 0{number:03d}"
        for number in range(120)
        for sort in [("Loud music", "Noisy pub", "Street drinking")[number % 3]]
    ]
    extract = tmp_path / "jobs.csv"
    bad = "J-X,31/02/2024 10:00,Loud music,533800,182000,"
    extract.write_text("\n".join([*rows, bad]) + "\n", encoding="utf-8")
    screen.upload(extract, label="A data.police.uk CSV or ZIP")
    assert len(screen.table("First rows of the file")) >= 5
    assert screen.violations() == []
    for role, column in (
        ("Reference", "Job no"),
        ("Start (date, or date and time)", "When it began"),
        ("Type", "What sort"),
        ("Easting", "East"),
        ("Northing", "North"),
        ("Caller (kept only as a salted hash)", "Telephone"),
    ):
        screen.choose(role, column)
    expect(screen.page.get_by_role("textbox", name="How dates are written")).to_have_value(
        "%d/%m/%Y %H:%M"
    )
    set_category(screen, "Loud music", label="Anti-social behaviour", category="asb")
    screen.page.get_by_role("textbox", name="Name of the profile").fill("job_list")
    screen.page.get_by_role("button", name="Save the profile").click()
    screen.rest()
    profile = tmp_path / "var" / "profiles" / "job_list.toml"
    assert profile.exists(), screen.page.get_by_test_id("stAlert").all_inner_texts()
    counts = press_import(screen, extract)
    assert counts == (121, 120, 0, 0, 1, 0)
    kept = b"".join(file.read_bytes() for file in (tmp_path / "var").rglob("*") if file.is_file())
    assert b"020 7946" not in kept
    assert bring_in(screen, extract) == (121, 0, 0, 120, 1, 0)  # the profile is known by now

"""The night-time economy page as a reviewer works it, on a desktop and a phone."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, Server, StartApp

pytestmark = pytest.mark.xdist_group("night-time-economy")
ADDRESS = "night-time-economy"


@pytest.fixture(scope="module")
def own_app(
    start_app: StartApp, demo_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """The product on a copy of the demo, which these tests change."""
    folder = tmp_path_factory.mktemp("nights") / "var"
    shutil.copytree(demo_store, folder)
    return start_app(folder)


def opened(screen: Screen) -> Screen:
    screen.open(ADDRESS)
    expect(screen.page.get_by_role("button", name="Cumulative impact as CSV")).to_be_visible()
    screen.rest()
    assert screen.errors() == []
    return screen


def test_an_emerging_area_is_found_named_and_taken_home(
    open_screen: OpenScreen, own_app: Server
) -> None:
    screen = opened(open_screen(own_app))
    page = screen.page
    expect(page.get_by_text(re.compile("^Emerging: .*Hackney Wick"))).to_be_visible()
    page.get_by_text("Name and save this area").click()
    page.get_by_label("Name", exact=True).fill("Fish Island")
    page.get_by_role("button", name="Save this area").click()
    expect(page.get_by_text("Fish Island (A-0005) is saved.")).to_be_visible()
    screen.rest()
    assert screen.link()["area"] == "A-0005"
    expect(page.locator("#night-area")).to_have_text("Fish Island")
    with Path(screen.download("Areas as CSV").path()).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    kept = next(row for row in rows if row["Kept as"] == "A-0005")
    assert (kept["Area"], kept["Standing"]) == ("Fish Island", "emerging")
    assert kept["data"].startswith("SIMULATED")


def test_a_click_on_the_map_opens_that_areas_card(open_screen: OpenScreen, own_app: Server) -> None:
    screen = opened(open_screen(own_app))
    listed = screen.table("Night-time areas in order of incidents")
    emerging = next(row["Area"] for row in listed if row["Standing"] == "emerging")
    name = listed[1]["Area"]
    assert name != emerging
    expect(screen.page.locator("#night-area")).to_have_text(emerging)
    second = screen.map().locator(".hotspot-rank").nth(1)
    expect(second).to_contain_text("2")
    second.click()
    expect(screen.page.locator("#night-area")).to_have_text(name)


@needs_shared
def test_a_list_of_premises_is_loaded_and_its_rows_are_accounted_for(
    open_screen: OpenScreen, own_app: Server
) -> None:
    screen = opened(open_screen(own_app))
    page = screen.page
    page.get_by_text("Load another list of premises").click()
    path = SHARED / "data" / "premises" / "open_pubs_sample_th_hackney.csv"
    screen.upload(path, label="CSV with name, type")
    page.get_by_role("button", name="Load premises").click()
    expect(page.get_by_text("82 rows read = 79 accepted + 3 rejected")).to_be_visible()
    expect(page.get_by_text("79 premises")).to_be_attached()

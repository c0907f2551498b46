"""The night-time economy page as a reviewer works it, on a desktop and a phone."""

from __future__ import annotations

import csv
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.review.night_time_economy_parts.nights_page import SECTIONS
from tests.browser.app_screen import MAP
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, Server, StartApp

pytestmark = pytest.mark.xdist_group("night-time-economy")
ADDRESS = "night-time-economy"
LISTED = "Night-time areas in order of incidents"


@pytest.fixture(scope="module")
def own_app(
    start_app: StartApp, demo_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """The product on a copy of the demo, which these tests change."""
    folder = tmp_path_factory.mktemp("nights") / "var"
    shutil.copytree(demo_store, folder)
    return start_app(folder)


def opened(screen: Screen, section: str = "") -> Screen:
    screen.page.set_default_timeout(120_000)  # the first to come has three years of nights counted
    screen.open(f"{ADDRESS}?section={section}" if section else ADDRESS)
    expect(screen.page.get_by_role("heading", name="How we know")).to_be_visible()
    screen.rest()
    assert screen.errors() == []
    return screen


@pytest.mark.parametrize(("wide", "high"), [(1366, 768), (1440, 900)])
def test_choices_answer_map_list_and_the_chosen_area_are_on_the_first_screen(
    open_screen: OpenScreen, demo_app: Server, wide: int, high: int
) -> None:
    screen = open_screen(demo_app)
    screen.page.set_viewport_size({"width": wide, "height": high})
    opened(screen)
    on_screen = [".st-key-chip_span", ".st-key-chip_ward", ".st-key-chip_source"]
    on_screen += [".st-key-chip_window", ".st-key-chip_ground", ".st-key-answer", ".st-key-list"]
    on_screen += [".st-key-chosen", ".st-key-chosen_ways", ".map-legend", MAP]
    for each in on_screen:
        box = screen.page.locator(each).bounding_box()
        assert box["y"] >= 0, each
        assert box["y"] + box["height"] <= high, each
        assert box["x"] + box["width"] <= wide, each
    drawn = screen.page.locator(MAP).bounding_box()
    assert drawn["width"] * drawn["height"] >= wide * high / 2
    screen.page.get_by_role("link", name=re.compile("notes to read with it$")).click()
    expect(screen.page.locator("#read-with-it")).to_be_in_viewport()


@pytest.mark.parametrize("section", SECTIONS)
def test_everybody_can_use_every_section_and_each_is_two_screens_at_most(
    open_screen: OpenScreen, demo_app: Server, section: str
) -> None:
    screen = open_screen(demo_app)
    screen.page.set_viewport_size({"width": 1440, "height": 900})
    opened(screen, section)
    assert screen.screens() <= 2
    screen.unfold()
    levels = screen.heading_levels()
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert screen.barriers() == []
    assert screen.errors() == []


def test_a_phone_shows_answer_and_list_and_the_map_after_one_tap(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = opened(open_screen(demo_app, phone=True))
    place = screen.page.locator(MAP)
    listed = screen.page.get_by_role("region", name=LISTED, exact=True).bounding_box()
    assert screen.page.locator(".st-key-answer").bounding_box()["y"] < listed["y"] < 844 / 2
    expect(place).not_to_be_in_viewport()
    assert screen.too_wide() == []
    screen.show_map()
    assert place.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert screen.violations() == []


def test_sections_follow_the_choice_and_the_address_keeps_them(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = opened(open_screen(demo_app))
    assert "section" not in screen.link()
    screen.section("Hours")
    expect(screen.page.get_by_role("heading", name="Hour by hour")).to_be_visible()
    assert screen.link()["section"] == "hours"
    screen.page.reload()
    expect(screen.page.get_by_role("heading", name="Hour by hour")).to_be_visible()
    screen.section("Map")
    assert "section" not in screen.link()
    screen.page.get_by_role("button", name="All about this area").click()
    expect(screen.page.locator("#night-area")).to_be_visible()
    screen.rest()
    assert screen.link()["section"] == "areas"


def test_an_emerging_area_is_found_named_and_taken_home(
    open_screen: OpenScreen, own_app: Server
) -> None:
    screen = opened(open_screen(own_app), "areas")
    page = screen.page
    expect(page.get_by_text(re.compile("^Emerging: .*Hackney Wick"))).to_be_visible()
    page.get_by_text("Name and save this area").click()
    screen.rest()
    page.get_by_label("Name", exact=True).fill("Fish Island")
    page.get_by_role("button", name="Save this area").click()
    expect(page.get_by_text("Fish Island (A-0005) is saved.")).to_be_visible()
    screen.rest()
    assert screen.link()["area"] == "A-0005"
    expect(page.locator("#night-area")).to_have_text("Fish Island")
    screen.section("Map")
    with Path(screen.download("Areas as CSV").path()).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    kept = next(row for row in rows if row["Kept as"] == "A-0005")
    assert (kept["Area"], kept["Standing"]) == ("Fish Island", "emerging")
    assert kept["data"].startswith("SIMULATED")


def test_map_and_steps_choose_the_same_area(open_screen: OpenScreen, demo_app: Server) -> None:
    screen = opened(open_screen(demo_app))
    chosen = screen.page.locator(".st-key-chosen")
    listed = screen.table(LISTED)
    emerging = next(row["Area"] for row in listed if row["Standing"] == "emerging")
    name = listed[1]["Area"]
    assert name != emerging
    expect(chosen).to_contain_text(emerging)
    frame = screen.map()
    second = frame.locator(".hotspot-rank").nth(1)
    expect(second).to_contain_text("2")
    second.click()
    expect(chosen).to_contain_text(f"2. {name}")
    screen.rest()
    screen.page.get_by_role("button", name="Previous area").click()
    expect(chosen).to_contain_text(f"1. {listed[0]['Area']}")
    screen.rest()
    assert frame.locator(".hotspot-rank.is-chosen").inner_text().split("\n")[0] == "1"


def test_a_row_of_the_list_chooses_its_area_and_moves_the_map(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = opened(open_screen(demo_app))
    name = screen.table(LISTED)[1]["Area"]
    frame = screen.map()
    screen.row(LISTED, 2).click()
    expect(screen.page.locator(".st-key-chosen")).to_contain_text(f"2. {name}")
    screen.rest()
    assert frame.locator(".hotspot-rank.is-chosen").inner_text().split("\n")[0] == "2"
    assert frame.evaluate("map.getZoom()") > 13  # it moved there


@needs_shared
def test_a_list_of_premises_is_loaded_and_its_rows_are_accounted_for(
    open_screen: OpenScreen, own_app: Server
) -> None:
    screen = opened(open_screen(own_app), "premises")
    page = screen.page
    page.get_by_text("Load another list of premises").click()
    path = SHARED / "data" / "premises" / "open_pubs_sample_th_hackney.csv"
    screen.upload(path, label="CSV with name, type")
    page.get_by_role("button", name="Load premises").click()
    expect(page.get_by_text("82 rows read = 79 accepted + 3 rejected")).to_be_visible()
    expect(page.get_by_text("79 premises")).to_be_attached()

"""The page Plan as an officer works it, on a desktop and a phone."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.app_screen import MAP, number
from tests.pdf_reading import read_pdf

if TYPE_CHECKING:
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, RequestsSeen, Server, StartApp

pytestmark = pytest.mark.xdist_group("plan")


@pytest.fixture(scope="module")
def own_app(
    start_app: StartApp, demo_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """The product on a copy of the demo, which these tests change."""
    folder = tmp_path_factory.mktemp("plan") / "var"
    shutil.copytree(demo_store, folder)
    return start_app(folder)


def planned(screen: Screen) -> Screen:
    screen.open("plan")
    screen.page.get_by_role("button", name="Make the plan").first.click()
    link = screen.page.get_by_role("link", name="Save and print")
    expect(link).to_be_visible(timeout=60_000)
    screen.rest()
    assert screen.errors() == []
    return screen


def test_everybody_can_use_the_page_with_a_plan_on_it(
    open_screen: OpenScreen, own_app: Server, requests_seen: RequestsSeen
) -> None:
    screen = planned(open_screen(own_app))
    screen.unfold()
    screen.map()
    assert screen.heading_levels() == [1, 2, 2]
    assert screen.barriers() == []
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []


def test_map_list_and_card_are_on_one_screen_and_follow_each_other(
    open_screen: OpenScreen, own_app: Server
) -> None:
    screen = planned(open_screen(own_app))
    page = screen.page
    for wide, high in ((1440, 900), (1366, 768)):
        page.set_viewport_size({"width": wide, "height": high})
        screen.rest()
        box = page.locator(MAP).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= high
        assert box["width"] * box["height"] >= wide * high / 2
        for part in (".st-key-answer", ".st-key-list", ".st-key-chosen", ".st-key-chosen_ways"):
            there = page.locator(part).bounding_box()
            assert there is not None
            assert 0 <= there["y"] <= there["y"] + there["height"] <= high, part
    row = page.locator('.st-key-list [role="radiogroup"] label').nth(3)
    rank = row.inner_text().split(" · ")[1].split(".")[0]
    row.click()
    screen.rest()
    chosen = screen.map().locator(".hotspot-rank.is-chosen")
    expect(chosen).to_have_text(re.compile(rf"^{rank}\b"))
    other = screen.map().locator(".hotspot-rank:not(.is-chosen)").first
    rank = str(number(other.inner_text()))
    other.press("Enter")
    expect(page.locator(".st-key-chosen")).to_contain_text(f"{rank}. ")


def test_a_plan_is_taken_home_saved_and_opened_by_its_link(
    open_screen: OpenScreen, own_app: Server
) -> None:
    screen = planned(open_screen(own_app))
    share = screen.figure("Expected incidents in hours served")
    with screen.page.expect_download() as calendar:
        screen.page.get_by_role("button", name="Calendar of all teams").click()
    events = Calendar.from_ical(Path(calendar.value.path()).read_bytes()).walk("VEVENT")
    with screen.page.expect_download() as table:
        screen.page.get_by_role("button", name="Visits as CSV").click()
    text = Path(table.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(events) > 50
    assert "SIMULATED" in rows[0]["notice"]
    with screen.page.expect_download(timeout=90_000) as sheets:
        screen.page.get_by_role("button", name="Its sheets (PDF)").click()
    printed = read_pdf(Path(sheets.value.path()).read_bytes())
    assert len(printed.pages) == 5  # Monday to Friday
    assert all("THEO early: " in each for each in printed.pages)
    for row in (each for each in rows if each["team"] == "THEO early"):
        assert f"{row['from']}–{row['to']}" in printed.text
    numbers = screen.map().locator(".hotspot-rank")
    assert numbers.count() > 0
    screen.page.get_by_role("button", name="Save this plan").click()
    answer = screen.page.locator(".st-key-answer")
    expect(answer).to_contain_text("P-0002: Patrols from", timeout=20_000)
    screen.rest()
    screen.page.goto(screen.page.url)
    expect(answer).to_contain_text("P-0002: Patrols from", timeout=20_000)
    screen.rest()
    assert screen.figure("Expected incidents in hours served") == share

"""The page Plan as an officer works it, on a desktop and a phone."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

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
    heading = screen.page.get_by_role("heading", name="The plan", exact=True)
    expect(heading).to_be_visible(timeout=60_000)
    screen.rest()
    assert screen.errors() == []
    return screen


def test_everybody_can_use_the_page_with_a_plan_on_it(
    open_screen: OpenScreen, own_app: Server, requests_seen: RequestsSeen
) -> None:
    screen = planned(open_screen(own_app))
    screen.unfold()
    screen.map()
    assert screen.heading_levels() == [1, 2, 2, 2, 3, 3, 2, 2]
    assert screen.barriers() == []
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []


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
    heading = screen.page.get_by_role("heading", name="P-0002")
    expect(heading).to_be_visible(timeout=20_000)
    screen.rest()
    screen.page.goto(screen.page.url)
    expect(screen.page.get_by_role("heading", name="P-0002")).to_be_visible(timeout=20_000)
    screen.rest()
    assert screen.figure("Expected incidents in hours served") == share

"""Documents on paper, fetched by their buttons, and their HTML as a page of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.app_screen import number
from tests.pdf_reading import read_pdf

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenScreen, RequestsSeen, Server

# One category keeps it short; the page's own figures are what the paper must say.
VIEW = "hotspots?from=2026-07-01&to=2026-09-30&category=robbery"


def test_the_assessment_is_fetched_from_the_page_with_its_figures(
    open_screen: OpenScreen, demo_app: Server, tmp_path: Path
) -> None:
    screen = open_screen(demo_app)
    screen.page.set_default_timeout(60_000)
    screen.open(VIEW)
    incidents = number(screen.figure("Incidents"))
    first = screen.card_table()
    coming = screen.download("Tactical assessment (PDF)")
    assert coming.suggested_filename == "tactical-assessment-2026-07-01-2026-09-30.pdf"
    read = read_pdf(Path(coming.path()).read_bytes())
    assert read.universal
    assert f"Incidents: {incidents:,} 1 Jul 2026 to 30 Sep 2026" in read.text
    assert f"Change: {first['Change']}" in read.text
    assert f"Expected in Oct 2026: {first['Expected in Oct 2026']}" in read.text
    assert screen.errors() == []


def test_its_html_is_accessible_fits_a_phone_and_asks_for_nothing(
    open_screen: OpenScreen,
    demo_app: Server,
    page: Page,
    requests_seen: RequestsSeen,
    tmp_path: Path,
) -> None:
    screen = open_screen(demo_app)
    screen.page.set_default_timeout(60_000)
    screen.open(VIEW)
    file = tmp_path / "assessment.html"
    screen.download("Tactical assessment (HTML)").save_as(file)
    requests_seen.urls.clear()
    page.goto(file.as_uri())
    expect(page.locator("h1")).to_have_text("Tactical assessment to 30 Sep 2026")
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert {url for url in requests_seen.urls if not url.startswith("data:")} == {file.as_uri()}
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()


def test_a_taskings_sheet_is_printed_from_its_page(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app, phone=True)
    screen.open("tasking?tasking=4")
    coming = screen.download("Print the sheet (PDF)")
    assert coming.suggested_filename == "tasking-T-0004.pdf"
    read = read_pdf(Path(coming.path()).read_bytes())
    assert len(read.pages) == 2  # with its walking loop on the back
    reference, _, title = read.title.partition(": ")
    assert reference == "T-0004"
    expect(screen.page.get_by_role("heading", name=title)).to_be_visible()
    assert screen.errors() == []

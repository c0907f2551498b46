"""The whole product in a browser on a store of hostile texts: no request elsewhere, no link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.app_screen import EACH_SECTION
from tests.hostile_store import hostile_store

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from data.settings import Settings
    from tests.browser.conftest import OpenScreen, RequestsSeen, Server, StartApp

YEAR = "from=2025-11-01&to=2026-10-30"
# What a text of somebody's would have become: it names the other host in one attribute or another.
MADE_OF_TEXT = "[href*=evil], [src*=evil], [onerror], img[alt=p], a[href^='mailto:']"


@pytest.fixture(scope="module")
def planted(
    start_app: StartApp, demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    folder = tmp_path_factory.mktemp("hostile") / "var"
    return start_app(hostile_store(folder, operations=demo_settings.operations_path).store)


def _check(page: Page, requests_seen: RequestsSeen, where: str) -> None:
    assert requests_seen.elsewhere() == [], where
    for frame in page.frames:
        assert frame.locator(MADE_OF_TEXT).count() == 0, where
        assert frame.evaluate("window.hostile") is None, where


@pytest.mark.parametrize("section", EACH_SECTION)
def test_no_page_loads_links_or_runs_what_somebody_wrote(
    section: str, open_screen: OpenScreen, planted: Server, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(planted)
    for address in screen.pages(section):
        screen.unfold()
        screen.rest()
        _check(screen.page, requests_seen, address)


@pytest.mark.parametrize("address", ["tasking?tasking=7", "tasking?tasking=6", "tasking?tasking=1"])
def test_a_tasking_and_a_hotspot_show_what_somebody_wrote_letter_by_letter(
    address: str, open_screen: OpenScreen, planted: Server, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(planted)
    screen.open(address)
    screen.unfold()
    screen.rest()
    _check(screen.page, requests_seen, address)
    shown = screen.page.locator("[data-testid=stMain]").inner_text()
    assert "https://evil.example/p.png) www.evil.example a@evil.example" in shown.replace("\n", "")

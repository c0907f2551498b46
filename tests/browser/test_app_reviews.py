"""The reviews page in a real browser: the verdict first, its map and files, and no barrier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, Server

pytestmark = pytest.mark.xdist_group("reviews")


def shown(screen: Screen) -> str:
    """Return the page's text once the review is drawn."""
    expect(screen.page.get_by_role("button", name="All figures as JSON")).to_be_visible()
    screen.rest()
    return screen.page.get_by_test_id("stMain").inner_text()


def test_the_planted_success_is_said_first_drawn_and_comes_as_a_file(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("reviews")
    screen.row("Completed taskings that have no review yet", 1).click()
    body = shown(screen)
    verdict = (
        "Drug dealing around Bethnal Green gardens: it fell by more than the comparison: about"
    )
    assert body.index(verdict) < body.index("Before and after") < body.index("How we know")
    drawn = screen.page.frame_locator("iframe[title^='streamlit_folium']").first
    for role in ("chosen", "ring", "comparison", "comparison-ring"):
        expect(drawn.locator(f"path.area-{role}").first).to_be_attached()
    said = json.loads(
        Path(screen.download("All figures as JSON").path()).read_text(encoding="utf-8")
    )
    assert said["verdict"] == "fell"
    assert f"{said['counts']['treated'][0]:,} before" in body
    assert (screen.link()["look"], screen.link()["section"]) == ("taskings", "verdict")
    assert screen.barriers() == []
    screen.section("Visits and record")
    expect(screen.page.get_by_role("button", name="Record the review")).to_be_visible()
    assert screen.barriers() == []
    assert screen.errors() == []


def test_the_other_two_views_are_without_barriers(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("reviews?look=intervention")
    screen.page.get_by_text("A circle around a place", exact=True).click()
    screen.rest()
    place = screen.page.get_by_label("Postcode, or easting and northing")
    place.fill("534860 181840")
    place.press("Enter")
    see = screen.page.get_by_role("button", name="See the verdict")
    expect(see).to_be_visible()
    screen.rest()
    assert screen.screens() <= 2
    assert screen.violations() == []
    see.click()
    assert "Circle of 150 m around easting 534860" in shown(screen)
    assert screen.screens() <= 2
    assert screen.violations() == []
    for section in ("Months and hours", "Record it"):
        screen.section(section)
        assert screen.screens() <= 2, section
    screen.page.get_by_text("What worked", exact=True).click()
    expect(screen.page.get_by_text("Read this first")).to_be_visible()
    screen.rest()
    assert screen.violations() == []
    assert screen.errors() == []

"""The near-repeat page as an officer works it: what it finds, its files, its link, its refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, Server

pytestmark = pytest.mark.xdist_group("near-repeat")


def shown(screen: Screen) -> str:
    """Return the page's text once its last button is there."""
    button = screen.page.get_by_role("button", name="Both as JSON")
    expect(button).to_be_visible()
    screen.rest()
    return screen.page.get_by_test_id("stMain").inner_text()


def test_burglary_is_followed_by_burglary_next_door_and_the_places_come_as_files(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("near-repeat")
    assert screen.errors() == []
    body = shown(screen)
    assert "Burglary" in body
    assert "Neighbours under 100 m away: Two incidents under 100 m apart" in body
    assert "times as common as chance" in body

    listed = screen.page.get_by_test_id("stDataFrame").first  # drawn once it is in sight
    listed.scroll_into_view_if_needed()
    expect(listed.locator("td").first).to_be_attached()
    first_rows = listed.locator("table").text_content()
    with Path(screen.download("Places as CSV").path()).open(encoding="utf-8-sig") as file:
        places = list(csv.DictReader(file))
    assert places[0]["near"].casefold() in first_rows.casefold()
    assert places[0]["notice"].startswith("SIMULATED")
    both = json.loads(Path(screen.download("Both as JSON").path()).read_text(encoding="utf-8"))
    assert len(both["places"]) == len(places)


def test_the_link_restores_distance_and_span(open_screen: OpenScreen, demo_app: Server) -> None:
    screen = open_screen(demo_app)
    screen.open("near-repeat?from=2026-10-01&to=2026-10-31")
    screen.choose("Distance", "Straight")
    screen.choose("Measured over", "The period alone")
    link = screen.link()
    assert (link["distance"], link["over"]) == ("euclidean", "period")
    body = shown(screen)
    assert "no longer than the bands of time" in body
    assert "No place is listed" in body
    again = open_screen(demo_app)
    again.open("near-repeat?" + "&".join(f"{key}={text}" for key, text in link.items()))
    assert shown(again) == body


def test_too_few_incidents_are_refused_in_words(open_screen: OpenScreen, demo_app: Server) -> None:
    screen = open_screen(demo_app)
    screen.open("near-repeat?from=2026-10-30&to=2026-10-31&over=period")
    expect(screen.page.get_by_test_id("stAlert")).to_contain_text("at least 60 incidents")
    assert screen.errors() == []

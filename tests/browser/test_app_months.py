"""Hotspots month by month: a slider on the map, on one scale, that a choice does not reset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import OpenScreen, Server


def test_the_months_play_on_the_map_and_stay_when_a_row_is_chosen(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("hotspots?from=2026-06-01&to=2026-09-30&category=violence")
    unit = screen.page.locator(".map-legend strong")
    assert unit.inner_text() == "Incidents per km²"
    screen.page.get_by_text("Month by month", exact=True).click()
    expect(unit).to_have_text("Incidents per km² in a month")
    screen.rest()
    assert screen.link()["months"] == "1"
    frame = screen.map()
    slider, label = frame.get_by_role("slider", name="Month"), frame.locator(".month-label")
    expect(label).to_contain_text("Sep 2026: ")
    classes = screen.page.locator(".map-legend").inner_text()
    slider.press("Home")
    expect(label).to_contain_text("Jun 2026: ")
    visible = "all => all.filter(each => each.style.opacity === '1').length"
    assert frame.locator(".leaflet-density-pane img").evaluate_all(visible) == 1
    assert frame.locator(".leaflet-density-pane img").count() == 4
    screen.page.get_by_role("button", name="Next hotspot").click()
    expect(screen.page.locator("#hotspot")).to_have_text(re.compile(r"^2\. "))
    screen.rest()
    expect(label).to_contain_text("Jun 2026: ")
    expect(screen.page.locator(".map-legend")).to_have_text(classes.replace("\n", ""))
    frame.get_by_role("button", name="Play").click()
    expect(label).to_contain_text("Sep 2026: ")
    expect(frame.get_by_role("button", name="Play")).to_be_visible()  # it has come to its end
    assert screen.violations() == []

    screen.choose("How to find hotspots", "Clusters (DBSCAN)")
    expect(screen.page.get_by_text("Choose that method, or the whole period.")).to_be_visible()
    expect(frame.locator(".map-months")).to_have_count(0)

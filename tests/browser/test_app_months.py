"""Time on the map: parts that play on one scale, two periods with a divider, and their change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import OpenScreen, Server


LAYER: Final = "Show on the map"


def test_the_months_play_on_the_map_and_stay_when_a_row_is_chosen(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("hotspots?from=2026-06-01&to=2026-09-30&category=violence")
    unit = screen.page.locator(".map-legend strong")
    assert unit.inner_text() == "Incidents per km²"
    screen.choose(LAYER, "Month by month")
    expect(unit).to_have_text("Incidents per km² in a month")
    screen.rest()
    assert screen.link()["layer"] == "months"
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


def test_two_periods_are_swiped_by_keyboard_and_the_change_is_a_layer_of_its_own(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.page.set_viewport_size({"width": 1366, "height": 768})
    screen.open("hotspots?from=2026-06-01&to=2026-08-31&category=violence&layer=swipe")
    frame = screen.map()
    divider = frame.get_by_role("slider", name="Divider between the two periods")
    left, right = frame.locator(".map-swipe-label").all()
    expect(left).to_contain_text("1 Jun 2026 to 31 Aug 2026: ")
    expect(right).to_contain_text("1 Jun 2025 to 31 Aug 2025: ")
    pictures = frame.locator(".leaflet-density-0-pane img, .leaflet-density-1-pane img")
    assert pictures.count() == 2
    assert len({each.get_attribute("src") for each in pictures.all()}) == 2
    divider.press("Home")
    expect(left).to_be_hidden()
    expect(right).to_be_visible()
    for _ in range(3):
        divider.press("ArrowRight")
    expect(divider).to_have_value("3")
    cut = "pane => pane.style.clip.match(/[-\\d.]+/g).map(Number)"
    one, other = (frame.locator(f".leaflet-density-{side}-pane").evaluate(cut) for side in (0, 1))
    assert one[1] == other[3]  # where one ends the other begins
    assert one[1] - one[3] < 80 < other[1] - other[3]
    assert screen.violations() == []
    screen.page.get_by_role("button", name="Next hotspot").click()
    expect(screen.page.locator("#hotspot")).to_have_text(re.compile(r"^2\. "))
    screen.rest()
    expect(divider).to_have_value("3")  # drawn again where it stood

    screen.choose(LAYER, "Change against the other period")
    assert screen.link()["layer"] == "change"
    expect(frame.locator(".map-swipe")).to_have_count(0)
    expect(screen.page.locator(".map-legend")).to_contain_text("more")
    expect(screen.page.get_by_text("Change, not tested")).to_be_visible()
    assert frame.locator(".leaflet-density-pane img").count() == 1
    screen.choose("Compare with", "Nothing")
    expect(screen.page.get_by_text("There is no second period to compare with.")).to_be_visible()

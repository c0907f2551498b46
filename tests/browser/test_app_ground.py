"""Water, streets and names beneath a map in a browser: fetched once, drawn, switched, kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from data.layers.places import save_places
from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.places import PlacesLayer
from tests.browser.app_screen import Screen
from tests.made_hotspots import SOUTH, WEST
from tests.made_places import made_places, many_streets
from tests.moment import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame

    from data.settings import Settings
    from tests.browser.conftest import OpenScreen, RequestsSeen, Server, StartApp

pytestmark = pytest.mark.xdist_group("ground")
WATER = (195, 215, 228)  # #c3d7e4
NOTHING = (0, 0, 0, 0)
RIVER = (WEST + 500, SOUTH + 150)
DRY = (WEST + 500, SOUTH + 900)
PIXEL = """([lat, lng]) => {
  const sheet = document.querySelector(".leaflet-ground-pane canvas");
  const from = sheet.getBoundingClientRect(), box = map.getContainer().getBoundingClientRect();
  const at = map.latLngToContainerPoint([lat, lng]), sharp = sheet.width / from.width;
  const x = (at.x + box.left - from.left) * sharp, y = (at.y + box.top - from.top) * sharp;
  return [...sheet.getContext("2d").getImageData(Math.round(x), Math.round(y), 1, 1).data];
}"""
INKED = """() => {
  const sheet = document.querySelector(".leaflet-ground-names-pane canvas");
  const data = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height).data;
  return data.filter((value, at) => at % 4 === 3 && value > 0).length;
}"""


StartWith = Callable[[Sequence[PlacesLayer]], "Server"]


@pytest.fixture(scope="module")
def start_with(
    start_app: StartApp, demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> StartWith:
    """Give a function that starts the product on a demo with layers of our own."""

    def start(layers: Sequence[PlacesLayer]) -> Server:
        folder = tmp_path_factory.mktemp("ground") / "var"
        shutil.copytree(demo_settings.store, folder)
        store = demo_settings.model_copy(update={"store": folder})
        for layer in layers:
            save_places(layer, store, now=NOW, person="Amina Khan")
        return start_app(folder)

    return start


@pytest.fixture(scope="module")
def app(start_with: StartWith) -> Server:
    """The demo with a river, a park, streets and stations."""
    return start_with(made_places())


def drawn_map(screen: Screen) -> Frame:
    """Return the map's frame over Whitechapel, once the ground is drawn."""
    frame = screen.map()
    frame.wait_for_function("map.groundDrawn === true")
    latitude, longitude = degrees(RIVER)
    frame.evaluate(f"map.setView([{latitude}, {longitude}], 15, {{animate: false}})")
    screen.page.wait_for_timeout(300)  # names follow a movement
    return frame


def degrees(place: tuple[float, float]) -> tuple[float, float]:
    (longitude,), (latitude,) = transform(
        [place[0]], [place[1]], source=BRITISH_NATIONAL_GRID, target=WGS84
    )
    return latitude, longitude


def pixel(frame: Frame, place: tuple[float, float]) -> tuple[int, ...]:
    """Return what the lower canvas has at a place: red, green, blue, opacity."""
    return tuple(frame.evaluate(PIXEL, list(degrees(place))))


def ground_requests(seen: RequestsSeen) -> list[str]:
    return [url for url in seen.urls if "/ground/" in url]


def test_the_ground_is_fetched_once_from_here_and_drawn_where_it_lies(
    app: Server, open_screen: OpenScreen, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(app)
    screen.open("hotspots")
    frame = drawn_map(screen)
    assert pixel(frame, RIVER) == (*WATER, 255)
    assert pixel(frame, DRY) == NOTHING
    (url,) = ground_requests(requests_seen)
    assert re.fullmatch(rf"{re.escape(app.url)}/ground/[0-9a-f]{{32}}\.json", url)
    assert (
        "© OpenStreetMap contributors" in frame.locator(".leaflet-control-attribution").inner_text()
    )

    for _ in range(2):
        frame.locator(".hotspot-rank").first.dispatch_event("click")
        screen.rest()
    assert ground_requests(requests_seen) == [url]
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []


def test_a_browser_keeps_the_ground_from_one_opening_to_the_next(
    app: Server, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    screen = Screen(context.new_page(), app.url)  # requests that are looked at are never cached
    sent = []
    for _ in range(2):
        screen.open("hotspots")
        sizes = drawn_map(screen).evaluate(
            """performance.getEntriesByType("resource").filter((e) => e.name.includes("/ground/"))
              .map((e) => [e.transferSize, e.decodedBodySize])"""
        )
        sent.append(sizes)
    context.close()
    ((first, held),), ((again, held_again),) = sent
    assert first > 300
    assert again == 0
    assert held == held_again


def test_groups_are_switched_by_keyboard_and_stay_switched_in_the_tab(
    app: Server, open_screen: OpenScreen
) -> None:
    screen = open_screen(app)
    screen.open("hotspots")
    frame = drawn_map(screen)
    key = frame.get_by_role("button", name="Map key")
    panel = frame.get_by_role("group", name="Shown on the map")
    expect(panel).to_be_hidden()
    assert key.get_attribute("aria-expanded") == "false"
    named = frame.evaluate(INKED)
    assert named > 0

    key.focus()
    screen.page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    assert key.get_attribute("aria-expanded") == "true"
    for each in (key, *panel.get_by_role("checkbox").all()):
        target = each.locator("xpath=ancestor-or-self::*[self::label or self::button]")
        assert target.bounding_box()["height"] >= 24
    labels = [each.inner_text() for each in panel.locator(".ground-switch").all()]
    assert labels == ["Streets", "Names", "Parks and water", "Rail and stations"]

    for _ in range(3):  # past the streets and the names
        screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Space")
    expect(panel.get_by_label("Parks and water")).not_to_be_checked()
    assert pixel(frame, RIVER) == NOTHING
    for label in ("Names", "Rail and stations", "Streets"):
        panel.get_by_label(label).press("Space")
    assert frame.evaluate(INKED) < named / 100

    screen.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(key).to_be_focused()
    screen.page.reload()
    screen.rest()
    frame = drawn_map(screen)
    assert pixel(frame, RIVER) == NOTHING
    frame.get_by_role("button", name="Map key").press("Enter")
    expect(frame.get_by_label("Parks and water")).not_to_be_checked()
    assert screen.violations() == []


def test_a_map_whose_ground_does_not_come_goes_on_without_it(
    app: Server, open_screen: OpenScreen
) -> None:
    screen = open_screen(app)
    screen.page.route("**/ground/*.json", lambda route: route.fulfill(status=404))
    screen.open("hotspots")
    frame = screen.map()
    frame.wait_for_function("map.groundDrawn === false")
    assert frame.locator(".ground-key").count() == 0
    assert frame.locator(".leaflet-ground-pane canvas").count() == 0
    rank = frame.locator(".hotspot-rank").nth(1)
    rank.dispatch_event("click")
    screen.rest()
    expect(frame.locator(".hotspot-rank.is-chosen")).to_have_count(1)
    assert screen.errors() == []


def test_small_streets_of_a_city_come_in_sheets_when_they_are_looked_at(
    start_with: StartWith, open_screen: OpenScreen, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(start_with([many_streets()]))
    screen.open("hotspots")
    frame = screen.map()
    frame.wait_for_function("map.groundDrawn === true")
    frame.evaluate("map.setZoom(12, {animate: false})")
    opened = len(ground_requests(requests_seen))
    drawn_map(screen)
    screen.page.wait_for_timeout(500)
    later = ground_requests(requests_seen)[opened:]
    assert later
    assert all(re.search(r"/ground/[0-9a-f]{32}-[0-9]+\.json$", url) for url in later)
    street = (WEST + 515, SOUTH + 160)  # the middle of one of 30 m
    assert pixel(frame, street)[3] == 255
    assert pixel(frame, (WEST + 540, SOUTH + 170))[3] == 0
    frame.evaluate("map.panBy([10, 0], {animate: false})")
    screen.page.wait_for_timeout(300)
    assert ground_requests(requests_seen)[opened:] == later  # each is fetched once
    assert requests_seen.faults() == []

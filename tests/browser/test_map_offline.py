"""The map in a real browser: drawn by this server alone, harmless, clickable, and no trap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from geo.crs import WGS84, transform
from geo.escaping import plain_text
from geo.naming.words import sentence_case
from tests.browser.windows import RequestsSeen
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import SOUTH, WEST
from tests.served import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import CDPSession, Frame, Page

    from tests.browser.conftest import OpenScreen, Server, StartServer
    from tests.browser.windows import Windows

pytestmark = pytest.mark.xdist_group("map")
FRAME = 'iframe[title="streamlit_folium.st_folium"]'
SHOWN = HOSTILE_NAMES[:10]


@pytest.fixture(scope="module")
def map_server(start_server: StartServer) -> Server:
    return start_server(ROOT / "tests/browser/map_script.py")


@pytest.fixture
def frame(page: Page, map_server: Server) -> Frame:
    """The map, opened for one test."""
    return opened_map(page, map_server)


@dataclass(frozen=True)
class Looked:
    """The map, opened once for the tests that only look at it."""

    page: Page
    frame: Frame
    seen: RequestsSeen


@pytest.fixture(scope="module")
def looked(windows: Windows, map_server: Server) -> Iterator[Looked]:
    seen = RequestsSeen()
    window = windows.lend(seen)
    yield Looked(window.page, opened_map(window.page, map_server), seen)
    windows.take_back(window)


def opened_map(page: Page, server: Server) -> Frame:
    """Open the page and return the map's frame once all is drawn and at rest."""
    page.goto(server.url)
    page.locator(FRAME).wait_for()
    drawn = page.locator(FRAME).element_handle().content_frame()
    drawn.wait_for_function("window.map && document.querySelectorAll('.hotspot-rank').length > 9")
    drawn.wait_for_function("document.querySelector('.leaflet-image-layer')?.complete")
    page.wait_for_timeout(700)  # longer than the component waits before it reports
    return drawn


def state(page: Page) -> tuple[int, str]:
    """Return how often the script has run, and which hotspot it says is chosen."""
    text = page.get_by_text(re.compile("^runs=")).inner_text()
    found = re.fullmatch(r"runs=(\d+) chosen=(.*)", text)
    assert found, text
    return int(found[1]), found[2]


def swipe_up(page: Page, devtools: CDPSession) -> None:
    """Move one finger 120 px upwards over the middle of the map."""
    finger = {"x": 195, "y": 450}
    devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    for moved in range(10, 130, 10):
        finger = {"x": 195, "y": 450 - moved}
        devtools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [finger]})
        page.wait_for_timeout(20)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_the_map_is_drawn_without_asking_another_host(looked: Looked) -> None:
    frame = looked.frame
    assert looked.seen.elsewhere() == []
    assert looked.seen.failed == []
    assert looked.seen.errors == []
    assert any(url.endswith("leaflet/leaflet.js") for url in looked.seen.urls)
    assert frame.locator("path.map-ward").count() == len(HOSTILE_NAMES)
    assert frame.locator("path.map-borough").count() == 2
    assert frame.locator("path.hotspot-area").count() == len(SHOWN)
    assert frame.locator(".leaflet-image-layer").evaluate("image => image.naturalWidth") > 100
    assert looked.page.locator(FRAME).bounding_box()["width"] > 1000


def test_hostile_names_do_not_run_and_are_shown_letter_by_letter(looked: Looked) -> None:
    frame = looked.frame
    for rank, name in enumerate(SHOWN, start=1):
        label = frame.locator(".hotspot-rank").nth(rank - 1)
        assert label.locator(".said").text_content() == f", hotspot, {plain_text(name)}"
        label.hover()
        tip = frame.locator(".leaflet-tooltip").last  # the one before may still be fading
        assert tip.locator("strong").text_content() == f"{rank}. {sentence_case(plain_text(name))}"
        assert tip.locator("*:not(strong):not(br)").count() == 0
    names = frame.locator(".map-name span").all_text_contents()
    assert sorted(names) == sorted(plain_text(name, longest=60) for name in HOSTILE_NAMES)
    assert frame.locator(".map-name span *").count() == 0
    for place in looked.page.frames:
        assert place.evaluate("window.hostile") is None


def test_a_click_on_a_hotspot_chooses_it_and_so_does_the_next(page: Page, frame: Frame) -> None:
    ranks = frame.locator(".hotspot-rank")
    ranks.nth(0).click()
    page.get_by_text("chosen=K-5345-1805").wait_for()
    assert frame.locator(".hotspot-rank.is-chosen").inner_text().startswith("1")
    assert frame.locator("path.hotspot-area.is-chosen").count() == 1

    page.get_by_role("button", name="Choose the third").click()
    page.get_by_text("chosen=K-5359-1805").wait_for()
    ranks.nth(0).click()  # the same label as before, at the same point
    page.get_by_text("chosen=K-5345-1805").wait_for()


def test_a_click_on_the_polygon_itself_chooses_it(page: Page, frame: Frame) -> None:
    frame.evaluate("map.setView(map.getCenter(), 16, {animate: false})")
    frame.evaluate("map.panTo([51.5074, -0.0634], {animate: false})")
    area = frame.locator("path.hotspot-area").last  # the first in rank is drawn last
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.08)
    page.get_by_text("chosen=K-5345-1805").wait_for()


def test_the_keyboard_reaches_a_hotspot(page: Page, frame: Frame) -> None:
    frame.locator(".hotspot-rank").nth(3).focus()
    page.keyboard.press("Enter")
    page.get_by_text("chosen=K-5366-1805").wait_for()
    frame.locator(".hotspot-rank.is-chosen").wait_for()
    assert frame.evaluate("document.activeElement.innerText").startswith("4")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_text("chosen=K-5373-1805").wait_for()


def test_the_map_has_no_fault_that_axe_finds(looked: Looked) -> None:
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(looked.frame, options=rules).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []


def test_ward_names_are_left_out_where_they_would_lie_under_a_rank(looked: Looked) -> None:
    overlaps = looked.frame.evaluate(
        """() => {
          const boxes = (what) => [...document.querySelectorAll(what)]
            .filter((e) => e.style.visibility !== 'hidden').map((e) => e.getBoundingClientRect());
          const ranks = boxes('.hotspot-rank'), names = boxes('.map-name span');
          const cross = (a, b) => a.left < b.right && b.left < a.right
            && a.top < b.bottom && b.top < a.bottom;
          const pairs = names.flatMap(
            (name, i) => [...ranks, ...names.slice(i + 1)].map((other) => [name, other]));
          return {shown: names.length, crossed: pairs.filter(([a, b]) => cross(a, b)).length};
        }"""
    )
    assert overlaps["crossed"] == 0
    assert 3 < overlaps["shown"] < len(HOSTILE_NAMES)


def test_moving_the_map_costs_no_rerun_and_choosing_does_not_move_it(
    page: Page, frame: Frame
) -> None:
    before, _ = state(page)
    for step in range(10):
        frame.evaluate("step => map.panBy([step % 2 ? -60 : 60, 0], {animate: false})", step)
        page.wait_for_timeout(400)
    frame.evaluate("map.setZoom(13.5, {animate: false})")
    page.wait_for_timeout(600)
    assert state(page) == (before, "None")

    view = frame.evaluate("[map.getZoom(), map.getCenter().lat, map.getCenter().lng]")
    page.get_by_role("button", name="Choose the third").click()
    page.get_by_text("chosen=K-5359-1805").wait_for()
    frame.locator("path.hotspot-area.is-chosen").wait_for()
    assert frame.evaluate("[map.getZoom(), map.getCenter().lat, map.getCenter().lng]") == view
    assert state(page)[0] == before + 1


def test_the_density_lies_within_half_a_cell_of_its_place(looked: Looked) -> None:
    darkest = looked.frame.evaluate(
        """() => {
          const image = document.querySelector('.leaflet-image-layer');
          const canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
          const drawing = canvas.getContext('2d');
          drawing.drawImage(image, 0, 0);
          const pixels = drawing.getImageData(0, 0, canvas.width, canvas.height).data;
          let x = 0, y = 0, n = 0, least = 999;
          for (const pass of [0, 1]) for (let i = 0; i < pixels.length; i += 4) {
            if (pixels[i + 3] === 0) continue;
            const light = pixels[i] + pixels[i + 1] + pixels[i + 2];
            if (pass === 0) least = Math.min(least, light);
            else if (light <= least + 6) {
              x += (i / 4) % canvas.width + 0.5; y += Math.floor(i / 4 / canvas.width) + 0.5; n++;
            }
          }
          const on = image.getBoundingClientRect();
          const frame = map.getContainer().getBoundingClientRect();
          const at = map.containerPointToLatLng([
            on.left - frame.left + x / n / canvas.width * on.width,
            on.top - frame.top + y / n / canvas.height * on.height]);
          return [at.lng, at.lat];
        }"""
    )
    x, y = transform(darkest[0], darkest[1], source=WGS84, target="EPSG:27700")
    assert abs(float(x) - (WEST + 500)) < 25
    assert abs(float(y) - (SOUTH + 500)) < 25


def test_the_wheel_scrolls_the_page_until_the_map_is_clicked(page: Page, frame: Frame) -> None:
    page.set_viewport_size({"width": 1280, "height": 420})
    zoom = frame.evaluate("map.getZoom()")
    box = page.locator(FRAME).bounding_box()
    page.mouse.move(box["x"] + 900, box["y"] + 200)
    page.mouse.wheel(0, 120)
    page.wait_for_timeout(500)
    assert page.locator(FRAME).bounding_box()["y"] < box["y"]
    assert frame.evaluate("map.getZoom()") == zoom
    box = page.locator(FRAME).bounding_box()
    page.mouse.click(box["x"] + 900, box["y"] + 200)
    page.mouse.wheel(0, -240)
    page.wait_for_timeout(800)
    assert frame.evaluate("map.getZoom()") > zoom


def test_one_finger_on_the_map_scrolls_the_page_on_a_phone(
    open_screen: OpenScreen, map_server: Server, requests_seen: RequestsSeen
) -> None:
    page = open_screen(map_server, phone=True).page
    page.set_viewport_size({"width": 390, "height": 664})
    frame = opened_map(page, map_server)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    before = page.locator(FRAME).bounding_box()
    assert 250 < before["width"] <= 390
    centre = frame.evaluate("[map.getCenter().lat, map.getCenter().lng]")
    hint = frame.get_by_text("Two fingers move the map")
    assert hint.count() == 0  # said to whoever tries with one, and not among the credits
    swipe_up(page, page.context.new_cdp_session(page))
    page.wait_for_timeout(500)
    assert hint.is_visible()
    assert page.locator(FRAME).bounding_box()["y"] < before["y"] - 50
    assert frame.evaluate("[map.getCenter().lat, map.getCenter().lng]") == centre
    assert requests_seen.elsewhere() == []
    page.wait_for_timeout(2500)
    assert hint.count() == 0


CREDITS = ("Contains OS data © Crown copyright", "© OpenStreetMap contributors", "© Somebody " * 30)
ADD_CREDITS = "(all) => all.forEach((each) => map.attributionControl.addAttribution(each))"


def test_credits_are_one_line_with_all_of_them_behind_a_button(frame: Frame) -> None:
    frame.evaluate(ADD_CREDITS, list(CREDITS))
    bar = frame.locator(".map-credits")
    assert bar.bounding_box()["height"] <= 30
    assert bar.locator(".credits-line").inner_text().startswith("© OpenStreetMap contributors ·")
    button = frame.get_by_role("button", name="All credits of the map")
    listed = frame.locator(".credits-list li")
    assert not listed.first.is_visible()
    button.click()
    assert {" ".join(each.split()) for each in CREDITS} <= {
        " ".join(each.split()) for each in listed.all_inner_texts()
    }
    assert button.get_attribute("aria-expanded") == "true"
    box, whole = frame.locator(".credits-list").bounding_box(), frame.locator("body").bounding_box()
    assert box["x"] >= whole["x"]
    button.press("Escape")
    assert not listed.first.is_visible()
    frame.evaluate("(each) => map.attributionControl.removeAttribution(each)", CREDITS[2])
    assert not button.is_visible()  # the line shows them all


def test_credits_are_a_button_on_a_phone(open_screen: OpenScreen, map_server: Server) -> None:
    frame = opened_map(open_screen(map_server, phone=True).page, map_server)
    frame.evaluate(ADD_CREDITS, list(CREDITS[:2]))
    assert frame.locator(".map-credits").bounding_box()["width"] < 60
    frame.get_by_role("button", name="All credits of the map").tap()
    for each in CREDITS[:2]:
        assert frame.locator(".credits-list").get_by_text(each).is_visible()

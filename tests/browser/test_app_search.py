"""The search box of a map, and rows of tables that move a map, in a real browser."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from data.layers.places import save_places
from data.layers.postcodes import save_postcodes
from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.postcodes import PostcodeTable
from tests.browser.app_screen import MAP
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import SOUTH, WEST
from tests.made_places import line, made_layer
from tests.moment import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator, Page, Route

    from data.settings import Settings
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, RequestsSeen, Server, StartApp

pytestmark = pytest.mark.xdist_group("search")
POSTCODE = (WEST + 700, SOUTH + 700)


@pytest.fixture(scope="module")
def app(
    start_app: StartApp, demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """The demo with streets, some of them hostile, and postcodes of our own."""
    folder = tmp_path_factory.mktemp("search") / "var"
    shutil.copytree(demo_settings.store, folder)
    store = demo_settings.model_copy(update={"store": folder})
    hostile = [
        (f"Evil {name}", "local", line((100, 30 * at), (160, 30 * at)))
        for at, name in enumerate(HOSTILE_NAMES)
    ]
    streets = [
        ("Quibble Road", "main", line((0, 900), (1500, 900))),
        ("Quibble Lane", "local", line((2500, 100), (2600, 100))),
        *hostile,
    ]
    save_places(made_layer("street", streets), store, now=NOW, person="Amina Khan")
    table = PostcodeTable.of(
        ["E1 6QL", "E1 6AA"],
        easting=np.array([POSTCODE[0], POSTCODE[0] + 50]),
        northing=np.array([POSTCODE[1], POSTCODE[1] + 50]),
    )
    save_postcodes(table, store.postcodes_path)
    return start_app(folder)


def box(frame: Frame) -> Locator:
    return frame.get_by_role("combobox", name="Find a place on the map")


def options(frame: Frame) -> list[str]:
    return [" | ".join(each.split("\n")) for each in frame.get_by_role("option").all_inner_texts()]


def typed(frame: Frame, text: str) -> list[str]:
    """Type into the box, and return what is listed once it is."""
    box(frame).fill("")
    box(frame).press_sequentially(text)
    frame.wait_for_function(
        """(text) => document.querySelector(".place-list").dataset.text === text
          && !document.querySelector(".place-said").textContent.includes("being loaded")""",
        arg=text[:80].strip(),  # no more fits in
    )
    return options(frame)


def centre(frame: Frame) -> tuple[float, float]:
    """Return the middle of the map in metres."""
    at = frame.evaluate("map.getCenter()")
    (x,), (y,) = transform([at["lng"]], [at["lat"]], source=WGS84, target=BRITISH_NATIONAL_GRID)
    return float(x), float(y)


def off(frame: Frame, place: tuple[float, float]) -> float:
    """Return how many metres the middle of the map is from a place."""
    x, y = centre(frame)
    return float(np.hypot(x - place[0], y - place[1]))


def opened(screen: Screen, address: str = "hotspots") -> Frame:
    screen.open(address)
    frame = screen.map()
    frame.wait_for_function("map.groundDrawn === true")
    return frame


def said_to_server(page: Page) -> list[bytes | str]:
    """Return a list that grows with what the page tells the server."""
    sent: list[bytes | str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def test_a_place_is_typed_pointed_at_by_arrows_and_the_map_moves_without_a_rerun(
    app: Server, open_screen: OpenScreen, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(app)
    sent = said_to_server(screen.page)
    frame = opened(screen)
    before, asked = len(sent), len(requests_seen.urls)
    field = box(frame)
    field.focus()
    assert field.get_attribute("aria-expanded") == "false"
    assert typed(frame, "quible")[:2] == [  # a letter is missing
        "Quibble Lane | street · Mile End", "Quibble Road | street · Whitechapel",
    ] or len(options(frame)) >= 2  # fmt: skip
    assert field.get_attribute("aria-expanded") == "true"
    typed(frame, "quibble rd")
    field.press("ArrowDown")
    pointed = frame.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(pointed).to_have_attribute("aria-selected", "true")
    expect(pointed).to_contain_text("Quibble Road")
    field.press("Enter")
    assert off(frame, (WEST + 750, SOUTH + 900)) < 60
    assert field.input_value() == "Quibble Road"
    expect(field).to_be_focused()
    expect(frame.get_by_role("listbox")).to_be_hidden()
    expect(frame.get_by_role("status")).to_contain_text("The map shows Quibble Road, street")
    assert frame.locator(".place-outline.is-line").count() > 0
    assert frame.locator(".place-ring").count() == 0  # its line says more
    expect(frame.locator(".place-name")).to_have_text("Quibble Road")
    expect(frame.locator(".place-outline")).to_have_count(0)  # the mark goes away
    screen.page.wait_for_timeout(500)
    assert len(sent) == before  # nothing was asked of the server: no rerun
    later = requests_seen.urls[asked:]
    assert len(later) <= 4  # two files of names, and sheets of the ground
    assert all("/ground/" in url and "quib" not in url.lower() for url in later)
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []


def chosen(frame: Frame, text: str) -> float:
    """Choose the first place found for a text, and return the zoom that the map then has."""
    typed(frame, text)
    box(frame).press("Enter")
    expect(frame.locator(".place-outline, .place-ring").first).to_be_visible()
    return float(frame.evaluate("map.getZoom()"))


def seen_whole(frame: Frame) -> bool:
    """Tell whether all that is marked lies below the search box and above the credits."""
    return bool(
        frame.evaluate(
            """() => { const at = map.getContainer().getBoundingClientRect();
              const box = document.querySelector(".place-search").getBoundingClientRect();
              const credits = document.querySelector(".leaflet-control-attribution")
                .getBoundingClientRect();
              return [...document.querySelectorAll(".place-outline")].every((each) => {
                const r = each.getBoundingClientRect();
                return r.left > at.left && r.right < at.right && r.top > box.bottom
                  && r.bottom < credits.top; }); }"""
        )
    )


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_what_has_a_length_is_shown_whole_and_a_point_from_one_height(
    app: Server, open_screen: OpenScreen, *, phone: bool
) -> None:
    frame = opened(open_screen(app, phone=phone))
    zooms = {}
    for text in ("quibble road", "quibble lane", "poplar park", "bethnal green"):
        zooms[text] = chosen(frame, text)
        assert frame.locator(".place-outline").count() == 1, text
        assert seen_whole(frame), text
    assert zooms["quibble road"] <= 15.5  # 1,500 m
    assert zooms["quibble lane"] == 16.5  # 100 m, with what lies around it
    assert zooms["bethnal green"] < zooms["poplar park"]
    for text in ("e1 6ql", "shadwell station"):
        assert chosen(frame, text) == 16, text
        assert frame.locator(".place-ring").count() == 1


def test_enter_before_the_names_are_here_waits_for_them(
    app: Server, open_screen: OpenScreen
) -> None:
    screen = open_screen(app)
    frame = opened(screen)
    held: list[Route] = []
    screen.page.route("**/ground/*.json", lambda route: held.append(route))
    start = centre(frame)
    box(frame).focus()
    box(frame).press_sequentially("hotspot quibble road")
    box(frame).press("Enter")
    expect(frame.get_by_role("status")).to_have_text("Names are being loaded…")
    box(frame).fill("quibble road")
    box(frame).press("Enter")
    assert centre(frame) == start  # and not to the first of what came with the page
    for route in held:
        route.continue_()
    screen.page.unroute("**/ground/*.json")
    expect(frame.get_by_role("status")).to_contain_text("The map shows Quibble Road, street")
    assert off(frame, (WEST + 750, SOUTH + 900)) < 60


def test_names_are_fetched_when_the_box_is_used_and_once(
    app: Server, open_screen: OpenScreen, requests_seen: RequestsSeen
) -> None:
    frame = opened(open_screen(app))
    held = len(requests_seen.urls)
    for text in ("qui", "e1 6ql", "qui"):
        typed(frame, text)
        box(frame).press("Escape")
        box(frame).blur()
    names = [url for url in requests_seen.urls[held:] if "/ground/" in url]
    assert len(names) == len(set(names)) == 2


def test_postcodes_wards_hotspots_and_taskings_are_found_and_named_by_kind(
    app: Server, open_screen: OpenScreen
) -> None:
    frame = opened(open_screen(app))
    for text in ("e16ql", "E1 6QL"):
        assert typed(frame, text)[0] == "E1 6QL | postcode"
        box(frame).press("Enter")
        assert off(frame, POSTCODE) < 5
    assert typed(frame, "e1")[0] == "E1 | postcode district · 2 postcodes"
    (ward,) = [each for each in typed(frame, "poplar") if "ward ·" in each]
    assert ward == "Poplar | ward · Tower Hamlets"
    assert typed(frame, "hotspot 1")[0].startswith("1. ")
    assert " | hotspot · " in options(frame)[0]
    first = typed(frame, "T-0005")[0]
    assert first.startswith("T-0005 ")
    assert " | tasking · " in first
    frame.get_by_role("option").first.click()
    assert frame.locator(".place-outline").count() == 1


def test_escape_closes_the_list_then_empties_the_box_and_a_click_on_the_map_closes_it(
    app: Server, open_screen: OpenScreen
) -> None:
    frame = opened(open_screen(app))
    typed(frame, "poplar")
    box(frame).press("Escape")
    expect(frame.get_by_role("listbox")).to_be_hidden()
    assert box(frame).input_value() == "poplar"
    box(frame).press("Escape")
    assert box(frame).input_value() == ""
    zoom, middle = frame.evaluate("map.getZoom()"), centre(frame)
    box(frame).press_sequentially("+-=")  # signs and arrows are for the box, not for the map
    box(frame).press("ArrowLeft")
    assert (frame.evaluate("map.getZoom()"), centre(frame)) == (zoom, middle)
    assert typed(frame, "zzzzz") == []
    expect(frame.locator(".place-said")).to_have_text("No such place on this map.")
    box(frame).press("ArrowDown")
    box(frame).press("Enter")
    assert centre(frame) == middle
    typed(frame, "poplar")
    frame.locator(".leaflet-container").click(position={"x": 300, "y": 400})
    expect(frame.get_by_role("listbox")).to_be_hidden()


def test_hostile_names_are_shown_as_text(
    app: Server, open_screen: OpenScreen, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(app)
    frame = opened(screen)
    for text in ("evil", "evil script", "evil img onerror", "evil svg", *HOSTILE_NAMES[:6]):
        typed(frame, text)
        if options(frame):
            box(frame).press("Enter")
    listed = " ".join(typed(frame, "evil script"))
    assert "<script>" in listed
    assert frame.locator(".place-list *:not(li, span), .place-name *:not(span)").count() == 0
    assert frame.evaluate("window.hostile") is None
    assert screen.page.evaluate("window.hostile") is None
    assert requests_seen.elsewhere() == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_open_list_has_no_barrier_and_lies_on_the_map(
    app: Server, open_screen: OpenScreen, *, phone: bool
) -> None:
    screen = open_screen(app, phone=phone)
    frame = opened(screen)
    typed(frame, "quibble")
    box(frame).press("ArrowDown")
    assert screen.violations() == []
    around = frame.locator(".leaflet-container").bounding_box()
    inside = frame.get_by_role("listbox").bounding_box()
    key = frame.get_by_role("button", name="Map key").bounding_box()
    assert around
    assert inside
    assert key
    assert around["x"] <= inside["x"]
    assert inside["x"] + inside["width"] <= key["x"]
    for option in frame.get_by_role("option").all():
        held = option.bounding_box()
        assert held
        assert held["height"] >= (44 if phone else 24)


def test_a_row_moves_the_map_to_its_hotspot_and_a_click_on_the_map_does_not(
    app: Server, open_screen: OpenScreen
) -> None:
    screen = open_screen(app)
    frame = opened(screen)
    start = centre(frame)
    frame.locator(".hotspot-rank").nth(3).dispatch_event("click")
    screen.rest()
    assert centre(frame) == start
    screen.pick_row(2)
    frame.wait_for_function(
        "document.querySelector('.hotspot-rank.is-chosen').innerText.startsWith('2')"
    )
    frame.wait_for_function("map.getZoom() > 14 && !map._animatingZoom")
    second = frame.evaluate(
        """() => { const chosen = document.querySelector(".hotspot-rank.is-chosen")
          .getBoundingClientRect(), box = map.getContainer().getBoundingClientRect();
          return [(chosen.x + chosen.width / 2 - box.x) / box.width,
            (chosen.y + chosen.height / 2 - box.y) / box.height]; }"""
    )
    assert second == pytest.approx([0.5, 0.5], abs=0.2)
    assert frame.locator(".place-outline").count() == 1
    expect(frame.locator(".place-outline")).to_have_count(0)
    frame.evaluate("map.setZoom(12, {animate: false})")
    screen.pick_row(2)  # the same row again
    frame.wait_for_function("map.getZoom() > 14")


def test_a_ward_panel_map_offers_no_hotspot_and_no_tasking_and_its_rows_move_it(
    app: Server, open_screen: OpenScreen
) -> None:
    screen = open_screen(app)
    screen.open("ward-panel?section=where")
    frame = screen.map()
    for text in ("T-0005", "hotspot", "tasking", "market outreach"):
        assert [each for each in typed(frame, text) if "hotspot" in each or "tasking" in each] == []
    assert typed(frame, "quibble")
    before = frame.evaluate("map.getZoom()")
    region = screen.page.get_by_role(
        "region", name="The map's blocks, those with most incidents for their area first"
    )
    region.click(position={"x": 100, "y": 35 * 1.5})
    screen.rest()
    frame = screen.map()
    frame.wait_for_function(f"map.getZoom() > {before}")
    assert frame.locator(".place-outline").count() == 1


def test_the_list_of_taskings_moves_the_board_s_map(app: Server, open_screen: OpenScreen) -> None:
    screen = open_screen(app)
    screen.open("board")
    screen.page.get_by_text("Show them on the map").click()
    screen.rest()
    (frame,) = screen.maps()
    before = frame.evaluate("map.getZoom()")
    region = screen.page.get_by_role("region", name="Taskings, one a row", exact=True)
    region.scroll_into_view_if_needed()
    screen.still(region)
    region.hover(position={"x": 100, "y": 35 * 1.5})  # a table learns so where it lies now
    region.click(position={"x": 100, "y": 35 * 1.5})
    screen.rest()
    frame.wait_for_function(f"map.getZoom() > {before}")
    screen.page.locator(MAP).scroll_into_view_if_needed()
    assert frame.locator(".place-outline").count() == 1

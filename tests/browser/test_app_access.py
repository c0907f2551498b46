"""Everyone can use the pages: axe in both themes and widths, the keyboard alone, a phone."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.app_screen import EACH_SECTION, MAP, RANKED, SECTIONS

if TYPE_CHECKING:
    from tests.browser.conftest import OpenScreen, RequestsSeen, Server


@pytest.mark.parametrize("section", EACH_SECTION)
def test_everybody_can_use_every_page_and_no_other_host_is_asked(
    open_screen: OpenScreen, demo_app: Server, requests_seen: RequestsSeen, section: str
) -> None:
    screen = open_screen(demo_app)
    for address in screen.pages(section):
        loaded = screen.page.evaluate(
            "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
        )
        assert "Material Symbols Rounded" in loaded, address
        screen.unfold()
        levels = screen.heading_levels()
        assert levels[0] == 1, address
        assert all(after <= before + 1 for before, after in pairwise(levels)), address
        assert screen.barriers() == [], address
        assert screen.errors() == [], address
    assert any("MaterialSymbols" in url for url in requests_seen.urls)
    assert any(".woff2" in url for url in requests_seen.urls)
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []


# These say something of their own where there are no incidents; the others say what to load.
WITHOUT_INCIDENTS = {
    "board",
    "tasking",
    "meeting",
    "administration",
    "methods-and-limits",
    "your-account",
}


@pytest.mark.parametrize("section", EACH_SECTION)
def test_every_page_of_an_empty_store_says_what_to_do_and_everybody_can_use_it(
    open_screen: OpenScreen, empty_app: Server, requests_seen: RequestsSeen, section: str
) -> None:
    screen = open_screen(empty_app)
    for address in screen.pages(section):
        said = screen.page.get_by_test_id("stMain").inner_text()
        assert ("No ward file is loaded yet" in said) == (address not in WITHOUT_INCIDENTS), address
        assert "SIMULATED" not in said
        assert screen.errors() == [], address
        assert screen.barriers() == [], address
    assert requests_seen.faults() == []
    assert requests_seen.elsewhere() == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_filters_and_settings(
    open_screen: OpenScreen, demo_app: Server, *, dark: bool
) -> None:
    screen = open_screen(demo_app, phone=dark, dark=dark)
    screen.open(
        "hotspots?category=asb,violence&hours=clock:18-23&days=4,5&from=2025-05-05&to=2026-06-07"
    )
    screen.open_chip("ward")
    screen.page.get_by_role("combobox", name="Wards").click()
    screen.page.get_by_role("option").first.wait_for()
    screen.page.wait_for_timeout(500)  # the list and its box are tied together a moment later
    assert screen.violations() == []
    screen.page.keyboard.press("Escape")
    screen.page.keyboard.press("Escape")
    for chip in ("span", "hours", "method"):
        screen.open_chip(chip)
        assert screen.violations() == []
        screen.page.keyboard.press("Escape")


def test_a_hotspot_is_chosen_with_the_keyboard_alone(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open()
    frame = screen.map()
    third = screen.ranked()[2]["Where"]  # the table scrolls as the key goes through its cells
    for _ in range(60):
        screen.page.keyboard.press("Tab")
        reached = frame.evaluate("document.hasFocus() ? document.activeElement.innerText : ''")
        if reached.startswith("3\n"):
            break
    else:
        pytest.fail("Tab does not reach the third hotspot")
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator("#hotspot")).to_have_text(f"3. {third}")
    expect(screen.map().locator(".hotspot-rank.is-chosen")).to_contain_text("3")


def test_what_the_keyboard_reaches_is_not_under_the_bar_at_the_top(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open()
    box = screen.page.get_by_role("button", name="Propose a tasking here")
    screen.page.get_by_role("button", name="Next hotspot").focus()
    bar = screen.page.get_by_test_id("stHeader").bounding_box()
    under = box.bounding_box()["y"] - bar["height"] / 2
    screen.page.get_by_test_id("stMain").evaluate("(main, by) => main.scrollBy(0, by)", under)
    assert box.bounding_box()["y"] < bar["height"]
    screen.page.keyboard.press("Shift+Tab")
    expect(box).to_be_focused()
    screen.page.wait_for_timeout(300)
    assert box.bounding_box()["y"] >= bar["height"]


def test_every_stop_of_the_tab_key_has_a_name(open_screen: OpenScreen, demo_app: Server) -> None:
    screen = open_screen(demo_app)
    screen.open()
    frame = screen.map()
    unnamed = frame.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => e.tabIndex >= 0
             && !(e.getAttribute('aria-label') || e.title || e.textContent).trim())
             .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []


def test_the_menu_is_folded_away_on_a_phone_and_nothing_is_too_wide(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app, phone=True)
    for first, *_ in SECTIONS.values():
        screen.open(first)
        assert screen.too_wide() == [], first
        expect(screen.page.get_by_test_id("stSidebarContent")).not_to_be_in_viewport()


def test_a_phone_shows_answer_and_list_and_the_map_on_the_whole_screen_after_one_tap(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app, phone=True)
    screen.open()
    place = screen.page.locator(MAP)
    listed = screen.page.get_by_role("region", name=RANKED, exact=True).bounding_box()
    assert screen.page.locator(".st-key-answer").bounding_box()["y"] < listed["y"] < 844 / 2
    expect(place).not_to_be_in_viewport()
    screen.show_map()
    assert place.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert screen.violations() == []
    frame = screen.map()
    rank = frame.locator(".hotspot-rank").nth(2)
    name = rank.inner_text().split("\n")[0]
    rank.tap()
    screen.page.locator(".st-key-phone_view").get_by_text("List", exact=True).tap()
    expect(screen.page.locator("#hotspot")).to_have_text(re.compile(rf"^{name}\. "))
    expect(place).not_to_be_in_viewport()


@pytest.mark.parametrize(("wide", "high"), [(1366, 768), (1440, 900)])
def test_answer_filters_map_list_and_card_are_on_the_first_screen(
    open_screen: OpenScreen, demo_app: Server, wide: int, high: int
) -> None:
    screen = open_screen(demo_app)
    screen.page.set_viewport_size({"width": wide, "height": high})
    screen.open()
    screen.rest()
    on_screen = [".st-key-chip_span", ".st-key-chip_method", ".st-key-answer", ".st-key-list"]
    on_screen += [".st-key-chosen", ".st-key-propose_here", ".map-legend", MAP]
    for each in on_screen:
        box = screen.page.locator(each).bounding_box()
        assert box["y"] >= 0, each
        assert box["y"] + box["height"] <= high, each
        assert box["x"] + box["width"] <= wide, each
    drawn = screen.page.locator(MAP).bounding_box()
    assert drawn["width"] * drawn["height"] >= wide * high / 2


def test_visit_and_propose_have_answer_map_and_what_stands_next_to_it_on_one_screen(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    for address, side in (("visit", ".st-key-visit_list"), ("propose", ".st-key-side_form")):
        screen.open(address)
        for wide, high in ((1366, 768), (1440, 900)):
            screen.page.set_viewport_size({"width": wide, "height": high})
            screen.rest()
            for each in (".st-key-answer", side, MAP):
                box = screen.page.locator(each).bounding_box()
                assert box["y"] >= 0, each
                assert box["y"] + box["height"] <= high, each
                assert box["x"] + box["width"] <= wide, each
            drawn = screen.page.locator(MAP).bounding_box()
            assert drawn["width"] * drawn["height"] >= wide * high / 2


def test_list_and_map_follow_each_other_and_the_steps(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open()
    listed = screen.ranked()
    frame = screen.map()
    screen.page.get_by_role("button", name="Next hotspot").click()
    expect(screen.page.locator("#hotspot")).to_have_text(f"2. {listed[1]['Where']}")
    screen.rest()
    assert frame.locator(".hotspot-rank.is-chosen").inner_text().split("\n")[0] == "2"
    seen = frame.evaluate("map.getBounds().contains(map.getCenter()) && map.getZoom()")
    screen.page.get_by_role("button", name="Previous hotspot").click()
    expect(screen.page.locator("#hotspot")).to_have_text(f"1. {listed[0]['Where']}")
    screen.rest()
    assert frame.locator(".hotspot-rank.is-chosen").inner_text().split("\n")[0] == "1"
    assert seen > 13  # it moved there
    expect(screen.page.get_by_role("button", name="Previous hotspot")).to_be_disabled()
    screen.pick_row(3)
    screen.page.get_by_role("button", name="Next hotspot").click()
    expect(screen.page.locator("#hotspot")).to_have_text(f"4. {listed[3]['Where']}")
    screen.rest()
    screen.pick_row(3)  # the same row again, once: its click counts
    screen.page.get_by_role("button", name="Next hotspot").click()
    expect(screen.page.locator("#hotspot")).to_have_text(f"4. {listed[3]['Where']}")
    screen.rest()
    screen.pick_row(2)
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator("#hotspot")).to_have_text(f"3. {listed[2]['Where']}")
    screen.rest()
    assert screen.marked() == f"3{listed[2]['Where']}"
    heading = screen.page.get_by_role("button", name="Change", exact=True)
    heading.click()
    assert sorted(each["Rank"] for each in screen.ranked()) == sorted(
        each["Rank"] for each in listed
    )
    assert screen.ranked() != listed
    assert screen.marked() == f"3{listed[2]['Where']}"


def test_six_stops_of_the_tab_key_lie_before_the_page(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open()
    chip = screen.page.locator(".st-key-head button").first
    stops = []
    while not stops or not chip.evaluate("chip => chip === document.activeElement"):
        screen.page.keyboard.press("Tab")
        stops.append(screen.page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
        assert len(stops) <= 9, stops  # skip link, five sections, the app's menu, page, chip


def test_the_last_of_several_clicks_counts_however_quick_they_come(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open()
    listed = screen.ranked()
    heading = screen.page.locator("#hotspot")
    for rank in (2, 4, 3):  # the page is still being drawn for the one before
        screen.row(RANKED, rank).click()
        screen.page.wait_for_timeout(350)
    expect(heading).to_have_text(f"3. {listed[2]['Where']}")
    screen.rest()
    assert heading.inner_text() == f"3. {listed[2]['Where']}"
    frame = screen.page.locator(MAP).element_handle().content_frame()
    frame.evaluate("map.setZoom(13, {animate: false})")  # the row has moved the map to its place
    screen.row(RANKED, 2).click()
    frame.locator(".hotspot-rank").nth(4).click()  # at once, and the map is not yet all in sight
    expect(heading).to_have_text(f"5. {listed[4]['Where']}")
    screen.rest()
    assert frame.locator(".hotspot-rank.is-chosen").inner_text().split("\n")[0] == "5"


def test_a_phone_reaches_filters_rows_and_downloads_by_touch(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app, phone=True)
    screen.open()
    fourth = screen.ranked()[3]["Where"]
    screen.pick_row(4, touch=True)
    assert screen.card() == f"4. {fourth}"
    for label in ("CSV", "Excel", "GeoJSON", "GeoPackage", "Map as PNG"):
        button = screen.page.get_by_role("button", name=label, exact=True)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box["x"] >= 0, label
        assert box["x"] + box["width"] <= 390, label
        assert box["height"] >= 24, label  # WCAG 2.2, 2.5.8
    screen.choose("Hours", "Friday and Saturday nights")
    assert screen.link()["hours"] == "nights"


def test_one_finger_on_the_map_scrolls_the_page(open_screen: OpenScreen, demo_app: Server) -> None:
    screen = open_screen(demo_app, phone=True)
    screen.open("ward-panel?section=where")
    frame = screen.map()
    before = screen.page.locator(MAP).bounding_box()["y"]
    centre = frame.evaluate("[map.getCenter().lat, map.getCenter().lng]")
    devtools = screen.page.context.new_cdp_session(screen.page)
    finger = {"x": 195.0, "y": before + 250}
    devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    for _ in range(12):
        finger["y"] -= 10
        devtools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [finger]})
        screen.page.wait_for_timeout(20)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    screen.page.wait_for_timeout(400)
    assert screen.page.locator(MAP).bounding_box()["y"] < before - 50
    assert frame.evaluate("[map.getCenter().lat, map.getCenter().lng]") == centre

"""Every page by its address: on a fresh server, from a copied link, on an empty store, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from data.demo.geography import SIMULATED_NOTICE
from tests.browser.app_screen import FILTERED, MAP, PAGES

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import WebSocket

    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, RequestsSeen, Server, StartApp

# One that the filters stand on and one that they do not; what surrounds them is the same for all.
DEEP_LINKS = [(address, PAGES[address]) for address in ("hotspots", "import-data")]


def shown(screen: Screen) -> dict[str, object]:
    """Return what the page says of its view, and its chosen hotspot."""
    expect(screen.page.get_by_test_id("stMetricValue")).to_have_count(4)  # drawn, and drawn again
    screen.rest()
    expect(screen.page.get_by_test_id("stMetricValue")).to_have_count(4)
    figures = screen.page.get_by_test_id("stMetricValue").all_inner_texts()
    chosen = screen.map().locator(".hotspot-rank.is-chosen").inner_text().split("\n")[0]
    return {
        "figures": figures,
        "card": screen.card(),
        "its figures": screen.card_table(),
        "ranked": screen.ranked(),
        "marked on the map": chosen,
        "link": screen.link(),
    }


@pytest.mark.parametrize(("address", "title"), DEEP_LINKS)
def test_a_deep_link_on_a_fresh_server_opens_its_page_after_app_py(
    start_app: StartApp,
    demo_store: Path,
    open_screen: OpenScreen,
    requests_seen: RequestsSeen,
    address: str,
    title: str,
) -> None:
    fresh = start_app(demo_store)
    screen = open_screen(fresh)
    screen.open(address)
    expect(screen.page.locator("h1")).to_have_text(title)
    expect(screen.page).to_have_title(f"{title} · Hotspot Tasking")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(screen.page.get_by_role("note").filter(has_text=SIMULATED_NOTICE)).to_be_visible()
    period = screen.page.locator(".st-key-chip_span")
    expect(period).to_have_count(1 if address in FILTERED else 0)
    screen.page.wait_for_timeout(500)  # in which the message "Page not found" would come
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(screen.page.locator("h1")).to_have_text(title)
    assert screen.errors() == []
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []
    fresh.process.terminate()


def test_the_bare_address_leads_to_the_first_page(
    open_screen: OpenScreen, demo_app: Server, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(demo_app)
    screen.open("")
    expect(screen.page.locator("h1")).to_have_text("Today")
    screen.page.wait_for_url(f"{demo_app.url}/today")
    assert int(screen.figure("Incidents in 7 days").replace(",", "")) > 1_000
    assert len(screen.table("New incidents by kind")) > 5
    screen.page.get_by_role("link", name="Open T-0004").click()
    expect(screen.page.locator("h1")).to_have_text("Tasking")
    expect(screen.page.get_by_text("T-0004").first).to_be_visible()
    assert requests_seen.faults() == []


def test_a_bare_address_with_a_view_leads_to_hotspots_with_it(
    open_screen: OpenScreen, demo_app: Server, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(demo_app)
    screen.open("?category=robbery&compare=none")
    expect(screen.page.locator("h1")).to_have_text("Hotspots")
    screen.page.wait_for_url(f"{demo_app.url}/hotspots?*")
    assert screen.link()["category"] == "robbery"
    assert screen.link()["compare"] == "none"
    screen.go("Data quality")
    screen.page.wait_for_url(f"{demo_app.url}/data-quality*")
    screen.go("Hotspots")
    assert screen.link()["category"] == "robbery"
    assert requests_seen.faults() == []


def test_a_copied_link_shows_the_same_figures_and_the_same_hotspot(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    mine = open_screen(demo_app)
    mine.open()
    usual = shown(mine)
    mine.choose("Period", "Last 3 complete months")
    mine.choose("Compare with", "The period just before")
    mine.choose("Categories", "Violence")
    mine.choose("Hours", "Friday and Saturday nights")
    mine.choose("How to find hotspots", "Clusters (DBSCAN)")
    mine.pick_row(3)
    changed = shown(mine)
    assert str(changed["card"]).startswith("3. ")
    assert changed["marked on the map"] == "3"
    assert changed["figures"] != usual["figures"]
    query = mine.page.url.split("/")[-1]
    other = open_screen(demo_app)
    other.open(query)
    assert shown(other) == changed


def test_settings_of_the_method_and_chosen_dates_go_into_the_link(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    mine = open_screen(demo_app)
    mine.open("hotspots?from=2026-03-05&to=2026-05-06&ward=E05009317,E05009318")
    mine.open_chip("method")
    bandwidth = mine.page.get_by_role("spinbutton", name="Bandwidth (m)")
    bandwidth.fill("350")
    bandwidth.press("Enter")
    mine.rest()
    mine.page.keyboard.press("Escape")
    mine.rest()
    link = mine.link()
    assert (link["bandwidth_m"], link["from"], link["to"]) == ("350.0", "2026-03-05", "2026-05-06")
    assert link["ward"] == "E05009317,E05009318"
    other = open_screen(demo_app)
    other.open(mine.page.url.split("/")[-1])
    assert shown(other) == shown(mine)
    other.open_chip("method")
    expect(other.page.get_by_role("spinbutton", name="Bandwidth (m)")).to_have_value("350")


def test_a_link_with_rubbish_says_what_of_it_was_left_out(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("hotspots?from=yesterday&category=asb,<b>arson</b>&ward=nowhere&hotspot=K-1-1")
    told = screen.page.get_by_role("region", name="The link could not be read in full")
    expect(told).to_contain_text("'yesterday to'")
    expect(told).to_contain_text("'<b>arson</b>'")
    expect(told).to_contain_text("'nowhere'")
    assert screen.link()["category"] == "asb"
    assert screen.card().startswith("1. ")
    assert screen.errors() == []


def test_moving_the_map_asks_nothing_of_the_server(
    open_screen: OpenScreen, demo_app: Server, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(demo_app)
    sent: list[object] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda message: sent.append(message))

    screen.page.on("websocket", listen)
    screen.open()
    frame = screen.map()
    screen.page.wait_for_timeout(800)  # longer than the map waits before it reports
    assert sent  # the page has been asked for
    sent.clear()
    before = frame.evaluate("[map.getZoom(), map.getCenter().lng]")
    screen.page.locator(MAP).scroll_into_view_if_needed()  # where a hand would move it
    box = screen.page.locator(MAP).bounding_box()
    x, y = box["x"] + 40, box["y"] + box["height"] - 60  # water: no hotspot is there
    assert y < screen.page.viewport_size["height"]
    for step in range(4):
        screen.page.mouse.move(x, y)
        screen.page.mouse.down()
        screen.page.mouse.move(x + 60, y - 30 * (step % 2), steps=4)
        screen.page.mouse.up()
        screen.page.wait_for_timeout(300)
    frame.wait_for_function("then => map.getCenter().lng !== then", arg=before[1])
    frame.locator(".leaflet-control-zoom-in").click()
    frame.wait_for_function("then => map.getZoom() > then", arg=before[0])
    screen.page.wait_for_timeout(800)
    assert sent == []
    assert requests_seen.faults() == []

"""Tasking in a real browser: an area drawn by clicking, a visit in three taps, a hotspot's form."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.moment import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Frame

    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, RequestsSeen, Server, StartApp

pytestmark = pytest.mark.xdist_group("tasking")
MAP = 'iframe[title="streamlit_folium.st_folium"]'
LEAST_TOUCH_PX = 44
SOON = 30_000  # milliseconds; a machine may have much else to do


@pytest.fixture(scope="module")
def app(start_app: StartApp, demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The demo, to be changed by these tests."""
    store = tmp_path_factory.mktemp("tasking") / "var"
    shutil.copytree(demo_store, store)
    return start_app(store)


def area_map(screen: Screen) -> Frame:
    """Return the map's frame once it can be drawn on."""
    screen.page.locator(MAP).first.scroll_into_view_if_needed()
    frame = screen.page.locator(MAP).first.element_handle().content_frame()
    assert frame is not None
    frame.get_by_role("button", name=re.compile("Draw an area|Finish")).first.wait_for()
    return frame


def needles(screen: Screen) -> int:
    """Return the needles found in all visits, as the tasking's page says it."""
    said = screen.page.get_by_text("Found and done in all visits").inner_text()
    found = re.search(r"Needles: (\d+)", said)
    return int(found[1]) if found else 0


def test_an_area_is_drawn_by_clicking_and_by_keyboard_alone(
    open_screen: OpenScreen, app: Server, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(app)
    screen.open("propose")
    frame = area_map(screen)
    frame.get_by_role("button", name="Draw an area").click()
    finish = frame.get_by_role("button", name="Finish")
    ground = frame.locator(".hotspot-map")
    for x, y in ((440, 150), (520, 150), (520, 210)):
        expect(finish).to_be_disabled() if x == 440 else None
        ground.click(position={"x": x, "y": y})
    expect(frame.locator(".area-said")).to_have_text("Corners: 3. Finish with at least three.")
    frame.get_by_role("button", name="Undo").click()
    expect(finish).to_be_disabled()
    ground.click(position={"x": 520, "y": 210})
    finish.click()
    caption = screen.page.get_by_text("Drawn on the map:")
    expect(caption).to_be_visible(timeout=SOON)
    screen.rest()
    drawn = caption.inner_text()
    assert re.search(r"Drawn on the map: \d\.\d+ km² .*, in \w", drawn)
    expect(screen.page.get_by_role("button", name="Propose this tasking")).to_be_visible(
        timeout=SOON
    )

    frame.get_by_role("button", name="Draw an area").focus()
    keys = ("Enter", "Enter", "ArrowRight", "Enter", "ArrowDown", "Enter")
    for key in keys:
        screen.page.keyboard.press(key)
        screen.page.wait_for_timeout(400)  # Leaflet slides the map
    expect(frame.locator(".area-said")).to_have_text("Corners: 3. Finish with at least three.")
    finish.focus()
    screen.page.keyboard.press("Enter")
    expect(caption).not_to_have_text(drawn, timeout=SOON)
    screen.rest()
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []
    assert screen.errors() == []


def test_an_area_drawn_across_itself_is_refused_with_its_reason(
    open_screen: OpenScreen, app: Server
) -> None:
    screen = open_screen(app)
    screen.open("propose")
    frame = area_map(screen)
    frame.get_by_role("button", name="Draw an area").click()
    ground = frame.locator(".hotspot-map")
    for x, y in ((440, 150), (520, 210), (520, 150), (440, 210)):
        ground.click(position={"x": x, "y": y})
    frame.get_by_role("button", name="Finish").click()
    expect(screen.page.get_by_text("crosses or touches itself")).to_be_visible(timeout=SOON)
    expect(screen.page.get_by_role("button", name="Propose this tasking")).to_have_count(0)


def test_a_visit_takes_three_taps_on_a_phone(open_screen: OpenScreen, app: Server) -> None:
    screen = open_screen(app, phone=True)
    page = screen.page
    screen.open("tasking?tasking=7")
    before = needles(screen)
    screen.open("visit?tasking=7")
    opened = page.get_by_role("button", expanded=True).filter(has_text="T-0007")
    expect(opened).to_contain_text("T-0007 After-school robbery, Mile End", timeout=SOON)
    for label in ("We have arrived", "We are leaving", "Save the visit"):
        button = page.get_by_role("button", name=label)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= LEAST_TOUCH_PX
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert screen.violations() == []
        if label == "Save the visit":
            up = page.get_by_role("button", name="Needles: one more")
            size = up.bounding_box()
            assert size is not None
            assert min(size["width"], size["height"]) >= LEAST_TOUCH_PX
            up.tap()
            up.tap()
        button.tap()
        screen.rest()
    expect(page.get_by_text(re.compile(r"Saved: \d\d:\d\d to \d\d:\d\d"))).to_be_visible(
        timeout=SOON
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    screen.open("tasking?tasking=7")
    assert needles(screen) == before + 2
    assert screen.violations() == []
    assert screen.errors() == []


def test_a_hotspots_button_leads_to_its_form_and_a_link_leads_back_there(
    open_screen: OpenScreen, app: Server
) -> None:
    screen = open_screen(app)
    screen.open("hotspots?category=drugs")
    page = screen.page
    button = page.get_by_role("button", name="Propose a tasking here")
    expect(button).to_be_visible(timeout=SOON)  # it is drawn after the card
    screen.rest()
    heading = screen.card()
    busiest = screen.card_table()["Busiest"]
    button.click()
    expect(page.locator("h1")).to_have_text("Propose a tasking", timeout=SOON)
    title = page.get_by_role("textbox", name="Title")
    expect(title).to_be_visible(timeout=SOON)
    screen.rest()
    suggested = title.input_value()  # "around" begins a heading with a capital letter
    assert suggested.casefold().startswith(f"patrol: {heading.partition('. ')[2]}".casefold())
    hours = re.search(r"(\d\d):00–(\d\d):00", busiest)
    assert hours
    assert page.get_by_label("From hour").input_value() == str(int(hours[1]))
    link = screen.link()
    assert (link["category"], link["hotspot"][:2]) == ("drugs", "K-")
    again = open_screen(app)
    again.open("propose?" + "&".join(f"{key}={text}" for key, text in link.items()))
    expect(again.page.get_by_role("textbox", name="Title")).to_have_value(suggested, timeout=SOON)
    title.fill("Drugs by the station")
    page.get_by_role("button", name="Propose this tasking").click()
    expect(page.get_by_role("heading", name="Drugs by the station")).to_be_visible(timeout=SOON)
    screen.rest()
    assert re.fullmatch(r"\d+", screen.link()["tasking"])
    expect(page.get_by_text("The same.")).to_be_visible(timeout=SOON)
    assert screen.violations() == []
    screen.open("board?status=proposed")
    page.get_by_role("link", name="Drugs by the station").click()
    expect(page.get_by_role("heading", name="Drugs by the station")).to_be_visible(timeout=SOON)


def test_visits_come_from_a_csv_and_each_refused_row_comes_back_with_its_reason(
    open_screen: OpenScreen, app: Server, tmp_path: Path
) -> None:
    day = NOW.date()
    then, ahead = day - timedelta(days=3), day + timedelta(days=3)
    team = "Partnership Taskforce"
    path = tmp_path / "visits.csv"
    path.write_text(
        "tasking,team,arrived,left,needles\n"
        f"T-0007,{team},{then} 05:10,{then} 05:25,2\n"
        f"T-0007,{team},{ahead} 05:10,{ahead} 05:25,0\n"
        f"T-0007,{team},{then} 06:30,{then} 06:10,0\n"
        f"T-9999,{team},{then} 07:00,{then} 07:10,0\n",
        encoding="utf-8",
    )
    screen = open_screen(app)
    screen.open("visit?tasking=7")
    screen.unfold()
    screen.upload(path, label="CSV of visits")
    screen.page.get_by_role("button", name="Log these visits").click()
    told = screen.page.get_by_text("4 rows read = 1 logged")
    expect(told).to_be_visible(timeout=SOON)
    screen.rest()
    rows = screen.table("Rejected visits, one a row")
    assert [row["Row"] for row in rows] == ["3", "4", "5"]
    assert "is in the future" in rows[0]["Why"]
    assert "no tasking T-9999" in rows[2]["Why"]
    coming = screen.download("Rejected rows as CSV, to correct and upload again")
    with Path(coming.path()).open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 3

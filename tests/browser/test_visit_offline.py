"""Visits logged on a phone that loses its connection: kept in the page, and logged exactly once."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

from data.access import Person
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.visits.visits import visits
from tests.browser.app_screen import MAP
from tests.moment import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from data.settings import Settings
    from models.tasking.tasking import Visit
    from tests.browser.conftest import OpenScreen
    from tests.served import Servers

PASSWORD = "lantern copper walnut"
UNSENT = re.compile(r"kept on this phone, not sent yet")
OPENED = "visit?tasking=7"


def tap(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).tap()


def made(ops: Operations, before: set[int]) -> list[Visit]:
    return [each for each in visits(ops, tasking_id=7) if each.visit_id not in before]


def entries_sent(page: Page) -> None:
    expect(page.get_by_text(UNSENT)).to_have_count(0)


def test_visits_are_kept_without_a_connection_and_logged_once_when_it_is_back(
    open_screen: OpenScreen, servers: Servers, demo_settings: Settings, tmp_path: Path
) -> None:
    store = tmp_path / "var"
    shutil.copytree(demo_settings.store, store)
    ops = Operations.open(demo_settings.model_copy(update={"store": store}))
    server = servers.app(store)
    screen = open_screen(server, phone=True)
    page, context = screen.page, screen.page.context
    screen.open(OPENED)
    before = {each.visit_id for each in visits(ops, tasking_id=7)}

    context.set_offline(True)
    tap(page, "We have arrived")
    expect(page.get_by_text("1 entry is kept on this phone, not sent yet")).to_be_visible()
    tap(page, "Map")
    expect(page.locator(MAP)).to_be_in_viewport()
    assert page.locator(MAP).bounding_box()["width"] == 390
    tap(page, "List")
    expect(page.locator(MAP)).not_to_be_in_viewport()
    tap(page, "We are leaving")
    page.get_by_role("button", name="Needles: one more").tap()
    page.get_by_role("button", name="Needles: one more").tap()
    page.locator(".visit-phone textarea").fill("Kiosk <b>closed</b>")
    assert screen.violations() == []
    tap(page, "Save the visit")
    expect(page.get_by_text("2 entries are kept on this phone, not sent yet")).to_be_visible()
    assert made(ops, before) == []
    context.set_offline(False)
    entries_sent(page)
    (visit,) = made(ops, before)
    assert (visit.finds.needles, visit.note) == (2, "Kiosk <b>closed</b>")
    assert visit.left_at is not None
    expect(page.get_by_text(re.compile(r"Saved: \d\d:\d\d to \d\d:\d\d"))).to_be_visible()
    before.add(visit.visit_id)

    def lose(route: Route) -> None:  # the server has committed, and its answer does not arrive
        route.fetch()
        route.abort()

    page.route("**/visit-entries", lose)
    tap(page, "We have arrived")
    expect(page.get_by_text(UNSENT).first).to_be_visible()
    expect(page.get_by_text("There is no connection")).to_be_visible()
    (visit,) = made(ops, before)
    page.unroute_all(behavior="wait")  # one that is on its way is lost too
    entries_sent(page)  # by itself
    assert made(ops, before) == [visit]

    server.process.kill()
    server.process.wait()
    tap(page, "We are leaving")
    tap(page, "Save the visit")
    expect(page.get_by_text("There is no connection")).to_be_visible()
    expect(page.locator("[data-test-connection-state=CONNECTED]")).to_have_count(0)
    page.wait_for_timeout(4000)  # Streamlit's own warning would cover the page by now
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    later = {"HOTSPOT_NOW": (NOW + timedelta(minutes=9)).isoformat()}
    again = servers.app(store, environment=later, port=urlsplit(server.url).port)
    page.wait_for_function("document.querySelector('[data-test-connection-state=CONNECTED]')")
    entries_sent(page)
    (visit,) = made(ops, before)
    assert visit.left_at is not None
    page.reload()
    screen.rest()
    expect(page.get_by_role("button", name="We have arrived")).to_be_visible()
    assert len(made(ops, before)) == 1
    again.process.terminate()
    ops.close()


def test_nothing_that_one_person_keeps_is_left_for_the_next_on_the_same_phone(
    open_screen: OpenScreen, servers: Servers, demo_settings: Settings, tmp_path: Path
) -> None:
    store = tmp_path / "var"
    shutil.copytree(demo_settings.store, store)
    ops = Operations.open(demo_settings.model_copy(update={"store": store}))
    keeper = Actor(ops, Person("this computer", "administrator"), NOW)
    add_account(keeper, name="Keeper", role="administrator", password=PASSWORD)
    for name in ("Amina", "Ben"):
        add_account(keeper, name=name, role="officer", password=PASSWORD)
    server = servers.app(store)
    screen = open_screen(server, phone=True)
    page = screen.page

    def sign_in(name: str) -> None:
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator("h1").wait_for()
        screen.rest()

    def stored() -> str:
        return page.evaluate("JSON.stringify(Object.entries(localStorage))")

    page.goto(f"{server.url}/{OPENED}")
    sign_in("Amina")
    before = {each.visit_id for each in visits(ops, tasking_id=7)}
    page.route("**/visit-entries", lambda route: route.abort())
    tap(page, "We have arrived")
    expect(page.get_by_text(UNSENT).first).to_be_visible()
    assert "Partnership Taskforce" in stored()

    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("heading", name="Visits are not sent yet")).to_be_visible()
    assert screen.violations() == []
    page.get_by_role("link", name="Sign out and lose them").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Partnership" not in stored()
    page.unroute("**/visit-entries")
    page.goto(f"{server.url}/{OPENED}")
    sign_in("Ben")
    expect(page.get_by_role("button", name="We have arrived")).to_be_visible()
    entries_sent(page)
    assert made(ops, before) == []
    assert not [each for each in page.context.cookies() if each["value"].endswith(".unsent")]
    server.process.terminate()
    ops.close()

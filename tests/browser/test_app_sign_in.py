"""Signing in: nobody does before the first account, everybody after it, and a panel sees little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, RequestsSeen, StartApp

PASSWORD = "lantern copper walnut"


def make_account(screen: Screen, name: str, *, role: str) -> None:
    form = screen.page.get_by_test_id("stForm").filter(has_text="New account")
    form.get_by_role("textbox", name="Name").fill(name)
    screen.choose("Role of the account", role)
    form.get_by_role("textbox", name="Password").fill(PASSWORD)
    form.get_by_role("button", name="Create the account").click()


def sign_in(screen: Screen, name: str, *, password: str = PASSWORD) -> None:
    expect(screen.page.locator("h1")).to_have_text("Sign in")
    screen.page.get_by_role("textbox", name="Name").fill(name)
    screen.page.get_by_role("textbox", name="Password").fill(password)
    screen.page.get_by_role("button", name="Sign in").click()


def sign_out(screen: Screen) -> None:
    screen.page.get_by_role("link", name="Sign out").click()
    expect(screen.page.get_by_text("You are signed out.")).to_be_visible()


def test_after_the_first_account_everybody_signs_in_and_a_panel_sees_little(
    start_app: StartApp, open_screen: OpenScreen, tmp_path: Path, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(start_app(tmp_path / "var"))
    screen.open("administration")
    expect(screen.page.get_by_text("There are no accounts")).to_be_visible()
    assert screen.violations() == []
    make_account(screen, "Amina Rahman", role="Administrator")
    sign_in(screen, "amina rahman", password="not the password")
    expect(screen.page.get_by_text("Name or password is wrong")).to_be_visible()
    assert screen.violations() == []
    sign_in(screen, "amina rahman")
    screen.rest()
    screen.open("administration")
    expect(screen.page.locator("h1")).to_have_text("Administration")
    expect(screen.page.get_by_text("Signed in as Amina Rahman")).to_be_visible()

    screen.open("import-data")  # a link that is opened again needs no new sign-in
    expect(screen.page.locator("h1")).to_have_text("Import data")
    screen.go("Administration")
    make_account(screen, "Ward Panel East", role="Ward panel")
    expect(screen.page.get_by_text("is created.")).to_be_visible()
    assert [row["What"] for row in screen.table("Changes, newest first")].count("added") >= 3
    sign_out(screen)
    screen.page.goto(f"{screen.home}/administration")
    expect(screen.page.locator("h1")).to_have_text("Sign in")

    sign_in(screen, "ward panel east")
    screen.rest()
    sections = screen.page.get_by_test_id("stTopNavSection")
    expect(sections).to_have_text(["Review", "Help"])
    menu = screen.page.get_by_test_id("stPageLink-NavLink")  # of a phone
    expect(menu.filter(has_text="Methods and limits")).to_be_attached()
    titles = menu.locator("p").all_text_contents()
    assert "Methods and limits" in titles
    assert not {"Hotspots", "Import data", "Administration"} & set(titles)
    expect(screen.page.locator('[class*="st-key-chip_"]')).to_have_count(0)
    for address in ("hotspots", "administration", "import-data"):
        screen.page.goto(f"{screen.home}/{address}")
        screen.page.locator("h1").first.wait_for()
        screen.rest()
        expect(screen.page.locator("h1")).not_to_have_text("Hotspots")
        expect(screen.page.get_by_test_id("stPageLink-NavLink")).to_have_count(len(titles))
    assert requests_seen.elsewhere() == []

"""What is typed is saved once and lost never: a double click, a busy database, back and reload."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, Server, StartApp

pytestmark = pytest.mark.xdist_group("saving")
SOON = 60_000  # milliseconds; a busy database is waited for, and a machine may have much else to do
TASKING = "tasking?tasking=7"


@pytest.fixture(scope="module")
def store(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, to be changed by these tests."""
    folder = tmp_path_factory.mktemp("saving") / "var"
    shutil.copytree(demo_store, folder)
    return folder


@pytest.fixture(scope="module")
def app(start_app: StartApp, store: Path) -> Server:
    return start_app(store)


@pytest.fixture
def database(store: Path) -> Iterator[sqlite3.Connection]:
    """Another connection to the operations database."""
    with closing(sqlite3.connect(store / "operations.sqlite", isolation_level=None)) as connection:
        yield connection
        if connection.in_transaction:
            connection.rollback()


def comments(database: sqlite3.Connection) -> list[str]:
    return [words for (words,) in database.execute("SELECT words FROM comments ORDER BY 1")]


def type_comment(screen: Screen, words: str) -> None:
    box = screen.page.get_by_role("textbox", name="Comment", exact=True)
    box.fill(words)
    box.press("Tab")


def test_a_double_click_saves_a_comment_once(
    open_screen: OpenScreen, app: Server, database: sqlite3.Connection
) -> None:
    screen = open_screen(app)
    screen.open(TASKING)
    for number in range(3):
        words = f"Clicked twice, {number}"
        type_comment(screen, words)
        screen.page.get_by_role("button", name="Add the comment").dblclick()
        expect(screen.page.get_by_text(words, exact=True)).to_have_count(1, timeout=SOON)
        screen.rest()
        assert comments(database).count(words) == 1
        box = screen.page.get_by_role("textbox", name="Comment", exact=True)
        expect(box).to_have_value("", timeout=SOON)
        expect(screen.page.get_by_text("The comment is added.")).to_be_visible(timeout=SOON)
        expect(screen.page.get_by_text("The comment is empty")).to_have_count(0)


def test_a_second_click_while_the_database_is_busy_saves_once(
    open_screen: OpenScreen, app: Server, database: sqlite3.Connection
) -> None:
    screen = open_screen(app)
    screen.open(TASKING)
    type_comment(screen, "Clicked while it was busy")
    database.execute("BEGIN IMMEDIATE")
    button = screen.page.get_by_role("button", name="Add the comment")
    button.click()
    screen.page.wait_for_timeout(500)
    button.click()
    screen.page.wait_for_timeout(500)
    database.execute("ROLLBACK")
    expect(screen.page.get_by_text("The comment is added.")).to_be_visible(timeout=SOON)
    screen.rest()
    assert comments(database).count("Clicked while it was busy") == 1


def test_a_busy_database_leaves_what_was_typed_and_says_so_next_to_it(
    open_screen: OpenScreen, app: Server, database: sqlite3.Connection
) -> None:
    screen = open_screen(app)
    screen.open(TASKING)
    words = "Typed while another was writing"
    type_comment(screen, words)
    database.execute("BEGIN IMMEDIATE")
    screen.page.get_by_role("button", name="Add the comment").click()
    form = screen.page.get_by_test_id("stForm").filter(
        has=screen.page.get_by_role("textbox", name="Comment", exact=True)
    )
    fault = form.get_by_test_id("stAlert")
    expect(fault).to_contain_text("busy", timeout=SOON)
    box = screen.page.get_by_role("textbox", name="Comment", exact=True)
    expect(box).to_have_value(words)
    database.execute("ROLLBACK")

    screen.go("Board")  # and back: what was refused is still there
    screen.page.go_back()
    expect(box).to_have_value(words, timeout=SOON)
    screen.rest()
    screen.page.get_by_role("button", name="Add the comment").click()
    expect(screen.page.get_by_text("The comment is added.")).to_be_visible(timeout=SOON)
    screen.rest()
    assert comments(database).count(words) == 1
    screen.page.reload()
    expect(screen.page.get_by_text(words, exact=True)).to_be_visible(timeout=SOON)


def test_a_double_click_proposes_one_tasking(
    open_screen: OpenScreen, app: Server, database: sqlite3.Connection
) -> None:
    screen = open_screen(app)
    screen.open("hotspots")
    screen.page.get_by_role("button", name="Propose a tasking here").click()
    expect(screen.page.locator("h1")).to_have_text("Propose a tasking", timeout=SOON)
    screen.rest()
    screen.page.get_by_role("textbox", name="Title").fill("Proposed by a double click")
    before = database.execute("SELECT count(*) FROM taskings").fetchone()[0]
    screen.page.get_by_role("button", name="Propose this tasking").dblclick()
    expect(screen.page.get_by_text("is proposed.").first).to_be_visible(timeout=SOON)
    screen.rest()
    made = database.execute(
        "SELECT count(*) FROM taskings WHERE title = 'Proposed by a double click'"
    ).fetchone()[0]
    assert (made, database.execute("SELECT count(*) FROM taskings").fetchone()[0]) == (
        1,
        before + 1,
    )


def test_a_view_is_saved_in_the_strip_and_opened_over_what_was_chosen_since(
    open_screen: OpenScreen, app: Server
) -> None:
    screen = open_screen(app)
    screen.open("near-repeat?category=burglary")
    chip, folded = screen.page.get_by_role("button", name="Views"), "false"
    chip.click()
    body = screen.page.get_by_test_id("stPopoverBody")
    body.get_by_role("textbox").fill("Burglary <b>near</b> *homes*")
    body.get_by_role("button", name="Save the view").click()
    expect(body.get_by_text("is saved, for you alone")).to_be_visible(timeout=SOON)
    screen.rest()
    assert screen.violations() == []
    chip.click()
    screen.choose("Categories", "Robbery")
    category = screen.page.locator(".st-key-chip_category button").first
    expect(category).to_contain_text("2 categories")
    chip.click()
    body.get_by_role("button", name="Burglary <b>near</b> *homes* (Near-repeat)").click()
    expect(category).to_contain_text("Burglary", timeout=SOON)
    screen.rest()
    assert chip.get_attribute("aria-expanded") == folded
    assert screen.link()["category"] == "burglary"

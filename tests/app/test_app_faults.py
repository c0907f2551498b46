"""Foreseeable faults are sentences on every page: no traceback, nothing of Streamlit's own."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.operations.database import Operations
from data.services.row_watch import PANEL_SENTENCE
from data.settings import settings as settings_of_process
from pages.shell.messages import show_fault
from pages.shell.queries_operations import damage_notes
from tests.moment import NOW
from tests.served import Servers
from tests.web_client import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "intelligence/today",
    "intelligence/hotspots",
    "intelligence/patterns",
    "tasking/board",
    "tasking/plan",
    "tasking/propose",
    "tasking/reviews",
    "review/performance",
    "review/night_time_economy",
    "review/ward_panel",
    "records/import_data",
    "records/data_quality",
    "records/administration",
)


@pytest.fixture(scope="module")
def whole(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, to be copied; its operations are in one file."""
    folder = tmp_path_factory.mktemp("whole") / "var"
    shutil.copytree(demo_settings.store, folder)
    with sqlite3.connect(folder / "operations.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def store(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the demo that a test may damage."""
    folder = tmp_path / "var"
    shutil.copytree(whole, folder)
    monkeypatch.setenv("HOTSPOT_STORE", str(folder))
    settings_of_process.cache_clear()
    yield folder
    settings_of_process.cache_clear()


def page(name: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return app.switch_page(str(ROOT / f"pages/{name}.py")).run()


def damage(path: Path) -> None:
    """Lose all of a file but its first page, as a failing disk does."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def said(app: AppTest) -> str:
    assert not app.exception, app.exception
    return " ".join(each.value.replace("\\", "") for each in app.error)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_a_traceback_of_a_damaged_incident_table(store: Path, name: str) -> None:
    for path in sorted((store / "incidents").rglob("*.parquet")):
        cut(path)
    assert said(page(name)).count("Traceback") == 0


def test_a_damaged_data_file_is_named_on_the_page(store: Path) -> None:
    for path in sorted((store / "incidents").rglob("*.parquet")):
        cut(path)
    assert "The incident table is damaged: part-" in said(page("intelligence/today"))


def test_a_data_file_that_is_gone_is_named_on_the_page(store: Path) -> None:
    path = max((store / "incidents").rglob("*.parquet"), key=lambda each: each.stat().st_size)
    path.unlink()
    message = said(page("intelligence/today"))
    assert "The incident table is damaged: part-" in message
    assert "is missing" in message
    assert "restore the newest backup" in message


def test_a_damaged_log_is_named_on_the_page(store: Path) -> None:
    cut(max((store / "incidents" / "_delta_log").glob("*.json")))
    assert "The incident table is damaged: 0000" in said(page("intelligence/today"))


@pytest.mark.parametrize("name", ["intelligence/today", "tasking/board", "records/import_data"])
def test_a_damaged_ward_layer_is_named_on_the_page(store: Path, name: str) -> None:
    cut(store / "wards.parquet")
    message = said(page(name))
    if name != "tasking/board":  # the board needs no wards
        assert "The ward layer of the store cannot be read (wards.parquet)." in message


def test_a_damaged_operations_database_is_named_on_the_page(store: Path) -> None:
    damage(store / "operations.sqlite")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert "The operations database is damaged, or is none" in said(app)


def test_a_fault_in_a_fragment_is_said_by_the_server(
    store: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A fragment that runs by itself does not pass `app.py`, nor does a callback."""
    servers = Servers(tmp_path_factory)
    server = servers.app(store)
    try:
        tab = Tab.open(server.url)
        tab.run("hotspots")
        (fragment,) = tab.fragments()
        cut(max((store / "incidents" / "_delta_log").glob("*.json")))
        tab.messages.clear()
        tab.run("hotspots", fragment=fragment)
        assert "The incident table is damaged" in tab.text().replace("\\", "")
        assert "Traceback" not in tab.text()
        tab.close()
    finally:
        servers.stop()


def test_a_clock_that_runs_behind_is_said_once_on_the_page(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.is_dir()
    monkeypatch.setenv("HOTSPOT_NOW", (NOW - timedelta(days=1)).isoformat())
    settings_of_process.cache_clear()
    app = page("tasking/board")
    assert not app.exception
    notes = [each.value for each in app.get("html") if "The clock of this machine" in each.value]
    assert len(notes) == 1


def test_pages_say_which_row_of_operations_is_damaged_and_a_panel_only_that_some_is(
    store: Path,
) -> None:
    database = store / "operations.sqlite"
    Operations.open(settings_of_process()).close()  # brings the demo up to date
    content = bytearray(database.read_bytes())
    at = content.index(b'"method"')  # in how some tasking was decided on
    content[at + 1] = ord("n")
    database.write_bytes(content)
    app = page("tasking/board")
    assert not app.exception
    (note,) = [each.value for each in app.get("html") if "Damage in the store" in each.value]
    assert re.search(r"is damaged in 1 row: [a-z_]+ [0-9]+ is not what was", note)
    assert "Restore the newest backup (hotspots restore" in note
    assert damage_notes("panel") == (PANEL_SENTENCE,)


def test_what_is_no_foreseeable_fault_stays_a_fault_of_ours() -> None:
    assert show_fault(KeyError("ours")) is False
    assert show_fault(ZeroDivisionError()) is False


def test_a_fault_of_the_machine_that_no_page_caught_is_shown_without_its_folders() -> None:
    def script() -> None:
        from pages.shell.messages import say_faults

        say_faults()
        raise OSError(28, "No space left on device", "/var/wards.parquet")

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert "the disk is full" in said(app)
    assert "/var/" not in said(app)

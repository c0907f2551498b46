"""Administration: what was viewed, exported and removed, and what is held about one person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.access import Person
from data.layers.wards import save_wards
from data.operations.accounts.users import accounts
from data.operations.actor import Actor
from data.operations.audit.access import Exported, record_export
from data.operations.database import Operations
from data.operations.retention.schedule import Schedule
from data.services.retention import retain
from data.settings import settings as settings_of_process
from tests.incident_rows import NOW, settings_in, three_wards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    made = settings_in(tmp_path)
    monkeypatch.setenv("HOTSPOT_STORE", str(made.store))
    settings_of_process.cache_clear()
    yield made
    settings_of_process.cache_clear()


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    done = app.switch_page(str(ROOT / "pages/records/administration.py")).run()
    assert not done.exception
    return done


def test_an_administrator_reads_what_was_exported_and_removed(used: Settings) -> None:
    (views,) = (each.value for each in opened().dataframe if "Kind of file" in each.value)
    assert views[["Did", "What"]].to_numpy().tolist()[0] == ["viewed", "Administration"]
    ops = Operations.open(used)
    acting = Actor(ops, Person("Idris Ali", "administrator"), NOW)
    record_export(acting, "Hotspots", about=Exported("csv", "June 2026", "category=asb", rows=12))
    retain(Schedule(audit=12), acting, settings=used)
    ops.close()
    tables = [each.value for each in opened().dataframe]
    (log,) = (each for each in tables if "Kind of file" in each)
    exports = log[log["Did"] == "exported"]
    assert exports[["Who", "What", "Kind of file", "Rows"]].to_numpy().tolist() == [
        ["Idris Ali", "Hotspots", "csv", 12]
    ]
    (removed,) = (each for each in tables if "Removed" in each)
    assert removed[["Who", "Kind", "Removed"]].to_numpy().tolist() == [
        ["Idris Ali", "retention", "nothing was due"]
    ]


def test_what_is_held_about_one_person_is_offered_once_somebody_is_named(used: Settings) -> None:
    app = opened()
    assert "All that is held, as ZIP" not in [each.label for each in app.get("download_button")]
    app.text_input(key="one_person").set_value("Amina Khan").run()
    assert "All that is held, as ZIP" in [each.label for each in app.get("download_button")]


def test_an_account_cannot_be_tied_to_a_code_that_no_ward_has(used: Settings) -> None:
    save_wards(three_wards(), used.wards_path)
    app = opened()
    boxes = {each.label: each for each in app.text_input}
    password, wards = (
        next(box for label, box in boxes.items() if label.startswith(begins))
        for begins in ("Password", "Wards")
    )
    boxes["Name"].set_value("Amina Khan")
    password.set_value("lantern copper walnut")
    wards.set_value("E0500002")
    next(each for each in app.button if each.label == "Create the account").click().run()
    (told,) = (each.value for each in app.error)
    assert "No ward has the code" in told
    assert "Did you mean E05000002?" in told
    ops = Operations.open(used)
    assert accounts(ops) == []
    ops.close()

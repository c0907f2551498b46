"""Taking an import back on the page: in two tabs, in local time, and what it says it did."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.access import computer_account
from data.incidents.imports import imports
from data.incidents.ingest import import_batches
from data.settings import settings as settings_of_process
from tests.incident_rows import batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SUMMER = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 July in London


@pytest.fixture
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A store with two imports, the second of which changed a row of the first."""
    made = settings_in(tmp_path)
    wards = three_wards()
    for name, rows in (
        ("First", [row("a"), row("b")]),
        ("Second", [row("a", place="Bow Road"), row("c"), row("d")]),
    ):
        import_batches([batch(*rows)], settings=made, wards=wards, name=name, now=SUMMER)
    monkeypatch.setenv("HOTSPOT_STORE", str(made.store))
    settings_of_process.cache_clear()
    yield made
    settings_of_process.cache_clear()


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return app.switch_page(str(ROOT / "pages/records/import_data.py")).run()


def take_back(app: AppTest, import_id: str) -> AppTest:
    app.checkbox(key=f"undo-{import_id}-sure").check()
    done = next(each for each in app.button if each.label == "Take it back").click().run()
    assert not done.exception
    return done


def test_an_undo_says_what_it_did_and_when_in_local_time(used: Settings) -> None:
    second, first = imports(used)
    app = opened()
    listed = app.dataframe[0].value
    assert listed["When"].tolist() == [datetime(2026, 7, 2, 0, 30)] * 2
    assert "Second (2 Jul 2026, 00:30)" in "".join(each.value for each in app.markdown).replace(
        "\\", ""
    )
    stale = opened()
    take_back(app, second.import_id)
    told = "".join(each.value for each in app.success).replace("\\", "")
    assert "The import Second is taken back: 2 incidents that it had added are gone, and 1" in told
    assert f"with the content of version {second.version_before}" in told
    assert [each.undone is None for each in imports(used)] == [False, True]
    assert [each.undone_by for each in imports(used)] == [computer_account(), ""]
    assert app.dataframe[0].value["Taken back by"].tolist() == [computer_account(), ""]
    take_back(stale, second.import_id)  # and not the first, which is the newest by now
    assert "has already been taken back" in "".join(each.value for each in stale.error)
    assert [each.undone is None for each in imports(used)] == [False, True]
    take_back(stale, first.import_id)
    assert "The import First is taken back" in "".join(each.value for each in stale.success)


def test_nothing_is_taken_back_without_a_confirmation(used: Settings) -> None:
    app = opened()
    next(each for each in app.button if each.label == "Take it back").click().run()
    assert "Tick the box to confirm" in "".join(each.value for each in app.error)
    assert all(each.undone is None for each in imports(used))

"""What pages keep: the table is opened once a run, and sessions share what was worked out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.incidents import table
from data.settings import settings as settings_of_process
from models.incidents import detection
from tests.listed import ranked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

pytestmark = pytest.mark.xdist_group("demo")
ROOT = Path(__file__).resolve().parents[2]
HOTSPOTS = str(ROOT / "pages/intelligence/hotspots.py")


@pytest.fixture
def app(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    settings_of_process.cache_clear()
    st.cache_resource.clear()
    yield another_session()
    settings_of_process.cache_clear()
    st.cache_resource.clear()


def another_session() -> AppTest:
    return whole(AppTest.from_file(str(ROOT / "app.py"), default_timeout=90).run())


def whole(app: AppTest) -> AppTest:
    """Return an app whose page was drawn to its end, and not in part for a reason that it says."""
    assert not app.exception
    assert [each.value for each in app.error] == []
    return app


@pytest.mark.parametrize(
    "page",
    [
        "pages/intelligence/today.py",
        "pages/intelligence/hotspots.py",
        "pages/intelligence/patterns.py",
        "pages/tasking/plan.py",
        "pages/tasking/reviews.py",
        "pages/review/night_time_economy.py",
        "pages/review/performance.py",
    ],
)
def test_a_run_opens_the_table_once(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    whole(app.switch_page(str(ROOT / page)).run())
    opened: list[str] = []
    real = table.DeltaTable

    def counting(path: object) -> table.DeltaTable:
        opened.append(f"{path}")
        return real(path)

    monkeypatch.setattr(table, "DeltaTable", counting)
    whole(app.run())
    assert len(opened) == 1


def test_a_second_session_is_given_what_the_first_worked_out(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[object] = []
    find = detection.detect

    def counting(*args: object, **kwargs: object) -> object:
        worked.append(args[1])
        return find(*args, **kwargs)

    monkeypatch.setattr(detection, "detect", counting)
    first = whole(app.switch_page(HOTSPOTS).run())
    second = whole(another_session().switch_page(HOTSPOTS).run())
    assert ranked(second).equals(ranked(first))
    assert len(worked) == 1
    second.multiselect(key="category").set_value(["burglary"]).run()
    assert len(worked) == 2
    assert not ranked(second).equals(ranked(first))

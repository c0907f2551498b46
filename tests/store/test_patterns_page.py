"""The page Patterns as the app draws it, through the front door."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.services.loading import import_path, load_ward_file
from data.settings import Settings
from data.settings import settings as settings_of_process
from tests.incident_rows import NOW
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

APP = Path(__file__).resolve().parents[2] / "app.py"
PAGE = "pages/intelligence/patterns.py"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    def open_app(settings: Settings, section: str = "") -> AppTest:
        monkeypatch.setenv("HOTSPOT_STORE", str(settings.store))
        settings_of_process.cache_clear()
        st.cache_resource.clear()
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        if section:
            app.query_params["section"] = section
        return app.switch_page(PAGE).run()

    yield open_app
    settings_of_process.cache_clear()
    st.cache_resource.clear()


def words(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.markdown, *app.caption, *app.info)).replace(
        "\\", ""
    )


def by_chance(app: AppTest) -> int:
    """How many groups the page says are no more than chance, of the kind that is chosen."""
    (groups,) = re.findall(r"([\d,]+) groups of three or more are no more than chance", words(app))
    return int(groups.replace(",", ""))


def test_choosing_another_kind_looks_for_its_runs(
    opened: Callable[..., AppTest], demo_settings: Settings
) -> None:
    app = opened(demo_settings, "runs")
    before = by_chance(app)
    app.selectbox(key="runs_of").select("vehicle").run()
    assert not app.exception
    assert by_chance(app) != before
    assert "one fortnight in 20 still lists a run of some kind" in words(app)


@needs_shared
def test_months_alone_show_no_hours_and_refuse_runs_in_words(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    settings = Settings(store=tmp_path / "var", _env_file=None)
    data = SHARED / "data"
    load_ward_file(data / "boundaries/wards_2014_tower_hamlets.geojson", settings=settings, now=NOW)
    import_path(
        data / "police_uk/tower-hamlets-burglary-2018-03_2023-02.csv", settings=settings, now=NOW
    )
    app = opened(settings)
    assert not app.exception
    said = words(app)
    assert "nothing can be said about hours" in said
    (problem,) = opened(settings, "runs").error
    assert "says on which day it happened" in problem.value.replace("\\", "")

"""The page Today lists what waits, and leads on from each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.incidents.store import Store
from data.services.detection import detect
from data.settings import settings

if TYPE_CHECKING:
    import pandas as pd

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return opened.switch_page(str(ROOT / "pages/intelligence/today.py")).run()


def table(app: AppTest, column: str) -> pd.DataFrame:
    return next(each.value for each in app.dataframe if column in each.value)


def text(app: AppTest) -> str:
    return " ".join(each.value.replace("\\", "") for each in app.markdown)


def test_what_waits_is_what_the_sections_below_list(app: AppTest) -> None:
    waiting = table(app, "Why")
    listed = {why: list(rows["What"]) for why, rows in waiting.groupby("Why")}
    late = int(next(each.value for each in app.metric if each.label == "Overdue"))
    assert len(listed["Overdue"]) == late > 0
    untasked = next(each.value for each in app.dataframe if {"Rank", "Where"} <= set(each.value))
    assert listed["Hotspot without a tasking"] == list(untasked["Where"])
    assert list(waiting["No."]) == list(range(1, len(waiting) + 1))
    assert f"{late} are overdue" in text(app)
    assert f"First: {waiting['What'][0]} (" in text(app)


def test_a_hotspot_without_a_tasking_leads_to_the_form_for_one(app: AppTest) -> None:
    assert not [each for each in app.button if each.key == "propose_here"]  # an overdue tasking
    waiting = table(app, "Why")
    at = list(waiting["Why"]).index("Hotspot without a tasking")
    hotspot = hotspots_of(app)[at - len(waiting)]
    app.session_state["waiting"] = hotspot
    app.run()
    app.button(key="propose_here").click().run()
    assert app.title[0].value == "Propose a tasking"
    assert f"{hotspot}, rank " in text(app)


def hotspots_of(app: AppTest) -> list[str]:
    """The hotspots that the list ends with, by their identifiers."""
    store = Store.open(settings())
    untasked = next(each.value for each in app.dataframe if {"Rank", "Where"} <= set(each.value))
    frame = detect(store, store.default_filter()).hotspots.frame.set_index("rank")
    return [str(frame.loc[rank, "hotspot_id"]) for rank in untasked["Rank"]]

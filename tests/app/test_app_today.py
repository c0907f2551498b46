"""The page Today lists what waits, and leads on from each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.incidents.store import Store
from data.services.detection import detect
from data.settings import settings
from models.calendar.periods import Period
from models.incidents.runs import runs_in_fortnight
from models.today.news import KindRun, news
from pages.shell import queries_today
from tests.listed import rows_of
from tests.moment import NOW

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
    waiting = rows_of(app, "What waits today")
    listed = {why: list(rows["What"]) for why, rows in waiting.groupby("Why")}
    late = int(next(each.value for each in app.metric if each.label == "Overdue"))
    assert len(listed["Overdue"]) == late > 0
    untasked = next(each.value for each in app.dataframe if {"Rank", "Where"} <= set(each.value))
    assert listed["Hotspot without a tasking"] == list(untasked["Where"])
    assert [int(each) for each in waiting["No."]] == list(range(1, len(waiting) + 1))
    assert f"{late} are overdue" in text(app)
    assert f"First: {waiting['What'].iloc[0]} (" in text(app)


def test_a_hotspot_without_a_tasking_leads_to_the_form_for_one(app: AppTest) -> None:
    waiting = rows_of(app, "What waits today")
    at = list(waiting["Why"]).index("Hotspot without a tasking")
    hotspot = hotspots_of(app)[at - len(waiting)]
    app.session_state["waiting"] = hotspot
    app.run()
    app.button(key="propose_here").click().run()
    assert app.title[0].value == "Propose a tasking"
    assert f"{hotspot}, rank " in text(app)


def test_a_hotspot_opens_in_its_own_view_whatever_was_chosen_before(app: AppTest) -> None:
    app.switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    app.multiselect(key="category").set_value(["burglary"]).run()
    app.selectbox(key="span").set_value("month").run()
    app.switch_page(str(ROOT / "pages/intelligence/today.py")).run()
    hotspot = hotspots_of(app)[-1]
    app.session_state["waiting"] = hotspot
    app.run()
    app.button(key="opens_hotspots").click().run()
    assert app.title[0].value == "Hotspots"
    assert app.multiselect(key="category").value == []
    assert app.selectbox(key="span").value == "year"
    assert app.session_state["hotspot"] == hotspot


def test_a_tasking_that_waits_opens_and_leads_to_another_at_its_place(app: AppTest) -> None:
    waiting = rows_of(app, "What waits today")
    reference, _, title = str(waiting["What"].iloc[0]).partition(" ")
    link = next(each for each in app.get("page_link") if each.proto.label == "Open the tasking")
    assert link.proto.query_string == f"tasking={int(reference.removeprefix('T-'))}"
    app.button(key="propose_here").click().run()
    assert app.title[0].value == "Propose a tasking"
    assert f"The area of {reference} {title}" in text(app)
    assert next(each.value for each in app.text_input if each.label.startswith("Title")) == title


@pytest.fixture
def with_a_run(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> KindRun:
    """A real run of the demo, listed although chance would bring it: the demo has no other."""
    day = NOW.date()
    found = news(Store.open(demo_settings), today=day)
    usual = Store.open(demo_settings).default_filter()
    days = replace(usual, period=Period(found.as_of, found.as_of), comparison="none")
    of_kind = runs_in_fortnight(Store.open(demo_settings), days, category="asb")
    run = KindRun("asb", of_kind.runs[0])
    monkeypatch.setattr(queries_today, "news", lambda _: replace(found, runs=(run,)))
    return run


def test_a_short_run_opens_on_the_map_and_on_patterns_and_leads_to_a_proposal(
    with_a_run: KindRun, app: AppTest
) -> None:
    run = with_a_run.run

    def chosen() -> AppTest:
        app.switch_page(str(ROOT / "pages/intelligence/today.py")).run()
        app.session_state["waiting"] = "run-0"
        return app.run()

    chosen().button(key="propose_here").click().run()
    assert f"Short run: {run.run.incidents} of anti-social behaviour" in text(app)
    assert next(each.value for each in app.text_input if each.label.startswith("Title")).startswith(
        "Patrol: "
    )
    chosen().button(key="opens_hotspots").click().run()
    assert app.title[0].value == "Hotspots"
    assert app.multiselect(key="category").value == ["asb"]
    assert (app.session_state["first_day"], app.session_state["last_day"]) == (run.first, run.last)
    chosen().button(key="opens_patterns").click().run()
    assert app.title[0].value == "Patterns"
    assert app.selectbox(key="runs_of").value == "asb"


def hotspots_of(app: AppTest) -> list[str]:
    """The hotspots that the list ends with, by their identifiers."""
    store = Store.open(settings())
    untasked = next(each.value for each in app.dataframe if {"Rank", "Where"} <= set(each.value))
    frame = detect(store, store.default_filter()).hotspots.frame.set_index("rank")
    return [str(frame.loc[rank, "hotspot_id"]) for rank in untasked["Rank"]]

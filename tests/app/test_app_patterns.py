"""The page Patterns through the front door: its sections, their addresses and what each says."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from streamlit.testing.v1 import AppTest

from data.settings import settings as settings_of_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = str(ROOT / "pages" / "intelligence" / "patterns.py")
# By hand: each section's address, and what its answer is of the form of.
ANSWERS: Final = {
    "": r"The busiest hour of the week is \w+ from \d\d:00, with [\d,]+ of the [\d,]+ incidents",
    "nights": r"\d+% of the timed incidents \([\d,]+\) fall on Friday and Saturday nights: 1\.\d",
    "months": r"Anti-social behaviour is the commonest kind: [\d,]+ of [\d,]+ incidents \(\d+%\)\.",
    "places": r"Half of [\d,]+ incidents fall in [\d,]+ of [\d,]+ cells of 150 m",
}


@pytest.fixture(autouse=True)
def demo(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    settings_of_process.cache_clear()
    yield
    settings_of_process.cache_clear()


def opened(section: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    if section:
        app.query_params["section"] = section
    app.switch_page(PAGE).run()
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.markdown, *app.caption)).replace("\\", "")


@pytest.mark.parametrize("section", ANSWERS)
def test_each_section_opens_by_its_address_and_answers_first(section: str) -> None:
    app = opened(section)
    assert app.query_params.get("section", "") == section
    assert re.search(ANSWERS[section], said(app))
    assert app.header[-1].value == "How we know"


def test_runs_are_chosen_by_kind_and_the_link_keeps_both() -> None:
    app = opened("runs")
    app.selectbox(key="runs_of").select("robbery").run()
    assert not app.exception
    assert (app.query_params["section"], app.query_params["runs_of"]) == ("runs", "robbery")
    assert "Where nothing is going on, one fortnight in 20 still lists a run" in said(app)


def test_an_unknown_section_is_named_with_the_nearest_and_the_first_is_shown() -> None:
    app = opened("nigths")
    notes = unescape(" ".join(str(each.proto.body) for each in app.get("html")))
    assert "Unknown section 'nigths'. Did you mean 'nights'? Hours is shown." in notes
    assert app.button_group(key="section-patterns").value == "hours"
    app.button_group(key="section-patterns").set_value("months").run()
    assert app.query_params["section"] == "months"


def test_the_sections_of_two_pages_do_not_mix_and_a_page_opens_by_its_address_again() -> None:
    app = opened("months")
    app.switch_page(str(ROOT / "pages" / "review" / "night_time_economy.py"))
    del app.query_params["section"]
    app.run()
    assert not app.exception
    assert app.button_group(key="section-nights").value == "map"
    app.switch_page(PAGE).run()
    assert app.button_group(key="section-patterns").value == "hours"
    app.switch_page(str(ROOT / "pages" / "review" / "night_time_economy.py")).run()
    app.query_params["section"] = "places"
    app.switch_page(PAGE).run()
    assert app.button_group(key="section-patterns").value == "places"

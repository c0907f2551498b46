"""Places: figures, sites, and one step to a proposal or a before-and-after review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from data.settings import settings as settings_of_process
from pages.components.name_rows import NAME_ROW_PX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

COVER = ("Within sight distance", "Of")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    settings_of_process.cache_clear()
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    yield opened.switch_page(str(ROOT / "pages/intelligence/places.py")).run()
    settings_of_process.cache_clear()


def widget(app: AppTest, key: str) -> Any:  # noqa: ANN401 - a widget of one kind or another
    every = [*app.selectbox, *app.button, *app.toggle, *app.text_input, *app.number_input]
    return next(each for each in every if each.key == key)


def section(app: AppTest, name: str) -> AppTest:
    moved = app.button_group(key="section-places").set_value(name).run()
    assert not moved.exception
    return moved


def first_words(app: AppTest) -> str:
    return str(app.markdown[0].value).replace("\\", "").replace(":small[]", "")


def said(app: AppTest) -> str:
    texts = [*app.markdown, *app.caption, *app.info]
    return " ".join(each.value for each in texts).replace("\\", "")


def test_the_page_compares_kinds_and_gives_shares_of_cameras(app: AppTest) -> None:
    assert not app.exception
    near = app.dataframe[0].value
    premises = near[near["Kind"] == "Licensed premises"].iloc[0]
    compared = premises["Compared within squares of 500 m"]
    assert first_words(app).startswith(f"Within 100 m, incidents are {compared} near licensed pr")
    assert first_words(app).endswith(f"; of {len(near) - 1} kinds of place nobody can tell.")
    assert "Near is not because" in said(app)
    section(app, "cameras")
    cover = app.dataframe[0].value
    assert cover["Incidents"].iloc[0] == "All incidents"
    assert first_words(app).startswith(f"At most {cover['Within sight distance'].iloc[0]} of ")
    assert app.query_params["section"] == "cameras"
    section(app, "sites")
    assert first_words(app).startswith("No site is looked for until you ask")
    assert "Surveillance Camera Code of Practice" in said(app)


def test_what_the_tables_say_fits_on_a_phone_without_moving_them(app: AppTest) -> None:
    """Of a phone 390 pixels wide, 342 are left for a table; its text wraps in rows this high."""
    near = app.dataframe[0]
    cover = section(app, "cameras").dataframe[0]
    first = [["Kind", "Places", "Compared within squares of 500 m"], ["Incidents", *COVER]]
    for table, columns in zip((near, cover), first, strict=True):
        held = json.loads(table.proto.columns)
        assert sum(held[each]["width"] for each in columns) <= 342
        assert list(table.value.columns)[: len(columns)] == columns
        assert table.proto.row_height == NAME_ROW_PX


def test_a_site_is_carried_over_to_a_proposal(app: AppTest) -> None:
    section(app, "sites")
    shown = widget(app, "camera_suggest").set_value(True).run()
    assert not shown.exception
    assert "No choice of so many has more in sight" in said(shown)
    sites = shown.dataframe[0].value
    assert len(sites) == 5
    widget(shown, "site_chosen").set_value(2)
    proposal = widget(shown.run(), "site_propose").click().run()
    assert not proposal.exception
    assert proposal.title[0].value == "Propose a tasking"
    assert widget(proposal, "propose-place").value == sites["Grid reference"].iloc[1]
    assert widget(proposal, "propose-radius").value == 50


def test_a_camera_is_carried_over_to_its_before_and_after(app: AppTest) -> None:
    section(app, "cameras")
    asked = widget(app, "camera_review").click().run()
    assert not asked.exception
    assert asked.title[0].value == "Reviews"
    assert asked.radio[0].value == "intervention"
    assert widget(asked, "intervention-place").value
    assert widget(asked, "intervention-radius").value == 50
    assert "Circle of 50 m around" in said(asked)


def test_a_link_keeps_distances(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    settings_of_process.cache_clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    app.query_params["near_m"] = "50"
    app.query_params["sight_m"] = "100"
    app.query_params["category"] = "robbery"
    shown = app.run().switch_page(str(ROOT / "pages/intelligence/places.py")).run()
    assert not shown.exception
    assert widget(shown, "near_m").value == "50"
    assert widget(section(shown, "cameras"), "sight_m").value == "100"
    assert not any("could not be read" in each.proto.body for each in shown.get("html"))
    settings_of_process.cache_clear()

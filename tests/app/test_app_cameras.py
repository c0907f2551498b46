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


def said(app: AppTest) -> str:
    texts = [*app.markdown, *app.caption, *app.info]
    return " ".join(each.value for each in texts).replace("\\", "")


def test_the_page_compares_kinds_and_gives_shares_of_cameras(app: AppTest) -> None:
    assert not app.exception
    near, cover = (each.value for each in app.dataframe)
    assert "Licensed premises" in set(near["Kind"])
    assert cover["Incidents"].iloc[0] == "All incidents"
    assert "Near is not because" in said(app)
    assert "Surveillance Camera Code of Practice" in said(app)


def test_what_the_tables_say_fits_on_a_phone_without_moving_them(app: AppTest) -> None:
    """Of a phone 390 pixels wide, 342 are left for a table; its text wraps in rows this high."""
    first = [["Kind", "Places", "Compared within squares of 500 m"], ["Incidents", *COVER]]
    for table, columns in zip(app.dataframe, first, strict=True):
        held = json.loads(table.proto.columns)
        assert sum(held[each]["width"] for each in columns) <= 342
        assert list(table.value.columns)[: len(columns)] == columns
        assert table.proto.row_height == NAME_ROW_PX


def test_a_site_is_carried_over_to_a_proposal(app: AppTest) -> None:
    shown = widget(app, "camera_suggest").set_value(True).run()
    assert not shown.exception
    assert "No choice of so many has more in sight" in said(shown)
    sites = shown.dataframe[2].value
    assert len(sites) == 5
    widget(shown, "site_chosen").set_value(2)
    proposal = widget(shown.run(), "site_propose").click().run()
    assert not proposal.exception
    assert proposal.title[0].value == "Propose a tasking"
    assert widget(proposal, "propose-place").value == sites["Grid reference"].iloc[1]
    assert widget(proposal, "propose-radius").value == 50


def test_a_camera_is_carried_over_to_its_before_and_after(app: AppTest) -> None:
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
    settings_of_process.cache_clear()
    assert not shown.exception
    assert (widget(shown, "near_m").value, widget(shown, "sight_m").value) == ("50", "100")
    assert not any("could not be read" in each.proto.body for each in shown.get("html"))

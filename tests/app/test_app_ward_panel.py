"""The page Ward panel through the front door, as an officer and as a ward panel."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from data.access import Person
from data.incidents.store import Store
from data.operations.accounts import users
from data.operations.accounts.hashes import token_hash
from data.operations.accounts.sign_ins import sign_in
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.wards.priorities import priorities, promises
from data.operations.wards.releases import ward_quarters
from data.services.ward_panel.view import UnknownWardError
from data.settings import settings as settings_of_process
from pages.review.ward_panel_parts.ward_downloads import _figures, _handout
from pages.shell.person import SIGN_IN_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings
    from models.ward_panel.ward_release import WardFigures

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WEAVERS, BOW_WEST = "E05009335", "E05009320"


@pytest.fixture
def own(
    demo_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """A copy of the demo that these tests may change."""
    folder = tmp_path / "var"
    shutil.copytree(demo_settings.store, folder)
    monkeypatch.setenv("HOTSPOT_STORE", str(folder))
    settings_of_process.cache_clear()
    yield demo_settings.model_copy(update={"store": folder})
    settings_of_process.cache_clear()


@pytest.fixture
def ops(own: Settings) -> Iterator[Operations]:
    opened = Operations.open(own)
    yield opened
    opened.close()


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()  # another page, which has an address of its own
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(str(ROOT / "pages/review/ward_panel.py")).run()


def said(app: AppTest) -> str:
    held = [
        *app.error,
        *app.success,
        *app.info,
        *app.markdown,
        *app.caption,
        *app.header,
        *app.subheader,
    ]
    return "\n".join(each.value for each in held).replace("\\", "")


def published(own: Settings) -> WardFigures:
    """Return the newest published figures of Weavers."""
    ops = Operations.open(own)
    newest = ward_quarters(ops, WEAVERS, series="SIM E09000030")[-1]
    ops.close()
    assert newest.figures is not None
    return newest.figures


def first_words(app: AppTest) -> str:
    return str(app.markdown[0].value).replace("\\", "").replace(":small[]", "")


def press(app: AppTest, label: str) -> AppTest:
    return next(each for each in app.button if each.label == label).click().run()


def test_a_link_opens_a_ward_and_the_page_says_what_it_shows(own: Settings) -> None:
    app = opened(ward=WEAVERS)
    assert not app.exception
    assert app.selectbox(key="panel_ward").value == WEAVERS
    shown = said(app)
    assert "July to September 2026" in shown
    assert "table version" in shown
    assert "Weavers in plain words" in shown
    assert "Domestic abuse, sexual offences and hate crime are counted within their kinds" in shown
    with_figures = published(own)
    assert app.metric[0].value == f"about {with_figures.total:,}"
    assert first_words(app).startswith(
        f"In July to September 2026, about {with_figures.total:,} incidents were reported in Weav"
    )


@pytest.mark.parametrize(
    ("section", "begins"),
    [
        ("where", r"(On the map, block 1 |Some blocks of the map|No part of the ward's map)"),
        (
            "months",
            r"\d+\.\d% of all incidents in Tower Hamlets were here, against \d+\.\d% a year",
        ),
        ("kinds", r"(Reported most: |No kind stands out: )"),
        ("record", r"\d priorit(y is|ies are) active and \d promises? (is|are) open"),
        ("publishing", r"No quarter is waiting to be published; \d of 3 priorities of this ward"),
    ],
)
def test_each_section_opens_by_its_address_and_answers_first(
    section: str, begins: str, own: Settings
) -> None:
    app = opened(ward=WEAVERS, section=section)
    assert not app.exception
    assert app.query_params["section"] == section
    assert re.match(begins, first_words(app))
    assert "table version" in said(app)


def test_the_week_is_drawn_by_the_figures_that_the_table_next_to_it_has(own: Settings) -> None:
    app = opened(ward=WEAVERS, section="kinds")
    (grid,) = (each for each in app.get("vega_lite_chart") if "For each hour" in each.proto.spec)
    (data,) = (each.data.data for each in grid.proto.datasets)
    rows = pa.ipc.open_stream(data).read_pandas()
    figures = published(own)
    assert rows["Incidents"].tolist() == list(figures.bands[:8])
    assert rows["For each hour"][1] == pytest.approx(figures.bands[1] / (30 * 92 / 7))
    assert rows.iloc[1, :2].tolist() == ["Monday to Friday", "noon to 6pm"]


def test_an_officer_adds_a_priority_and_a_promise_and_says_what_came_of_them(
    own: Settings, ops: Operations
) -> None:
    app = opened(ward=BOW_WEST, section="record")
    app.text_input(key="ward_title").input("Bins on the green")
    app.text_area(key="ward_why").input("The panel asked for it.")
    app = press(app, "Add the priority")
    assert "The priority is added." in said(app)
    assert "Priority 1: Bins on the green" in said(app)
    (kept,) = priorities(ops, BOW_WEST)
    app.text_area(key="ward_what").input("Two more bins")
    app.text_input(key="ward_who").input("Street cleansing")
    app.selectbox(key="ward_promise_for").select(kept.priority_id)
    app = press(app, "Add the promise")
    assert "The promise is added." in said(app)
    assert [each.draft.priority_id for each in promises(ops, BOW_WEST)] == [kept.priority_id]
    app.text_area(key="ward_promise_outcome").input("They stand there.")
    app = press(app, "Keep this")
    assert promises(ops, BOW_WEST)[0].status == "kept"
    app.text_input(key=f"ward_title_{kept.priority_id}_1").input(
        "Bins on the green and by the lake"
    )
    app = press(app, "Change the text")
    assert "Priority 1: Bins on the green and by the lake" in said(app)
    app.text_area(key=f"ward_outcome_{kept.priority_id}_2").input("Less litter.")
    app = press(app, "Close the priority")
    assert priorities(ops, BOW_WEST, active_only=True) == ()
    assert "Less litter." in said(app)
    assert not app.exception


def test_what_is_refused_says_why_and_keeps_what_was_typed(own: Settings) -> None:
    app = opened(ward=BOW_WEST, section="record")
    app.text_area(key="ward_why").input("The panel asked for it.")
    app = press(app, "Add the priority")
    assert "It has no title" in said(app)
    assert app.text_area(key="ward_why").value == "The panel asked for it."


def test_an_officer_publishes_what_is_due_where_nothing_is_published(own: Settings) -> None:
    for each in own.store.glob("operations.sqlite*"):
        each.unlink()
    app = opened()
    assert "No ward figures are published yet. Publish them above." in said(app)
    assert "11 quarters are waiting to be published" in said(app)
    app = press(app, "Publish 11 quarters")
    assert "The figures are published." in said(app)
    assert app.metric[0].label == "Incidents, July to September 2026"


def test_a_withdrawn_quarter_is_gone_from_the_page(own: Settings) -> None:
    app = opened(ward=WEAVERS, section="publishing")
    app.text_input(key="ward_withdrawn_why").input("A file was missing.")
    app = press(app, "Withdraw this quarter for good")
    assert "April to June 2026" in said(app)
    assert "July to September 2026" not in said(app)


def test_an_account_that_is_tied_to_a_ward_sees_that_one_whatever_the_link_says(
    own: Settings, ops: Operations
) -> None:
    administrator = Person("this computer", "administrator")
    secret = "lantern copper walnut"
    if not users.accounts_exist(ops):
        keeper = Actor(ops, administrator, NOW)
        users.add_account(keeper, name="Root", role="administrator", password=secret)
    users.add_account(
        Actor(ops, administrator, NOW),
        name="Panel of Weavers",
        role="panel",
        password=secret,
        wards=[WEAVERS],
    )
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["ward"] = BOW_WEST
    token = sign_in(ops, name="panel of weavers", password=secret, now=NOW)
    app.user = {SIGN_IN_KEY: token_hash(token)}
    app.run()
    app = app.switch_page(str(ROOT / "pages/review/ward_panel.py")).run()
    assert not app.exception
    assert list(app.selectbox[0].options) == ["Weavers"]
    assert app.query_params["ward"] in (WEAVERS, [WEAVERS])
    for code, shown in ((WEAVERS, True), (BOW_WEST, False)):
        tied = Person("Panel of Weavers", "panel", wards=(WEAVERS,))
        store = Store.open(own)
        if shown:
            assert b"Weavers" in _figures(code, store, tied)
        else:
            with pytest.raises(UnknownWardError):
                _figures(code, store, tied)
            with pytest.raises(UnknownWardError):
                _handout(code, store, ".html", tied)


def test_a_panel_reads_the_same_figures_and_has_nothing_to_write(
    own: Settings, ops: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = opened(ward=WEAVERS)
    administrator = Person("this computer", "administrator")
    secret = "lantern copper walnut"
    for name, role in (("Amina", "administrator"), ("Panel East", "panel")):
        users.add_account(Actor(ops, administrator, NOW), name=name, role=role, password=secret)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["ward"] = WEAVERS
    token = sign_in(ops, name="panel east", password=secret, now=NOW)
    app.user = {SIGN_IN_KEY: token_hash(token)}
    app.run()
    app = app.switch_page(str(ROOT / "pages/review/ward_panel.py")).run()
    assert not app.exception
    assert [each.value for each in app.metric] == [each.value for each in officer.metric]
    assert [each.label for each in app.button] == ["Save the view"]
    assert not app.text_area
    assert "For officers" not in said(app)
    assert "Weavers in plain words" in said(app)
    assert first_words(app) == first_words(officer)
    assert "publishing" not in app.button_group(key="section-ward-panel").options

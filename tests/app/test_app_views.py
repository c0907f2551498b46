"""Views by name, what opens first, and my team, as pages draw them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.access import Person, computer_account
from data.operations.actor import Actor
from data.operations.views.personal import known_teams, my_team, personal
from data.operations.views.views import ViewDraft, remove_view, save_view, saved_views
from pages.shell import menu, person
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.operations.database import Operations

ROOT = Path(__file__).resolve().parents[2]
JOE = Person("Joe Webb", "officer")
OFFICERS = tuple(menu.titles("officer"))
EVERY_PAGE = tuple(menu.titles("administrator"))


@pytest.fixture
def me(ops: Operations) -> Iterator[Actor]:
    """Whoever uses the app without accounts; what they saved is gone after each test."""
    acting = Actor(ops, Person(computer_account(), "administrator"), NOW)
    yield acting
    for each in saved_views(acting, pages=EVERY_PAGE):
        remove_view(acting, each.view_id)


@pytest.fixture
def app(me: Actor) -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)


def at(app: AppTest, path: str) -> AppTest:
    return app.switch_page(str(ROOT / f"pages/{path}.py")).run()


def as_role(monkeypatch: pytest.MonkeyPatch, ops: Operations, who: Person) -> None:
    """Use the app as somebody else."""
    monkeypatch.setattr(person, "signed_in", lambda: who)
    monkeypatch.setattr(person, "actor_by", lambda _: Actor(ops, who, NOW))


def press(app: AppTest, label: str) -> AppTest:
    pressed = next(each for each in app.button if each.label == label).click().run()
    assert not pressed.exception
    return pressed


def titles(app: AppTest) -> list[str]:
    return [each.label.replace("\\", "") for each in app.button if "(" in each.label]


def test_a_view_saved_on_a_page_opens_it_again_whatever_was_chosen_since(
    app: AppTest, me: Actor
) -> None:
    at(app.run(), "intelligence/hotspots")
    app.multiselect(key="category").select("violence").run()
    app.selectbox(key="method").select("dbscan").run()
    app.text_input(key="view_name").set_value("Violence by DBSCAN")
    press(app, "Save the view")
    assert [each.value for each in app.success] == ["Violence by DBSCAN is saved, for you alone\\."]
    (saved,) = saved_views(me, pages=EVERY_PAGE)
    assert (saved.page, saved.query["category"], saved.query["method"]) == (
        "hotspots",
        "violence",
        "dbscan",
    )
    app.multiselect(key="category").set_value(["burglary"]).run()
    app.selectbox(key="method").select("kde").run()
    at(app, "tasking/board")
    app.button(key=f"open_view_{saved.view_id}").click().run()
    assert app.title[0].value == "Hotspots"
    assert app.multiselect(key="category").value == ["violence"]
    assert app.selectbox(key="method").value == "dbscan"
    assert dict(app.query_params)["category"] == "violence"


def test_what_is_said_of_a_saved_view_is_said_once_and_on_no_other_page(app: AppTest) -> None:
    at(app.run(), "tasking/board")
    app.text_input(key="view_name").set_value("The board")
    press(app, "Save the view")
    assert len(app.success) == 1
    at(app, "tasking/propose")
    assert not app.success


def test_a_view_is_renamed_shared_replaced_and_removed_by_its_owner(
    app: AppTest, me: Actor
) -> None:
    at(app.run(), "tasking/board")
    app.text_input(key="view_name").set_value("The board")
    press(app, "Save the view")
    (saved,) = saved_views(me, pages=EVERY_PAGE)
    field = next(each for each in app.text_input if each.label == "Name")
    field.set_value("Overdue work")
    next(each for each in app.checkbox if each.key.startswith("view_shared_")).check()
    press(app, "Save changes")
    app.checkbox(key="board_overdue").check().run()
    press(app, "Replace it by what is shown")
    (changed,) = saved_views(me, pages=EVERY_PAGE)
    assert (changed.name, changed.shared) == ("Overdue work", True)
    assert (saved.query, changed.query) == ({}, {"overdue": "yes"})
    press(app, "Remove it")
    assert saved_views(me, pages=EVERY_PAGE) == ()
    assert titles(app) == []


def test_a_name_that_is_taken_is_refused_in_the_chip_and_stays_typed(
    app: AppTest, me: Actor
) -> None:
    save_view(me, ViewDraft("Mine", "board", {}), pages=EVERY_PAGE)
    at(app.run(), "tasking/board")
    app.text_input(key="view_name").set_value("MINE")
    press(app, "Save the view")
    assert "'Mine' already" in app.error[0].value.replace("\\", "")
    assert app.text_input(key="view_name").value == "MINE"


def test_a_view_that_no_longer_holds_speaks_as_a_stale_link_does(app: AppTest, me: Actor) -> None:
    stale = {"category": "violence", "ward": "E05000000", "catgory": "asb", "method": "gone"}
    view = save_view(me, ViewDraft("Stale", "hotspots", stale), pages=EVERY_PAGE)
    at(app.run(), "tasking/board")
    app.button(key=f"open_view_{view.view_id}").click().run()
    opened = notes(app)
    link = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    link.query_params.update(stale)
    assert notes(link.run()) == opened
    assert "E05000000" in opened
    assert "catgory" in opened
    assert "gone" in opened


def test_a_view_that_was_removed_meanwhile_is_no_longer_offered_and_the_page_stays(
    app: AppTest, me: Actor
) -> None:
    view = save_view(me, ViewDraft("Soon gone", "hotspots", {}), pages=EVERY_PAGE)
    at(app.run(), "tasking/board")
    remove_view(me, view.view_id)
    app.button(key=f"open_view_{view.view_id}").click().run()
    assert app.title[0].value == "Board"
    assert [each.label for each in app.metric][:1] == ["Open"]
    assert not titles(app)


def notes(app: AppTest) -> str:
    bodies = [each.proto.body for each in app.get("html")]
    return next(each for each in bodies if "The link could not be read in full" in each)


def test_an_officer_sees_what_others_share_and_neither_their_own_nor_pages_not_for_officers(
    app: AppTest, me: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_view(me, ViewDraft("Private", "hotspots", {}), pages=EVERY_PAGE)
    save_view(me, ViewDraft("Shared *now*", "hotspots", {}, shared=True), pages=EVERY_PAGE)
    save_view(me, ViewDraft("Accounts", "administration", {}, shared=True), pages=EVERY_PAGE)
    as_role(monkeypatch, me.ops, JOE)
    at(app.run(), "tasking/board")
    assert titles(app) == [f"Shared *now* (Hotspots, shared by {me.person.name})"]


def test_a_ward_panel_saves_for_itself_alone_and_sees_nothing_that_officers_share(
    app: AppTest, me: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_view(me, ViewDraft("Theirs", "ward-panel", {}, shared=True), pages=EVERY_PAGE)
    pat = Person("Pat Resident", "panel")
    as_role(monkeypatch, me.ops, pat)
    app.run()
    assert app.title[0].value == "Ward panel"
    assert titles(app) == []
    assert not [each for each in app.checkbox if "Share" in each.label]
    app.text_input(key="view_name").set_value("Our ward")
    press(app, "Save the view")
    acting = Actor(me.ops, pat, NOW)
    (saved,) = saved_views(acting, pages=("ward-panel",))
    assert (saved.page, saved.owner, saved.shared) == ("ward-panel", "Pat Resident", False)
    assert titles(app) == ["Our ward (Ward panel)"]
    at(app, "help/your_account")
    assert [each.label for each in app.selectbox] == ["View", "Opens at the app's bare address"]
    assert not [each for each in app.selectbox[1].options if "Hotspots" in each]
    remove_view(acting, saved.view_id)


def test_the_bare_address_opens_the_page_or_view_that_was_chosen(app: AppTest, me: Actor) -> None:
    view = save_view(me, ViewDraft("Late", "board", {"overdue": "yes"}), pages=EVERY_PAGE)
    at(app.run(), "help/your_account")
    choose(app, "Opens at the app's bare address", "page:accuracy")
    press(app, "Open this first")
    assert personal(me.ops, me.person).start_page == "accuracy"
    fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert fresh.title[0].value == "Accuracy"
    choose(app, "Opens at the app's bare address", f"view:{view.view_id}")
    press(app, "Open this first")
    fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert fresh.title[0].value == "Board"
    assert fresh.checkbox(key="board_overdue").value

    remove_view(me, view.view_id)
    fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert fresh.title[0].value == "Today"
    at(app, "help/your_account")
    assert any("opened first is gone" in each.value for each in app.info)
    press(app, "Open this first")


def test_a_link_to_a_view_wins_over_what_opens_first(app: AppTest, me: Actor) -> None:
    at(app.run(), "help/your_account")
    choose(app, "Opens at the app's bare address", "page:board")
    press(app, "Open this first")
    linked = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    linked.query_params["category"] = "violence"
    assert linked.run().title[0].value == "Hotspots"
    choose(app, "Opens at the app's bare address", "menu")
    press(app, "Open this first")
    assert personal(me.ops, me.person).start_page == ""


def choose(app: AppTest, label: str, value: str) -> None:
    next(each for each in app.selectbox if each.label == label).set_value(value).run()


def test_my_team_is_chosen_from_those_that_taskings_and_plans_know(app: AppTest, me: Actor) -> None:
    at(app.run(), "help/your_account")
    box = next(each for each in app.selectbox if each.label == "The team that I am in")
    assert len(known_teams(me.ops)) > 1
    assert len(box.options) == len(known_teams(me.ops)) + 1
    team = known_teams(me.ops)[1]
    box.set_value(f"team:{team}").run()
    press(app, "This is my team")
    assert my_team(me.ops, me.person) == team
    visit = at(AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run(), "tasking/visit")
    assert next(each.value for each in visit.selectbox if each.label == "Team") == team
    choose(app, "The team that I am in", "none")
    press(app, "This is my team")
    assert my_team(me.ops, me.person) == ""

"""Views saved by name, and what each person begins with, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.operations.accounts.users import account_of, add_account, change_account
from data.operations.actor import Actor
from data.operations.audit.changes import changes
from data.operations.database import ChangedMeanwhileError
from data.operations.taskings.taskings import change
from data.operations.views.personal import (
    Personal,
    UnknownTeamError,
    choose_start,
    choose_team,
    known_teams,
    my_team,
    personal,
)
from data.operations.views.views import (
    MOST_VIEWS,
    UnknownViewError,
    ViewDraft,
    ViewError,
    change_view,
    remove_view,
    save_view,
    saved_view,
    saved_views,
)
from data.services.one_person import about_staff, erase_staff
from tests.hostile_names import HOSTILE_NAMES
from tests.incident_rows import settings_in
from tests.made_taskings import made
from tests.store.test_one_person import unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from data.operations.database import Operations

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AMINA, JOE = Person("Amina Rahman", "officer"), Person("Joe Webb", "officer")
IDRIS, PAT = Person("Idris Ali", "administrator"), Person("Pat Resident", "panel")
OFFICERS = ("today", "hotspots", "board", "your-account")
PANEL = ("ward-panel", "your-account")
LINK = {"category": "asb", "ward": "E05009317", "method": "dbscan"}
DRAFT = ViewDraft("  Moped   nights ", "hotspots", LINK)


@pytest.fixture
def amina(operations: Operations) -> Actor:
    return Actor(operations, AMINA, NOW)


@pytest.fixture
def joe(operations: Operations) -> Actor:
    return Actor(operations, JOE, NOW)


@pytest.fixture
def pat(operations: Operations) -> Actor:
    return Actor(operations, PAT, NOW)


def test_a_view_keeps_the_whole_link_under_its_name(amina: Actor) -> None:
    saved = save_view(amina, DRAFT, pages=OFFICERS)
    assert (saved.name, saved.page, saved.query) == ("Moped nights", "hotspots", LINK)
    assert list(saved.query) == list(LINK)
    assert saved_views(amina, pages=OFFICERS) == (saved,)
    assert saved_view(amina, saved.view_id, pages=OFFICERS) == saved


def test_a_private_view_does_not_exist_for_anybody_else(
    amina: Actor, operations: Operations
) -> None:
    mine = save_view(amina, DRAFT, pages=OFFICERS)
    for person in (JOE, IDRIS, PAT, Person("amina rahman", "officer")):
        other = Actor(operations, person, NOW)
        assert saved_views(other, pages=OFFICERS) == ()
        with pytest.raises(UnknownViewError):
            saved_view(other, mine.view_id, pages=OFFICERS)
        with pytest.raises(UnknownViewError):
            change_view(other, mine.view_id, version=1, name="Taken", query={"category": "drugs"})
        with pytest.raises(UnknownViewError):
            remove_view(other, mine.view_id)
        with pytest.raises(UnknownViewError):
            choose_start(other, view_id=mine.view_id, pages=OFFICERS)
    assert saved_view(amina, mine.view_id, pages=OFFICERS) == mine


def test_a_shared_view_is_for_officers_who_may_open_its_page_and_its_owners_to_change(
    amina: Actor, joe: Actor, pat: Actor
) -> None:
    shared = save_view(amina, replace(DRAFT, shared=True), pages=OFFICERS)
    own = save_view(joe, ViewDraft("A view of Joe's", "board", {"overdue": "yes"}), pages=OFFICERS)
    assert saved_views(joe, pages=OFFICERS) == (own, shared)  # one's own first
    assert saved_views(joe, pages=("board",)) == (own,)
    with pytest.raises(UnknownViewError):
        saved_view(joe, shared.view_id, pages=("board",))
    with pytest.raises(UnknownViewError):
        change_view(joe, shared.view_id, version=1, shared=False)
    for pages in (PANEL, OFFICERS):  # whatever the page says that a panel may open
        assert saved_views(pat, pages=pages) == ()
        with pytest.raises(UnknownViewError):
            saved_view(pat, shared.view_id, pages=pages)


def test_a_ward_panel_saves_views_of_its_pages_for_itself_alone(pat: Actor, amina: Actor) -> None:
    saved = save_view(pat, ViewDraft("Ours", "ward-panel", {"ward": "E1"}), pages=PANEL)
    assert saved_views(pat, pages=PANEL) == (saved,)
    assert saved_views(amina, pages=(*OFFICERS, *PANEL)) == ()
    with pytest.raises(UnknownViewError):
        save_view(pat, DRAFT, pages=PANEL)
    with pytest.raises(NotAllowedError):
        save_view(pat, ViewDraft("All", "ward-panel", {}, shared=True), pages=PANEL)
    with pytest.raises(NotAllowedError):
        change_view(pat, saved.view_id, version=1, shared=True)
    assert saved_views(pat, pages=PANEL) == (saved,)


def test_a_view_whose_owner_is_made_a_ward_panel_is_of_no_page_that_it_may_not_open(
    amina: Actor, operations: Operations
) -> None:
    mine = save_view(amina, DRAFT, pages=OFFICERS)
    now_panel = Actor(operations, replace(AMINA, role="panel"), NOW)
    assert saved_views(now_panel, pages=PANEL) == ()
    with pytest.raises(UnknownViewError):
        saved_view(now_panel, mine.view_id, pages=PANEL)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("  \t ", "has no name"),
        ("x" * 81, "81 characters"),
        ("a\u202eb", "cannot be seen"),
        ("a\x00b", "cannot be seen"),
        ("moped NIGHTS", "'Moped nights' already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_its_fault(
    name: str, fault: str, amina: Actor
) -> None:
    save_view(amina, DRAFT, pages=OFFICERS)
    other = save_view(amina, replace(DRAFT, name="Other"), pages=OFFICERS)
    with pytest.raises(ViewError, match=fault):
        save_view(amina, replace(DRAFT, name=name), pages=OFFICERS)
    with pytest.raises(ViewError, match=fault):
        change_view(amina, other.view_id, version=1, name=name)
    assert [each.name for each in saved_views(amina, pages=OFFICERS)] == ["Moped nights", "Other"]


def test_two_people_may_give_the_same_name_and_one_may_rename_in_other_capitals(
    amina: Actor, joe: Actor
) -> None:
    mine = save_view(amina, DRAFT, pages=OFFICERS)
    save_view(joe, replace(DRAFT, shared=True), pages=OFFICERS)
    renamed = change_view(amina, mine.view_id, version=1, name="MOPED nights")
    assert (renamed.name, renamed.version) == ("MOPED nights", 2)
    assert len(saved_views(amina, pages=OFFICERS)) == 2


def test_hostile_names_and_values_come_back_letter_by_letter(amina: Actor) -> None:
    for number, text in enumerate(HOSTILE_NAMES):
        name = f"{number} {' '.join(text.split())}"[:80].strip()
        if name.isprintable():
            saved = save_view(amina, ViewDraft(name, "board", {"team": text}), pages=OFFICERS)
            read = saved_view(amina, saved.view_id, pages=OFFICERS)
            assert (read.name, read.query["team"]) == (name, text)


def test_a_link_without_end_and_views_without_end_are_refused(amina: Actor) -> None:
    with pytest.raises(ViewError, match="8,000 are the most"):
        save_view(amina, replace(DRAFT, query={"team": "x" * 9_000}), pages=OFFICERS)
    for number in range(MOST_VIEWS):
        save_view(amina, replace(DRAFT, name=f"View {number}"), pages=OFFICERS)
    with pytest.raises(ViewError, match="100 views"):
        save_view(amina, DRAFT, pages=OFFICERS)


def test_of_two_changes_to_one_version_the_second_is_refused(amina: Actor) -> None:
    mine = save_view(amina, DRAFT, pages=OFFICERS)
    newer = change_view(
        amina.at(NOW + timedelta(hours=1)), mine.view_id, version=1, query={"a": "b"}
    )
    assert newer.query == {"a": "b"}
    assert newer.saved_at == NOW + timedelta(hours=1)
    with pytest.raises(ChangedMeanwhileError):
        change_view(amina, mine.view_id, version=1, name="Late")


def test_a_removed_view_is_gone_and_its_number_is_no_other_view(amina: Actor) -> None:
    mine = save_view(amina, DRAFT, pages=OFFICERS)
    choose_start(amina, view_id=mine.view_id, pages=OFFICERS)
    remove_view(amina, mine.view_id)
    assert save_view(amina, DRAFT, pages=OFFICERS).view_id > mine.view_id
    with amina.reading() as session:
        trail = [
            (each.action, each.key) for each in changes(session) if each.table == "saved_views"
        ]
    assert trail[:2] == [("added", str(mine.view_id)), ("removed", str(mine.view_id))]


def test_an_administrator_removes_what_others_share_and_an_officer_does_not(
    amina: Actor, joe: Actor, operations: Operations
) -> None:
    shared = save_view(amina, replace(DRAFT, shared=True), pages=OFFICERS)
    with pytest.raises(UnknownViewError):
        remove_view(joe, shared.view_id)
    remove_view(Actor(operations, IDRIS, NOW), shared.view_id)
    assert saved_views(amina, pages=OFFICERS) == ()


def test_each_person_begins_with_what_they_chose(amina: Actor, joe: Actor) -> None:
    ops = amina.ops
    assert personal(ops, AMINA) == Personal()
    choose_start(amina, page="board", pages=OFFICERS)
    view = save_view(joe, DRAFT, pages=OFFICERS)
    choose_start(joe, view_id=view.view_id, pages=OFFICERS)
    assert personal(ops, AMINA) == Personal(start_page="board")
    assert personal(ops, JOE) == Personal(start_view=view.view_id)
    choose_start(joe, pages=OFFICERS)
    assert personal(ops, JOE) == Personal()
    with pytest.raises(UnknownViewError):
        choose_start(amina, page="administration", pages=OFFICERS)


def test_a_team_is_one_that_taskings_or_plans_know(amina: Actor, pat: Actor) -> None:
    tasking = made(amina)
    change(
        amina,
        tasking.tasking_id,
        draft=replace(tasking.draft, team="Weavers SNT"),
        version=tasking.version,
    )
    assert known_teams(amina.ops) == ("Weavers SNT",)
    choose_team(amina, "Weavers SNT")
    assert my_team(amina.ops, AMINA) == "Weavers SNT"
    assert my_team(amina.ops, JOE) == ""
    with pytest.raises(UnknownTeamError, match="Nobody's"):
        choose_team(amina, "Nobody's")
    with pytest.raises(NotAllowedError):
        choose_team(pat, "Weavers SNT")
    choose_team(amina, "")
    assert personal(amina.ops, AMINA) == Personal()


def test_a_former_officer_of_the_panel_has_no_team(amina: Actor) -> None:
    made(amina)
    (team,) = known_teams(amina.ops)
    choose_team(amina, team)
    assert my_team(amina.ops, replace(AMINA, role="panel")) == ""


def test_erasing_a_person_takes_what_served_them_alone_and_renames_what_they_shared(
    operations: Operations, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    idris = Actor(operations, IDRIS, NOW)
    add_account(idris, name=IDRIS.name, role="administrator", password="a long one 1234")
    add_account(idris, name="Özge Kaya", role="officer", password="another long one 12")
    ozge = Actor(operations, Person("Özge Kaya", "officer"), NOW)
    save_view(ozge, DRAFT, pages=OFFICERS)
    shared = save_view(ozge, ViewDraft("Town centre", "board", {}, shared=True), pages=OFFICERS)
    choose_start(ozge, page="board", pages=OFFICERS)
    _, held, _ = unpacked(about_staff(idris, "ÖZGE KAYA", settings=settings))
    assert (len(held["saved_views"]), len(held["personal_choices"])) == (2, 1)
    account = account_of(operations, "Özge Kaya")
    change_account(idris, account.user_id, role="officer", active=False, version=account.version)
    erase_staff(idris, "özge kaya", pseudonym="Former officer 7", settings=settings)
    assert [(each.name, each.owner) for each in saved_views(idris, pages=OFFICERS)] == [
        ("Town centre", "Former officer 7")
    ]
    with pytest.raises(UnknownViewError):
        change_view(ozge, shared.view_id, version=2, name="Mine")
    assert personal(operations, ozge.person) == Personal()
    assert personal(operations, Person("Former officer 7", "officer")) == Personal()

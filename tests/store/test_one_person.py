"""Requests of one person: everything held is handed out, and erased where it is asked for."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from data import seals
from data.access import NotAllowedError, Person
from data.faults import DamagedError
from data.incidents import removal
from data.incidents import table as store
from data.incidents.caller_salt import caller_salt
from data.incidents.choices import ImportChoices
from data.incidents.imports import imports
from data.incidents.ingest import import_batches
from data.incidents.log_files import log_files
from data.incidents.upkeep import remove_entries
from data.incidents.wards_join import use_wards
from data.layers.places import (
    kept_places,
    load_places,
    loaded_places,
    places_digest,
    save_places,
    undo_places,
)
from data.operations.accounts.users import add_account, change_account
from data.operations.actor import Actor
from data.operations.audit.access import access_log, record_view
from data.operations.audit.changes import changes
from data.operations.database import Operations
from data.operations.retention.removals import removals
from data.operations.taskings.comments import comment, comments
from data.services import one_person
from data.services.checking import check_store
from data.services.loading import import_path
from data.services.one_person import (
    PseudonymError,
    StillOpenError,
    UnknownCallerError,
    about_caller,
    about_staff,
    allow_caller,
    erase_caller,
    erase_staff,
)
from data.sources.identity import caller_references
from tests.call_profiles import CALLERS_PROFILE
from tests.damaged_store import street
from tests.incident_rows import NOW, batch, rejected_row, row, settings_in, three_wards
from tests.made_taskings import made
from tests.store.test_retention import places_of
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.imports import ImportRecord
    from data.settings import Settings

WARDS = three_wards()
ZOE = "Zoë Marker"
NUMBER = "020 7946 0018"
WRITTEN = ("7946 0018", "79460018")  # four digits alone come up in digests by chance
IDRIS = Person("Idris Ali", "administrator")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def unpacked(written: bytes) -> tuple[str, dict[str, list[dict[str, Any]]], str]:
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.namelist() == ["contents.txt", "held.json", "held.csv"]
        told, held, lines = (archive.read(name) for name in archive.namelist())
    return told.decode(), json.loads(held), lines.decode("utf-8-sig")


def at_work(ops: Operations) -> Actor:
    """Let somebody with an account do a little of everything."""
    administrator = Actor(ops, IDRIS, NOW)
    add_account(administrator, name="Idris Ali", role="administrator", password="a long one 1234")
    add_account(administrator, name=ZOE, role="officer", password="another long one 12")
    acting = Actor(ops, Person(ZOE, "officer"), NOW)
    tasking = made(acting)
    comment(acting, tasking.tasking_id, text="Mine")
    comment(administrator, tasking.tasking_id, text=f"Ask {ZOE.upper()}, not Zoëlle Markers")
    record_view(acting, "board")
    return acting


def close(ops: Operations, name: str) -> None:
    from data.operations.accounts.users import account_of

    account = account_of(ops, name)
    acting = Actor(ops, IDRIS, NOW)
    change_account(acting, account.user_id, role="officer", active=False, version=account.version)


def test_all_that_names_a_member_of_staff_is_handed_out_wherever_it_stands(
    operations: Operations, settings: Settings
) -> None:
    at_work(operations)
    choices = ImportChoices(person=ZOE)
    import_batches(
        [batch(row("a"))], settings=settings, wards=WARDS, name="June", now=NOW, choices=choices
    )
    save_places(street("Elm Row", source="Zoë Marker"), settings, now=NOW, person="Idris Ali")
    asking = Actor(operations, IDRIS, NOW)
    told, held, lines = unpacked(about_staff(asking, "zoë  marker", settings=settings))
    assert {table: len(rows) for table, rows in held.items()} == {
        "users": 1,
        "comments": 2,
        "access_log": 1,
        "audit": 6,  # account, tasking, its two wards, two comments
        "imports": 1,
        "places": 1,
    }
    assert held["users"][0]["held"]["password"] == "(secret)"
    assert [each["named_in"] for each in held["comments"]] == [["person"], ["words"]]
    assert "- comments (2): comments on taskings" in told
    assert len(lines.splitlines()) == 13
    assert access_log(operations, person=IDRIS).iloc[0]["What"] == "Subject access"


def test_a_name_within_another_name_is_not_that_person(
    operations: Operations, settings: Settings
) -> None:
    acting = Actor(operations, Person("Hannah Smithson", "officer"), NOW)
    comment(acting, made(acting).tasking_id, text="Hannah was here")
    _, held, _ = unpacked(about_staff(Actor(operations, IDRIS, NOW), "Ann", settings=settings))
    assert held == {}


def test_a_member_of_staff_is_renamed_everywhere_and_the_changes_stay(
    operations: Operations, settings: Settings
) -> None:
    acting = at_work(operations)
    close(operations, ZOE)
    with operations.reading() as session:
        before = len(changes(session))
    asking = Actor(operations, IDRIS, NOW + timedelta(days=1))
    erase_staff(asking, ZOE, pseudonym="Former officer 1", settings=settings)
    _, held, _ = unpacked(about_staff(asking, ZOE, settings=settings))
    assert held == {}
    with operations.reading() as session:
        entries = changes(session)
    assert len(entries) == before
    assert acting.person.name not in {each.person for each in entries}
    assert "Former officer 1" in {each.person for each in entries}
    said = comments(operations, 1)
    assert [each.text for each in said] == ["Mine", "Ask Former officer 1, not Zoëlle Markers"]
    (record,) = removals(operations, person=IDRIS)
    assert (record.kind, record.person) == ("erasure", "Idris Ali")


def test_nobody_is_erased_who_can_sign_in_or_asks_or_under_a_name_in_use(
    operations: Operations, settings: Settings
) -> None:
    at_work(operations)
    asking = Actor(operations, IDRIS, NOW)
    with pytest.raises(StillOpenError, match="account is open"):
        erase_staff(asking, ZOE, pseudonym="Former officer", settings=settings)
    close(operations, ZOE)
    with pytest.raises(PseudonymError, match="stands in the store already"):
        erase_staff(asking, ZOE, pseudonym="Amina Khan", settings=settings)
    with pytest.raises(PseudonymError, match="Nobody erases themselves"):
        erase_staff(asking, "Idris Ali", pseudonym="Nobody", settings=settings)
    assert removals(operations, person=IDRIS) == []


def test_an_erased_name_is_in_no_byte_of_the_store_but_what_others_are_called(
    settings: Settings,
) -> None:
    ops = Operations.open(settings)
    name = "MarkerOfStaff"
    choices = ImportChoices(person=name)
    import_batches(
        [batch(row("a"))], settings=settings, wards=WARDS, name="June", now=NOW, choices=choices
    )
    acting = Actor(ops, Person(name, "officer"), NOW)
    comment(acting, made(acting).tasking_id, text=f"{name} was here")
    for road in ("Elm Row", "Bow Road"):  # the first is kept for undo
        save_places(street(road, source=f"Desk of {name}"), settings, now=NOW, person=name)
    assert places_of(name, settings.store)
    erase_staff(Actor(ops, IDRIS, NOW), name, pseudonym="Former officer", settings=settings)
    assert places_of(name, settings.store) == []
    assert imports(settings)[0].person == "Former officer"
    assert [each.loaded_by for each in kept_places(settings)] == ["Former officer"] * 2
    assert loaded_places(settings)[0].source == "Desk of Former officer"
    before = undo_places(settings, "street")
    assert before is not None
    layer = load_places(settings, "street")
    assert layer is not None
    assert places_digest(layer) == before.digest
    ops.close()


def called(settings: Settings) -> str:
    (reference,) = caller_references([NUMBER], salt=caller_salt(settings))
    assert reference is not None
    import_batches(
        [
            batch(
                row("a", caller_ref=reference),
                row("b", caller_ref="caller:" + "0" * 64),
                row("c"),
                rejected=[rejected_row(3, phone="+44 20 7946 0018"), rejected_row(4, phone="")],
            )
        ],
        settings=settings,
        wards=WARDS,
        name="calls",
        now=NOW,
    )
    return reference


def test_a_callers_incidents_and_rejected_rows_come_by_the_number_in_any_spelling(
    operations: Operations, settings: Settings
) -> None:
    called(settings)
    asking = Actor(operations, IDRIS, NOW)
    _, held, _ = unpacked(about_caller(asking, "(020) 79460018", settings=settings))
    assert [each["held"]["incident_id"] for each in held["incidents"]] == ["a"]
    assert [each["held"]["phone"] for each in held["rejected rows"]] == ["+44 20 7946 0018"]
    with pytest.raises(UnknownCallerError):
        about_caller(asking, "withheld", settings=settings)


def cut_short(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["begin_log_again", "remove_for_good"])
def test_a_caller_is_gone_from_every_byte_when_an_erasure_that_was_cut_short_is_run_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ops = Operations.open(settings)
    reference, asking = called(settings), Actor(ops, IDRIS, NOW)
    with monkeypatch.context() as cut:
        cut.setattr(removal, step, cut_short)
        with pytest.raises(KeyboardInterrupt):
            erase_caller(asking, NUMBER, settings=settings)
    assert places_of(reference, settings.store) != []
    erase_caller(asking, NUMBER, settings=settings)
    assert places_of(reference, settings.store) == []
    assert check_store(settings, full=True).damage == ()
    ops.close()


def test_a_log_that_was_cut_in_part_by_an_erasure_is_cut_to_its_end_when_it_is_run_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_in_part(settings: Settings, *, before: int) -> None:
        remove_entries(settings, before=before - 1)
        raise KeyboardInterrupt

    ops = Operations.open(settings)
    called(settings)
    asking = Actor(ops, IDRIS, NOW)
    with monkeypatch.context() as cut:
        cut.setattr(removal, "remove_entries", cut_in_part)
        with pytest.raises(KeyboardInterrupt):
            erase_caller(asking, NUMBER, settings=settings)
    erase_caller(asking, NUMBER, settings=settings)
    assert log_files(settings.incidents_path).entries == {store.opened(settings).version()}
    ops.close()


@pytest.mark.parametrize("step", ["begin_log_again", "record_history", "rename", "purge_pages"])
def test_a_name_is_gone_from_every_byte_when_an_erasure_that_was_cut_short_is_run_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ops = Operations.open(settings)
    name, asking = "MarkerOfStaff", Actor(ops, IDRIS, NOW)
    choices = ImportChoices(person=name)
    import_batches(
        [batch(row("a"))], settings=settings, wards=WARDS, name="June", now=NOW, choices=choices
    )
    acting = Actor(ops, Person(name, "officer"), NOW)
    comment(acting, made(acting).tasking_id, text=f"{name} was here")
    with monkeypatch.context() as cut:
        cut.setattr(one_person, step, cut_short)
        with pytest.raises(KeyboardInterrupt):
            erase_staff(asking, name, pseudonym="Former officer", settings=settings)
    assert places_of(name, settings.store) != []
    erase_staff(asking, name, pseudonym="Former officer", settings=settings)
    assert places_of(name, settings.store) == []
    assert imports(settings)[0].person == "Former officer"
    ops.close()


def test_an_erased_caller_is_in_no_version_and_does_not_come_back_with_the_file(
    settings: Settings,
) -> None:
    ops = Operations.open(settings)
    reference = called(settings)
    import_batches(
        [batch(row("a", caller_ref=reference, place="Bow Road"))],
        settings=settings,
        wards=WARDS,
        name="corrected",
        now=NOW + timedelta(hours=1),
    )
    assert erase_caller(Actor(ops, IDRIS, NOW), NUMBER, settings=settings) == 2
    assert places_of(reference, settings.store) == []
    for mark in WRITTEN:
        assert places_of(mark, settings.store) == []
    assert check_store(settings, full=True).damage == ()
    again = import_batches(
        [batch(row("a", caller_ref=reference, place="Bow Road"))],
        settings=settings,
        wards=WARDS,
        name="again",
        now=NOW + timedelta(hours=2),
    )
    assert again.counts.unchanged == 1
    assert store.rows(store.opened(settings)) == 3
    assert places_of(reference, settings.store) == []
    (record,) = removals(ops, person=IDRIS)
    assert record.removed == {"incidents_without_caller": 1, "rejected_rows": 1}
    ops.close()


def test_only_an_administrator_asks_and_erases(actor: Actor, settings: Settings) -> None:
    for ask in (about_staff, about_caller, erase_caller):
        with pytest.raises(NotAllowedError):
            ask(actor, NUMBER, settings=settings)  # type: ignore[operator]
    with pytest.raises(NotAllowedError):
        erase_staff(actor, "A", pseudonym="B", settings=settings)


def test_both_are_commands_and_ask_for_one_person_alone(settings: Settings, tmp_path: Path) -> None:
    settings.store.mkdir(parents=True)
    out = tmp_path / "held.zip"
    done = hotspots("subject-access", out, "--staff", "Amina Khan", store=settings.store)
    assert done.returncode == 0, done.stderr
    told, held, _ = unpacked(out.read_bytes())
    assert held == {}
    assert "Nothing is held." in told
    both = hotspots("erase", "--staff", "Amina Khan", "--caller", store=settings.store)
    assert both.returncode == 2
    erased = hotspots("erase", "--staff", "Amina Khan", store=settings.store)
    assert "0 rows name Former member of staff now." in erased.stdout


CALLS = """\
Reference,Date,Type,Easting,Northing,Telephone,Notes
c1,05/06/2024 12:00,Noise,530500,180500,020 7946 0018,Weaver says so
c2,06/06/2024 12:00,Noise,530500,180500,+44 20 7946 0018,Weaver again
c3,07/06/2024 12:00,Noise,530500,180500,020 7946 0001,Somebody else
"""


def test_an_erased_caller_is_left_out_of_later_imports_until_that_is_allowed_again(
    settings: Settings, tmp_path: Path
) -> None:
    use_wards(WARDS, settings=settings, now=NOW)
    settings.profiles_path.mkdir()
    (settings.profiles_path / "calls.toml").write_text(CALLERS_PROFILE)
    asking = Actor(Operations.open(settings), IDRIS, NOW)
    file = tmp_path / "calls.csv"
    file.write_text(CALLS)

    def brought() -> ImportRecord:
        return import_path(file, settings=settings, now=NOW, profile="calls", name="calls")

    assert brought().counts.imported == 3
    assert erase_caller(asking, NUMBER, settings=settings) == 2
    same = brought()
    assert (same.counts.imported, same.counts.updated, same.counts.rejected) == (0, 2, 0)
    assert brought().counts.unchanged == 3
    assert same.notes[0] == (
        "Rows of callers who were erased on request: 2. They count as incidents, and nothing of "
        "their callers is stored."
    )
    file.write_text(
        CALLS.replace("c1", "d1").replace("Noise", "Loud noise")
        + f"c9,41/06/2024 12:00,Noise,530500,180500,{NUMBER},Weaver's dog\n"
    )
    again = brought()
    assert (again.counts.imported, again.counts.updated, again.counts.rejected) == (1, 2, 1)
    assert again.rejected_file is not None
    (row,) = pd.read_csv(again.rejected_file, dtype="str", keep_default_na=False).to_dict("records")
    assert row["rejected_field"] == "Date"
    assert {value for name, value in row.items() if not name.startswith("rejected_")} == {""}
    (reference,) = caller_references([NUMBER], salt=caller_salt(settings))
    for mark in (str(reference), *WRITTEN, "Weaver"):
        assert places_of(mark, settings.store) == []
    assert reference is not None
    assert reference.removeprefix("caller:") not in settings.erased_callers_path.read_text()

    settings.erased_callers_path.write_bytes(b"{}")  # as a disk or a hand may leave it
    with pytest.raises(DamagedError, match="an erased caller could be stored again"):
        brought()
    seals.write_file(settings.erased_callers_path, b"{}")
    assert not allow_caller(asking, NUMBER, settings=settings)
    assert brought().counts.updated == 2  # which have their caller again
    assert places_of(str(reference), settings.store) != []


def test_an_erased_caller_is_allowed_again_on_purpose_alone(
    settings: Settings, actor: Actor
) -> None:
    called(settings)
    asking = replace(actor, person=IDRIS)
    erase_caller(asking, NUMBER, settings=settings)
    with pytest.raises(NotAllowedError):
        allow_caller(actor, NUMBER, settings=settings)
    assert not allow_caller(asking, "020 7946 0001", settings=settings)
    assert allow_caller(asking, "(020) 79460018", settings=settings)
    assert not allow_caller(asking, NUMBER, settings=settings)
    newest, _ = removals(asking.ops, person=IDRIS)
    assert newest.removed == {"callers_allowed_again": 1}
    assert json.loads(settings.erased_callers_path.read_bytes()) == {}
    refused = hotspots("erase", "--allow-again", store=settings.store)
    assert refused.returncode == 2

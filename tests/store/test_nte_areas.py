"""Night-time areas that are named and kept, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from shapely import Polygon, box

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.audit import changes as audit
from data.operations.database import ChangedMeanwhileError
from data.operations.nights.areas import (
    AreaDraft,
    NightAreaError,
    UnknownNightAreaError,
    change_area,
    keep_area,
    kept_areas,
    retire_area,
)

if TYPE_CHECKING:
    from data.operations.database import Operations

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
AMINA, JOE = Person("Amina Rahman", "officer"), Person("Joe Webb", "officer")
SQUARE = box(533_700, 181_900, 533_900, 182_100)
DRAFT = AreaDraft("Brick  Lane ", SQUARE, "found", " With the side streets. ")


@pytest.fixture
def actor(operations: Operations) -> Actor:
    return Actor(operations, AMINA, NOW)


def test_a_named_area_is_kept_as_it_was_given(actor: Actor, operations: Operations) -> None:
    kept = keep_area(actor, DRAFT)
    assert (kept.reference, kept.version) == ("A-0001", 1)
    (read,) = kept_areas(operations)
    assert read == kept
    assert (read.name, read.note, read.origin) == ("Brick Lane", "With the side streets.", "found")
    assert (read.kept_by, read.kept_at) == ("Amina Rahman", NOW)
    assert read.polygon.equals(SQUARE)


def test_of_two_changes_to_one_version_the_second_is_refused_and_loses_nothing(
    actor: Actor,
    operations: Operations,
) -> None:
    kept = keep_area(actor, DRAFT)
    wider = replace(DRAFT, polygon=SQUARE.buffer(50), origin="drawn")
    first = change_area(Actor(operations, JOE, LATER), 1, draft=wider, version=1)
    assert first.version == 2
    with pytest.raises(ChangedMeanwhileError, match="Joe Webb changed this"):
        change_area(actor.at(LATER), 1, draft=replace(DRAFT, name="The Lane"), version=1)
    (read,) = kept_areas(operations)
    assert (read.name, read.origin, read.version) == (kept.name, "drawn", 2)
    assert read.polygon.equals(wider.polygon)


def test_a_retired_area_is_off_the_list_and_on_record_and_its_name_is_free(
    actor: Actor,
    operations: Operations,
) -> None:
    keep_area(actor, DRAFT)
    with pytest.raises(NightAreaError, match="Say why"):
        retire_area(actor.at(LATER), 1, version=1, why=" ")
    retire_area(Actor(operations, JOE, LATER), 1, version=1, why="Merged with Shoreditch")
    assert kept_areas(operations) == ()
    (read,) = kept_areas(operations, retired=True)
    assert (read.retired_at, read.retired_why) == (LATER, "Merged with Shoreditch")
    with pytest.raises(NightAreaError, match="is retired"):
        change_area(actor.at(LATER), 1, draft=DRAFT, version=2)
    assert keep_area(actor.at(LATER), DRAFT).area_id == 2


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (replace(DRAFT, name="  "), "no name"),
        (replace(DRAFT, name="x" * 81), "81 characters"),
        (replace(DRAFT, name="DALSTON"), "an area called DALSTON already"),
        (replace(DRAFT, polygon=Polygon()), "no area"),
        (replace(DRAFT, polygon=Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])), "crosses itself"),
        (replace(DRAFT, origin="guessed"), "'guessed'"),
    ],
)
def test_a_draft_with_a_fault_is_refused_in_words(
    actor: Actor, draft: AreaDraft, said: str, operations: Operations
) -> None:
    keep_area(actor, replace(DRAFT, name="Dalston"))
    with pytest.raises(NightAreaError, match=said):
        keep_area(actor, draft)
    assert len(kept_areas(operations)) == 1


def test_an_area_may_keep_its_own_name(actor: Actor) -> None:
    keep_area(actor, DRAFT)
    noted = replace(DRAFT, note="Seen")
    assert change_area(actor.at(LATER), 1, draft=noted, version=1).version == 2


def test_a_ward_panel_keeps_and_retires_nothing(actor: Actor, operations: Operations) -> None:
    panel = Person("Resident", "panel")
    with pytest.raises(NotAllowedError):
        keep_area(Actor(operations, panel, NOW), DRAFT)
    keep_area(actor, DRAFT)
    with pytest.raises(NotAllowedError):
        change_area(Actor(operations, panel, NOW), 1, draft=DRAFT, version=1)
    with pytest.raises(NotAllowedError):
        retire_area(Actor(operations, panel, NOW), 1, version=1, why="No")
    assert kept_areas(operations)[0].version == 1


def test_an_area_that_is_not_there_is_said_to_be_unknown(actor: Actor) -> None:
    with pytest.raises(UnknownNightAreaError, match="A-0007"):
        change_area(actor, 7, draft=DRAFT, version=1)


def test_every_change_is_in_the_audit_trail(actor: Actor, operations: Operations) -> None:
    keep_area(actor, DRAFT)
    change_area(Actor(operations, JOE, LATER), 1, draft=replace(DRAFT, name="The Lane"), version=1)
    with operations.reading() as session:
        trail = audit.changes(session, audit.AuditRow.table_name == "nte_areas")
    assert [(each.action, each.person) for each in trail] == [
        ("added", "Amina Rahman"),
        ("changed", "Joe Webb"),
    ]
    assert trail[1].before is not None
    assert trail[1].before["name"] == "Brick Lane"

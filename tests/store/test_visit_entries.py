"""What a phone sends of a visit: logged once however often it is sent, in one person's name."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import IntegrityError

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.tables import VisitRow
from data.operations.taskings.history import history
from data.operations.taskings.taskings import move, tasking
from data.operations.visits.errors import (
    AlreadyLeftError,
    FutureTimeError,
    KeyUsedError,
    NotActiveError,
    OverlapError,
    TooOldError,
    UnknownVisitError,
)
from data.operations.visits.visits import visits
from data.services.visit_entries import (
    EntryError,
    OtherPersonError,
    VisitEntry,
    keep_entry,
    person_mark,
    read_entry,
)
from models.tasking.tasking import Finds
from tests.made_taskings import made
from tests.moment import NOW
from tests.store.killed import KILLED, killed_at

if TYPE_CHECKING:
    from pathlib import Path

    from data.operations.database import Operations
    from data.settings import Settings

ONE = "11111111-1111-4111-8111-111111111111"
TWO = "22222222-2222-4222-8222-222222222222"
ARRIVED = NOW - timedelta(minutes=40)
LEFT = NOW - timedelta(minutes=20)
OPEN = {"starts_on": NOW.date() - timedelta(days=9), "ends_on": NOW.date() + timedelta(days=9)}


def arrival(actor: Actor, **changes: Any) -> VisitEntry:  # noqa: ANN401 - any field of an entry
    mark = person_mark(actor.ops, actor.person.name)
    entry = VisitEntry(ONE, "arrived", ARRIVED, mark, tasking_id=1, team="Team 1")
    return replace(entry, **changes)


def departure(actor: Actor, **changes: Any) -> VisitEntry:  # noqa: ANN401
    entry = VisitEntry(
        TWO,
        "left",
        LEFT,
        person_mark(actor.ops, actor.person.name),
        arrival=ONE,
        finds=Finds(needles=2),
        note="Quiet",
    )
    return replace(entry, **changes)


def test_an_entry_that_is_sent_again_gets_the_same_answer_and_logs_nothing(
    actor: Actor, operations: Operations
) -> None:
    made(actor, status="active", **OPEN)
    begun = keep_entry(actor, arrival(actor))
    later = actor.at(NOW + timedelta(days=8))  # however much later, and whatever holds by then
    assert keep_entry(actor, arrival(actor)) == begun
    assert (begun.tasking_id, begun.team, begun.arrived_at) == (1, "Team 1", ARRIVED)
    over = keep_entry(actor, departure(actor))
    assert (over.visit_id, over.left_at, over.finds) == (begun.visit_id, LEFT, Finds(needles=2))
    assert over.note == "Quiet"
    assert keep_entry(later, departure(actor)) == over
    assert keep_entry(actor, arrival(actor)) == over  # the visit of that arrival, as it stands
    assert visits(operations) == (over,)
    kinds = [each.what for each in history(operations, 1)]
    assert kinds.count("Visit logged") == 1
    assert all(ONE not in str(each) and TWO not in str(each) for each in history(operations, 1))


def test_of_one_entry_that_comes_twice_at_once_one_visit_is_logged(
    actor: Actor, operations: Operations
) -> None:
    made(actor, status="active", **OPEN)
    gate = threading.Barrier(4)
    answers: list[int] = []

    def send() -> None:
        entry = arrival(actor)
        gate.wait(timeout=30)
        answers.append(keep_entry(actor, entry).visit_id)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    (visit,) = visits(operations)
    assert answers == [visit.visit_id] * 4


def test_the_database_itself_refuses_a_second_visit_of_a_key(
    actor: Actor, operations: Operations
) -> None:
    made(actor, status="active", **OPEN)
    keep_entry(actor, arrival(actor))
    keep_entry(actor, departure(actor))
    none = dict.fromkeys(("notices", "dispersed", "arrests", "referrals", "needles", "weapons"), 0)
    for column in ("arrived_key", "left_key"):
        key = {column: ONE if column == "arrived_key" else TWO}
        row = VisitRow(
            tasking_id=1, team="Other", arrived_at=ARRIVED, left_at=LEFT, note="", **none, **key
        )
        with pytest.raises(IntegrityError), actor.session() as session:
            session.add(row)


def test_nothing_is_logged_in_the_name_of_another_person(
    actor: Actor, operations: Operations
) -> None:
    made(actor, status="active", **OPEN)
    other = Actor(operations, Person("Ben Other", "officer"), NOW)
    entry = arrival(actor)
    with pytest.raises(OtherPersonError):
        keep_entry(other, entry)
    with pytest.raises(OtherPersonError):
        keep_entry(other, replace(entry, person=""))
    panel = Actor(operations, Person("Amina Khan", "panel"), NOW)
    with pytest.raises(NotAllowedError):
        keep_entry(panel, entry)
    assert visits(operations) == ()
    assert person_mark(operations, "Amina Khan") != person_mark(operations, "Amina Khan ")


def test_the_phones_clock_may_run_a_little_ahead_and_no_more(
    actor: Actor, operations: Operations
) -> None:
    made(actor, status="active", **OPEN)
    with pytest.raises(FutureTimeError, match="is in the future"):
        keep_entry(actor, arrival(actor, at=NOW + timedelta(minutes=2, seconds=1)))
    with pytest.raises(TooOldError, match="more than 3 days ago"):
        keep_entry(actor, arrival(actor, at=NOW - timedelta(days=3, seconds=1)))
    assert visits(operations) == ()
    kept = keep_entry(actor, arrival(actor, at=NOW + timedelta(minutes=2)))
    assert kept.arrived_at == NOW
    assert keep_entry(actor, arrival(actor, at=NOW + timedelta(minutes=2))) == kept


def test_what_cannot_have_been_is_refused_with_its_reason(actor: Actor) -> None:
    made(actor, status="active", **OPEN)
    made(actor, status="active", **OPEN)
    with pytest.raises(UnknownVisitError):  # its arrival has not come yet
        keep_entry(actor, departure(actor))
    keep_entry(actor, arrival(actor))
    with pytest.raises(KeyUsedError):
        keep_entry(actor, arrival(actor, tasking_id=2))
    with pytest.raises(OverlapError, match="T-0001"):
        keep_entry(actor, arrival(actor, key=TWO, tasking_id=2))
    over = keep_entry(actor, departure(actor))
    with pytest.raises(AlreadyLeftError):
        keep_entry(actor, departure(actor, key=ONE))
    with pytest.raises(KeyUsedError):
        keep_entry(actor, departure(actor, arrival=over.visit_id + 1))


def test_a_visit_made_before_its_tasking_was_completed_is_logged_whole(
    actor: Actor, operations: Operations
) -> None:
    made(actor, status="active", **OPEN)
    kept = tasking(operations, 1)
    done = actor.at(NOW - timedelta(minutes=30))
    move(done, 1, to="completed", version=kept.version)
    keep_entry(actor, arrival(actor))
    assert keep_entry(actor, departure(actor)).left_at == LEFT
    with pytest.raises(NotActiveError):
        keep_entry(actor, arrival(actor, key=TWO, at=NOW - timedelta(minutes=10)))


@pytest.mark.parametrize("at", [1, 2])
def test_a_server_that_is_killed_around_the_commit_loses_nothing_and_doubles_nothing(
    actor: Actor, operations: Operations, operations_settings: Settings, tmp_path: Path, at: int
) -> None:
    made(actor, status="active", **OPEN)
    entry = arrival(actor)
    file = tmp_path / "entry.json"
    file.write_text(
        json.dumps(
            {
                "key": entry.key,
                "kind": "arrived",
                "at": entry.at.isoformat(),
                "person": entry.person,
                "tasking": 1,
                "team": "Team 1",
            }
        )
    )
    assert read_entry(file.read_bytes()) == entry
    operations_settings.store.mkdir(
        parents=True, exist_ok=True
    )  # steps are counted once it is there
    assert killed_at("entry", {at: operations_settings}, file=file) == {at: KILLED}
    assert len(visits(operations)) == at - 1  # before its commit, or before its answer
    kept = keep_entry(actor, entry)
    assert visits(operations) == (kept,)


GOOD: dict[str, Any] = {
    "key": TWO, "kind": "left", "at": "2026-11-20T22:10:00.250Z", "person": "m" * 32,
    "arrival": ONE, "finds": {"needles": 2}, "note": "Quiet",
}  # fmt: skip


def test_an_entry_is_read_as_it_was_sent() -> None:
    read = read_entry(json.dumps(GOOD).encode())
    assert (read.key, read.kind, read.arrival, read.note) == (TWO, "left", ONE, "Quiet")
    assert read.finds == Finds(needles=2)
    assert read.at.isoformat() == "2026-11-20T22:10:00.250000+00:00"
    assert read_entry(json.dumps(GOOD | {"arrival": 7}).encode()).arrival == 7


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "1"}, {"key": None}, {"kind": "found"}, {"at": "now"}, {"at": "2026-11-20T22:10"},
        {"at": "0001-01-01T00:00+14:00"}, {"at": 5}, {"person": 7}, {"arrival": 0},
        {"arrival": True}, {"arrival": "x"}, {"arrival": 2**31}, {"arrival": 1.5},
        {"finds": {"needles": -1}}, {"finds": {"needles": 1000}}, {"finds": {"needles": True}},
        {"finds": {"seen": 1}}, {"finds": [1]}, {"note": "n" * 4001}, {"note": "\0"},
        {"note": "\ud800"}, {"note": 3}, {"kind": "arrived", "tasking": "1", "team": "A"},
        {"kind": "arrived", "tasking": 1, "team": "t" * 121},
    ],
)  # fmt: skip
def test_what_is_no_entry_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(EntryError, match="cannot be read as a visit"):
        read_entry(json.dumps(GOOD | changes).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{", b"[" * 100_000, b"null"])
def test_what_is_no_object_in_json_is_refused(content: bytes) -> None:
    with pytest.raises(EntryError):
        read_entry(content)

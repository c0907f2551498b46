"""Two people at one tasking at once, and every way that a tasking can be pushed about."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from data.access import Person
from data.operations.actor import Actor
from data.operations.audit.changes import AuditRow, changes
from data.operations.database import ChangedMeanwhileError, Operations
from data.operations.tables import TaskingRow
from data.operations.taskings.taskings import change, move, tasking, taskings
from data.settings import Settings
from geo.errors import PlainError
from tests.forked import all_at_once as processes_at_once
from tests.lifecycle_by_hand import ALLOWED, STATUSES
from tests.made_taskings import DRAFT, FIXED, NOW, made
from tests.store.children import move_a_tasking

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.operations.audit.changes import AuditEntry
    from models.tasking.lifecycle import Status

LATER = NOW + timedelta(hours=1)
_NEXT: dict[Status, Status] = {
    "proposed": "approved",
    "approved": "active",
    "active": "completed",
    "completed": "reviewed",
}


def all_at_once(*each: Callable[[], object]) -> list[object]:
    """Run in threads that start together; return what each gave, or the error it met."""
    gate = threading.Barrier(len(each))
    results: list[object] = [None] * len(each)

    def run(place: int) -> None:
        gate.wait(timeout=30)
        try:
            results[place] = each[place]()
        except PlainError as problem:
            results[place] = problem

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(each))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def changes_of(ops: Operations, tasking_id: int) -> list[AuditEntry]:
    with ops.reading() as session:
        found = changes(session, AuditRow.subject == f"taskings/{tasking_id}")
    return [each for each in found if each.action == "changed"]


def test_of_people_who_change_one_tasking_at_once_one_succeeds_and_the_rest_are_told(
    actor: Actor, operations: Operations
) -> None:
    kept = made(actor)
    names = ("Ben Ode", "Cara Diaz", "Dev Patel", "Eve Moss")
    results = all_at_once(
        *(
            lambda name=name: change(  # type: ignore[misc]
                Actor(operations, Person(name, "officer"), LATER),
                kept.tasking_id,
                draft=replace(DRAFT, near=f"Where {name} says"),
                version=kept.version,
            )
            for name in names
        )
    )
    refused = [each for each in results if isinstance(each, ChangedMeanwhileError)]
    won = [name for name, each in zip(names, results, strict=True) if each not in refused]
    assert (len(won), len(refused)) == (1, 3)
    (recorded,) = changes_of(operations, kept.tasking_id)
    assert recorded.person == won[0]
    assert recorded.after == {"near": f"Where {won[0]} says"}
    assert tasking(operations, kept.tasking_id).draft.near == f"Where {won[0]} says"
    for each in refused:
        assert f"{won[0]} changed this" in str(each)


def test_a_row_changed_between_reading_and_writing_is_refused_even_then(
    actor: Actor, operations: Operations
) -> None:
    """Both have read the same version inside their transactions before either writes."""
    if operations.engine.dialect.name == "sqlite":
        pytest.skip("a writing session takes SQLite's only write lock at its start")
    kept = made(actor)
    both_have_read = threading.Barrier(2)

    def write(name: str) -> None:
        with operations.session(Person(name, "officer"), LATER) as session:
            row = session.get_one(TaskingRow, kept.tasking_id)
            both_have_read.wait(timeout=30)
            row.near = f"Where {name} says"

    results = all_at_once(lambda: write("Ben Ode"), lambda: write("Cara Diaz"))
    (told,) = (each for each in results if each is not None)
    assert isinstance(told, ChangedMeanwhileError)
    (recorded,) = changes_of(operations, kept.tasking_id)
    assert f"{recorded.person} changed this" in str(told)


def test_of_two_processes_that_cancel_and_approve_at_once_one_succeeds(
    operations_settings: Settings, officer: Person
) -> None:
    ops = Operations.open(operations_settings)
    kept = made(Actor(ops, officer, NOW))
    runs = processes_at_once(
        move_a_tasking, *((operations_settings, to) for to in ("approved", "cancelled"))
    )
    assert {ended for _, ended in runs} == {0}
    said = sorted(each for each, _ in runs)
    now = tasking(ops, kept.tasking_id)
    (recorded,) = changes_of(ops, kept.tasking_id)
    ops.close()
    assert said == ["ChangedMeanwhileError", f"moved {now.status}"]
    assert recorded.after is not None
    assert recorded.after["status"] == now.status


class PushedAbout(RuleBasedStateMachine):
    """Any move and any change, by anybody, on any version, in any order."""

    officer: ClassVar = Person("Amina Khan", "officer")
    person = st.sampled_from([officer, Person("A resident", "panel")])

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        chosen = Settings(store=Path(self.folder.name), operations_url=None, _env_file=None)
        self.ops = Operations.open(chosen)
        self.now = NOW

    def teardown(self) -> None:
        self.ops.close()
        self.folder.cleanup()

    @initialize()
    def propose_one(self) -> None:
        self.known = made(Actor(self.ops, self.officer, NOW))
        self.way = ["proposed"]

    @rule(
        to=st.sampled_from(STATUSES),
        behind=st.integers(0, 2),
        reason=st.sampled_from(["", "Not needed"]),
        fixed=st.sampled_from([None, FIXED]),
        person=person,
    )
    def push(self, to: Status, behind: int, reason: str, fixed: object, person: Person) -> None:
        self.now += timedelta(minutes=1)
        may = (
            ALLOWED[self.known.status, to]
            and behind == 0
            and person.role == "officer"
            and (to != "cancelled" or bool(reason))
            and (to != "approved" or (fixed is not None and bool(self.known.draft.team)))
        )
        try:
            self.known = move(
                Actor(self.ops, person, self.now),
                1,
                to=to,
                version=self.known.version - behind,
                reason=reason,
                fixed=fixed,  # type: ignore[arg-type]
            )
        except PlainError:
            assert not may
        else:
            assert may
            self.way.append(to)

    @rule()
    def go_on(self) -> None:
        """Make the next move of a life that goes well, so that every status is reached."""
        if self.known.status in ("reviewed", "cancelled"):
            return
        to: Status = _NEXT[self.known.status]
        if not self.known.draft.team:
            self.rewrite(team="Team 4", grown=0, behind=0, person=self.officer)
        self.push(to=to, behind=0, reason="", fixed=FIXED, person=self.officer)

    @rule(
        team=st.sampled_from(["", "Team 4"]),
        grown=st.sampled_from([0, 5]),
        behind=st.sampled_from([0, 0, 1]),
        person=person,
    )
    def rewrite(self, team: str, grown: int, behind: int, person: Person) -> None:
        self.now += timedelta(minutes=1)
        area = self.known.draft.area
        draft = replace(self.known.draft, team=team, area=area.buffer(grown) if grown else area)
        proposed = self.known.status == "proposed"
        may = (
            behind == 0
            and person.role == "officer"
            and (proposed or (self.known.status in ("approved", "active") and team and not grown))
        )
        before = self.known
        try:
            self.known = change(
                Actor(self.ops, person, self.now),
                1,
                draft=draft,
                version=self.known.version - behind,
                ward_codes=self.known.ward_codes,
            )
        except PlainError:
            assert not may
        else:
            assert may
            assert self.known.draft == draft
            assert replace(self.known, draft=before.draft, version=before.version) == before

    @invariant()
    def the_record_is_what_was_last_said(self) -> None:
        if hasattr(self, "known"):
            assert taskings(self.ops) == (self.known,)

    @invariant()
    def every_step_on_its_way_was_allowed_and_is_in_the_trail(self) -> None:
        if not hasattr(self, "known"):
            return
        for before, after in zip(self.way, self.way[1:], strict=False):
            assert ALLOWED[before, after]
        with self.ops.reading() as session:
            found = changes(session, AuditRow.table_name == "taskings")
        assert [each.after["status"] for each in found if "status" in (each.after or {})] == (
            self.way
        )
        assert len(found) == self.known.version

    @invariant()
    def what_is_approved_has_its_team_and_its_areas_for_good(self) -> None:
        if hasattr(self, "known") and "approved" in self.way:
            assert self.known.draft.team
            assert (self.known.displacement, self.known.comparison) == (
                FIXED.displacement,
                FIXED.comparison,
            )


TestPushedAbout = PushedAbout.TestCase
TestPushedAbout.settings = hypothesis_settings(
    max_examples=20, stateful_step_count=15, deadline=None
)

"""Who acts: the person, the moment and the store in one value that every change is given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.audit.trail import trail
from data.operations.tables import CommentRow
from pages.shell import person
from tests.made_taskings import NOW, made

if TYPE_CHECKING:
    from data.operations.database import Operations


def test_what_a_session_changes_bears_the_actors_name_and_moment(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    made(actor)
    later = actor.at(NOW + timedelta(hours=2))
    with later.session() as session:
        session.add(CommentRow(tasking_id=1, at=later.now, person=officer.name, words="Quiet"))
    with actor.reading() as session:
        assert session.get_one(CommentRow, 1).words == "Quiet"
    newest = trail(operations, person=officer, table="comments", newest=1)
    assert list(zip(newest["Who"], newest["When"], strict=True)) == [
        ("Amina Khan", datetime(2026, 11, 21, 11, 0))
    ]


def test_today_is_the_day_of_the_stores_time_zone(sqlite_operations: Operations) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight in London
    assert Actor(sqlite_operations, Person("A", "officer"), late).today == date(2026, 7, 1)


def test_a_moment_without_a_time_zone_is_refused(sqlite_operations: Operations) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Actor(sqlite_operations, Person("A", "officer"), NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("role", "officer", "administrator"),
    [("panel", False, False), ("officer", True, False), ("administrator", True, True)],
)
def test_each_role_may_do_what_is_written_here(
    sqlite_operations: Operations, role: str, officer: bool, administrator: bool
) -> None:
    actor = Actor(sqlite_operations, Person("A", role), NOW)  # type: ignore[arg-type]
    for check, allowed in (
        (actor.must_be_officer, officer),
        (actor.must_be_administrator, administrator),
    ):
        if allowed:
            check("This")
        else:
            with pytest.raises(NotAllowedError, match="This is not for the role"):
                check("This")


def test_a_change_after_the_sign_in_has_ended_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person, "signed_in", lambda: None)
    with pytest.raises(person.SignedOutError, match="sign-in has ended, so nothing was changed"):
        person.actor()

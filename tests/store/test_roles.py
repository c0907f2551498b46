"""What each role may do, against tables written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.operations.accounts.users import accounts, add_account, change_account, set_password
from data.operations.actor import Actor
from data.operations.audit.trail import trail
from data.operations.nights.areas import AreaDraft, keep_area
from data.operations.taskings.comments import comment
from data.operations.taskings.taskings import change, move, tasking
from data.operations.visits.visits import arrive
from data.operations.wards.priorities import add_priority
from models.tasking.lifecycle import IllegalMoveError
from models.tasking.ward_priorities import PriorityDraft
from tests.lifecycle_by_hand import ALLOWED, MAY_MOVE_A_TASKING, STATUSES
from tests.made_taskings import AREA, DRAFT, FIXED, NOW, made

if TYPE_CHECKING:
    from data.access import Role
    from data.operations.database import Operations
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

ROLES: tuple[Role, ...] = ("officer", "administrator", "panel")
PASSWORD = "lantern copper walnut"
OFFICER = Person("Amina Khan", "officer")
# Who may, in the order officer, administrator, ward panel.
MAY = {
    "change a tasking": (True, True, False),
    "comment on a tasking": (True, True, False),
    "log a visit": (True, True, False),
    "keep a night-time area": (True, True, False),
    "write a ward priority": (True, True, False),
    "read the audit trail": (True, True, False),
    "make an account": (False, True, False),
    "change an account": (False, True, False),
    "set a password": (False, True, False),
}


def act(what: str, actor: Actor) -> object:
    if what == "change a tasking":
        return change(actor, 1, draft=replace(DRAFT, near="Fashion Street"), version=3)
    if what == "comment on a tasking":
        return comment(actor, 1, text="Seen.")
    if what == "log a visit":
        return arrive(actor, 1, team="Team 1")
    if what == "keep a night-time area":
        return keep_area(actor, AreaDraft("Brick Lane", AREA, "drawn"))
    if what == "write a ward priority":
        draft = PriorityDraft("E05009317", "Knives", "Asked for.", date(2026, 11, 1))
        return add_priority(actor, draft)
    if what == "read the audit trail":
        return trail(actor.ops, person=actor.person)
    joe = next(each for each in accounts(actor.ops) if each.name == "Joe Webb")
    if what == "make an account":
        return add_account(actor, name="Sam Lee", role="panel", password=PASSWORD)
    if what == "change an account":
        return change_account(actor, joe.user_id, role="panel", active=True, version=joe.version)
    return set_password(actor, joe.user_id, password=PASSWORD)


@pytest.fixture
def worked(sqlite_operations: Operations) -> Operations:
    """A store with an active tasking, T-0001, and two accounts."""
    ops = sqlite_operations
    made(Actor(ops, OFFICER, NOW), status="active")
    admin = Actor(ops, Person("Amina Rahman", "administrator"), NOW)
    add_account(admin, name="Amina Rahman", role="administrator", password=PASSWORD)
    add_account(admin, name="Joe Webb", role="officer", password=PASSWORD)
    return ops


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_the_table_allows_and_is_refused_the_rest(
    worked: Operations, role: Role
) -> None:
    actor = Actor(worked, Person("Somebody", role), NOW)
    done = {what: allowed(what, actor) for what in MAY}
    assert done == {what: may[ROLES.index(role)] for what, may in MAY.items()}


def allowed(what: str, actor: Actor) -> bool:
    try:
        act(what, actor)
    except NotAllowedError:
        return False
    return True


def test_every_move_by_every_role_against_the_table_written_by_hand(
    sqlite_operations: Operations,
) -> None:
    ops = sqlite_operations
    at: dict[str, Tasking] = {}
    for role, may in MAY_MOVE_A_TASKING.items():
        actor = Actor(ops, Person("Somebody", role), NOW)  # type: ignore[arg-type]
        for now, to in ALLOWED:
            one = at.pop(now, None) or made(Actor(ops, OFFICER, NOW), status=now)  # type: ignore[arg-type]
            outcome = moved(actor, one, to=to)
            kept = tasking(ops, one.tasking_id)
            expected = "not allowed" if not may else "moved" if ALLOWED[now, to] else "illegal"
            assert (role, now, to, outcome) == (role, now, to, expected)
            assert kept.status == (to if expected == "moved" else now)
            assert kept.version == one.version + (expected == "moved")
            at[kept.status] = kept
    assert set(at) == set(STATUSES)


def moved(actor: Actor, one: Tasking, *, to: str) -> str:
    try:
        move(
            actor,
            one.tasking_id,
            to=_status(to),
            version=one.version,
            reason="Not needed",
            fixed=FIXED,
        )
    except NotAllowedError:
        return "not allowed"
    except IllegalMoveError:
        return "illegal"
    return "moved"


def _status(name: str) -> Status:
    return name  # type: ignore[return-value]

"""What tests do in several processes at once, or in one that is killed; see `tests.forked`.

Who is given a connection says that it is ready, and begins when it is told to.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from data.access import Person
from data.incidents.caller_salt import caller_salt
from data.operations import identity
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.taskings.taskings import move, tasking
from geo.errors import PlainError
from tests import made_taskings
from tests.moment import NOW

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from data.settings import Settings
    from models.tasking.lifecycle import Status

PASSWORD = "lantern copper walnut"
OWNER = Person("this computer", "administrator")


def wait_for_the_others(told: Connection) -> None:
    told.send("ready")
    told.recv()


def ask_for_the_salt(settings: Settings, told: Connection) -> None:
    wait_for_the_others(told)
    told.send(caller_salt(settings).decode())


def open_operations(settings: Settings, told: Connection) -> None:
    wait_for_the_others(told)
    Operations.open(settings).close()
    told.send("opened")


def move_a_tasking(settings: Settings, to: Status, told: Connection) -> None:
    ops = Operations.open(settings)
    seen = tasking(ops, 1)
    wait_for_the_others(told)
    try:
        moved = move(
            Actor(ops, Person(f"Who {to} it", "officer"), made_taskings.NOW),
            1,
            to=to,
            version=seen.version,
            reason="Not needed after all",
            fixed=made_taskings.FIXED,
        )
        told.send(f"moved {moved.status}")
    except PlainError as problem:
        told.send(type(problem).__name__)
    ops.close()


def first_account(ops: Operations) -> None:
    actor = Actor(ops, OWNER, NOW)
    add_account(actor, name="Amina Khan", role="administrator", password=PASSWORD)


def first_account_killed(settings: Settings, at: str) -> None:
    """Be killed when the marker is on the disk as uncertain, or before it is certain."""
    write, wanted = identity.AccountsMarker.write, at == "certain"

    def dying(self: identity.AccountsMarker, name: str, *, certain: bool) -> None:
        if certain and wanted:
            os._exit(9)
        write(self, name, certain=certain)
        if certain == wanted:
            os._exit(9)

    identity.AccountsMarker.write = dying  # type: ignore[method-assign]
    first_account(Operations.open(settings))


def propose_and_approve(settings: Settings, told: Connection) -> None:
    """Propose five taskings and approve each."""
    ops = Operations.open(settings)
    wait_for_the_others(told)
    for _ in range(5):
        made_taskings.made(Actor(ops, OWNER, made_taskings.NOW), status="approved")
    ops.close()
    told.send("changed")

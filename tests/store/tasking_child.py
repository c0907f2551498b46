"""A process that moves a tasking the moment it is told to: store, address, where to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from data.access import Person
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.taskings.taskings import move, tasking
from data.settings import Settings
from geo.errors import PlainError
from tests.made_taskings import FIXED, NOW

if TYPE_CHECKING:
    from models.tasking.lifecycle import Status


def main(store: str, url: str, to: Status) -> None:
    ops = Operations.open(
        Settings(store=Path(store), operations_url=url or None, _env_file=None)  # type: ignore[arg-type]
    )
    seen = tasking(ops, 1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        moved = move(
            Actor(ops, Person(f"Who {to} it", "officer"), NOW),
            1,
            to=to,
            version=seen.version,
            reason="Not needed after all",
            fixed=FIXED,
        )
        sys.stdout.write(f"moved {moved.status}\n")
    except PlainError as problem:
        sys.stdout.write(f"{type(problem).__name__}\n")
    ops.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], cast("Status", sys.argv[3]))

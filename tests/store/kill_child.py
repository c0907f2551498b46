"""A process that does one thing many times over, each time killed a little later.

Started by `tests.store.killed`. Each job runs in a process of its own that is ended (`os._exit`, so
nothing is tidied up) just before its n-th step once a certain file is there. A step is a call of
`os.fsync` or a commit of the operations: since everything that has to outlive a kill is brought to
the disk, these are the moments between the steps of the product.
"""

from __future__ import annotations

import os
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from data.access import Person
from data.demo.build import build_demo_if_empty
from data.operations.actor import Actor
from data.operations.backup.restore import restore
from data.operations.database import Operations
from data.services.loading import load_ward_file
from data.services.places import load_places_file
from data.services.visit_entries import keep_entry, read_entry
from data.settings import Settings
from tests.incident_rows import three_wards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection

KILLED: Final = 9
_WARMED: Final = three_wards()  # kernels and coordinate systems, once for all that is forked


def ends_of(jobs: Sequence[Mapping[str, Any]], answer: Connection) -> None:
    """Do the jobs one after the other and say how each ended."""
    answer.send([_ended(job) for job in jobs])


def _ended(job: Mapping[str, Any]) -> int:
    """Return how a job ended: 0, or `KILLED`."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        _kill_at(int(job["at"]), once=Path(job["store"]) / job["once"])
        _do(job)
        status = 0
    finally:
        os._exit(status)


def _kill_at(number: int, *, once: Path) -> None:
    steps, fsync = count(1), os.fsync

    def step(*_: object) -> None:
        if once.exists() and next(steps) == number:
            os._exit(KILLED)

    def until_killed(handle: int) -> None:
        step()
        fsync(handle)

    os.fsync = until_killed
    event.listen(Session, "before_commit", step)


def _do(job: Mapping[str, Any]) -> None:
    settings = Settings(store=Path(job["store"]), operations_url=job["url"], _env_file=None)
    now = datetime.fromisoformat(job["now"])
    if job["what"] == "restore":
        restore(Path(job["file"]), settings=settings, replace=True)
    elif job["what"] == "places":
        load_places_file(
            Path(job["file"]), kind="street", settings=settings, now=now, person="Amina Khan"
        )
    elif job["what"] == "entry":  # and once more, so that it is killed before or after its commit
        ops = Operations.open(settings)
        for _ in range(2):
            keep_entry(
                Actor(ops, Person("Amina Khan", "officer"), now),
                read_entry(Path(job["file"]).read_bytes()),
            )
    elif job["what"] == "wards":
        load_ward_file(Path(job["file"]), settings=settings, now=now)
    else:
        build_demo_if_empty(settings, now=now)

"""Which taskings a map's search may find, and for whom: the one place that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.operations.taskings.taskings import taskings
from models.tasking.lifecycle import OPEN

if TYPE_CHECKING:
    from data.access import Person
    from data.operations.database import Operations
    from models.tasking.tasking import Tasking


def findable_taskings(ops: Operations, person: Person) -> tuple[Tasking, ...]:
    """Return the open taskings that somebody may find on a map; none for a ward panel.

    Parameters
    ----------
    ops : Operations
    person : Person
        Asked again what the role is now.

    Raises
    ------
    SignInEndedError
    """
    return () if person.role_now() == "panel" else taskings(ops, statuses=OPEN)

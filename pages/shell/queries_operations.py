"""The operations store as pages open it: once for the process, and the time that changes bear."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.operations.database import Operations
from data.settings import settings
from pages.shell.answers import cached

if TYPE_CHECKING:
    from datetime import datetime

    from models.tasking.tasking import Tasking


def _address() -> tuple[str, str]:
    secret = settings().operations_url
    return str(settings().store.resolve()), secret.get_secret_value() if secret else ""


@cached(max_entries=2, rests_on=(_address,))
def operations() -> Operations:
    """Return the operations store of this process.

    Raises
    ------
    OperationsAddressError, OperationsUnreachableError, NewerStoreError
    """
    return Operations.open(settings())


def as_they_stand(taskings: tuple[Tasking, ...]) -> tuple[tuple[int, int], ...]:
    """Return what tells taskings from any other state of them: a version is never changed."""
    return tuple((each.tasking_id, each.version) for each in taskings)


def local_time(at: datetime) -> datetime:
    """Return a moment as the local clock shows it, without its zone, for a table's column."""
    return at.astimezone(ZoneInfo(settings().timezone)).replace(tzinfo=None)


def now() -> datetime:
    """Return the moment, in local time with its zone."""
    return settings().present().astimezone(ZoneInfo(settings().timezone))

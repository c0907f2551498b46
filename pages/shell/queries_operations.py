"""The operations store as pages open it: once for the process, and the time that changes bear."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.operations.database import Operations
from data.operations.settling import settle
from data.services.clock import behind, newest_entry, newest_import
from data.services.row_watch import PANEL_SENTENCE, damage_seen
from data.settings import settings
from geo.errors import PlainError
from pages.shell.answers import cached

if TYPE_CHECKING:
    from datetime import datetime

    from data.access import Role
    from models.tasking.tasking import Tasking


def _address() -> tuple[str, str]:
    secret = settings().operations_url
    return str(settings().store.resolve()), secret.get_secret_value() if secret else ""


@cached(max_entries=2, rests_on=(_address,))
def operations() -> Operations:
    """Return the operations store of this process.

    Raises
    ------
    OperationsAddressError, OperationsUnreachableError, NewerStoreError, LostAccountsError,
    HalfRestoredError
    """
    settle(settings())
    return Operations.open(settings())


def clock_notes() -> tuple[str, ...]:
    """Say that this machine's clock runs behind what is stored, if it does."""
    try:
        imported = _newest_import()
    except PlainError:  # nothing is stored yet, or the table is damaged: the page says so
        imported = None
    moments = [each for each in (imported, newest_entry(operations())) if each is not None]
    newest = max(moments, default=None)
    return behind(now(), newest, timezone=ZoneInfo(settings().timezone))


def damage_notes(role: Role) -> tuple[str, ...]:
    """Say which rows of operations are damaged or changed outside the app, if any are known."""
    damage = damage_seen(operations())
    if damage and role == "panel":  # who is shown no row of operations, and can mend none
        return (PANEL_SENTENCE,)
    return tuple(str(each).replace("`", "") for each in damage)


@cached(max_entries=2)
def _newest_import() -> datetime | None:
    return newest_import(settings())


def as_they_stand(taskings: tuple[Tasking, ...]) -> tuple[tuple[int, int], ...]:
    """Return what tells taskings from any other state of them: a version is never changed."""
    return tuple((each.tasking_id, each.version) for each in taskings)


def local_time(at: datetime) -> datetime:
    """Return a moment as the local clock shows it, without its zone, for a table's column."""
    return at.astimezone(ZoneInfo(settings().timezone)).replace(tzinfo=None)


def now() -> datetime:
    """Return the moment, in local time with its zone."""
    return settings().present().astimezone(ZoneInfo(settings().timezone))

"""What is put right before a store is used: what was cut short, and who may read its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.incidents.wards_join import settle_wards
from data.interrupted import JOURNAL
from data.locks import StoreLockedError, locked
from data.operations.backup.restore import end_cut_short
from data.operations.backup.swap import NEW, OLD
from data.privacy import close_to_others

if TYPE_CHECKING:
    from data.settings import Settings


def settle(settings: Settings) -> tuple[str, ...]:
    """End what was cut short in a store, and close it to other people on the same computer.

    Where nothing has to be done it looks at a few names and is done.

    Returns
    -------
    tuple of str
        What was done, each in one sentence.

    Raises
    ------
    data.locks.StoreLockedError
        If the files of the store are changing places and that does not end.
    data.interrupted.HalfRestoredError
        If a restore was cut short and nobody can tell how far it had come.
    data.operations.database_errors.OperationsUnreachableError
        If a restore was cut short, and the database that knows whether it counts does not answer.
    """
    if not settings.store.is_dir():
        return ()
    done = (_end_restore(settings), settle_wards(settings), close_to_others(settings.store))
    return tuple(each for each in done if each)


def _end_restore(settings: Settings) -> str:
    store = settings.store
    what = "ending a restore that was cut short"
    if (store / JOURNAL).exists():
        with locked(store, what):
            return end_cut_short(settings)
    if not any((store / name).is_dir() for name in (NEW, OLD)):
        return ""
    try:
        with locked(store, what, wait_s=0):
            return end_cut_short(settings)
    except StoreLockedError:  # a restore is unpacking, and nothing has changed yet
        return ""

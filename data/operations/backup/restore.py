"""Putting a backup back: all of it, or nothing.

The archive is unpacked next to what is there and every file is checked against its checksum; the
operations are filled into a new SQLite file, or into PostgreSQL in one transaction; only then do
the new files take the place of the old ones (`data.operations.backup.swap`). An error on the way,
or a kill, leaves everything as it was. The restored database has an identity of its own, so that
no other copy of the backup can be taken for it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, create_engine, event, text

from data import seals
from data.durable import OWNER_FILE, make_folder, sync_folder
from data.incidents.caller_salt import SALT_LOCK
from data.interrupted import JOURNAL, OLD_ASIDE
from data.locks import APP_LOCK, STORE_LOCK, locked
from data.operations.backup.archive import manifest_of, opened_backup, unpack
from data.operations.backup.contents import (
    ACCOUNTS,
    LEFT_OUT,
    OPERATIONS,
    SALT,
    STORE,
    Manifest,
    NotABackupError,
)
from data.operations.backup.portable import drop_all, fill, holds_rows, set_counters
from data.operations.backup.swap import NEW, OLD, Swap, recover, swapped
from data.operations.database import Operations, address
from data.operations.identity import AccountsMarker, give_identity, has_accounts, stored_identity
from data.operations.row_digests.keeping import renew
from data.operations.upgrade import upgrade_within
from data.operations.wards.figures_secret import LOCK as FIGURES_LOCK
from data.operations.wards.figures_secret import NAME as FIGURES_SECRET
from data.operations.wards.ledger import NAME as FIGURES_LEDGER
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from data.settings import Settings

_NAMED: Final = 3


class StoreNotEmptyError(PlainError, ValueError):
    """The store that a backup is to be restored into holds something."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The backup is not restored: {what}. Restore into an empty store, or give --replace "
            "to remove what the store holds now."
        )


class AccountsWouldEndError(PlainError, ValueError):
    """The store has accounts, and the backup that is to replace it has none."""

    def __init__(self) -> None:
        super().__init__(
            "The backup is not restored: the store has accounts and the backup has none, so "
            "afterwards everybody who reaches the app would be an administrator. Nothing was "
            "changed. Use a backup with accounts, or give --without-accounts if that is what you "
            "mean."
        )


def restore(
    path: Path,
    *,
    settings: Settings,
    replace: bool = False,
    without_accounts: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Manifest:
    """Restore both stores from a backup; the app must not be running on them.

    Parameters
    ----------
    path : Path
    settings : Settings
        They say where to: the store folder, and the operations database.
    replace : bool
        Whether to replace what is there.
    without_accounts : bool
        Whether a store that has accounts may be without any afterwards.
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    StoreNotEmptyError
        If there is something and it is not to be replaced.
    AccountsWouldEndError
        If the store has accounts and the backup has none.
    NotABackupError
        If the file is no backup, was cut short or was changed.
    data.operations.upgrade.NewerStoreError
        If it was made by a newer version of the app.
    data.locks.StoreLockedError
        If the store is being changed by something else.
    """
    with ExitStack() as stack:
        archive = stack.enter_context(opened_backup(path))
        manifest = manifest_of(archive, path)
        is_new = not settings.store.is_dir()
        what = "restoring a backup"
        stack.enter_context(locked(settings.store, what))
        stack.enter_context(locked(settings.store, what, name=APP_LOCK, wait_s=0))
        if is_new:
            stack.callback(_remove_if_empty, settings.store)
        end_cut_short(settings)
        connection = stack.enter_context(_operations_now(settings))
        target = _Target(settings, manifest, connection)
        if not replace:
            _refuse_full(target)
        if not without_accounts:
            _refuse_end_of_accounts(target)
        _remove_unpacked(target)  # of a restore that was killed
        stack.callback(_remove_unpacked, target)
        unpack(archive, manifest, into=target.new, name=path.name, progress=progress)
        _put_into_place(target)
    return manifest


def end_cut_short(settings: Settings) -> str:
    """End a restore that was cut short; return what was done, or nothing where nothing was.

    The caller holds the store's lock.
    """
    return recover(settings.store, server_identity=lambda: _identity_now(settings))


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a backup goes; `connection` is to PostgreSQL, and None where SQLite is used."""

    settings: Settings
    manifest: Manifest
    connection: Connection | None
    identity: str = field(default_factory=lambda: token_hex(16))

    @property
    def store(self) -> Path:
        return self.settings.store

    @property
    def new(self) -> Path:
        """Where the backup is unpacked."""
        return self.store / NEW

    @property
    def sqlite(self) -> Path:
        """The file of the operations, where no server has them."""
        return Path(address(self.settings).database or self.settings.operations_path)

    @property
    def has_accounts(self) -> bool:
        """Whether the backup has any account."""
        return dict(self.manifest.rows).get("users", 0) > 0

    @property
    def kept(self) -> frozenset[str]:
        """Names in the store folder that a restore leaves alone."""
        own = {STORE_LOCK, APP_LOCK, SALT_LOCK, JOURNAL, NEW, OLD, "downloads"}
        own |= {FIGURES_SECRET, FIGURES_LEDGER, FIGURES_LOCK}
        salt = {SALT, seals.seal_path(self.store / SALT).name}
        return frozenset(own if self.manifest.holds_salt else own | salt)

    def entries(self, *, with_operations: bool) -> list[Path]:
        """Return what the store folder holds and a restore replaces."""
        return [
            each
            for each in self.store.iterdir()
            if each.name not in self.kept
            and (with_operations or not each.name.startswith("operations.sqlite"))
        ]


def _put_into_place(target: _Target) -> None:
    """Fill the operations and let the files change places."""
    marker = AccountsMarker(target.new / STORE / target.settings.accounts_marker_path.name)
    marker.remove()
    if target.has_accounts:
        marker.write(target.identity, certain=True)
    connection = target.connection
    try:
        if connection is None:
            with _new_sqlite(_work_folder(target, NEW) / target.sqlite.name) as filling:
                _fill(filling, target)
            with swapped(target.store, _swap(target)):
                pass
        else:
            drop_all(connection)
            _fill(connection, target)
            with swapped(target.store, _swap(target)):
                connection.commit()
    except BaseException:
        if connection is not None:
            connection.rollback()
        if (target.store / JOURNAL).exists():
            with suppress(PlainError):  # whoever opens the store next tries again
                end_cut_short(target.settings)
        raise


def _work_folder(target: _Target, name: str) -> Path:
    """Return where the file of the operations waits, or goes: on its own disk."""
    folder = target.sqlite.parent / name
    make_folder(folder)
    return folder


def _swap(target: _Target) -> Swap:
    """Return which files change places."""
    store, old = target.store, target.store / OLD
    sync_folder(target.new)
    moves = [
        (each, old / each.name)
        for each in target.entries(with_operations=target.connection is not None)
    ]
    folders = [target.new, old]
    if target.connection is None:
        database, aside = target.sqlite, _work_folder(target, OLD)
        neighbours = (database.with_name(database.name + end) for end in ("", "-wal", "-shm"))
        moves += [(each, aside / each.name) for each in neighbours if each.exists()]
        moves.append((_work_folder(target, NEW) / database.name, database))
        folders += [_work_folder(target, NEW), aside]
    if (target.new / STORE).is_dir():
        moves += [
            (each, store / each.name)
            for each in sorted((target.new / STORE).iterdir())
            if each.name == ACCOUNTS or not LEFT_OUT.fullmatch(each.name)
        ]
    return Swap(
        identity=target.identity,
        on_server=target.connection is not None,
        moves=tuple((source.absolute(), to.absolute()) for source, to in moves),
        folders=tuple(dict.fromkeys(each.absolute() for each in folders)),
    )


def _remove_unpacked(target: _Target) -> None:
    """Remove what was unpacked, unless the journal still says where it belongs."""
    if (target.store / JOURNAL).exists():
        return
    for folder in {target.new, target.sqlite.parent / NEW, target.sqlite.parent / OLD}:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_empty(store: Path) -> None:
    """Remove a store that was made for nothing, with its locks, which are still held."""
    if {each.name for each in store.iterdir()} == {STORE_LOCK, APP_LOCK}:
        for name in (STORE_LOCK, APP_LOCK):
            (store / name).unlink()
        store.rmdir()


@contextmanager
def _operations_now(settings: Settings) -> Iterator[Connection | None]:
    """Give a connection to PostgreSQL, rolled back unless committed; None where SQLite is used."""
    if address(settings).get_backend_name() == "sqlite":
        yield None
        return
    ops = Operations.open(settings, guarded=False)
    try:
        with ops.engine.connect() as connection:
            yield connection
    finally:
        ops.close()


def _identity_now(settings: Settings) -> str | None:
    """Return the identity of the operations database that is there."""
    ops = Operations.open(settings, guarded=False)
    try:
        with ops.engine.connect() as connection:
            return stored_identity(connection)
    finally:
        ops.close()


def _refuse_full(target: _Target) -> None:
    settings, connection = target.settings, target.connection
    entries = [each.name for each in target.entries(with_operations=connection is not None)]
    if put_aside := sorted(name for name in entries if name.startswith(OLD_ASIDE)):
        what = (
            "an earlier restore was killed before it ended, and what the store held is in "
            f"{settings.store / put_aside[0]}; move that back by hand, or delete it"
        )
        raise StoreNotEmptyError(what)
    if kept := sorted(name for name in entries if not name.startswith(NEW)):
        more = f" and {len(kept) - _NAMED} more" if len(kept) > _NAMED else ""
        what = f"the store {settings.store} holds {', '.join(kept[:_NAMED])}{more}"
        raise StoreNotEmptyError(what)
    if _asked_of_operations(target, holds_rows):
        what = "the operations database holds rows"
        raise StoreNotEmptyError(what)


def _refuse_end_of_accounts(target: _Target) -> None:
    """Refuse to let a store that has accounts be without any, unless that is meant."""
    if target.has_accounts:
        return
    if target.settings.accounts_marker_path.exists() or _asked_of_operations(target, has_accounts):
        raise AccountsWouldEndError


def _asked_of_operations(target: _Target, question: Callable[[Connection], bool]) -> bool:
    """Ask the operations that are there now; the answer is no where there are none."""
    if target.connection is not None:
        return question(target.connection)
    if not target.sqlite.exists():
        return False
    ops = Operations.open(target.settings, guarded=False)
    try:
        with ops.engine.connect() as connection:
            return question(connection)
    finally:
        ops.close()


@contextmanager
def _new_sqlite(path: Path) -> Iterator[Connection]:
    """Give a transaction on a new SQLite file that is whole, and alone, when it is closed."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_FILE))
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _fill(connection: Connection, target: _Target) -> None:
    """Make the tables as they were, fill them, bring them up to date, and say whose they are."""
    upgrade_within(connection, to=target.manifest.migrations)
    for name, expected in target.manifest.rows:
        with (target.new / OPERATIONS / f"{name}.jsonl").open("rb") as lines:
            filled = fill(connection, name, lines)
        if filled != expected:
            raise NotABackupError(name, fault=f"{counted(filled, 'row')} of {expected:,}")
    set_counters(connection)
    upgrade_within(connection)
    connection.execute(text("DELETE FROM sign_ins"))  # whoever was signed in then signs in again
    give_identity(connection, identity=target.identity)
    renew(connection, keep_notes=False)

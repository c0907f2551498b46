"""Putting a backup back: all of it, or nothing.

The archive is unpacked next to what is there and every file is checked against its checksum; the
operations are filled into a new SQLite file, or into PostgreSQL in one transaction; only then do
the new files take the place of the old ones. An error on the way leaves everything as it was.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, create_engine, event

from data.operations.backup.backup import BLOCK
from data.operations.backup.contents import (
    MANIFEST,
    OPERATIONS,
    STORE,
    Manifest,
    Member,
    NotABackupError,
    read_manifest,
)
from data.operations.backup.portable import drop_all, fill, holds_rows, set_counters
from data.operations.database import Operations, address
from data.operations.upgrade import upgrade_within
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from data.settings import Settings

_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)
_NAMED: Final = 3
_UNPACKING: Final = ".restoring-"
_PUT_ASIDE: Final = ".replaced-"
_LOCKED: Final = 0x1  # a member's flag for encryption


class StoreNotEmptyError(PlainError, ValueError):
    """The store that a backup is to be restored into holds something."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The backup is not restored: {what}. Restore into an empty store, or give --replace "
            "to remove what the store holds now."
        )


def check_backup(path: Path) -> Manifest:
    """Check a backup without restoring it: its manifest and every checksum.

    Raises
    ------
    NotABackupError
        If it is none, was cut short or was changed.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        for member in manifest.members:
            for _ in _blocks(archive, member, name=path.name):
                pass
    return manifest


def restore(
    path: Path,
    *,
    settings: Settings,
    replace: bool = False,
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
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    StoreNotEmptyError
        If there is something and it is not to be replaced.
    NotABackupError
        If the file is no backup, was cut short or was changed.
    data.operations.upgrade.NewerStoreError
        If it was made by a newer version of the app.
    """
    with ExitStack() as stack:
        archive = stack.enter_context(_opened(path))
        manifest = _manifest(archive, path)
        connection = stack.enter_context(_operations_now(settings))
        if not replace:
            _refuse_full(settings, connection)
        if not settings.store.is_dir():
            settings.store.mkdir(parents=True)
            stack.callback(_remove_if_empty, settings.store)
        new = Path(mkdtemp(prefix=_UNPACKING, dir=settings.store))
        stack.callback(shutil.rmtree, new, ignore_errors=True)
        _unpack(archive, manifest, into=new, name=path.name, progress=progress)
        if connection is None:
            made = new / "operations.sqlite"
            with _new_sqlite(made) as filling:
                _fill(filling, manifest, rows=new / OPERATIONS)
            with _swapped(settings, new, database=made):
                pass
        else:
            drop_all(connection)
            _fill(connection, manifest, rows=new / OPERATIONS)
            with _swapped(settings, new, database=None):
                connection.commit()
    return manifest


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


@contextmanager
def _operations_now(settings: Settings) -> Iterator[Connection | None]:
    """Give a connection to PostgreSQL, rolled back unless committed; None where SQLite is used."""
    if address(settings).get_backend_name() == "sqlite":
        yield None
        return
    ops = Operations.open(settings)
    try:
        with ops.engine.connect() as connection:
            yield connection
    finally:
        ops.close()


def _refuse_full(settings: Settings, connection: Connection | None) -> None:
    entries = [each.name for each in _entries(settings, with_operations=connection is not None)]
    if put_aside := sorted(name for name in entries if name.startswith(_PUT_ASIDE)):
        what = (
            "an earlier restore was killed before it ended, and what the store held is in "
            f"{settings.store / put_aside[0]}; move that back by hand, or delete it"
        )
        raise StoreNotEmptyError(what)
    if kept := sorted(name for name in entries if not name.startswith(_UNPACKING)):
        more = f" and {len(kept) - _NAMED} more" if len(kept) > _NAMED else ""
        what = f"the store {settings.store} holds {', '.join(kept[:_NAMED])}{more}"
        raise StoreNotEmptyError(what)
    if connection is not None:
        full = holds_rows(connection)
    elif _sqlite_path(settings).exists():
        ops = Operations.open(settings)
        try:
            with ops.engine.connect() as there:
                full = holds_rows(there)
        finally:
            ops.close()
    else:
        full = False
    if full:
        what = "the operations database holds rows"
        raise StoreNotEmptyError(what)


def _entries(settings: Settings, *, with_operations: bool) -> list[Path]:
    """Return what stands in the store folder, but downloads and, if not asked for, operations."""
    if not settings.store.is_dir():
        return []
    return [
        each
        for each in settings.store.iterdir()
        if each.name != "downloads"
        and (with_operations or not each.name.startswith("operations.sqlite"))
    ]


def _sqlite_path(settings: Settings) -> Path:
    return Path(address(settings).database or settings.operations_path)


@contextmanager
def _new_sqlite(path: Path) -> Iterator[Connection]:
    """Give a transaction on a new SQLite file that is whole, and alone, when it is closed."""
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _fill(connection: Connection, manifest: Manifest, *, rows: Path) -> None:
    """Make the tables as they were, fill them, and bring them up to date."""
    upgrade_within(connection, to=manifest.migrations)
    for name, expected in manifest.rows:
        with (rows / f"{name}.jsonl").open("rb") as lines:
            filled = fill(connection, name, lines)
        if filled != expected:
            raise NotABackupError(name, fault=f"{filled:,} rows of {expected:,}")
    set_counters(connection)
    upgrade_within(connection)


@contextmanager
def _swapped(settings: Settings, new: Path, *, database: Path | None) -> Iterator[None]:
    """Put the new files where the old ones are; on an error inside, put the old ones back."""
    aside = [each for each in _entries(settings, with_operations=False) if each != new]
    old = Path(mkdtemp(prefix=_PUT_ASIDE, dir=settings.store))
    target = _sqlite_path(settings) if database is not None else None
    if target is not None:
        neighbours = (target.with_name(target.name + ending) for ending in ("", "-wal", "-shm"))
        aside += [each for each in neighbours if each.exists()]
    moves = [(each, old / each.name) for each in aside]
    if (new / STORE).is_dir():
        moves += [(each, settings.store / each.name) for each in (new / STORE).iterdir()]
    if database is not None and target is not None:
        moves.append((database, target))
    done: list[tuple[Path, Path]] = []
    try:
        for source, to in moves:
            shutil.move(source, to)
            done.append((source, to))
        yield
    except BaseException:
        for source, to in reversed(done):
            shutil.move(to, source)
        old.rmdir()
        raise
    shutil.rmtree(old)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as problem:
        raise NotABackupError(path.name, fault="there is no such file") from problem
    except (*_BROKEN, IsADirectoryError) as problem:
        raise NotABackupError(path.name, fault="it is cut short or no backup") from problem


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    names = archive.namelist()
    if any(each.flag_bits & _LOCKED for each in archive.infolist()):
        raise NotABackupError(path.name, fault="it is locked with a password")
    if names.count(MANIFEST) != 1:
        raise NotABackupError(path.name, fault="it has no manifest")
    manifest = read_manifest(archive.read(MANIFEST), name=path.name)
    listed = sorted(each.name for each in manifest.members)
    if sorted(set(names) - {MANIFEST}) != listed or len(names) != len(listed) + 1:
        raise NotABackupError(path.name, fault="its files are not those of its manifest")
    tables = {f"{OPERATIONS}{table}.jsonl" for table, _ in manifest.rows}
    if tables != {each for each in listed if each.startswith(OPERATIONS)}:
        raise NotABackupError(path.name, fault="its tables are not those of its manifest")
    return manifest


def _unpack(
    archive: zipfile.ZipFile,
    manifest: Manifest,
    *,
    into: Path,
    name: str,
    progress: Callable[[float], None] | None,
) -> None:
    whole, done = sum(each.size for each in manifest.members) or 1, 0
    for member in manifest.members:
        to = into / member.name
        to.parent.mkdir(parents=True, exist_ok=True)
        with to.open("xb") as file:
            os.fchmod(file.fileno(), member.mode & 0o777)
            for block in _blocks(archive, member, name=name):
                file.write(block)
                done += len(block)
            file.flush()
            os.fsync(file.fileno())
        os.utime(to, ns=(member.changed_ns, member.changed_ns))
        if progress is not None:
            progress(done / whole)


def _blocks(archive: zipfile.ZipFile, member: Member, *, name: str) -> Iterator[bytes]:
    """Yield a file's content; raise at its end, or as soon as it is too long, if it differs."""
    digest, size = sha256(), 0
    with archive.open(member.name) as file:
        while block := file.read(BLOCK):
            size += len(block)
            digest.update(block)
            if size > member.size:
                break
            yield block
    if size != member.size or digest.hexdigest() != member.sha256:
        raise NotABackupError(name, fault=f"its file {member.name} was changed or damaged")

"""One file with both stores: incidents and all that belongs to them, and operations.

Nothing has to be stopped for it. Operations are read first, in one transaction; then the incident
table, whose log only grows and whose files never change, so every table version that a tasking
names is in the backup. The file is whole or it is not there: it gets its name when it is finished.
It can be read by its owner alone, since it holds personal data and the hashes of passwords. The
secret that callers are hashed with is left out unless it is asked for: who has the backup could
otherwise try every telephone number.
"""

from __future__ import annotations

import os
import re
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data import durable, seals
from data.faults import DamagedError, plain_faults
from data.incidents.damage import Damage
from data.incidents.data_files import expected_digests
from data.incidents.integrity import file_damage, table_files
from data.locks import locked
from data.operations.backup.contents import (
    LEFT_OUT,
    MANIFEST,
    OPERATIONS,
    STORE,
    Manifest,
    Member,
)
from data.operations.backup.portable import rows_of, table_names
from data.operations.integrity import operations_damage
from data.operations.kept_files import kept_damage, kept_files
from data.operations.upgrade import heads
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from data.operations.database import Operations
    from data.settings import Settings

BLOCK: Final = 1_048_576
_PACKED: Final = (".parquet", ".zip", ".gz", ".png", ".gpkg")
_COMMIT: Final = re.compile(r"(\d{20})\.json")


_CHECK: Final = "Check the place of the backup and the files of the store."


class DamagedBackupError(PlainError, ValueError):
    """The store has lost a file or holds a damaged one, so a backup of it would be worth little."""

    def __init__(self, damage: Sequence[Damage]) -> None:
        first, more = damage[0], len(damage) - 1
        others = f" {more:,} more faults were found." if more else ""
        super().__init__(
            f"No backup was written, as the store is damaged: {first}{others} Keep the backups "
            "that you have; `hotspots check --full` names everything."
        )
        self.damage = tuple(damage)


class OtherStoreError(PlainError, LookupError):
    """The store is not the one that the operations database goes with."""

    def __init__(self, store: Path, *, taskings: int) -> None:
        super().__init__(
            f"No backup was written: the operations database has {counted(taskings, 'tasking')}, "
            "and the "
            f"store {store} has no incidents. Check HOTSPOT_STORE: it probably names another "
            "folder than the app's."
        )


class BackupPlaceError(PlainError, ValueError):
    """A backup cannot be written there."""

    def __init__(self, path: Path, *, fault: str) -> None:
        super().__init__(
            f"The backup cannot be written to {path}: {fault}. Give the name of a new file outside "
            "the store."
        )


def backup(
    path: Path,
    *,
    settings: Settings,
    ops: Operations,
    now: datetime,
    with_salt: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Manifest:
    """Write a backup of both stores.

    Parameters
    ----------
    path : Path
        A file that is not there yet, outside the store.
    settings : Settings
    ops : Operations
    now : datetime
        With its time zone.
    with_salt : bool
        Whether the secret that callers are hashed with goes in.
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    BackupPlaceError
        If the file is there already, lies in the store, or its folder is not there.
    DamagedBackupError
        If a file that the store needs is missing or is not what was stored.
    """
    _check_place(path, settings=settings)
    try:
        with (
            locked(settings.store, "backing up", shared=True),
            plain_faults(f"The backup {path.name}", do=_CHECK, damaged=_damaged),
            durable.replacing(path, new=True) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            manifest = _write(
                archive, settings=settings, ops=ops, now=now, with_salt=with_salt, progress=progress
            )
            archive.writestr(MANIFEST, manifest.to_json())
    except FileExistsError:
        raise BackupPlaceError(path, fault="a file of that name is there already") from None
    return manifest


def _damaged(found: str) -> DamagedError:
    what = "What is to be backed up cannot be read."
    return DamagedError(what=what, found=found, do="Restore the newest backup into a new store.")


def _check_place(path: Path, *, settings: Settings) -> None:
    with plain_faults(str(path), do="Check the name."):
        is_there, has_folder = path.exists(), path.parent.is_dir()
    if is_there:
        raise BackupPlaceError(path, fault="a file of that name is there already")
    if not has_folder:
        raise BackupPlaceError(path, fault=f"there is no folder {path.parent}")
    if settings.store.resolve() in path.resolve().parents:
        raise BackupPlaceError(path, fault="it lies in the store that it is a backup of")


def _refuse_other_store(settings: Settings, ops: Operations, *, rows: Mapping[str, int]) -> None:
    """Refuse a store without incidents next to a database of its own that has taskings.

    HOTSPOT_STORE then names another folder than it did, and the backups would be empty.
    """
    if ops.engine.dialect.name == "sqlite" or not rows.get("interventions"):
        return
    if not settings.incidents_path.is_dir():
        raise OtherStoreError(settings.store, taskings=rows["interventions"])


def _write(
    archive: zipfile.ZipFile,
    *,
    settings: Settings,
    ops: Operations,
    now: datetime,
    with_salt: bool,
    progress: Callable[[float], None] | None,
) -> Manifest:
    members: list[Member] = []
    rows: list[tuple[str, int]] = []
    connect = ops.engine.execution_options(isolation_level="REPEATABLE READ")
    with (ops.engine if ops.engine.dialect.name == "sqlite" else connect).connect() as connection:
        _refuse_damaged(settings, connection)
        migrations = heads(connection)
        for name in table_names():
            counted = _CountedLines(rows_of(connection, name))
            members.append(_add(archive, f"{OPERATIONS}{name}.jsonl", counted))
            rows.append((name, counted.lines - 1))
    _refuse_other_store(settings, ops, rows=dict(rows))
    files = _files(settings, with_salt=with_salt)
    whole, done = sum(size for _, _, size in files) or 1, 0
    for path, name, size in files:
        members.extend(_add_file(archive, path, name=name))
        done += size
        if progress is not None:
            progress(done / whole)
    versions = [
        int(found[1])
        for _, name, _ in files
        if name.startswith("incidents/_delta_log/") and (found := _COMMIT.fullmatch(name[21:]))
    ]
    return Manifest(
        made_at=now,
        migrations=migrations,
        rows=tuple(rows),
        incidents_version=max(versions, default=None),
        members=tuple(members),
    )


def _refuse_damaged(settings: Settings, connection: Connection) -> None:
    """Make sure that nothing is missing; what a file holds is compared while it is packed."""
    table = table_files(settings.incidents_path)
    found = (
        *table.damage,
        *(file_damage(each, full=False) for each in table.needed),
        *(kept_damage(each, store=settings.store, full=False) for each in kept_files(settings)),
        *operations_damage(connection, name="The operations database"),
    )
    if damage := [each for each in found if each is not None]:
        raise DamagedBackupError(damage)


class _CountedLines:
    """Lines, counted while they go by."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.lines = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.lines += 1
            yield line


def _files(settings: Settings, *, with_salt: bool) -> list[tuple[Path, str, int]]:
    """Return the files of the store: path, name in it, size.

    The log of the incident table comes first, and of it the pointer to the newest checkpoint:
    whatever they name is there when the rest is listed.
    """
    store = settings.store
    log = settings.incidents_path / "_delta_log"
    found = [log / "_last_checkpoint", *sorted(log.glob("*"))] if log.is_dir() else []
    for folder, folders, names in os.walk(store, followlinks=True):
        here = Path(folder)
        if here == log:
            continue  # what was written to it since names files that may not be listed
        if here == store:
            folders[:] = [name for name in folders if not LEFT_OUT.fullmatch(name)]
        folders.sort()
        found.extend(
            here / name for name in sorted(names) if here != store or not LEFT_OUT.fullmatch(name)
        )
    return [
        (path, path.relative_to(store).as_posix(), path.stat().st_size)
        for path in dict.fromkeys(found)
        if path.is_file()
        and not seals.is_seal(path)
        and not durable.is_unfinished(path.name)
        and (with_salt or path != settings.caller_salt_path)
    ]


def _add_file(archive: zipfile.ZipFile, path: Path, *, name: str) -> list[Member]:
    """Add a file of the store, with its seal; one that has gone meanwhile was of a running import.

    Raises
    ------
    DamagedBackupError
        If it does not hold what was stored.
    """
    expected = expected_digests(path)
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            blocks = iter(lambda: file.read(BLOCK), b"")
            added = _add(archive, f"{STORE}{name}", blocks, packed=path.suffix in _PACKED)
    except FileNotFoundError:
        return []
    expected = (*expected, *expected_digests(path))  # it may have been replaced meanwhile
    if expected and added.sha256 not in expected:
        raise DamagedBackupError([Damage(name, "does not hold what was stored")])
    member = Member(added.name, added.size, added.sha256, about.st_mode & 0o777, about.st_mtime_ns)
    if not seals.sealed(path):
        return [member]
    seal = seals.seal_path(path).name
    return [
        member,
        _add(archive, f"{added.name.removesuffix(path.name)}{seal}", [seals.text(added.sha256)]),
    ]


def _add(
    archive: zipfile.ZipFile, name: str, blocks: Iterable[bytes], *, packed: bool = False
) -> Member:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    digest, size = sha256(), 0
    with archive.open(info, "w", force_zip64=True) as member:
        for block in blocks:
            digest.update(block)
            size += len(block)
            member.write(block)
    return Member(name, size, digest.hexdigest())

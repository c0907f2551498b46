"""One file with both stores: incidents and all that belongs to them, and operations.

Nothing has to be stopped for it. Operations are read first, in one transaction; then the incident
table, whose log only grows and whose files never change, so every table version that a tasking
names is in the backup. The file is whole or it is not there: it gets its name when it is finished.
It can be read by its owner alone, since it holds personal data, the hashes of passwords, and the
secret that callers are hashed with.
"""

from __future__ import annotations

import os
import re
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.operations.backup.contents import MANIFEST, OPERATIONS, STORE, Manifest, Member
from data.operations.backup.portable import rows_of, table_names
from data.operations.upgrade import heads
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from data.operations.database import Operations
    from data.settings import Settings

BLOCK: Final = 1_048_576
# Operations go in as rows; downloads can be had again.
LEFT_OUT: Final = re.compile(r"operations\.sqlite.*|downloads|\.restoring-.*|\.replaced-.*")
_PACKED: Final = (".parquet", ".zip", ".gz", ".png", ".gpkg")
_COMMIT: Final = re.compile(r"(\d{20})\.json")


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
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    BackupPlaceError
        If the file is there already, lies in the store, or its folder is not there.
    """
    _check_place(path, settings=settings)
    part = path.with_name(f"{path.name}.part")
    try:
        with (
            os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            manifest = _write(archive, settings=settings, ops=ops, now=now, progress=progress)
            archive.writestr(MANIFEST, manifest.to_json())
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _check_place(path: Path, *, settings: Settings) -> None:
    if path.exists():
        raise BackupPlaceError(path, fault="a file of that name is there already")
    if not path.parent.is_dir():
        raise BackupPlaceError(path, fault=f"there is no folder {path.parent}")
    if settings.store.resolve() in path.resolve().parents:
        raise BackupPlaceError(path, fault="it lies in the store that it is a backup of")


def _write(
    archive: zipfile.ZipFile,
    *,
    settings: Settings,
    ops: Operations,
    now: datetime,
    progress: Callable[[float], None] | None,
) -> Manifest:
    members: list[Member] = []
    rows: list[tuple[str, int]] = []
    connect = ops.engine.execution_options(isolation_level="REPEATABLE READ")
    with (ops.engine if ops.engine.dialect.name == "sqlite" else connect).connect() as connection:
        migrations = heads(connection)
        for name in table_names():
            counted = _CountedLines(rows_of(connection, name))
            members.append(_add(archive, f"{OPERATIONS}{name}.jsonl", counted))
            rows.append((name, counted.lines - 1))
    files = _files(settings)
    whole, done = sum(size for _, _, size in files) or 1, 0
    for path, name, size in files:
        members.extend(_add_file(archive, path, name=f"{STORE}{name}"))
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


class _CountedLines:
    """Lines, counted while they go by."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.lines = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.lines += 1
            yield line


def _files(settings: Settings) -> list[tuple[Path, str, int]]:
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
    ]


def _add_file(archive: zipfile.ZipFile, path: Path, *, name: str) -> list[Member]:
    """Add a file of the store; one that has gone meanwhile was of a running import."""
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            blocks = iter(lambda: file.read(BLOCK), b"")
            added = _add(archive, name, blocks, packed=path.suffix in _PACKED)
    except FileNotFoundError:
        return []
    return [Member(added.name, added.size, added.sha256, about.st_mode & 0o777, about.st_mtime_ns)]


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

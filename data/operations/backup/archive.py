"""Reading a backup: what it says of itself, and its files, each held against its checksum."""

from __future__ import annotations

import os
import zipfile
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from data.durable import OWNER_FOLDER, make_folder, sync_folder
from data.faults import CARELESS, plain_faults
from data.operations.backup.backup import BLOCK
from data.operations.backup.contents import (
    MANIFEST,
    OPERATIONS,
    Manifest,
    Member,
    NotABackupError,
    read_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LOCKED: Final = 0x1  # a member's flag for encryption


def check_backup(path: Path) -> Manifest:
    """Check a backup without restoring it: its manifest and every checksum.

    Raises
    ------
    NotABackupError
        If it is none, was cut short or was changed.
    """
    with opened_backup(path) as archive:
        manifest = manifest_of(archive, path)
        for member in manifest.members:
            for _ in _blocks(archive, member, name=path.name):
                pass
    return manifest


@contextmanager
def opened_backup(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup for reading.

    Raises
    ------
    NotABackupError
    """
    if not path.exists():
        raise NotABackupError(path.name, fault="there is no such file")
    if not path.is_file():
        raise NotABackupError(path.name, fault="it is no file")
    with plain_faults(
        f"Restoring {path.name}",
        do="Use another backup.",
        damaged=partial(_no_backup, path),
        also=(NotImplementedError,),
    ):
        with plain_faults(path.name, damaged=partial(_no_backup, path), also=CARELESS):
            archive = zipfile.ZipFile(path)
        with archive:
            yield archive


def _no_backup(path: Path, _found: str) -> NotABackupError:
    return NotABackupError(path.name, fault="it is cut short or no backup")


def manifest_of(archive: zipfile.ZipFile, path: Path) -> Manifest:
    """Read what an open backup says of itself, and hold its list of files against it.

    Raises
    ------
    NotABackupError
    """
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


def unpack(
    archive: zipfile.ZipFile,
    manifest: Manifest,
    *,
    into: Path,
    name: str,
    progress: Callable[[float], None] | None,
) -> None:
    """Write all files of a backup into a folder, on the disk and their owner's alone.

    Raises
    ------
    NotABackupError
        If a file is not what the manifest says.
    """
    whole, done = sum(each.size for each in manifest.members) or 1, 0
    folders: set[Path] = set()
    for member in manifest.members:
        to = into / member.name
        make_folder(to.parent)
        with to.open("xb") as file:
            os.fchmod(file.fileno(), member.mode & OWNER_FOLDER)
            for block in _blocks(archive, member, name=name):
                file.write(block)
                done += len(block)
            file.flush()
            os.fsync(file.fileno())
        os.utime(to, ns=(member.changed_ns, member.changed_ns))
        folders.add(to.parent)
        if progress is not None:
            progress(done / whole)
    for folder in folders:
        sync_folder(folder)


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

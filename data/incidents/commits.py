"""Commits of the incident table that are on the disk before anybody can see them.

The table's library names a commit before its bytes are on the disk: after a power cut the newest
entry of the log may be empty, or there without its data. So the library makes the entry in a folder
of its own, in which the log is linked; the entry is then written to the disk and takes its place in
the real log in one step, after the data files that it names. Where another writer has taken that
place first, nothing is stored.

Each entry has a seal (`data.seals`), which is written last: an entry that is lost is known by it.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError

from data import durable, seals
from data.faults import DamagedError, plain_fault
from data.incidents.data_files import table_folder
from data.incidents.log_files import HINT, LOG, NUMBERED, entry_path, mark_path
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHECKPOINT_EVERY: Final = 100


class CommitConflictError(PlainError, ValueError):
    """Another import, undo or change of wards was stored first."""

    def __init__(self) -> None:
        super().__init__(
            "Another change was stored first, while this one was being prepared. Nothing of this "
            "one was stored. Try again."
        )


@contextmanager
def creating(folder: Path) -> Iterator[Path]:
    """Give a folder in which the table's library makes an empty table; store it at the end.

    A mark outside the table's folder says from then on that there is one, should the folder go.

    Raises
    ------
    CommitConflictError
        If another process made the table first.
    """
    with TemporaryDirectory(prefix="hotspots-") as name:
        yield Path(name)
        _publish(Path(name), folder=folder, version=0)
    seals.write_file(mark_path(folder), b"The incident table lies in incidents/.\n")


@contextmanager
def committing(table: DeltaTable) -> Iterator[DeltaTable]:
    """Give a table to make one commit to with the library; store it at the end.

    Parameters
    ----------
    table : DeltaTable
        At the version that the change was worked out against.

    Raises
    ------
    CommitConflictError
        If the version after that is taken.
    """
    folder, version = table_folder(table), int(table.version())
    with TemporaryDirectory(prefix="hotspots-") as name:
        staged = Path(name)
        _link(folder, staged=staged, version=version)
        try:
            yield DeltaTable(staged, version=version)
        except CommitFailedError as problem:
            raise _not_stored(problem) from problem
        _publish(staged, folder=folder, version=version + 1)
    if (version + 1) % _CHECKPOINT_EVERY == 0:
        with suppress(OSError, DeltaError):  # it is stored; a checkpoint only saves time
            write_checkpoint(folder, version=version + 1)


def _not_stored(error: CommitFailedError) -> PlainError:
    """Return why a commit failed: a full disk, say, or another that was first."""
    fault = plain_fault(error, what="The incident table of the store")
    return CommitConflictError() if isinstance(fault, DamagedError) else fault


def _link(folder: Path, *, staged: Path, version: int) -> None:
    """Link the log up to a version, and the folders of the years, for the library to read."""
    (staged / LOG).mkdir()
    for each in (folder / LOG).iterdir():
        numbered = NUMBERED.fullmatch(each.name)
        if numbered is not None and int(numbered["version"]) <= version:
            (staged / LOG / each.name).symlink_to(each.resolve())
    for each in folder.glob("year=*"):
        (staged / each.name).symlink_to(each.resolve())


def _publish(staged: Path, *, folder: Path, version: int) -> None:
    entry = entry_path(folder, version)
    try:
        durable.write_file(entry, entry_path(staged, version).read_bytes(), new=True)
    except FileExistsError:
        raise CommitConflictError from None
    with suppress(OSError):  # it is stored; on a full disk the seal is written by the next check
        seals.seal(entry)


def write_checkpoint(folder: Path, *, version: int) -> None:
    """Write the state of the table at a version, so that opening it need not read every entry.

    The library also writes a hint which is the newest; it finds that by itself, and a file that
    is overwritten again and again cannot be sealed as the others are.
    """
    DeltaTable(folder, version=version).create_checkpoint()
    written = folder / LOG / f"{version:020d}.checkpoint.parquet"
    durable.sync_files([written])
    seals.seal(written)
    durable.remove_file(folder / LOG / HINT, missing_ok=True)

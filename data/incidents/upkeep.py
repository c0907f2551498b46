"""Keeping the incident table small and quick, whatever number of imports it has seen.

Each import writes a file for each year it touches, so small files pile up, and an import has to
look into all of them. Upkeep joins them (a new version with the same rows), writes a checkpoint so
that the log need not be read from its beginning, and removes what no version needs that anybody may
still open. These are kept:

- the newest version, and every one that was the newest within the last day, since somebody may be
  reading it and a backup may be packing it;
- the version before each import that may still be taken back (``undo_imports`` and ``undo_days``
  of the settings);
- every version that the caller names, because a decision rests on it.

An entry of the log goes only when a checkpoint that is itself a day old stands in its place, and
when what it says is in the record of the table's history (`data.incidents.history`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from data import durable, seals
from data.incidents import table as store
from data.incidents.commits import write_checkpoint
from data.incidents.data_files import files_of, remove_for_good
from data.incidents.history import record_history, unrecorded_versions
from data.incidents.log_files import HINT, LOG, entry_path, log_files

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from deltalake import DeltaTable

    from data.incidents.data_files import DataFile
    from data.settings import Settings

DAY: Final = timedelta(days=1)
_FILES_A_YEAR: Final = 8  # small files of one year; joining them costs less than reading them
_UNRECORDED: Final = 20  # versions that only the log knows
_LARGE: Final = 64 * 1024 * 1024  # bytes; a file of this size is not written again


@dataclass(frozen=True, slots=True)
class Upkept:
    """What upkeep did.

    Attributes
    ----------
    joined : bool
        Whether small files were joined.
    files_before, files_after : int
        Files in the folder of the incident table, its log included.
    bytes_before, bytes_after : int
        Their size.
    versions_kept : tuple of int
        Versions that are kept for readers, undo and decisions, oldest first.
    """

    joined: bool
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    versions_kept: tuple[int, ...]


def is_due(settings: Settings) -> bool:
    """Tell whether so many small files or entries of the log have piled up that it is time."""
    try:
        table = store.opened(settings)
    except store.EmptyStoreError:
        return False
    return bool(_small_files(table)) or unrecorded_versions(table) >= _UNRECORDED


def upkeep(
    settings: Settings,
    *,
    now: datetime,
    decided: Collection[int] = (),
    youngest: timedelta = DAY,
) -> Upkept | None:
    """Join small files, write a checkpoint, and remove what no version needs that is kept.

    Parameters
    ----------
    settings : Settings
    now : datetime
        Aware.
    decided : collection of int
        Versions that decisions rest on.
    youngest : timedelta
        What was in use within this time stays, for the sake of whoever is reading.

    Returns
    -------
    Upkept or None
        None where nothing was ever imported.

    Raises
    ------
    CommitConflictError
        If an import was stored meanwhile. Nothing is removed then.
    """
    try:
        table = store.opened(settings)
    except store.EmptyStoreError:
        return None
    files_before, bytes_before = folder_size(settings.incidents_path)
    if small := _small_files(table):
        store.compact(table, small)
        table = store.opened(settings)
    listed = store.versions_of(table)
    record_history(table, listed)
    wanted = kept_versions(listed, settings=settings, now=now, youngest=youngest)
    kept = readable_versions(settings, among=wanted | set(decided))
    _write_checkpoints(settings, oldest=min(kept), newest=table.version())
    remove_unneeded(settings, kept=kept, until=now - youngest)
    _trim_log(settings, oldest=min(kept), until=now - youngest)
    files_after, bytes_after = folder_size(settings.incidents_path)
    return Upkept(
        joined=bool(small),
        files_before=files_before,
        files_after=files_after,
        bytes_before=bytes_before,
        bytes_after=bytes_after,
        versions_kept=tuple(kept),
    )


def kept_versions(
    listed: Sequence[store.Version],
    *,
    settings: Settings,
    now: datetime,
    youngest: timedelta = DAY,
) -> set[int]:
    """Return the versions that must stay readable for undo and for whoever is reading.

    Parameters
    ----------
    listed : sequence of Version
        All of them, newest first.
    settings : Settings
    now : datetime
    youngest : timedelta
    """
    undone = {each.event["import_id"] for each in listed if each.kind == "undo"}
    imports = [
        each for each in listed if each.kind == "import" and each.event["import_id"] not in undone
    ]
    since = now - timedelta(days=settings.undo_days)
    undoable = {
        int(each.event["version_before"])
        for position, each in enumerate(imports)
        if position < settings.undo_imports
        or datetime.fromisoformat(each.event["started"]) >= since
    }
    recent = [each.version for each in listed if each.committed_at > now - youngest]
    # What was the newest when the time began was in use within it too.
    in_use = {each.version for each in listed[: len(recent) + 1]} if youngest else set()
    return {listed[0].version} | undoable | in_use


def readable_versions(settings: Settings, *, among: Collection[int]) -> dict[int, list[DataFile]]:
    """Return those of some versions that can be opened, in order, each with its files."""
    found = {}
    for version in sorted(among):
        try:
            found[version] = files_of(store.opened(settings, version=version))
        except (store.RemovedVersionError, store.UnknownVersionError):
            continue
    return found


def folder_size(folder: Path) -> tuple[int, int]:
    """Return the number of files below a folder, and their size in bytes."""
    sizes = [each.stat().st_size for each in folder.rglob("*") if each.is_file()]
    return len(sizes), sum(sizes)


def remove_unneeded(
    settings: Settings, *, kept: Mapping[int, Sequence[DataFile]], until: datetime
) -> int:
    """Remove the data files that no kept version has and that were written before a moment.

    A younger one that no version has may be of an import that is still running.

    Returns
    -------
    int
        How many were removed.
    """
    needed = {each.path for files in kept.values() for each in files}
    folder = settings.incidents_path
    unneeded = [
        path
        for path in folder.glob("year=*/*.parquet")
        if path not in needed and path.stat().st_mtime <= until.timestamp()
    ]
    remove_for_good(folder, unneeded)
    remove_unfinished(folder, until=until)
    return len(unneeded)


def remove_unfinished(folder: Path, *, until: datetime | None = None) -> None:
    """Remove what processes that were killed were writing into the table's folder, seals excepted.

    Parameters
    ----------
    folder : Path
    until : datetime, optional
        Only what was written before; a younger one may still be written. All of it without, for
        whoever knows that nobody else is writing.
    """
    for path in folder.rglob(".*.part"):
        if not durable.is_unfinished(path.name) or seals.is_of_seal(path):
            continue
        if until is None or path.stat().st_mtime <= until.timestamp():
            durable.remove_file(path, missing_ok=True)


def remove_entries(settings: Settings, *, before: int) -> None:
    """Remove the entries of the log, checkpoints included, of versions before one."""
    folder = settings.incidents_path
    files = log_files(folder)
    for version in sorted(files.checkpoints):
        if version < before:
            seals.remove_file(checkpoint_path(folder, version))
    for version in sorted(files.entries):  # from the oldest, so that no gap opens
        if version < before:
            seals.remove_file(entry_path(folder, version))


def checkpoint_path(folder: Path, version: int) -> Path:
    """Return where the log keeps the state of the table at a version, if it does."""
    return folder / LOG / f"{version:020d}.checkpoint.parquet"


def _small_files(table: DeltaTable) -> list[DataFile]:
    """Return the small files of the years of which so many are in use that joining them pays."""
    small = [each for each in files_of(table) if each.size < _LARGE]
    by_year = Counter(each.year for each in small)
    return [each for each in small if by_year[each.year] >= _FILES_A_YEAR]


def _write_checkpoints(settings: Settings, *, oldest: int, newest: int) -> None:
    """Write a checkpoint of the newest version, and one from which all kept versions follow."""
    folder = settings.incidents_path
    checkpoints = log_files(folder).checkpoints
    durable.remove_file(folder / LOG / HINT, missing_ok=True)  # of one that was killed meanwhile
    nearest = max((version for version in checkpoints if version <= oldest), default=0)
    if oldest - nearest >= _UNRECORDED:
        write_checkpoint(folder, version=oldest)
    if newest not in checkpoints:
        write_checkpoint(folder, version=newest)


def _trim_log(settings: Settings, *, oldest: int, until: datetime) -> None:
    """Remove the entries of the log before the newest old checkpoint that all kept versions follow.

    A checkpoint written before `until` is known to everybody who opens the table now or has begun
    to, so nobody is still reading the entries before it.
    """
    folder = settings.incidents_path
    settled = [
        version
        for version in log_files(folder).checkpoints
        if version <= oldest
        and checkpoint_path(folder, version).stat().st_mtime <= until.timestamp()
    ]
    if settled:
        remove_entries(settings, before=max(settled))

"""The files of the incident table's log: what lies there, and whether it is what was stored.

The log is the table: without its newest entry the last import never was, and without all of it
there are "no incidents yet". So a log that has lost an entry, or of which a byte has changed, is
refused whenever it is opened.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from data import seals
from data.incidents.damage import DamagedStoreError, LostFileError

LOG: Final = "_delta_log"
HINT: Final = "_last_checkpoint"  # of the library
NUMBERED: Final = re.compile(r"(?P<version>\d{20})\.(?P<kind>json|checkpoint\.parquet)")
_SEALED_ENTRY: Final = re.compile(r"\.(?P<version>\d{20})\.json\.sha256")
_FILES_REMEMBERED: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class LogFiles:
    """What lies in a log: versions of its entries and checkpoints, and of those that are sealed."""

    folder: Path
    entries: frozenset[int]
    checkpoints: frozenset[int]
    sealed: frozenset[int]

    @property
    def first(self) -> int:
        """The version that the entries have to begin with: 0, unless what was before was removed.

        Older entries are removed when a checkpoint has what they said.
        """
        oldest = min(self.entries, default=0)
        return oldest if any(each >= oldest - 1 for each in self.checkpoints) else 0

    @property
    def missing(self) -> list[int]:
        """The versions whose entries are lost, in their order."""
        newest = max(self.entries | self.checkpoints | self.sealed, default=-1)
        return [each for each in range(self.first, newest + 1) if each not in self.entries]

    @property
    def paths(self) -> list[Path]:
        """The files, in the order of their names."""
        log = self.folder / LOG
        return sorted(
            [
                *(entry_path(self.folder, version) for version in self.entries),
                *(log / f"{version:020d}.checkpoint.parquet" for version in self.checkpoints),
            ]
        )


def entry_path(folder: Path, version: int) -> Path:
    """Return where the log keeps what made a version."""
    return folder / LOG / f"{version:020d}.json"


def mark_path(folder: Path) -> Path:
    """Return the file that says that there is a table in a folder."""
    return folder.with_name(f".{folder.name}.made")


def log_files(folder: Path) -> LogFiles:
    """List what lies in the log of a table's folder."""
    log = folder / LOG
    found: dict[str, set[int]] = {"json": set(), "checkpoint.parquet": set(), "sealed": set()}
    for name in (each.name for each in log.iterdir()) if log.is_dir() else ():
        if numbered := NUMBERED.fullmatch(name):
            found[numbered["kind"]].add(int(numbered["version"]))
        elif seal := _SEALED_ENTRY.fullmatch(name):
            found["sealed"].add(int(seal["version"]))
    entries, checkpoints, sealed = map(frozenset, found.values())
    return LogFiles(folder, entries=entries, checkpoints=checkpoints, sealed=sealed)


def check_log(folder: Path) -> bool:
    """Tell whether there is a table; make sure that no entry of its log is lost or changed.

    What was read before and has not been touched since is not read again.

    Raises
    ------
    LostFileError, DamagedStoreError
    """
    files = log_files(folder)
    if files.missing:  # or it was listed while an entry was added
        files = log_files(folder)
    if missing := files.missing:
        raise LostFileError(entry_path(folder, missing[0]))
    if not files.entries:
        if mark_path(folder).exists() or any(folder.glob("year=*/*.parquet")):
            raise LostFileError(entry_path(folder, 0), found="and all of the log is missing")
        return False
    with os.scandir(folder / LOG) as listed:
        for each in listed:
            if NUMBERED.fullmatch(each.name):
                about = each.stat()
                verify_log_file(each.path, (about.st_size, about.st_mtime_ns, about.st_ino))
    return True


@lru_cache(maxsize=_FILES_REMEMBERED)
def verify_log_file(name: str, state: tuple[int, int, int]) -> None:
    """Compare a file with its seal.

    Raises
    ------
    DamagedStoreError
    """
    path = Path(name)
    if seals.state(path) == "damaged":
        raise DamagedStoreError(path, found="does not hold what was stored")

"""A rota of backups in one folder: a dated file each time, checked, and the old ones removed.

A backup is removed only after a newer one was written and every checksum of it was read back, and
never one of the newest few, so that neither a clock that runs ahead nor a long holiday empties the
folder. Files of other names are not touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from data.operations.backup.archive import check_backup
from data.operations.backup.backup import backup

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.operations.backup.contents import Manifest
    from data.operations.database import Operations
    from data.settings import Settings

KEPT_AT_LEAST: Final = 7
_NAME: Final = "hotspots-%Y%m%dT%H%M%SZ.zip"
_NAMED: Final = re.compile(r"hotspots-\d{8}T\d{6}Z\.zip")


@dataclass(frozen=True, slots=True)
class RotaEntry:
    """One backup of the rota.

    Attributes
    ----------
    path : Path
    made_at : datetime
        UTC, as its name says.
    """

    path: Path
    made_at: datetime


@dataclass(frozen=True, slots=True)
class RotaRun:
    """What one run of the rota did.

    Attributes
    ----------
    path : Path
        The new backup.
    manifest : Manifest
        As it was read back from the file.
    removed : tuple of Path
    """

    path: Path
    manifest: Manifest
    removed: tuple[Path, ...]


def entries(folder: Path) -> tuple[RotaEntry, ...]:
    """List the backups of a rota, newest first; none where the folder is not there."""
    if not folder.is_dir():
        return ()
    named = [path for path in folder.iterdir() if _NAMED.fullmatch(path.name)]
    return tuple(
        RotaEntry(path, datetime.strptime(path.name, _NAME).replace(tzinfo=UTC))
        for path in sorted(named, key=lambda path: path.name, reverse=True)
    )


def backup_into(
    folder: Path,
    *,
    settings: Settings,
    ops: Operations,
    now: datetime,
    keep_days: int,
    progress: Callable[[float], None] | None = None,
) -> RotaRun:
    """Write a dated backup into a folder, check it, and remove those past their time.

    Parameters
    ----------
    folder : Path
        Outside the store.
    settings : Settings
    ops : Operations
    now : datetime
        With its time zone; names the file.
    keep_days : int
        A backup older than this is removed, but for the newest `KEPT_AT_LEAST`.
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    data.operations.backup.backup.BackupPlaceError
        If the folder is not there or lies in the store, or there is one of this second.
    data.operations.backup.contents.NotABackupError
        If what was written cannot be read back; nothing is removed then.
    """
    path = folder / now.astimezone(UTC).strftime(_NAME)
    backup(path, settings=settings, ops=ops, now=now, progress=progress)
    manifest = check_backup(path)
    oldest = now - timedelta(days=keep_days)
    past = [each for each in entries(folder)[KEPT_AT_LEAST:] if each.made_at < oldest]
    for each in past:
        each.path.unlink()
    return RotaRun(path, manifest, tuple(each.path for each in past))

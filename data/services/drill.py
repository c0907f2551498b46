"""A restore drill: a backup put back into a fresh folder, and its figures next to the store's.

The folder and its SQLite file are made for the drill and removed after it; the store that is in use
is only read. What a backup is worth is known only by this.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import func, select, table

from data.incidents.imports import records
from data.incidents.source_counts import SourceCount, source_counts
from data.incidents.table import EmptyStoreError, UnknownVersionError, opened, versions_of
from data.operations.backup.restore import restore
from data.operations.database import Operations
from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.operations.backup.contents import Manifest
    from data.settings import Settings


@dataclass(frozen=True, slots=True)
class Figures:
    """What is compared: the incident table at one version.

    Attributes
    ----------
    imports : int
    sources : tuple of SourceCount
        With a sum over the rows' hashes, so that a changed row is seen.
    """

    imports: int
    sources: tuple[SourceCount, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """What came out of a restore drill.

    Attributes
    ----------
    manifest : Manifest
        Of the backup.
    restored : Figures or None
        Of the restored table; None where the backup has no incidents.
    in_use : Figures or None
        Of the store in use, at the same version of the table; None where it has no such version.
    rows : tuple of (str, int)
        Rows of each restored operations table.
    """

    manifest: Manifest
    restored: Figures | None
    in_use: Figures | None
    rows: tuple[tuple[str, int], ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """What differs, each a sentence; empty where the backup gives what was in the store."""
        wanted = dict(self.manifest.rows)
        faults = [
            f"{name}: {wanted.get(name, 0):,} rows were backed up and {count:,} restored."
            for name, count in self.rows
            if count != wanted.get(name, 0)
        ]
        if self.in_use is not None and self.restored != self.in_use:
            faults.append(
                f"Incidents: the restored table has {_said(self.restored)}, the store in use "
                f"{_said(self.in_use)} at the same version."
            )
        return tuple(faults)

    @property
    def summary(self) -> str:
        """What was restored, in one line."""
        rows = sum(count for _, count in self.rows)
        return f"Restored: {_said(self.restored)}, and {counted(rows, 'row')} of operations."


def drill(
    backup: Path, *, settings: Settings, progress: Callable[[float], None] | None = None
) -> Drill:
    """Restore a backup into a fresh folder, take its figures, and remove the folder.

    Parameters
    ----------
    backup : Path
    settings : Settings
        Of the store in use, with which the restored one is compared.
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    data.operations.backup.contents.NotABackupError
    data.operations.upgrade.NewerStoreError
    """
    with TemporaryDirectory(prefix="drill-") as folder:
        fresh = settings.model_copy(
            update={"store": Path(folder) / "store", "operations_url": None}
        )
        manifest = restore(backup, settings=fresh, progress=progress)
        version = manifest.incidents_version
        return Drill(
            manifest=manifest,
            restored=_figures(fresh, version=version),
            in_use=_figures(settings, version=version),
            rows=_rows(fresh, manifest),
        )


def _figures(settings: Settings, *, version: int | None) -> Figures | None:
    if version is None:
        return None
    try:
        at = opened(settings, version=version)
    except (EmptyStoreError, UnknownVersionError):
        return None
    stored = records(versions_of(at), settings=settings)
    return Figures(imports=len(stored), sources=source_counts(at))


def _rows(fresh: Settings, manifest: Manifest) -> tuple[tuple[str, int], ...]:
    ops = Operations.open(fresh)
    try:
        with ops.reading() as session:
            return tuple(
                (name, session.scalar(select(func.count()).select_from(table(name))) or 0)
                for name, _ in manifest.rows
            )
    finally:
        ops.close()


def _said(figures: Figures | None) -> str:
    if figures is None:
        return "no incidents"
    listed = ", ".join(f"{each.source} {each.incidents:,}" for each in figures.sources)
    return f"{counted(figures.imports, 'import')} ({listed or 'no incidents'})"

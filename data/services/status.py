"""How the server does: figures for those who look after it, with no name and no place in them.

`metrics` writes them in the text form that Prometheus' textfile collector and most monitoring
systems read. Times are seconds since 1970, as that form wants them: a rule such as "no backup for
two days" is then `time() - hotspots_last_backup_timestamp_seconds > 172800`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deltalake.exceptions import DeltaError

from data.incidents.imports import imports
from data.incidents.source_counts import SourceCount, source_counts
from data.incidents.table import EmptyStoreError, opened
from data.operations.accounts.counts import AccountCounts, account_counts
from data.operations.backup.rota import entries
from data.operations.database import Operations
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from data.incidents.imports import ImportRecord
    from data.settings import Settings

_HELP: Final = {
    "database_reachable": "Whether the operations database answers.",
    "table_readable": "Whether the incident table can be read.",
    "table_version": "Version of the incident table.",
    "incidents": "Incidents of a source.",
    "newest_incident_timestamp_seconds": "Start of the newest incident of a source.",
    "imports": "Imports in the table's history.",
    "last_import_timestamp_seconds": "When the newest import was stored.",
    "accounts": "Accounts that can sign in.",
    "open_sign_ins": "Sign-ins that have not ended.",
    "store_free_bytes": "Free space of the disk that the store lies on.",
    "last_backup_timestamp_seconds": "When the newest backup of the rota was made.",
    "status_timestamp_seconds": "When these figures were taken.",
}


@dataclass(frozen=True, slots=True)
class Status:
    """How the server does.

    Attributes
    ----------
    taken_at : datetime
    table_readable : bool
        True also where nothing was imported yet.
    table_version : int or None
        None where there is no table, or it cannot be read.
    sources : tuple of SourceCount
    imports : int
    last_import : datetime or None
    accounts : AccountCounts or None
        None where the database does not answer.
    free_bytes : int
        Of the disk that the store lies on.
    last_backup : datetime or None
        The newest of the rota; None where there is none, or no folder was named.
    problems : tuple of str
        What does not work, each a sentence; empty where all is well.
    """

    taken_at: datetime
    table_readable: bool
    table_version: int | None
    sources: tuple[SourceCount, ...]
    imports: int
    last_import: datetime | None
    accounts: AccountCounts | None
    free_bytes: int
    last_backup: datetime | None
    problems: tuple[str, ...]


def status(settings: Settings, *, now: datetime, backups: Path | None = None) -> Status:
    """Return how the server does; what does not work is in it and is not raised.

    Parameters
    ----------
    settings : Settings
    now : datetime
        With its time zone.
    backups : Path, optional
        Folder of the rota.
    """
    problems: list[str] = []
    version: int | None = None
    sources: tuple[SourceCount, ...] = ()
    stored: list[ImportRecord] = []
    readable = True
    try:
        table = opened(settings)
        version, sources, stored = table.version(), source_counts(table), imports(settings)
    except EmptyStoreError:
        pass  # a new store is no fault
    except (PlainError, DeltaError, OSError) as problem:
        readable = False
        problems.append(f"The incident table cannot be read: {str(problem).splitlines()[0]}")
    accounts = None
    try:
        ops = Operations.open(settings)
        try:
            accounts = account_counts(ops, now=now)
        finally:
            ops.close()
    except PlainError as problem:
        problems.append(str(problem))
    made = () if backups is None else entries(backups)
    return Status(
        taken_at=now,
        table_readable=readable,
        table_version=version,
        sources=sources,
        imports=len(stored),
        last_import=max((each.finished for each in stored), default=None),
        accounts=accounts,
        free_bytes=shutil.disk_usage(_existing(settings.store)).free,
        last_backup=made[0].made_at if made else None,
        problems=tuple(problems),
    )


def metrics(figures: Status) -> str:
    """Write a status in the text form of metrics; what is not known has no line."""
    plain: list[tuple[str, float | None]] = [
        ("database_reachable", float(figures.accounts is not None)),
        ("table_readable", float(figures.table_readable)),
        ("table_version", figures.table_version),
        ("imports", figures.imports),
        ("last_import_timestamp_seconds", _seconds(figures.last_import)),
        ("accounts", figures.accounts.accounts if figures.accounts else None),
        ("open_sign_ins", figures.accounts.sign_ins if figures.accounts else None),
        ("store_free_bytes", figures.free_bytes),
        ("last_backup_timestamp_seconds", _seconds(figures.last_backup)),
        ("status_timestamp_seconds", _seconds(figures.taken_at)),
    ]
    lines = [
        line for name, value in plain if value is not None for line in _family(name, [("", value)])
    ]
    if figures.sources:
        labels = [f'{{source="{_label(each.source)}"}}' for each in figures.sources]
        rows = [each.incidents for each in figures.sources]
        newest = [each.newest.timestamp() for each in figures.sources]
        lines += _family("incidents", list(zip(labels, rows, strict=True)))
        lines += _family(
            "newest_incident_timestamp_seconds", list(zip(labels, newest, strict=True))
        )
    return "\n".join(lines) + "\n"


def _family(name: str, samples: Sequence[tuple[str, float]]) -> list[str]:
    return [
        f"# HELP hotspots_{name} {_HELP[name]}",
        f"# TYPE hotspots_{name} gauge",
        *(f"hotspots_{name}{label} {value:.0f}" for label, value in samples),
    ]


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest above it that is there."""
    path = folder.absolute()
    while not path.exists():
        path = path.parent
    return path

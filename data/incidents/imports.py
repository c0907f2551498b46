"""The list of imports, read from the table's own history, and taking one back.

An import's record lies in the commit that stored its rows, so there is a record exactly when there
are rows. Imports are taken back newest first: a file imported later may have brought rows that the
earlier one had brought too, and those would be lost with the earlier one alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from data.access import computer_account
from data.faults import CARELESS
from data.incidents import table as store
from data.incidents.choices import LAST_ROW, ReferenceRule
from data.incidents.commits import CommitConflictError
from data.incidents.table_faults import table_faults
from data.incidents.wards_join import joined_content
from data.locks import locked
from geo.counting import counted
from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deltalake import DeltaTable

    from data.settings import Settings
    from geo.wards import WardLayer

ATTEMPTS: Final = 20  # of a commit that others get in front of


class UnknownImportError(PlainError, LookupError):
    """There is no import of this name."""

    def __init__(self, import_id: str, *, known: Sequence[str]) -> None:
        newest = ", ".join(known[:5]) if known else "none"
        super().__init__(
            f"Unknown import {import_id!r}. The newest are: {newest}. "
            "`hotspots sources` lists them all."
        )


class UndoRefusedError(PlainError, ValueError):
    """An import cannot be taken back as things stand."""


class StoreBusyError(PlainError, ValueError):
    """Others kept changing the table."""

    def __init__(self) -> None:
        super().__init__(
            f"Other changes got in first {ATTEMPTS} times over. Nothing was stored. Wait until the "
            "other imports have finished and try again."
        )


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of the rows of an import; the five add up to the rows read.

    `imported`, `updated` and `unchanged` are of rows inside a ward. A row outside every ward is
    kept and flagged, and counts as `outside` whatever else happened to it.
    """

    imported: int
    updated: int
    unchanged: int
    rejected: int
    outside: int

    @property
    def total(self) -> int:
        """The sum of the five."""
        return self.imported + self.updated + self.unchanged + self.rejected + self.outside


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import, as its commit holds it.

    Attributes
    ----------
    import_id, name : str
        Key, and what the user called it.
    source : str
        Sources of its accepted rows, separated by commas; empty where none was accepted.
    files : tuple of str
        Names of the files and archive members read.
    started, finished : datetime
        When it was begun (as the caller said) and when it was committed (by this machine's clock).
    counts : RowCounts
    rows_read : int
        Equal to ``counts.total``.
    rows_added, rows_changed : int
        Rows of the table that it added and replaced, those outside every ward included.
    version_before, version_after : int
        Versions of the table.
    rejected_file : Path or None
        The rejected rows with their reasons; None where there are none.
    notes : tuple of str
    real_midnights : bool
        Whether the user said that times of exactly 00:00 are real.
    reference_rule : str
        What one incident is where a reference comes again (`data.incidents.choices`); the last row
        won in the imports of earlier versions.
    undone : datetime or None
        When it was taken back.
    person, undone_by : str
        Who imported it and who took it back: the name of an account, or on the command line and
        without accounts that of the account of the computer; empty in records of earlier versions.
    """

    import_id: str
    name: str
    source: str
    files: tuple[str, ...]
    started: datetime
    finished: datetime
    counts: RowCounts
    rows_read: int
    rows_added: int
    rows_changed: int
    version_before: int
    version_after: int
    rejected_file: Path | None
    notes: tuple[str, ...] = ()
    real_midnights: bool = False
    reference_rule: ReferenceRule = LAST_ROW
    undone: datetime | None = None
    person: str = ""
    undone_by: str = ""


def undone_label(record: ImportRecord, *, version: int) -> str:
    """Say what taking an import back did.

    Parameters
    ----------
    record : ImportRecord
        As it was before it was taken back.
    version : int
        Of the table from then on.
    """
    many = "incidents that it had added are"
    return (
        f"The import {record.name} is taken back: "
        f"{counted(record.rows_added, 'incident that it had added is', many)} gone, and "
        f"{record.rows_changed:,} that it had changed are as they were before. "
        f"The table is now at version {version}, with the content of version "
        f"{record.version_before}; you can import the file again."
    )


def import_event(record: ImportRecord, *, ward_layer: str) -> dict[str, Any]:
    """Return what is written into the import's commit; `imports` reads it back."""
    event = asdict(record)
    for name in ("finished", "version_after", "undone", "undone_by"):  # commits say these
        del event[name]
    event["started"] = record.started.isoformat()
    event["rejected_file"] = record.rejected_file.name if record.rejected_file else None
    return {"kind": "import", "ward_layer": ward_layer, **event}


def imports(settings: Settings) -> list[ImportRecord]:
    """List the imports, newest first; empty where nothing was ever imported."""
    return records(store.versions(settings), settings=settings)


def records(listed: Sequence[store.Version], *, settings: Settings) -> list[ImportRecord]:
    """Return the import records among the listed versions, in their order."""
    with table_faults(also=CARELESS):
        undone = {
            version.event["import_id"]: version for version in listed if version.kind == "undo"
        }
        return [
            _record(version, settings=settings, undo=undone.get(version.event["import_id"]))
            for version in listed
            if version.kind == "import"
        ]


@table_faults()
def undo(
    import_id: str,
    *,
    settings: Settings,
    now: datetime,
    wards: WardLayer | None = None,
    person: str | None = None,
) -> store.Version:
    """Take the newest import back: the incidents are then exactly what they were before it.

    Parameters
    ----------
    import_id : str
    settings : Settings
    now : datetime
        Written down as the time of the undo.
    wards : WardLayer, optional
        The ward layer in use; needed only where it was replaced since the import.
    person : str, optional
        Who takes it back; the account of the computer unless given.

    Returns
    -------
    Version
        The new version of the table; the versions before it stay readable.

    Raises
    ------
    EmptyStoreError, UnknownImportError
    UndoRefusedError
        If it was taken back already, or later imports have to be taken back first.
    StoreBusyError
        If other writers kept getting in first.
    data.locks.StoreLockedError
        If the store is being restored, or the demo built.
    """
    with locked(settings.store, "taking an import back", shared=True):
        return _undone(
            import_id, settings=settings, now=now, wards=wards, person=person or computer_account()
        )


def _undone(
    import_id: str, *, settings: Settings, now: datetime, wards: WardLayer | None, person: str
) -> store.Version:
    for _ in range(ATTEMPTS):
        opened = store.opened(settings)
        listed = store.versions_of(opened)
        record = _undoable(
            import_id,
            records=records(listed, settings=settings),
            zone=ZoneInfo(settings.timezone),
        )
        event: dict[str, Any] = {
            "kind": "undo",
            "import_id": import_id,
            "name": record.name,
            "asked": now.isoformat(),
            "restored_version": record.version_before,
            "person": person,
        }
        try:
            _refuse_removed(record, settings=settings)
            if _rejoined_since(record, listed=listed):
                _restore_joined(opened, record, settings=settings, wards=wards, event=event)
            else:
                earlier = [item for item in listed if item.version <= record.version_before]
                event["ward_layer"] = store.joined_layer(earlier)
                store.restore(opened, record.version_before, event=event)
        except CommitConflictError:
            continue
        return store.versions(settings)[0]
    raise StoreBusyError


def _undoable(import_id: str, *, records: Sequence[ImportRecord], zone: ZoneInfo) -> ImportRecord:
    record = next((one for one in records if one.import_id == import_id), None)
    if record is None:
        raise UnknownImportError(import_id, known=[one.import_id for one in records])
    if record.undone is not None:
        at = record.undone.astimezone(zone)
        message = (
            f"The import {record.name!r} ({import_id}) has already been taken back, on "
            f"{day_label(at)} at {at:%H:%M}. There is nothing to do."
        )
        raise UndoRefusedError(message)
    later = [
        one for one in records if one.version_after > record.version_after and one.undone is None
    ]
    if later:
        names = ", ".join(f"{one.name!r} ({one.import_id})" for one in later)
        message = (
            f"The import {record.name!r} ({import_id}) is not the newest: {names} came after it "
            "and may have brought some of the same incidents. Take back the later ones first, "
            "newest first, then this one; then import again what you want to keep."
        )
        raise UndoRefusedError(message)
    return record


def _refuse_removed(record: ImportRecord, *, settings: Settings) -> None:
    """Refuse to go back to a version whose files upkeep or retention has removed."""
    try:
        store.opened(settings, version=record.version_before)
    except store.RemovedVersionError as problem:
        message = (
            f"The import {record.name!r} ({record.import_id}) can no longer be taken back. "
            f"{problem}"
        )
        raise UndoRefusedError(message) from problem


def _rejoined_since(record: ImportRecord, *, listed: Sequence[store.Version]) -> bool:
    return any(
        version.kind == "rejoin" and version.version > record.version_before for version in listed
    )


def _restore_joined(
    opened: DeltaTable,
    record: ImportRecord,
    *,
    settings: Settings,
    wards: WardLayer | None,
    event: dict[str, Any],
) -> None:
    """Bring the earlier content back, joined to the wards of today."""
    if wards is None:
        message = (
            f"The wards were replaced after the import {record.name!r}, so what comes back has to "
            "be joined to the new ones. Give the ward layer in use as well."
        )
        raise UndoRefusedError(message)
    earlier = store.opened(settings, version=record.version_before)
    content = joined_content(earlier, wards, tolerance_m=settings.ward_tolerance_m)
    event["ward_layer"] = store.layer_key(wards)
    store.replace(opened, content, event=event)


def _record(
    version: store.Version, *, settings: Settings, undo: store.Version | None
) -> ImportRecord:
    event = dict(version.event)
    folder = settings.imports_path / event["import_id"]
    rejected_file = event["rejected_file"]
    return ImportRecord(
        import_id=event["import_id"],
        name=event["name"],
        source=event["source"],
        files=tuple(event["files"]),
        started=datetime.fromisoformat(event["started"]),
        finished=version.committed_at,
        counts=RowCounts(**event["counts"]),
        rows_read=event["rows_read"],
        rows_added=event["rows_added"],
        rows_changed=event["rows_changed"],
        version_before=event["version_before"],
        version_after=version.version,
        rejected_file=None if rejected_file is None else folder / rejected_file,
        notes=tuple(event["notes"]),
        real_midnights=event.get("real_midnights", False),
        reference_rule=event.get("reference_rule", LAST_ROW),
        undone=None if undo is None else undo.committed_at,
        person=event.get("person", ""),
        undone_by="" if undo is None else undo.event.get("person", ""),
    )

"""The Delta table that holds the incidents: opening it, its versions, and the one way to commit.

Every change is one commit, so a kill at any moment leaves the table as it was or as it is after.
What a commit was (an import with its counts, an undo, a new ward layer) is written into the commit
itself: the list of imports is read from the table's own history and cannot disagree with it.

Commits are never rebased. A writer that finds the version after the one it read already taken gets
`CommitConflictError`, reads again and works its change out again; its counts are then true. Rows
and the log entry are on the disk when a commit returns, in this order (`data.incidents.commits`),
and neither is read unless it is what was stored (`data.incidents.data_files`, `.log_files`).
"""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
import shapely
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError
from pyarrow.fs import LocalFileSystem

from data.incidents import data_files
from data.incidents.commits import CommitConflictError, committing, creating
from data.incidents.history import EVENT_KEY, Version, versions_of
from data.incidents.log_files import check_log
from data.incidents.table_faults import table_faults
from data.interrupted import refuse_half_restored
from data.rows.contract import TABLE_SCHEMA
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deltalake.transaction import AddAction

    from data.incidents.data_files import DataFile
    from data.settings import Settings
    from geo.wards import WardLayer

__all__ = [
    "EmptyStoreError",
    "RemovedVersionError",
    "UnknownVersionError",
    "Version",
    "append",
    "compact",
    "dataset",
    "joined_layer",
    "layer_key",
    "merge",
    "note",
    "open_or_create",
    "opened",
    "replace",
    "restore",
    "rewrite",
    "rows",
    "rows_of",
    "versions",
    "versions_of",
]

_CONFIGURATION: Final[dict[str, str | None]] = {
    # The history is the list of imports and what undo goes back to: the library never thins it
    # out, and `data.incidents.upkeep` only what is recorded elsewhere and nothing goes back to.
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 30 days",  # how long a checkpoint names them
}
_CHECKED_PAGES: Final = pads.ParquetFragmentScanOptions(page_checksum_verification=True)


class EmptyStoreError(PlainError, LookupError):
    """The store holds no incidents yet."""

    def __init__(self) -> None:
        super().__init__(
            "There are no incidents in the store yet. Import a file first, on the page Import data "
            "or with `hotspots import`."
        )


class UnknownVersionError(PlainError, LookupError):
    """A table version was asked for that does not exist."""

    def __init__(self, version: int, *, newest: int) -> None:
        super().__init__(
            f"Unknown table version {version}: the incident table has versions 0 to {newest}. "
            "Choose one of these, or leave the version out for the newest."
        )


class RemovedVersionError(PlainError, LookupError):
    """A table version whose files upkeep or retention has removed."""

    def __init__(self, version: int, *, newest: int) -> None:
        super().__init__(
            f"Table version {version} can no longer be opened: its files were removed, because "
            "they were no longer needed or because incidents in them were past the time they may "
            f"be kept. What the version was is still in the list of versions. Use the newest, "
            f"{newest}, or restore a backup of that time into another store."
        )


@table_faults()
def opened(settings: Settings, *, version: int | None = None) -> DeltaTable:
    """Open the table, the newest version unless one is named.

    Raises
    ------
    EmptyStoreError
        If nothing was ever imported.
    UnknownVersionError
        If there is no such version.
    RemovedVersionError
        If there was one, and its files have been removed.
    data.incidents.damage.DamagedStoreError
        If a part of the log is lost or is not what was stored.
    data.interrupted.HalfRestoredError
        If a restore is running or was cut short.
    """
    refuse_half_restored(settings.store)
    if not check_log(settings.incidents_path):
        raise EmptyStoreError
    table = DeltaTable(settings.incidents_path)
    newest = table.version()
    if version is None or version == newest:
        return table
    if not 0 <= version <= newest:
        raise UnknownVersionError(version, newest=newest)
    try:
        table.load_as_version(version)
    except DeltaError as problem:  # the log no longer reaches back so far
        raise RemovedVersionError(version, newest=newest) from problem
    folder = data_files.table_folder(table)
    removed = data_files.removed_for_good(folder)
    if any(each.path.relative_to(folder).as_posix() in removed for each in _missing(table)):
        raise RemovedVersionError(version, newest=newest)
    return table


def _missing(table: DeltaTable) -> list[DataFile]:
    return [each for each in data_files.files_of(table) if not each.path.exists()]


@table_faults()
def open_or_create(settings: Settings) -> DeltaTable:
    """Open the table, or create it empty (two at once create one)."""
    try:
        return opened(settings)
    except EmptyStoreError:
        pass
    with suppress(CommitConflictError), creating(settings.incidents_path) as folder:
        DeltaTable.create(
            folder, schema=TABLE_SCHEMA, partition_by=["year"], configuration=_CONFIGURATION
        )
    return opened(settings)


def versions(settings: Settings, *, until: int | None = None) -> list[Version]:
    """List the table's versions, newest first; empty where nothing was ever imported."""
    try:
        table = opened(settings, version=until)
    except EmptyStoreError:
        return []
    return versions_of(table)


def dataset(
    table: DeltaTable, *, dictionary_columns: Sequence[str] = (), with_year: bool = False
) -> pads.Dataset:
    """Return the table's files as an Arrow dataset, ready to scan.

    Parameters
    ----------
    table : DeltaTable
        Opened at some version.
    dictionary_columns : sequence of str
        Text columns of few different words, read as dictionaries (much quicker).
    with_year : bool
        Whether the partition column is wanted.

    Raises
    ------
    data.incidents.damage.DamagedStoreError
        If a file is lost or is not what was stored.
    """
    columns = [
        pa.field(field.name, pa.dictionary(pa.int32(), pa.string()))
        if field.name in dictionary_columns
        else field
        for field in TABLE_SCHEMA
        if with_year or field.name != "year"
    ]
    return _dataset(table, data_files.files_of(table), columns=columns)


def _dataset(
    table: DeltaTable,
    files: Sequence[DataFile],
    *,
    columns: Sequence[pa.Field] = tuple(TABLE_SCHEMA),
) -> pads.Dataset:
    """Return some of the table's files as a dataset, once they are what was stored."""
    for each in files:
        data_files.verify(each)
    words = [field.name for field in columns if pa.types.is_dictionary(field.type)]
    return pads.dataset(
        [str(each.path) for each in files],
        schema=pa.schema(columns),
        format=pads.ParquetFileFormat(
            read_options={"dictionary_columns": words},
            default_fragment_scan_options=_CHECKED_PAGES,
        ),
        partitioning=pads.partitioning(pa.schema([TABLE_SCHEMA.field("year")]), flavor="hive"),
        partition_base_dir=str(data_files.table_folder(table)),
        filesystem=LocalFileSystem(),  # or a name that begins like an address is taken for one
    )


@table_faults()
def rows(table: DeltaTable) -> int:
    """Count the incidents in an opened table, from its log alone."""
    actions = pa.table(table.get_add_actions())
    return sum(actions["num_records"].to_pylist()) if actions.num_rows else 0


@table_faults()
def append(table: DeltaTable, changes: pa.RecordBatchReader, *, event: dict[str, Any]) -> int:
    """Add rows none of whose ids is in the table; return the new version."""
    return _write(table, changes, removed=(), event=event)


@table_faults()
def merge(
    table: DeltaTable,
    changes: pa.RecordBatchReader,
    *,
    replaced: pa.Array,
    years: Iterable[int],
    event: dict[str, Any],
) -> int:
    """Replace the rows whose ids are in the table, add the others; return the new version.

    Parameters
    ----------
    table : DeltaTable
        At the version against which the changes were worked out.
    changes : pyarrow.RecordBatchReader
        `TABLE_SCHEMA`; each `incident_id` once, and only rows that change something.
    replaced : pyarrow.Array
        The ids of the rows to be replaced.
    years : iterable of int
        Partitions in which those lie now (not the ones they move to).
    event : dict
        Written into the commit.
    """
    touched = set(years)
    files = [each for each in data_files.files_of(table) if each.year in touched]
    removed = [each for each in files if _holds_any(table, each, ids=replaced)]
    kept = _rows_without(table, removed, ids=replaced)
    return _write(table, chain(kept, changes), removed=removed, event=event)


@table_faults()
def note(table: DeltaTable, *, event: dict[str, Any]) -> int:
    """Commit an event that changes no row (a file imported twice); return the new version."""
    return _commit(table, [], event=event)


@table_faults()
def restore(table: DeltaTable, version: int, *, event: dict[str, Any]) -> int:
    """Make the content that of an earlier version, as a new version; return its number."""
    with committing(table) as staged:
        staged.restore(version, commit_properties=_properties(event))
    return int(table.version()) + 1


@table_faults()
def replace(table: DeltaTable, content: pa.RecordBatchReader, *, event: dict[str, Any]) -> int:
    """Replace every row in one commit; return the new version."""
    return _write(table, content, removed=data_files.files_of(table), event=event)


def compact(table: DeltaTable, files: Sequence[DataFile]) -> int:
    """Join files of the newest version into one a year; no row changes; return the new version."""
    return rewrite(table, files, rows_of(table, files), event={"kind": "compact"})


def rows_of(table: DeltaTable, files: Sequence[DataFile]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some files, of whatever version, with all columns."""
    yield from _dataset(table, files).to_batches(columns=TABLE_SCHEMA.names)


def rewrite(
    table: DeltaTable,
    files: Sequence[DataFile],
    content: Iterable[pa.RecordBatch],
    *,
    event: dict[str, Any],
) -> int:
    """Put rows in the place of some files of the newest version; return the new version."""
    return _write(table, content, removed=files, event=event)


def _holds_any(table: DeltaTable, file: DataFile, *, ids: pa.Array) -> bool:
    stored = _dataset(table, [file]).to_table(columns=["incident_id"])["incident_id"]
    return bool(pc.any(pc.is_in(stored, value_set=ids)).as_py())


def _rows_without(
    table: DeltaTable, files: Sequence[DataFile], *, ids: pa.Array
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some files but those of some ids."""
    for batch in _dataset(table, files).to_batches(columns=TABLE_SCHEMA.names):
        kept = batch.filter(pc.invert(pc.is_in(batch["incident_id"], value_set=ids)))
        if kept.num_rows:
            yield kept


def _write(
    table: DeltaTable,
    incidents: Iterable[pa.RecordBatch],
    *,
    removed: Sequence[DataFile],
    event: dict[str, Any],
) -> int:
    """Write rows and take files out, in one commit; return the new version."""
    folder = data_files.table_folder(table)
    added = data_files.write(folder, incidents)
    try:
        return _commit(table, added, removed=removed, event=event)
    except CommitConflictError:
        data_files.discard(folder, added)
        raise


def _commit(
    table: DeltaTable,
    added: Sequence[AddAction],
    *,
    removed: Sequence[DataFile] = (),
    event: dict[str, Any],
) -> int:
    with committing(table) as staged:
        now_ns = data_files.table_folder(staged).stat().st_mtime_ns  # it was made just now
        removals = [data_files.removal(each, at_ms=now_ns // 1_000_000) for each in removed]
        staged.create_write_transaction(
            [*added, *removals],
            mode="append",
            schema=staged.schema(),
            partition_by=["year"],
            commit_properties=_properties(event),
        )
    return int(table.version()) + 1


def layer_key(wards: WardLayer) -> str:
    """Return a short key of a ward layer's codes and shapes, to tell one layer from another."""
    digest = blake2b(digest_size=8)
    for codes in (wards.codes, wards.borough_codes):
        digest.update("\x1f".join(code or "" for code in codes).encode())
    for shape in shapely.to_wkb(wards.frame.geometry.to_numpy(), byte_order=1):
        digest.update(shape)
    return digest.hexdigest()


def joined_layer(listed: Sequence[Version]) -> str | None:
    """Return the key of the ward layer that the newest listed version is joined to."""
    for version in listed:
        if "ward_layer" in version.event:
            key = version.event["ward_layer"]
            return None if key is None else str(key)
    return None


def _properties(event: dict[str, Any]) -> CommitProperties:
    return CommitProperties(
        custom_metadata={EVENT_KEY: json.dumps(event, ensure_ascii=False)}, max_commit_retries=0
    )

"""The Delta table that holds the incidents: opening it, its versions, and the one way to commit.

Every change is one commit, so a kill at any moment leaves the table as it was or as it is after.
What a commit was (an import with its counts, an undo, a new ward layer) is written into the commit
itself: the list of imports is read from the table's own history and cannot disagree with it.

Commits are never rebased. A writer that finds the version after the one it read already taken gets
`CommitConflictError`, reads again and works its change out again; its counts are then true.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.dataset as pads
import shapely
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from pyarrow.fs import LocalFileSystem

from data.rows.contract import TABLE_SCHEMA
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.settings import Settings
    from geo.wards import WardLayer

EventKind = Literal["import", "undo", "rejoin", "midnights"]

_EVENT_KEY: Final = "hotspot_event"
_CONFIGURATION: Final[dict[str, str | None]] = {
    # The history is the list of imports and what undo goes back to: it is never thinned out.
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
_PARQUET: Final = WriterProperties(compression="ZSTD", compression_level=1)


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


class CommitConflictError(PlainError, ValueError):
    """Another import, undo or change of wards was stored first."""

    def __init__(self) -> None:
        super().__init__(
            "Another change was stored first, while this one was being prepared. Nothing of this "
            "one was stored. Try again."
        )


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the table.

    Attributes
    ----------
    version : int
        Number, from 0.
    committed_at : datetime
        When it was stored, UTC, by this machine's clock.
    kind : str
        ``import``, ``undo``, ``rejoin``, ``midnights``, or ``other`` for what came from elsewhere
        (the empty table at the start, say).
    event : dict
        What was written into the commit; see `data.incidents.imports`.
    """

    version: int
    committed_at: datetime
    kind: EventKind | Literal["other"]
    event: dict[str, Any]


def opened(settings: Settings, *, version: int | None = None) -> DeltaTable:
    """Open the table, the newest version unless one is named.

    Raises
    ------
    EmptyStoreError
        If nothing was ever imported.
    UnknownVersionError
        If there is no such version.
    """
    try:
        table = DeltaTable(settings.incidents_path)
    except TableNotFoundError:
        raise EmptyStoreError from None
    if version is None:
        return table
    if not 0 <= version <= table.version():
        raise UnknownVersionError(version, newest=table.version())
    table.load_as_version(version)
    return table


def open_or_create(settings: Settings) -> DeltaTable:
    """Open the table, or create it empty (two at once create one)."""
    try:
        return opened(settings)
    except EmptyStoreError:
        settings.incidents_path.mkdir(parents=True, exist_ok=True)
    try:
        DeltaTable.create(
            settings.incidents_path,
            schema=TABLE_SCHEMA,
            mode="ignore",
            partition_by=["year"],
            configuration=_CONFIGURATION,
        )
    except DeltaError:  # another process made it first; if not, opening it says what is wrong
        return DeltaTable(settings.incidents_path)
    return opened(settings)


def versions(settings: Settings, *, until: int | None = None) -> list[Version]:
    """List the table's versions, newest first; empty where nothing was ever imported."""
    try:
        table = opened(settings, version=until)
    except EmptyStoreError:
        return []
    return versions_of(table)


def versions_of(table: DeltaTable) -> list[Version]:
    """List the versions of an opened table up to the one it is opened at, newest first."""
    listed = []
    for commit in table.history():
        event = json.loads(commit.get(_EVENT_KEY, "{}"))
        listed.append(
            Version(
                version=int(commit["version"]),
                committed_at=datetime.fromtimestamp(commit["timestamp"] / 1000, tz=UTC),
                kind=event.get("kind", "other"),
                event=event,
            )
        )
    return sorted(listed, key=lambda version: version.version, reverse=True)


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
    """
    format_ = pads.ParquetFileFormat(read_options={"dictionary_columns": list(dictionary_columns)})
    columns = [
        pa.field(field.name, pa.dictionary(pa.int32(), pa.string()))
        if field.name in dictionary_columns
        else field
        for field in TABLE_SCHEMA
        if with_year or field.name != "year"
    ]
    partitioning = pads.partitioning(pa.schema([TABLE_SCHEMA.field("year")]), flavor="hive")
    return pads.dataset(
        sorted(map(local_path, table.file_uris())),
        schema=pa.schema(columns),
        format=format_,
        partitioning=partitioning,
        partition_base_dir=local_path(table.table_uri),
        filesystem=LocalFileSystem(),  # or a name that begins like an address is taken for one
    )


def local_path(uri: str) -> str:
    """Return the path on disk that the table's library writes as an address: %20 is a space."""
    return unquote(uri.removeprefix("file://"))


def rows(table: DeltaTable) -> int:
    """Count the incidents in an opened table, from its log alone."""
    actions = pa.table(table.get_add_actions())
    return sum(actions["num_records"].to_pylist()) if actions.num_rows else 0


def append(table: DeltaTable, changes: pa.RecordBatchReader, *, event: dict[str, Any]) -> int:
    """Add rows none of whose ids is in the table; return the new version."""
    return _write(table, changes, mode="append", event=event)


def merge(
    table: DeltaTable, changes: pa.RecordBatchReader, *, years: Iterable[int], event: dict[str, Any]
) -> int:
    """Replace the rows whose ids are in the table, add the others; return the new version.

    Parameters
    ----------
    table : DeltaTable
        At the version against which the changes were worked out.
    changes : pyarrow.RecordBatchReader
        `TABLE_SCHEMA`; each `incident_id` once, and only rows that change something.
    years : iterable of int
        Partitions in which the rows to be replaced lie now (not the ones they move to).
    event : dict
        Written into the commit.
    """
    held = ", ".join(str(year) for year in sorted(set(years)))
    try:
        merger = table.merge(
            changes,
            f"t.incident_id = s.incident_id AND t.year IN ({held})",
            source_alias="s",
            target_alias="t",
            writer_properties=_PARQUET,
            commit_properties=_properties(event),
        )
        merger.when_matched_update_all().when_not_matched_insert_all().execute()
    except CommitFailedError as error:
        raise CommitConflictError from error
    return int(table.version())


def note(table: DeltaTable, *, event: dict[str, Any]) -> int:
    """Commit an event that changes no row (a file imported twice); return the new version."""
    try:
        table.create_write_transaction(
            [],
            mode="append",
            schema=table.schema(),
            partition_by=["year"],
            commit_properties=_properties(event),
        )
    except CommitFailedError as error:
        raise CommitConflictError from error
    return int(table.version()) + 1


def restore(table: DeltaTable, version: int, *, event: dict[str, Any]) -> int:
    """Make the content that of an earlier version, as a new version; return its number."""
    try:
        table.restore(version, commit_properties=_properties(event))
    except CommitFailedError as error:
        raise CommitConflictError from error
    return int(table.version())


def replace(table: DeltaTable, content: pa.RecordBatchReader, *, event: dict[str, Any]) -> int:
    """Replace every row in one commit; return the new version."""
    return _write(table, content, mode="overwrite", event=event)


def _write(
    table: DeltaTable,
    incidents: pa.RecordBatchReader,
    *,
    mode: Literal["append", "overwrite"],
    event: dict[str, Any],
) -> int:
    """Write rows in one commit; return the new version."""
    try:
        write_deltalake(
            table,
            incidents,
            mode=mode,
            writer_properties=_PARQUET,
            commit_properties=_properties(event),
        )
    except CommitFailedError as error:
        raise CommitConflictError from error
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
        custom_metadata={_EVENT_KEY: json.dumps(event, ensure_ascii=False)}, max_commit_retries=0
    )

"""The Parquet files of the incident table: writing them and knowing that they are what was written.

A file's name ends with the SHA-256 of what it holds. So the digest is wherever the file is named:
in the table's log, after an undo, in a backup. Files of earlier versions, and those that the
table's library writes by itself, have a seal instead (`data.seals`), or nothing.

A file is compared with its digest when a process first reads it, and again when its size or time
has changed. Each page has a checksum as well, which is verified whenever it is read.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction, RemoveAction

from data import durable, seals
from data.incidents.damage import DamagedStoreError, LostFileError
from data.rows.contract import TABLE_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deltalake import DeltaTable

_FILE_SCHEMA: Final = pa.schema([field for field in TABLE_SCHEMA if field.name != "year"])
_NAME: Final = re.compile(r"part-[0-9a-f]{8}-(?P<sha256>[0-9a-f]{64})\.parquet")
_REMOVED: Final = "_removed.txt"  # the underscore keeps the table's library away from it
_GROUP_ROWS: Final = 1 << 18
_FILES_REMEMBERED: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a version of the table, as the log names it."""

    path: Path
    size: int
    year: int


def table_folder(table: DeltaTable) -> Path:
    """Return the folder of a table; its library writes it as an address: %20 is a space."""
    return Path(unquote(table.table_uri.removeprefix("file://")))


def files_of(table: DeltaTable) -> list[DataFile]:
    """List the files of an opened version, in the order of their names."""
    folder = table_folder(table)
    actions = pa.table(table.get_add_actions(flatten=True))
    if not actions.num_rows:
        return []
    columns = (actions[name].to_pylist() for name in ("path", "size_bytes", "partition.year"))
    files = (
        DataFile(folder / unquote(path), size, year)
        for path, size, year in zip(*columns, strict=True)
    )
    return sorted(files, key=lambda file: file.path)


def expected_digests(path: Path) -> tuple[str, ...]:
    """Return the digests that a file may have: by its name, or by its seal; none if unknown."""
    named = _NAME.fullmatch(path.name)
    return (named["sha256"],) if named is not None else seals.sealed(path)


def verify(file: DataFile) -> None:
    """Make sure that a file is what was stored; a look at its size and time where it was before.

    Raises
    ------
    LostFileError, DamagedStoreError
    """
    try:
        about = file.path.stat()
    except FileNotFoundError:
        raise LostFileError(file.path) from None
    if about.st_size != file.size:
        found = f"has {about.st_size:,} bytes, and {file.size:,} were stored"
        raise DamagedStoreError(file.path, found=found)
    _verify_content(file.path, (about.st_mtime_ns, about.st_ino))


@lru_cache(maxsize=_FILES_REMEMBERED)
def _verify_content(path: Path, state: tuple[int, int]) -> None:
    expected = expected_digests(path)
    if not expected:
        return
    with path.open("rb") as content:
        if seals.digest_of(content) not in expected:
            raise DamagedStoreError(path, found="does not hold what was stored")


def write(folder: Path, batches: Iterable[pa.RecordBatch]) -> list[AddAction]:
    """Write rows into new files, one a year, and return what the log is told of them.

    The files are on the disk when this returns. On an error none is left.

    Parameters
    ----------
    folder : Path
        Of the table.
    batches : iterable of RecordBatch
        `TABLE_SCHEMA`.
    """
    written: list[AddAction] = []
    try:
        with ExitStack() as stack:
            years: dict[int, _YearFile] = {}
            for batch in batches:
                for year in pc.unique(batch["year"]).to_pylist():
                    if year not in years:
                        years[year] = _YearFile(folder, year=year, written=written, stack=stack)
                    years[year].add(batch.filter(pc.equal(batch["year"], year)))
            for each in years.values():
                each.finish()
    except BaseException:
        discard(folder, written)
        raise
    return written


def discard(folder: Path, written: Sequence[AddAction]) -> None:
    """Remove files that no log names."""
    for each in written:
        durable.remove_file(folder / each.path, missing_ok=True)


def remove_for_good(folder: Path, paths: Iterable[Path]) -> None:
    """Remove files that no version is to be read from any more, and write down that they were.

    What is written down is not missed when the store is checked. It is on the disk before the
    first file goes.

    Parameters
    ----------
    folder : Path
        Of the table.
    paths : iterable of Path
        Files in it.
    """
    going = list(paths)
    names = removed_for_good(folder) | {each.relative_to(folder).as_posix() for each in going}
    record = "".join(f"{name}\n" for name in sorted(names))
    seals.write_file(folder / _REMOVED, record.encode())
    for each in going:
        remove = seals.remove_file if seals.sealed(each) else durable.remove_file
        remove(each, missing_ok=True)


def removed_for_good(folder: Path) -> frozenset[str]:
    """Return the files of a table, by their paths in its folder, that were removed for good."""
    try:
        return frozenset((folder / _REMOVED).read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        return frozenset()


def removal(file: DataFile, *, at_ms: int) -> RemoveAction:
    """Return what the log is told of a file that a change replaces."""
    return RemoveAction(
        path=file.path.relative_to(file.path.parents[1]).as_posix(),
        data_change=True,
        deletion_timestamp=at_ms,
        size=file.size,
        partition_values={"year": str(file.year)},
    )


class _YearFile:
    """The file of one year while it is written; it takes its name when `stack` ends."""

    def __init__(
        self, folder: Path, *, year: int, written: list[AddAction], stack: ExitStack
    ) -> None:
        self._year, self._written = year, written
        self._rows, self._waiting, self._name = 0, 0, ""
        self._batches: list[pa.RecordBatch] = []
        self._partition = folder / f"year={year}"
        self._file = stack.enter_context(
            durable.replacing(self._partition / "rows", named=self._named)
        )
        self._writer = stack.enter_context(
            pq.ParquetWriter(
                self._file,
                _FILE_SCHEMA,
                compression="zstd",
                compression_level=1,
                write_page_checksum=True,
            )
        )

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep rows of the year until there are enough for a group of rows."""
        self._batches.append(batch.select(_FILE_SCHEMA.names))
        self._waiting += batch.num_rows
        if self._waiting >= _GROUP_ROWS:
            self._write()

    def finish(self) -> None:
        """Write the rows that are waiting."""
        self._write()

    def _write(self) -> None:
        if self._waiting:
            rows = pa.Table.from_batches(self._batches).cast(_FILE_SCHEMA)
            self._writer.write_table(rows, row_group_size=_GROUP_ROWS)
            self._rows += rows.num_rows
            self._batches, self._waiting = [], 0

    def _named(self, file: IO[bytes]) -> str:
        file.flush()
        about = os.fstat(file.fileno())
        name = f"part-{secrets.token_hex(4)}-{seals.digest_of(file)}.parquet"
        self._written.append(
            AddAction(
                path=f"year={self._year}/{name}",
                size=about.st_size,
                partition_values={"year": str(self._year)},
                modification_time=about.st_mtime_ns // 1_000_000,
                data_change=True,
                stats=json.dumps({"numRecords": self._rows}),
            )
        )
        return name

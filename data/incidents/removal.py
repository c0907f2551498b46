"""Removing incidents, or a part of each, so that nothing of it is left in the table's folder.

A row that is removed from the newest version still lies in the files of earlier ones, and its least
and greatest values may stand in the entries of the log. So its files go from every version, and the
log begins again at a checkpoint of the newest. Earlier versions can then no longer be opened, and
no earlier import taken back; what each version was stays in the record of the table's history.

Whoever removes holds the store's lock alone, so no import is running: a file that no version names
was left by one that was killed, or by a removal that was, and goes. One with what is due goes last,
like every such file: as long as it is there, a second run knows that there is something to end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.incidents import table as store
from data.incidents.categories import category_codes
from data.incidents.commits import CommitConflictError, write_checkpoint
from data.incidents.data_files import DataFile, files_of, remove_for_good
from data.incidents.history import record_history
from data.incidents.imports import ATTEMPTS, StoreBusyError
from data.incidents.log_files import log_files
from data.incidents.upkeep import readable_versions, remove_entries, remove_unfinished
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from deltalake import DeltaTable
    from numpy.typing import NDArray

    from data.settings import Settings

    IsDue = Callable[[pa.RecordBatch], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class KeptSince:
    """Incidents of a source and a category, or of all, that ended before a moment are to go.

    Where several fit a row, the one that names more decides, and a source is more than a category.
    """

    since: datetime
    source: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class DueIncidents:
    """What is due in the incident table.

    Attributes
    ----------
    rows : int
        Rows of the newest version.
    files : tuple of DataFile
        Files of the newest version that hold them.
    earlier : tuple of Path
        Files of earlier versions alone, and of none any more, that hold any.
    """

    rows: int
    files: tuple[DataFile, ...]
    earlier: tuple[Path, ...]


def past_their_time(rules: Sequence[KeptSince]) -> IsDue:
    """Return the question whether each row is past the time that the rules give it."""
    ordered = sorted(rules, key=lambda rule: (rule.source is not None, rule.category is not None))

    def is_due(batch: pa.RecordBatch) -> NDArray[np.bool_]:
        rows = pa.Table.from_batches([batch])
        encoded = {name: rows[name].dictionary_encode() for name in ("category", "offence")}
        category = category_codes(pa.table(encoded))
        source = rows["source"].to_numpy()
        times = (rows[name].cast(pa.int64()) for name in ("starts_at", "ends_at"))
        ended = pc.max_element_wise(*times).to_numpy()  # of the start alone where no end is known
        since = np.full(len(ended), np.iinfo(np.int64).min)
        for rule in ordered:
            fits = np.ones(len(ended), dtype=np.bool_)
            if rule.source is not None:
                fits &= source == rule.source
            if rule.category is not None:
                fits &= category == CATEGORIES.index(rule.category)
            since[fits] = int(rule.since.timestamp()) * 1_000_000
        return np.asarray(ended < since, dtype=np.bool_)

    return is_due


def of_caller(reference: str) -> IsDue:
    """Return the question whether each row is a call of one caller."""

    def is_due(batch: pa.RecordBatch) -> NDArray[np.bool_]:
        same = pc.fill_null(pc.equal(batch["caller_ref"], reference), fill_value=False)
        return np.asarray(same.to_numpy(zero_copy_only=False), dtype=np.bool_)

    return is_due


def due_incidents(settings: Settings, *, is_due: IsDue) -> DueIncidents:
    """Find what is due, in the newest version and in what is left of earlier ones."""
    try:
        newest = store.opened(settings)
    except store.EmptyStoreError:
        return DueIncidents(0, (), ())
    rows, files = 0, []
    for each in files_of(newest):
        count = _count(newest, each, is_due=is_due)
        if count:
            rows += count
            files.append(each)
    earlier = [
        each.path
        for each in _earlier_files(settings, newest=newest)
        if _count(newest, each, is_due=is_due)
    ]
    earlier += [each.path for each in _unnamed_files(settings) if _holds_due(each, is_due=is_due)]
    return DueIncidents(rows, tuple(files), tuple(earlier))


def remove_incidents(settings: Settings, *, is_due: IsDue, event: dict[str, Any]) -> int:
    """Remove the rows that are due from every version; return how many the newest had.

    Parameters
    ----------
    settings : Settings
    is_due : callable
    event : dict
        Written into the new version; its count is added.

    Raises
    ------
    StoreBusyError
        If others kept storing first. Nothing is removed then.
    """

    def others(batch: pa.RecordBatch, due: NDArray[np.bool_]) -> pa.RecordBatch:
        return batch.filter(pa.array(~due))

    return _clear(settings, is_due=is_due, change=others, event=event)


def forget_caller(settings: Settings, reference: str, *, event: dict[str, Any]) -> int:
    """Remove a caller's reference from every row and version; return how many rows had it.

    The rows stay, and so does what tells a changed row (``row_hash``): importing the same file
    again does not bring the reference back.
    """

    def nameless(batch: pa.RecordBatch, due: NDArray[np.bool_]) -> pa.RecordBatch:
        at = batch.schema.get_field_index("caller_ref")
        callers = pc.if_else(pa.array(due), pa.scalar(None, pa.string()), batch["caller_ref"])
        return batch.set_column(at, batch.schema.field(at), callers)

    return _clear(settings, is_due=of_caller(reference), change=nameless, event=event)


def _clear(
    settings: Settings,
    *,
    is_due: IsDue,
    change: Callable[[pa.RecordBatch, NDArray[np.bool_]], pa.RecordBatch],
    event: dict[str, Any],
) -> int:
    _remove_left_behind(settings, is_due=is_due)
    for _ in range(ATTEMPTS):
        due = due_incidents(settings, is_due=is_due)
        if not due.files and not due.earlier:
            return 0
        table = store.opened(settings)
        changed = (change(batch, is_due(batch)) for batch in store.rows_of(table, due.files))
        content = (batch for batch in changed if batch.num_rows)
        told = {**event, "rows": due.rows}
        try:
            if due.files:
                store.rewrite(table, due.files, content, event=told)
            else:
                store.note(table, event=told)
        except CommitConflictError:
            continue
        begin_log_again(settings)
        going = [*(each.path for each in due.files), *due.earlier]
        remove_for_good(settings.incidents_path, going)
        return due.rows
    raise StoreBusyError


def begin_log_again(settings: Settings, *, at: int | None = None) -> None:
    """Let the log begin at a checkpoint: what the entries before it say stays in the record.

    Parameters
    ----------
    settings : Settings
    at : int, optional
        The version; the newest unless given.
    """
    table = store.opened(settings)
    record_history(table)
    first = table.version() if at is None else at
    if first not in log_files(settings.incidents_path).checkpoints:
        write_checkpoint(settings.incidents_path, version=first)
    remove_entries(settings, before=first)


def _remove_left_behind(settings: Settings, *, is_due: IsDue) -> None:
    """Remove what no version has, and what was being written when it was cut short.

    A file that holds what is due stays for now: by it a removal that was cut short is known.
    """
    going = [each.path for each in _unnamed_files(settings) if not _holds_due(each, is_due=is_due)]
    if going:
        remove_for_good(settings.incidents_path, going)
    remove_unfinished(settings.incidents_path)


def _logged_versions(settings: Settings) -> range:
    """Return the versions back to the first that the log knows, the newest included."""
    log = log_files(settings.incidents_path)
    known = log.entries | log.checkpoints
    return range(min(known), max(known) + 1) if known else range(0)


def _earlier_files(settings: Settings, *, newest: DeltaTable) -> Iterator[DataFile]:
    """Yield the files of earlier versions alone."""
    used = {each.path for each in files_of(newest)}
    for files in readable_versions(settings, among=_logged_versions(settings)).values():
        for each in files:
            if each.path not in used:
                used.add(each.path)
                yield each


def _unnamed_files(settings: Settings) -> Iterator[DataFile]:
    """Yield the files that no version has that can be opened."""
    kept = readable_versions(settings, among=_logged_versions(settings))
    used = {each.path for files in kept.values() for each in files}
    for path in sorted(settings.incidents_path.glob("year=*/*.parquet")):
        if path not in used:
            year = int(path.parent.name.partition("=")[2])
            yield DataFile(path, path.stat().st_size, year)


def _holds_due(file: DataFile, *, is_due: IsDue) -> bool:
    """Tell whether a file that no version has holds what is due; one that is damaged does not."""
    try:
        rows = pq.read_table(file.path, partitioning=None)
    except (pa.ArrowException, OSError):
        return False
    return any(is_due(batch).any() for batch in rows.to_batches())


def _count(table: DeltaTable, file: DataFile, *, is_due: IsDue) -> int:
    return sum(int(np.count_nonzero(is_due(batch))) for batch in store.rows_of(table, [file]))

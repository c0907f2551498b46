"""Bringing checked rows into the incident table: one import, one commit.

The rows are joined to their wards as they are read; then each is matched against what the table
holds of its id, and only rows that change something are written. Rows whose ids are all new are
appended; a merge by id is made where some replace rows held, limited to the partitions in which
those lie (a corrected row may move to another year). A file imported twice touches no data file.

The table's version is fixed while this is worked out. Where another import is stored first, the
matching is done again against its result, so the counts of both are true.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import durable
from data.access import computer_account
from data.faults import plain_faults
from data.incidents import table as store
from data.incidents.choices import ImportChoices
from data.incidents.commits import CommitConflictError
from data.incidents.gathering import Gathered, gather
from data.incidents.identities import (
    EXISTING_COLUMNS,
    Identified,
    identify,
    reference_notes,
    reference_of,
    with_ids,
)
from data.incidents.imports import (
    ATTEMPTS,
    ImportRecord,
    RowCounts,
    StoreBusyError,
    import_event,
    imports,
)
from data.incidents.matching import CHANGED, NEW, SAME, Fates, fates
from data.incidents.midnights import heaps_of_import, sources_with_real_midnights
from data.incidents.table_faults import table_faults
from data.rows.contract import TABLE_SCHEMA
from data.rows.rejected import sweep
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from deltalake import DeltaTable
    from numpy.typing import NDArray

    from data.rows.contract import Checked
    from data.settings import Settings
    from geo.wards import WardLayer

_CHUNK_ROWS: Final = 1 << 20
_WRITTEN_ROWS: Final = 100_000
_READING_SHARE: Final = 0.8


class CountsError(ValueError):
    """The five counts do not add up to the rows read: a fault of ours; nothing was stored."""


class OtherWardsError(PlainError, ValueError):
    """The table is joined to another ward layer than the one given."""

    def __init__(self) -> None:
        super().__init__(
            "The incidents in the store are joined to another ward layer than the one given. "
            "Join them to the new wards first (Import data, Wards), then import."
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: `fraction` of all the work, 0 to 1, and the rows read so far."""

    stage: Literal["reading", "matching", "writing", "done"]
    fraction: float
    rows_read: int


@dataclass(frozen=True, slots=True)
class _Job:
    """What an import was asked to do."""

    import_id: str
    name: str
    now: datetime
    notes: tuple[str, ...]
    settings: Settings
    ward_layer: str
    choices: ImportChoices
    tell: Callable[[Progress], None]

    @property
    def folder(self) -> Path:
        """Where the rejected rows go."""
        return self.settings.imports_path / self.import_id


def import_batches(
    batches: Iterable[Checked],
    *,
    settings: Settings,
    wards: WardLayer,
    name: str,
    now: datetime,
    notes: Sequence[str] = (),
    choices: ImportChoices | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportRecord:
    """Import rows that a source has checked.

    Parameters
    ----------
    batches : iterable of Checked
        What a source gives, in the order of its files.
    settings : Settings
    wards : WardLayer
        The layer the table is (to be) joined to.
    name : str
        What the user calls this import.
    now : datetime
        When it was begun.
    notes : sequence of str
        Kept with the record.
    choices : ImportChoices, optional
        What the user said of what the rows do not say themselves.
    progress : callable, optional
        Told after each batch and each step.

    Returns
    -------
    ImportRecord
        With the five counts.

    Raises
    ------
    OtherWardsError
        If the table is joined to another ward layer.
    StoreBusyError
        If others kept storing first. Nothing is stored then.
    ContractError, CountsError
        If a source or this module is at fault. Nothing is stored then.

    Notes
    -----
    Whatever `batches` raises passes through, and nothing is stored.
    """
    job = _Job(
        import_id=f"{now:%Y%m%d-%H%M%S}-{token_hex(3)}",
        name=name,
        now=now,
        notes=tuple(notes),
        settings=settings,
        ward_layer=store.layer_key(wards),
        choices=choices or ImportChoices(),
        tell=progress or (lambda _: None),
    )
    _refuse_other_wards(job, store.versions(settings))
    sweep(settings.imports_path, known=[one.import_id for one in imports(settings)], now=now)
    with ExitStack() as on_failure:
        on_failure.callback(shutil.rmtree, job.folder, ignore_errors=True)
        with plain_faults("The folder of imports in the store", do="Check HOTSPOT_STORE."):
            durable.make_folder(job.folder)
        gathered = gather(
            batches,
            import_id=job.import_id,
            folder=job.folder,
            wards=wards,
            tolerance_m=settings.ward_tolerance_m,
            tell=lambda read, rows: job.tell(Progress("reading", _READING_SHARE * read, rows)),
        )
        _store(job, gathered)
        on_failure.pop_all()
    if gathered.rejected_file is None:
        job.folder.rmdir()
    job.tell(Progress("done", 1.0, gathered.rows_read))
    return next(one for one in imports(settings) if one.import_id == job.import_id)


def _refuse_other_wards(job: _Job, listed: Sequence[store.Version]) -> None:
    if store.joined_layer(listed) not in (job.ward_layer, None):
        raise OtherWardsError


@table_faults()
def _store(job: _Job, gathered: Gathered) -> None:
    """Match the rows against the table and commit; again from the start where others got first."""
    references = pc.unique(gathered.rows["incident_id"])
    for _ in range(ATTEMPTS):
        opened = store.open_or_create(job.settings)
        _refuse_other_wards(job, store.versions_of(opened))
        job.tell(Progress("matching", 0.85, gathered.rows_read))
        identified = identify(
            gathered.rows,
            _stored_rows(opened, references),
            rule=job.choices.reference_rule,
            timezone=job.settings.timezone,
        )
        row_hash = gathered.rows["row_hash"].to_numpy()
        found = fates(identified.code, row_hash, existing=identified.existing)
        record = _record(job, gathered, fates=found, version=opened.version())
        record = replace(record, notes=(*job.notes, *_notes(job, gathered, identified, opened)))
        event = import_event(record, ward_layer=job.ward_layer)
        job.tell(Progress("writing", 0.9, gathered.rows_read))
        try:
            _commit(opened, with_ids(gathered.rows, identified), fates=found, event=event)
        except CommitConflictError:
            continue
        return
    raise StoreBusyError


def _stored_rows(opened: DeltaTable, references: pa.Array) -> pa.Table:
    """Read what the table holds of some references, a million rows of it at a time."""
    columns = list(EXISTING_COLUMNS)
    parts = [pa.schema([TABLE_SCHEMA.field(name) for name in columns]).empty_table()]
    for chunk in _chunks(opened, columns=columns):
        known = pc.is_in(reference_of(chunk["incident_id"]), value_set=references)
        parts.append(chunk.filter(known).cast(parts[0].schema))
    return pa.concat_tables(parts).combine_chunks()


def _chunks(opened: DeltaTable, *, columns: list[str]) -> Iterator[pa.Table]:
    """Read columns of the table a million rows at a time (each look-up has a cost of its own)."""
    waiting: list[pa.RecordBatch] = []
    for batch in store.dataset(opened, with_year=True).to_batches(columns=columns):
        waiting.append(batch)
        if sum(len(each) for each in waiting) >= _CHUNK_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _record(job: _Job, gathered: Gathered, *, fates: Fates, version: int) -> ImportRecord:
    inside = fates.fate[~gathered.outside]
    counts = RowCounts(
        imported=int(np.count_nonzero(inside == NEW)),
        updated=int(np.count_nonzero(inside == CHANGED)),
        unchanged=int(np.count_nonzero(inside == SAME)),
        rejected=gathered.rejected,
        outside=int(np.count_nonzero(gathered.outside)),
    )
    if counts.total != gathered.rows_read:
        message = (
            f"{counts} add up to {counts.total}, but "
            f"{counted(gathered.rows_read, 'row was', 'rows were')} read"
        )
        raise CountsError(message)
    rejected_file = gathered.rejected_file
    return ImportRecord(
        import_id=job.import_id,
        name=job.name,
        source=", ".join(sorted(pc.unique(gathered.rows["source"].cast(pa.string())).to_pylist())),
        files=gathered.files,
        started=job.now,
        finished=job.now,
        counts=counts,
        rows_read=gathered.rows_read,
        rows_added=len(fates.insert),
        rows_changed=len(fates.update),
        version_before=version,
        version_after=version + 1,
        rejected_file=None if rejected_file is None else job.folder / rejected_file,
        notes=job.notes,
        real_midnights=job.choices.real_midnights,
        reference_rule=job.choices.reference_rule,
        person=job.choices.person or computer_account(),
    )


def _notes(
    job: _Job, gathered: Gathered, identified: Identified, opened: DeltaTable
) -> tuple[str, ...]:
    """Say what stands out: callers left out, references that come again, and heaps at 00:00."""
    rows, timezone = gathered.rows, job.settings.timezone
    real = sources_with_real_midnights(store.versions_of(opened))
    if job.choices.real_midnights:
        real |= frozenset(pc.unique(rows["source"].cast(pa.string())).to_pylist())
    heaps = heaps_of_import(rows, timezone=timezone, real=real)
    repeats = reference_notes(identified, rows, rule=job.choices.reference_rule, timezone=timezone)
    return (*_erased_note(gathered), *repeats, *(heap.sentence for heap in heaps))


def _erased_note(gathered: Gathered) -> tuple[str, ...]:
    if not gathered.without_caller:
        return ()
    return (
        f"Rows of callers who were erased on request: {gathered.without_caller:,}. They count as "
        "incidents, and nothing of their callers is stored.",
    )


def _commit(opened: DeltaTable, rows: pa.Table, *, fates: Fates, event: dict[str, Any]) -> None:
    """Write the rows that change something, in order of time, in one commit."""
    positions = np.concatenate([fates.insert, fates.update])
    if not len(positions):
        store.note(opened, event=event)
        return
    starts = rows["starts_at"].cast(pa.int64()).to_numpy()
    changes = _stream(rows, positions[np.argsort(starts[positions], kind="stable")])
    if len(fates.update):
        replaced = rows["incident_id"].take(pa.array(fates.update)).cast(pa.string())
        store.merge(opened, changes, replaced=replaced, years=fates.years, event=event)
    else:
        store.append(opened, changes, event=event)


def _stream(rows: pa.Table, positions: NDArray[np.int64]) -> pa.RecordBatchReader:
    """Return the rows at some positions, words spelt out, without a copy of all of them."""

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(positions), _WRITTEN_ROWS):
            chosen = rows.take(pa.array(positions[start : start + _WRITTEN_ROWS]))
            yield from chosen.cast(TABLE_SCHEMA).combine_chunks().to_batches()

    return pa.RecordBatchReader.from_batches(TABLE_SCHEMA, batches())

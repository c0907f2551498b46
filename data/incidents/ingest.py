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
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pyarrow as pa

from data import durable
from data.access import computer_account
from data.faults import plain_faults
from data.incidents import table as store
from data.incidents.choices import Expected, ImportChoices
from data.incidents.commits import CommitConflictError
from data.incidents.gathering import Gathered, gather
from data.incidents.identities import with_ids
from data.incidents.imports import (
    ATTEMPTS,
    ImportRecord,
    StoreBusyError,
    import_event,
    imports,
)
from data.incidents.matched import Matched, matched
from data.incidents.table_faults import table_faults
from data.rows.contract import TABLE_SCHEMA
from data.rows.rejected import RejectedRows, sweep
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from deltalake import DeltaTable
    from numpy.typing import NDArray

    from data.incidents.matching import Fates
    from data.rows.contract import Checked
    from data.settings import Settings
    from geo.wards import WardLayer

_WRITTEN_ROWS: Final = 100_000
_READING_SHARE: Final = 0.8


class OtherWardsError(PlainError, ValueError):
    """The table is joined to another ward layer than the one given."""

    def __init__(self) -> None:
        super().__init__(
            "The incidents in the store are joined to another ward layer than the one given. "
            "Join them to the new wards first (Import data, Wards), then import."
        )


class OutdatedPreviewError(PlainError, ValueError):
    """An import would no longer do what its preview said."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing was imported: the store has changed since the preview, so the import would "
            "not do what the preview says. Look at the new preview, then import."
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
        Told after each batch and each step; what it raises before "done" leaves nothing.

    Returns
    -------
    ImportRecord
        With the five counts.

    Raises
    ------
    OtherWardsError
        If the table is joined to another ward layer.
    OutdatedPreviewError
        If the table is not at the version of the preview, or the counts are not its counts.
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
            rejects=RejectedRows(job.folder),
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
    for _ in range(ATTEMPTS):
        opened = store.open_or_create(job.settings)
        _refuse_other_wards(job, store.versions_of(opened))
        job.tell(Progress("matching", 0.85, gathered.rows_read))
        match = matched(gathered, opened, choices=job.choices, timezone=job.settings.timezone)
        record = _record(job, gathered, match=match)
        if job.choices.expected not in (None, _expected(record)):
            raise OutdatedPreviewError
        event = import_event(record, ward_layer=job.ward_layer)
        job.tell(Progress("writing", 0.9, gathered.rows_read))
        rows = with_ids(gathered.rows, match.identified)
        try:
            _commit(opened, rows, fates=match.fates, event=event)
        except CommitConflictError:
            continue
        return
    raise StoreBusyError


def _record(job: _Job, gathered: Gathered, *, match: Matched) -> ImportRecord:
    rejected_file = gathered.rejected_file
    return ImportRecord(
        import_id=job.import_id,
        name=job.name,
        source=", ".join(gathered.sources),
        files=gathered.files,
        started=job.now,
        finished=job.now,
        counts=match.counts,
        rows_read=gathered.rows_read,
        rows_added=len(match.fates.insert),
        rows_changed=len(match.fates.update),
        version_before=match.version,
        version_after=match.version + 1,
        rejected_file=None if rejected_file is None else job.folder / rejected_file,
        notes=(*job.notes, *match.notes),
        real_midnights=job.choices.real_midnights,
        reference_rule=job.choices.reference_rule,
        person=job.choices.person or computer_account(),
    )


def _expected(record: ImportRecord) -> Expected:
    return Expected(record.version_before, record.counts, record.rows_added, record.rows_changed)


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

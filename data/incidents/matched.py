"""What an import would do to the table at one version: worked out, and nothing written.

The import writes what this says, and its preview shows it, so the two cannot count differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.incidents import table as store
from data.incidents.identities import (
    EXISTING_COLUMNS,
    Identified,
    identify,
    reference_notes,
    reference_of,
)
from data.incidents.imports import RowCounts
from data.incidents.matching import CHANGED, NEW, SAME, Fates, fates
from data.incidents.midnights import heaps_of_import, sources_with_real_midnights
from data.rows.contract import TABLE_SCHEMA
from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deltalake import DeltaTable

    from data.incidents.choices import ImportChoices
    from data.incidents.gathering import Gathered

_CHUNK_ROWS: Final = 1 << 20


class CountsError(ValueError):
    """The five counts do not add up to the rows read: a fault of ours; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What becomes of each row of an import against one version of the table.

    Attributes
    ----------
    identified : Identified
        Which incident each row is.
    fates : Fates
    counts : RowCounts
        They add up to the rows read.
    notes : tuple of str
        What stands out: callers left out, references that come again, heaps at 00:00.
    version : int
        Of the table; 0 where there is none yet, as the empty table that an import makes has it.
    """

    identified: Identified
    fates: Fates
    counts: RowCounts
    notes: tuple[str, ...]
    version: int


def matched(
    gathered: Gathered, opened: DeltaTable | None, *, choices: ImportChoices, timezone: str
) -> Matched:
    """Match the rows of an import against the table.

    Parameters
    ----------
    gathered : Gathered
    opened : DeltaTable or None
        At the version that is meant; None where nothing was ever imported.
    choices : ImportChoices
    timezone : str
        IANA name of the local time, in which days are counted.

    Raises
    ------
    CountsError
        If this module is at fault.
    """
    rows = gathered.rows
    references = pc.unique(rows["incident_id"])
    identified = identify(
        rows,
        _stored_rows(opened, references),
        rule=choices.reference_rule,
        timezone=timezone,
    )
    fate = fates(identified.code, rows["row_hash"].to_numpy(), existing=identified.existing)
    return Matched(
        identified=identified,
        fates=fate,
        counts=_counts(gathered, fate),
        notes=_notes(gathered, identified, opened, choices=choices, timezone=timezone),
        version=0 if opened is None else opened.version(),
    )


def _stored_rows(opened: DeltaTable | None, references: pa.Array) -> pa.Table:
    """Read what the table holds of some references, a million rows of it at a time."""
    columns = list(EXISTING_COLUMNS)
    parts = [pa.schema([TABLE_SCHEMA.field(name) for name in columns]).empty_table()]
    for chunk in [] if opened is None else _chunks(opened, columns=columns):
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


def _counts(gathered: Gathered, fate: Fates) -> RowCounts:
    inside = fate.fate[~gathered.outside]
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
    return counts


def _notes(
    gathered: Gathered,
    identified: Identified,
    opened: DeltaTable | None,
    *,
    choices: ImportChoices,
    timezone: str,
) -> tuple[str, ...]:
    rows = gathered.rows
    real = sources_with_real_midnights([] if opened is None else store.versions_of(opened))
    if choices.real_midnights:
        real |= frozenset(pc.unique(rows["source"].cast(pa.string())).to_pylist())
    heaps = heaps_of_import(rows, timezone=timezone, real=real)
    repeats = reference_notes(identified, rows, rule=choices.reference_rule, timezone=timezone)
    return (*_erased_note(gathered), *repeats, *(heap.sentence for heap in heaps))


def _erased_note(gathered: Gathered) -> tuple[str, ...]:
    if not gathered.without_caller:
        return ()
    return (
        f"Rows of callers who were erased on request: {gathered.without_caller:,}. They count as "
        "incidents, and nothing of their callers is stored.",
    )

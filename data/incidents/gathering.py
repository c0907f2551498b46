"""The first half of an import: all its rows read, checked, joined to their wards, in memory.

The accepted rows wait in one Arrow table; the rejected ones are in their file already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.incidents.matching import row_hashes
from data.incidents.wards_join import WARD_COLUMNS, ward_columns
from data.rows.contract import SOURCE_SCHEMA, TABLE_SCHEMA
from models.incidents.precisions import PLACE_PRECISIONS, TIME_PRECISIONS
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from data.incidents.wards_join import WardColumns
    from data.rows.contract import Checked
    from geo.wards import WardLayer

# Rows wait in memory with their repeated words as dictionaries: half the size.
_GATHERED_SCHEMA: Final = pa.schema(
    pa.field(field.name, pa.dictionary(pa.int32(), pa.string()), field.nullable)
    if pa.types.is_string(field.type) and field.name not in ("incident_id", "caller_ref")
    else field
    for field in TABLE_SCHEMA
)
_CLOSED_LISTS: Final = {
    "category": CATEGORIES,
    "time_precision": TIME_PRECISIONS,
    "place_precision": PLACE_PRECISIONS,
}


class ContractError(ValueError):
    """A source gave rows that break the table's contract: a fault of the source's code."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """An import's accepted rows with the table's columns, in the order of the files."""

    rows: pa.Table
    outside: NDArray[np.bool_]
    rows_read: int
    rejected: int
    rejected_file: str | None
    files: tuple[str, ...]
    without_caller: int

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of the accepted rows, by name."""
        return tuple(sorted(pc.unique(self.rows["source"].cast(pa.string())).to_pylist()))


class Rejects(Protocol):
    """What takes rejected rows batch by batch: their file, or only their number and reasons."""

    rows: int

    def add(self, rejected: pd.DataFrame) -> None:
        """Take a batch."""

    def finish(self) -> str | None:
        """Return the name of their file; None where there is none."""


def gather(
    batches: Iterable[Checked],
    *,
    import_id: str,
    rejects: Rejects,
    wards: WardLayer,
    tolerance_m: float,
    tell: Callable[[float, int], None],
) -> Gathered:
    """Read all batches, join each to its wards, and hand the rejected rows on.

    Parameters
    ----------
    batches : iterable of Checked
    import_id : str
        Written into each row.
    rejects : Rejects
        Takes the rejected rows.
    wards : WardLayer
    tolerance_m : float
        A point at most this far outside a ward is given to it, flagged.
    tell : callable
        Told how much has been read, 0 to 1, and how many rows, after each batch.

    Raises
    ------
    ContractError
        If a batch breaks the table's contract.
    """
    parts = [_GATHERED_SCHEMA.empty_table()]
    outside = [np.empty(0, dtype=np.bool_)]
    files: dict[str, None] = {}
    rows_read = without_caller = 0
    for batch in batches:
        files[batch.file] = None
        rows_read += batch.rows_read
        without_caller += batch.without_caller
        rejects.add(batch.rejected)
        if batch.accepted.num_rows:
            rows = _checked(batch.accepted)
            found = ward_columns(
                rows["easting"].to_numpy(),
                rows["northing"].to_numpy(),
                wards=wards,
                tolerance_m=tolerance_m,
            )
            parts.append(_with_store_columns(rows, found, import_id=import_id))
            outside.append(found.outside)
        tell(batch.fraction_done, rows_read)
    return Gathered(
        rows=pa.concat_tables(parts).unify_dictionaries().combine_chunks(),
        outside=np.concatenate(outside),
        rows_read=rows_read,
        rejected=rejects.rows,
        rejected_file=rejects.finish(),
        files=tuple(files),
        without_caller=without_caller,
    )


def _checked(rows: pa.Table) -> pa.Table:
    """Return the rows in the contract's types; refuse what breaks the contract."""
    if rows.schema.names != SOURCE_SCHEMA.names:
        message = f"A source gave the columns {rows.schema.names}, not {SOURCE_SCHEMA.names}"
        raise ContractError(message)
    rows = rows.cast(SOURCE_SCHEMA)
    for field in SOURCE_SCHEMA:
        if not field.nullable and rows[field.name].null_count:
            message = f"A source gave {rows[field.name].null_count} rows with no {field.name}"
            raise ContractError(message)
    for column, allowed in _CLOSED_LISTS.items():
        found = set(pc.unique(rows[column]).to_pylist())
        if not found <= set(allowed):
            message = f"A source gave {column} {sorted(found - set(allowed))}, not in {allowed}"
            raise ContractError(message)
    for column in ("easting", "northing"):
        if not np.isfinite(rows[column].to_numpy()).all():
            message = f"A source gave rows whose {column} is not a finite number"
            raise ContractError(message)
    return rows


def _with_store_columns(rows: pa.Table, wards: WardColumns, *, import_id: str) -> pa.Table:
    """Add the store's half of the contract to a batch."""
    added = {name: getattr(wards, name) for name in WARD_COLUMNS}
    added["import_id"] = pa.repeat(pa.scalar(import_id), rows.num_rows)
    added["row_hash"] = pa.array(row_hashes(rows))
    added["year"] = pc.year(rows["starts_at"]).cast(pa.int32())
    arrays = [
        rows[name] if name in SOURCE_SCHEMA.names else added[name] for name in TABLE_SCHEMA.names
    ]
    return pa.table(arrays, schema=TABLE_SCHEMA).cast(_GATHERED_SCHEMA)

"""Which ward each incident lies in, and joining the whole table to a new ward layer.

Every incident gets exactly one ward. One outside every ward but within the tolerance of the
settings is given the nearest and flagged; one further out is kept with no ward: it is the buffer
that edge correction uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from data.incidents import table as store
from data.rows.contract import TABLE_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from deltalake import DeltaTable
    from numpy.typing import NDArray

    from data.settings import Settings
    from geo.wards import WardLayer

WARD_COLUMNS: Final = ("ward_code", "borough_code", "ward_snapped")
_BATCH_ROWS: Final = 500_000


@dataclass(frozen=True, slots=True)
class WardColumns:
    """The three ward columns of n rows, and `outside`: true where a row is in no ward."""

    ward_code: pa.Array
    borough_code: pa.Array
    ward_snapped: pa.Array
    outside: NDArray[np.bool_]


def ward_columns(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    wards: WardLayer,
    tolerance_m: float,
) -> WardColumns:
    """Find the ward of each point.

    Parameters
    ----------
    easting, northing : float64 array of shape (n,)
        Metres, in the layer's metric CRS.
    wards : WardLayer
    tolerance_m : float
        A point at most this far outside is given the nearest ward, flagged.
    """
    match = wards.locate(easting, northing, tolerance_m=tolerance_m)
    outside = match.ward < 0
    index = pa.array(np.where(outside, 0, match.ward), mask=outside)
    return WardColumns(
        ward_code=pa.array(wards.codes, pa.string()).take(index),
        borough_code=pa.array(wards.borough_codes, pa.string()).take(index),
        ward_snapped=pa.array(match.snapped),
        outside=outside,
    )


def joined_content(
    table: DeltaTable, wards: WardLayer, *, tolerance_m: float
) -> pa.RecordBatchReader:
    """Return the whole content of an opened table, joined again, as a stream of batches."""

    def batches() -> Iterator[pa.RecordBatch]:
        scanned = store.dataset(table, with_year=True)
        for batch in scanned.to_batches(columns=TABLE_SCHEMA.names, batch_size=_BATCH_ROWS):
            if not batch.num_rows:
                continue
            found = ward_columns(
                batch["easting"].to_numpy(),
                batch["northing"].to_numpy(),
                wards=wards,
                tolerance_m=tolerance_m,
            )
            arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
            arrays |= {name: getattr(found, name) for name in WARD_COLUMNS}
            yield pa.record_batch(
                [arrays[name] for name in TABLE_SCHEMA.names], schema=TABLE_SCHEMA
            )

    return pa.RecordBatchReader.from_batches(TABLE_SCHEMA, batches())


def rejoin(settings: Settings, wards: WardLayer, *, now: datetime) -> store.Version | None:
    """Join the whole table to a ward layer that replaces the one in use, as one new version.

    Parameters
    ----------
    settings : Settings
    wards : WardLayer
    now : datetime
        Written down as the time it was asked for.

    Returns
    -------
    Version or None
        The new version; None where the table is joined to this very layer already, or where there
        is nothing to join.

    Raises
    ------
    CommitConflictError
        If an import was stored meanwhile. Nothing is changed then.
    """
    try:
        table = store.opened(settings)
    except store.EmptyStoreError:
        return None
    key = store.layer_key(wards)
    if store.joined_layer(store.versions_of(table)) in (key, None):
        return None
    event = {
        "kind": "rejoin",
        "ward_layer": key,
        "wards": len(wards.frame),
        "asked": now.isoformat(),
    }
    content = joined_content(table, wards, tolerance_m=settings.ward_tolerance_m)
    store.replace(table, content, event=event)
    return store.versions(settings)[0]

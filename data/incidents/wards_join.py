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

from data import seals
from data.incidents import table as store
from data.incidents.commits import CommitConflictError
from data.incidents.table_faults import table_faults
from data.layers.wards import load_wards, save_wards
from data.locks import StoreLockedError, locked
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


@table_faults()
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


def use_wards(layer: WardLayer, *, settings: Settings, now: datetime) -> None:
    """Put a ward layer into use, and join the incidents held to it.

    The layer waits on the disk while the incidents are joined to it, and takes the place of the old
    one when they are. If the process is killed in between, `settle_wards` does the rest.

    Raises
    ------
    CommitConflictError
        If an import was stored meanwhile. Nothing is changed then.
    data.locks.StoreLockedError
        If the store is being changed by something else.
    """
    with locked(settings.store, "putting wards into use"):
        _settle(settings)
        save_wards(layer, settings.next_wards_path)
        try:
            rejoin(settings, layer, now=now)
        except CommitConflictError:
            seals.remove_file(settings.next_wards_path)
            raise
        _finish(settings, layer)


def _finish(settings: Settings, layer: WardLayer) -> None:
    """Let the layer that waited take the place of the old one."""
    save_wards(layer, settings.wards_path)
    seals.remove_file(settings.next_wards_path)


def settle_wards(settings: Settings) -> str:
    """End a change of wards that was cut short; return what was done, or nothing.

    The new layer is put into use if the incidents are joined to it, and removed if they are not.
    Where another process is at it, nothing is done.
    """
    if not settings.next_wards_path.exists():
        return ""
    try:
        with locked(settings.store, "ending a change of wards that was cut short", wait_s=0):
            return _settle(settings)
    except StoreLockedError:
        return ""


def _settle(settings: Settings) -> str:
    waiting = settings.next_wards_path
    if not waiting.exists():
        return ""
    layer = load_wards(waiting)
    if store.joined_layer(store.versions(settings)) in (store.layer_key(layer), None):
        _finish(settings, layer)
        return "A change of wards was cut short; it is finished, and the new wards are in use."
    seals.remove_file(waiting)
    return (
        "A change of wards was cut short before the incidents were joined to the new ones; the "
        "wards are those of before. Load the ward file again."
    )

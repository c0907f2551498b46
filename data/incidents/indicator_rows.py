"""The columns that indicators are counted from, read from one version of the incident table.

The snapshot holds what every page needs; indicators also need flags and callers, so these are read
apart, once for each version. A caller is a small number here: the same for the same salted hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc

from data.incidents import table
from data.incidents.categories import category_codes
from data.incidents.columns import codes, flag_codes, frozen, values_and_positions
from data.incidents.local_time import has_hour, local_minutes
from data.incidents.sensitive import PLACE_COLUMNS, positions, sensitive_rows
from data.incidents.table_faults import table_faults
from models.calendar.week import hours_of_week
from models.incidents.precisions import TIME_PRECISIONS
from models.indicators.measure import IndicatorRows

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from data.incidents.store import Store
    from models.indicators.catalogue import Flag

_FLAGS: Final[tuple[Flag, ...]] = ("injury", "knife", "domestic", "hate", "youth")
_WORDS: Final = ("source", "category", "offence", "time_precision", "ward_code", "caller_ref")
_OTHERS: Final = ("starts_at", "ends_at")
_COLUMNS: Final = tuple(dict.fromkeys((*_WORDS, *_OTHERS, *_FLAGS, *PLACE_COLUMNS)))


@table_faults()
def indicator_rows(store: Store) -> IndicatorRows:
    """Read the columns of the store's version; none is writeable.

    Returns
    -------
    IndicatorRows
        In the order of the table. Sources, wards and boroughs have the positions of the snapshot's.
    """
    held = store.snapshot
    opened = table.opened(store.settings, version=held.version)
    read = table.dataset(opened, dictionary_columns=_WORDS).to_table(columns=list(_COLUMNS))
    rows = read.unify_dictionaries().combine_chunks()
    minutes = local_minutes(rows["starts_at"], timezone=store.settings.timezone)
    precision = codes(rows["time_precision"], values=TIME_PRECISIONS).astype(np.int8)
    hour = np.where(has_hour(rows, precision), hours_of_week(minutes), np.int16(-1))
    offences, offence = values_and_positions(rows["offence"])
    ward = codes(rows["ward_code"], values=held.ward_codes).astype(np.int16)
    easting, northing = positions(rows, sensitive=sensitive_rows(rows))
    return IndicatorRows(
        category=frozen(category_codes(rows)),
        month=frozen(_months(minutes)),
        hour_of_week=frozen(hour.astype(np.int16)),
        offence=frozen(offence),
        source=frozen(codes(rows["source"], values=held.sources).astype(np.int16)),
        borough=frozen(np.append(held.ward_boroughs, np.int16(-1))[ward]),
        ward=frozen(ward),
        caller=frozen(_callers(rows["caller_ref"])),
        easting=frozen(easting),
        northing=frozen(northing),
        flags={name: frozen(flag_codes(rows[name])) for name in _FLAGS},
        offences=tuple(offences),
        sources=held.sources,
    )


def _months(minutes: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return months since January of year 0 of local wall-clock minutes."""
    months = minutes.astype("datetime64[m]").astype("datetime64[M]").astype(np.int64)
    return (months + 1970 * 12).astype(np.int32)


def _callers(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """Return a small number for each caller; −1 where there is none."""
    one = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return np.asarray(pc.fill_null(one.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int32)

"""Local time of incidents, and the hours of the week.

Hour 0 of the week is Monday 00:00 and hour 167 Sunday 23:00, local time.

An incident has an hour of the week only where its time says one: precision ``minute``
or ``hour``; or ``interval`` with no end or an end within 60 minutes of the start, where the hour of
the start is off by one at most. A longer interval, a day and a month have none (−1). An interval's
end is kept with it, so that it can be spread over the hours it covers
(`models.hotspots.aoristic`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from models.incidents.precisions import TIME_PRECISIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MINUTE: Final = 60_000_000  # microseconds


def local_minutes(times: pa.ChunkedArray, *, timezone: str) -> NDArray[np.int64]:
    """Return local wall-clock minutes since 1970-01-01 00:00 of UTC times, seconds dropped."""
    utc = pd.DatetimeIndex(times.cast(pa.timestamp("us")).to_numpy(), tz="UTC")
    wall = utc.tz_convert(timezone).tz_localize(None).as_unit("us")
    return np.asarray(wall.asi8 // _MINUTE, dtype=np.int64)


def has_hour(rows: pa.Table, time_precision: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Tell which rows have an hour, by the rule above.

    Parameters
    ----------
    rows : pyarrow.Table
        With the columns ``starts_at`` and ``ends_at``.
    time_precision : int8 array of shape (n,)
        Index into `TIME_PRECISIONS`.
    """
    starts = rows["starts_at"].cast(pa.int64()).to_numpy()
    ends = rows["ends_at"].cast(pa.int64())
    open_ended = ends.is_null().to_numpy()
    brief = open_ended | (ends.fill_null(0).to_numpy() - starts <= 60 * _MINUTE)
    named = np.isin(time_precision, [TIME_PRECISIONS.index(name) for name in ("minute", "hour")])
    return np.asarray(named | ((time_precision == TIME_PRECISIONS.index("interval")) & brief))


def end_minutes(
    rows: pa.Table,
    starts_minute: NDArray[np.int64],
    *,
    time_precision: NDArray[np.int8],
    timezone: str,
) -> NDArray[np.int64]:
    """Return the local wall-clock minute at which each row's interval ends.

    Parameters
    ----------
    rows : pyarrow.Table
        With the column ``ends_at``.
    starts_minute : int64 array of shape (n,)
        Local wall-clock minutes of ``starts_at``.
    time_precision : int8 array of shape (n,)
        Index into `TIME_PRECISIONS`.
    timezone : str
        IANA name of the local time.

    Returns
    -------
    int64 array of shape (n,)
        The start itself where the time is known to the minute or hour or the interval has no end;
        −1 where it is known by day or month alone. Never before the start: an interval inside the
        hour that comes twice in autumn can end earlier on the wall clock than it began.
    """
    ends = np.where(
        np.isin(time_precision, [TIME_PRECISIONS.index(name) for name in ("day", "month")]),
        np.int64(-1),
        starts_minute,
    )
    closed = (time_precision == TIME_PRECISIONS.index("interval")) & np.asarray(
        rows["ends_at"].is_valid().to_numpy()
    )
    at = np.flatnonzero(closed)
    if len(at):
        walls = local_minutes(rows["ends_at"].take(pa.array(at)), timezone=timezone)
        ends[at] = np.maximum(walls, starts_minute[at])
    return ends

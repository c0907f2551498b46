"""When the clocks change, as arrays: what turns wall-clock minutes into minutes that really passed.

In the spring an hour of the wall clock does not exist, in the autumn one comes twice. An interval
over such a night is an hour shorter or longer than its two wall-clock ends say. A wall-clock time
in the hour that comes twice is read as its first, as the import reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

_STEP_MINUTES: Final = 15  # every change of the last fifty years fell on a quarter of an hour


@dataclass(frozen=True, slots=True)
class ClockChanges:
    """The changes of one timezone over a span; none is a clock that never changes.

    Attributes
    ----------
    at_utc : int64 array of shape (k,)
        Minutes since 1970-01-01 00:00 UTC at which the clocks change, ascending.
    offsets : int64 array of shape (k + 1,)
        Minutes by which local time is ahead of UTC before the first change, between each two, and
        after the last.
    """

    at_utc: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def utc_minutes(self, wall: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return wall-clock minutes as UTC minutes; of two that share a name, the first."""
        changes_on_the_wall = self.at_utc + self.offsets[:-1]
        return wall - self.offsets[np.searchsorted(changes_on_the_wall, wall, side="right")]


NO_CHANGES: Final = ClockChanges(np.zeros(0, np.int64), np.zeros(1, np.int64))


def local_moment(utc_minute: int, *, timezone: str) -> datetime:
    """Return a minute of UTC since 1970 on a local clock, with that clock's distance from UTC.

    The distance is fixed, so that a moment says which pass it means of an hour that comes twice.

    Parameters
    ----------
    utc_minute : int
    timezone : str
        IANA name.
    """
    local = datetime.fromtimestamp(utc_minute * 60, tz=UTC).astimezone(ZoneInfo(timezone))
    return datetime.fromisoformat(local.isoformat())


def comes_twice(at: datetime, *, timezone: str) -> bool:
    """Tell whether a local time without its distance from UTC could be two moments.

    Parameters
    ----------
    at : datetime
        With its distance from UTC.
    timezone : str
        IANA name of the local clock.
    """
    zone = ZoneInfo(timezone)
    wall = at.astimezone(zone).replace(tzinfo=None)
    one, other = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    skipped = one is not None and other is not None and one < other
    return one != other and not skipped


def clock_changes(timezone: str, *, first: date, last: date) -> ClockChanges:
    """Return the clock changes of a timezone between two days.

    Parameters
    ----------
    timezone : str
        IANA name.
    first, last : date
        The span is a week wider at both ends.

    Raises
    ------
    zoneinfo.ZoneInfoNotFoundError
        If there is no such timezone.
    """
    week = pd.Timedelta(days=7)
    moments = pd.date_range(
        pd.Timestamp(first) - week,
        pd.Timestamp(last) + week,
        freq=f"{_STEP_MINUTES}min",
        tz="UTC",
        unit="s",
    )
    utc = moments.tz_localize(None).asi8 // 60
    wall = moments.tz_convert(timezone).tz_localize(None).asi8 // 60
    offset = wall - utc
    changed = np.flatnonzero(np.diff(offset)) + 1
    at_utc = utc[changed].astype(np.int64)
    offsets = np.append(offset[:1], offset[changed]).astype(np.int64)
    at_utc.setflags(write=False)
    offsets.setflags(write=False)
    return ClockChanges(at_utc, offsets)

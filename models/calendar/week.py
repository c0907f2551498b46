"""Days and hours of the week: hour 0 is Monday 00:00 and hour 167 Sunday 23:00, local time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WEEKDAYS: Final[tuple[str, ...]] = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


HOURS_IN_WEEK: Final = 168


_MONDAY_SHIFT: Final = 72  # hours: 1970-01-01 was a Thursday


def hours_of_week(starts_minute: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return the hour of the week of local wall-clock minutes: 0 is Monday 00:00, to 167."""
    return ((starts_minute // 60 + _MONDAY_SHIFT) % 168).astype(np.int16)


def week_hours(
    start_hour: int, end_hour: int, *, weekdays: Sequence[int] = ()
) -> NDArray[np.bool_]:
    """Return which of the 168 hours of the week lie in a daily span.

    Parameters
    ----------
    start_hour, end_hour : int
        0 to 23 and 1 to 24; a span that ends at or before its start runs into the next day and
        belongs to the day on which it starts.
    weekdays : sequence of int
        Days on which the span starts, 0 being Monday; empty for every day.
    """
    length = end_hour - start_hour if end_hour > start_hour else 24 - start_hour + end_hour
    hours = np.zeros(HOURS_IN_WEEK, dtype=np.bool_)
    for day in weekdays or range(7):
        hours[(day * 24 + start_hour + np.arange(length)) % HOURS_IN_WEEK] = True
    return hours

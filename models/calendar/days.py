"""Days as numbers since 1970-01-01, and wall-clock minutes since then: what arrays hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

EPOCH: Final = date(1970, 1, 1)
MINUTES_PER_DAY: Final = 1440
_MIDNIGHT: Final = datetime(1970, 1, 1)


def day_number(day: date) -> int:
    """Return a day as days since 1970-01-01."""
    return day.toordinal() - EPOCH.toordinal()


def day_of(number: int) -> date:
    """Return the day of `day_number`."""
    return EPOCH + timedelta(days=number)


def first_minute(day: date) -> int:
    """Return the start of a day as local wall-clock minutes since 1970-01-01 00:00."""
    return day_number(day) * MINUTES_PER_DAY


def day_of_minute(wall_minute: int) -> date:
    """Return the day in which a local wall-clock minute lies."""
    return day_of(wall_minute // MINUTES_PER_DAY)


def wall_time(wall_minute: int) -> datetime:
    """Return a local wall-clock minute as a time without a zone."""
    return _MIDNIGHT + timedelta(minutes=wall_minute)


def wall_minute(at: datetime) -> int:
    """Return a time without a zone as local wall-clock minutes, seconds dropped."""
    return int((at - _MIDNIGHT).total_seconds()) // 60

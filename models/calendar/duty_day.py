"""The day that a moment belongs to where hours pass midnight: a night is of the day it began on.

Everything that counts, offers or prints by day asks here: visits, dosage, what is on now, calendars
and sheets. At 00:44 on Sunday a tasking worked 21:00–03:00 on Fridays and Saturdays is on, and its
day is Saturday.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta


def passes_midnight(*, start_hour: int, end_hour: int) -> bool:
    """Tell whether hours run into the next day: their end is at or before their start, above 0."""
    return 0 < end_hour <= start_hour


def duty_day(local: datetime, *, start_hour: int, end_hour: int) -> date:
    """Return the day that a moment belongs to: after midnight, the day on which the hours began.

    Parameters
    ----------
    local : datetime
        On the local clock.
    start_hour, end_hour : int
        Of the hours, 0 to 23 and 0 to 24; an end at or before the start is on the next day.
    """
    over = passes_midnight(start_hour=start_hour, end_hour=end_hour) and local.hour < end_hour
    return local.date() - timedelta(days=1) if over else local.date()


def within_hours(local: datetime, *, start_hour: int, end_hour: int) -> bool:
    """Tell whether a moment's hour lies in the hours of its `duty_day`."""
    if end_hour > start_hour:
        return start_hour <= local.hour < end_hour
    return local.hour >= start_hour or local.hour < end_hour

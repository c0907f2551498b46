"""When incidents happened before and after, by hour and in or outside the hours that were worked.

Incidents whose hour is not known take no part and are counted as left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.months import month_positions, month_starts
from models.calendar.periods import Period
from models.calendar.week import week_hours
from models.reviews.ground import inside

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.incidents.selection import PeriodIncidents
    from models.reviews.ground import Ground
    from models.tasking.outcomes import Scale
    from models.tasking.tasking import TaskingHours

_MONTHS_SHOWN: Final = 36


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Incidents of the treated area by hour.

    Attributes
    ----------
    before, after : int64 arrays of shape (24,)
        By hour of the day, of those whose hour is known.
    in_hours, outside : tuple of int, or None
        Before and after, in the hours that were worked and outside them; None without hours.
    untimed : tuple of int
        Before and after, those whose hour is not known.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    in_hours: tuple[int, int] | None
    outside: tuple[int, int] | None
    untimed: tuple[int, int]


@dataclass(frozen=True, slots=True)
class MonthlyComparison:
    """Incidents by month of the treated and the comparison area.

    Attributes
    ----------
    months : tuple of date
        First days.
    treated : int64 array of shape (months,)
    comparison : float64 array of shape (months,)
        Scaled: what one of its incidents counts for is taken into account.
    known : tuple of bool
        Whether the data cover each month; an unknown month is not an empty one.
    """

    months: tuple[date, ...]
    treated: NDArray[np.int64]
    comparison: NDArray[np.float64]
    known: tuple[bool, ...]


def time_of_day(
    treated: Polygon | MultiPolygon,
    before: PeriodIncidents,
    after: PeriodIncidents,
    *,
    hours: TaskingHours | None,
) -> TimeOfDay:
    """Count the treated area's incidents by hour in both periods."""
    worked = None if hours is None else _worked_hours(hours)
    by_hour, in_hours, outside, left_out = [], [], [], []
    for part in (before, after):
        hour = part.incidents.hour_of_week[inside(treated, part)]
        known = hour[hour >= 0]
        by_hour.append(np.bincount(known % 24, minlength=24))
        left_out.append(int((hour < 0).sum()))
        if worked is not None:
            in_hours.append(int(worked[known].sum()))
            outside.append(int((~worked[known]).sum()))
    return TimeOfDay(
        before=by_hour[0],
        after=by_hour[1],
        in_hours=None if worked is None else (in_hours[0], in_hours[1]),
        outside=None if worked is None else (outside[0], outside[1]),
        untimed=(left_out[0], left_out[1]),
    )


def monthly_comparison(
    treated: Polygon | MultiPolygon,
    comparison: Polygon | MultiPolygon,
    *,
    ground: Ground,
    until: date,
    scale: Scale,
) -> MonthlyComparison:
    """Count the treated area's incidents against the scaled comparison's, month by month.

    Parameters
    ----------
    treated, comparison : Polygon or MultiPolygon
    ground : Ground
    until : date
        A day of the last month.
    scale : Scale
    """
    months = month_starts(until, months=_MONTHS_SHOWN)
    known = tuple(ground.covered(_span(month)) for month in months)
    first = known.index(True) if any(known) else len(known) - 1
    months, known = months[first:], known[first:]
    part = ground.part(Period(months[0], _span(months[-1]).last))
    month = month_positions(part.incidents.starts_minute, months)
    counts = [
        np.bincount(month[inside(area, part) & (month >= 0)], minlength=len(months))
        for area in (treated, comparison)
    ]
    return MonthlyComparison(
        months, counts[0], np.float64(scale.value) * counts[1].astype(np.float64), known
    )


def _worked_hours(hours: TaskingHours) -> NDArray[np.bool_]:
    return week_hours(hours.start_hour, hours.end_hour or 24, weekdays=hours.weekdays)


def _span(month: date) -> Period:
    end = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return Period(month, end)

"""Dosage: the visits that were made beside those that were planned, week by week.

A week of which only some of the tasking's days have come counts only those in the plan, so that a
tasking is never behind for days that lie ahead. A visit counts in the week of the day on which the
team arrived; a visit that nobody has ended yet counts as a visit without minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from models.tasking.tasking import Hours, TaskingDraft, Visit


@dataclass(frozen=True, slots=True)
class DosageWeek:
    """One week, Monday to Sunday.

    Attributes
    ----------
    monday : date
    planned : float
        Visits the plan asks for in the days that have come.
    visits : int
    minutes : float
        Of the visits that have ended.
    """

    monday: date
    planned: float
    visits: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Dosage:
    """What was given of what was planned.

    Attributes
    ----------
    weeks : tuple of DosageWeek
        From the first week of the tasking, or of its first visit, to the last that has begun.
    minutes_planned : float
        Planned visits times minutes a visit.
    in_hours : int
        Visits that began on the tasking's days and in its hours.
    """

    weeks: tuple[DosageWeek, ...]
    minutes_planned: float
    in_hours: int

    @property
    def planned(self) -> float:
        """Visits that the plan asks for so far."""
        return sum(week.planned for week in self.weeks)

    @property
    def visits(self) -> int:
        """Visits made."""
        return sum(week.visits for week in self.weeks)

    @property
    def minutes(self) -> float:
        """Minutes spent there, in visits that have ended."""
        return sum(week.minutes for week in self.weeks)


def dosage(
    draft: TaskingDraft, visits: Sequence[Visit], *, today: date, timezone: ZoneInfo
) -> Dosage:
    """Count visits and minutes against the plan.

    Parameters
    ----------
    draft : TaskingDraft
    visits : sequence of Visit
        Of this tasking; times with their zone.
    today : date
        Local; later days are not yet asked for.
    timezone : ZoneInfo
        Local time of days and hours.
    """
    arrived = [visit.arrived_at.astimezone(timezone) for visit in visits]
    until = min(today, draft.ends_on)
    first = min([draft.starts_on, *(at.date() for at in arrived)])
    last = max([until, *(at.date() for at in arrived)])
    weeks = tuple(
        _week(monday, draft=draft, until=until, visits=visits, arrived=arrived)
        for monday in _mondays(first, last)
    )
    return Dosage(
        weeks=weeks,
        minutes_planned=sum(week.planned for week in weeks) * draft.minutes_per_visit,
        in_hours=sum(within(draft.hours, at) for at in arrived),
    )


def within(hours: Hours, at: datetime) -> bool:
    """Tell whether a local time lies in the hours; a night belongs to the day it starts."""
    length = (hours.end_hour - hours.start_hour) % 24 or 24
    since = (at.hour - hours.start_hour) % 24
    if since >= length:
        return False
    started = at.date() - timedelta(days=1) if at.hour < hours.start_hour else at.date()
    return started.weekday() in hours.weekdays


def _mondays(first: date, last: date) -> list[date]:
    monday = first - timedelta(days=first.weekday())
    weeks = max(0, (last - monday).days) // 7 + 1
    return [monday + timedelta(days=7 * week) for week in range(weeks)]


def _week(
    monday: date,
    *,
    draft: TaskingDraft,
    until: date,
    visits: Sequence[Visit],
    arrived: Sequence[datetime],
) -> DosageWeek:
    days = [monday + timedelta(days=each) for each in range(7)]
    worked = set(draft.hours.weekdays)
    asked = sum(draft.starts_on <= day <= until and day.weekday() in worked for day in days)
    here = [
        visit for visit, at in zip(visits, arrived, strict=True) if days[0] <= at.date() <= days[-1]
    ]
    return DosageWeek(
        monday=monday,
        planned=draft.visits_per_week * asked / len(worked),
        visits=len(here),
        minutes=sum(
            (visit.left_at - visit.arrived_at).total_seconds() / 60
            for visit in here
            if visit.left_at is not None
        ),
    )

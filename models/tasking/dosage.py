"""Dosage: how many visits a tasking was to have, and how many it had.

The plan is the team's own visits where a patrol plan gave them; otherwise it is so many visits a
week, spread evenly over the tasking's days of the week. It is counted from the first day to the day
asked for; the weeks are calendar weeks, from Monday. A visit belongs to the night it is part of:
one at 01:30 of a tasking that is worked 22:00–03:00 counts for the day before. A visit whose end is
not known yet counts as a visit, and its minutes are not guessed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from models.calendar.duty_day import duty_day, within_hours
from models.tasking.tasking import Finds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from models.tasking.tasking import Tasking, TaskingDraft, TaskingHours, Visit


@dataclass(frozen=True, slots=True)
class WeekDosage:
    """One calendar week of a tasking: what was planned of it and what was done.

    Attributes
    ----------
    monday : date
    planned_visits : float
        A part of a visit where the week is not whole.
    visits, minutes : int
    """

    monday: date
    planned_visits: float
    visits: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Dosage:
    """What was planned and done up to a day.

    Attributes
    ----------
    planned_visits, planned_minutes : float
        From the first day to the day asked for, both included.
    visits, minutes : int
        Visits begun by then, and the whole minutes of those that ended.
    inside_hours : int
        Visits that began on a planned day of the week inside the planned hours.
    finds : Finds
        Of all these visits together.
    last_arrival : datetime or None
    weeks : tuple of WeekDosage
        Every calendar week from the first day on, without gaps.
    """

    planned_visits: float
    planned_minutes: float
    visits: int
    minutes: int
    inside_hours: int
    finds: Finds
    last_arrival: datetime | None
    weeks: tuple[WeekDosage, ...]

    @property
    def share(self) -> float | None:
        """Visits done of those planned; None where none were planned."""
        return self.visits / self.planned_visits if self.planned_visits else None


def dosage(tasking: Tasking, visits: Iterable[Visit], *, until: date, timezone: ZoneInfo) -> Dosage:
    """Compare the visits that a tasking had with those it was to have.

    Parameters
    ----------
    tasking : Tasking
    visits : iterable of Visit
        Its own; those that belong to a day after `until` are left out.
    until : date
        Last day that counts, local time.
    timezone : ZoneInfo
        Local time.
    """
    draft = tasking.draft
    counted = sorted(
        (each for each in visits if day_of(each.arrived_at, draft, timezone) <= until),
        key=lambda each: each.arrived_at,
    )
    planned = planned_by_day(draft, until=until)
    nights = [day_of(each.arrived_at, draft, timezone) for each in counted]
    total = sum(planned.values())
    return Dosage(
        planned_visits=total,
        planned_minutes=total * draft.minutes_per_visit,
        visits=len(counted),
        minutes=sum(map(minutes_of, counted)),
        inside_hours=sum(inside_plan(each.arrived_at, draft, timezone) for each in counted),
        finds=sum_of_finds(each.finds for each in counted),
        last_arrival=counted[-1].arrived_at if counted else None,
        weeks=_weeks(planned, counted, nights, first=draft.starts_on, until=until),
    )


def planned_by_day(draft: TaskingDraft, *, until: date) -> dict[date, float]:
    """Return how many visits each day was to have, from the first to the day asked for.

    Parameters
    ----------
    draft : TaskingDraft
    until : date
        Last day that counts, local time.
    """
    if draft.team_plan is not None:
        by_day = Counter(each.day for each in draft.team_plan.visits)
        return {day: float(count) for day, count in sorted(by_day.items()) if day <= until}
    days = _planned_days(draft.starts_on, min(draft.ends_on, until), hours=draft.hours)
    a_day = draft.visits_per_week / len(draft.hours.weekdays)
    return dict.fromkeys(days, a_day)


def day_of(at: datetime, draft: TaskingDraft, timezone: ZoneInfo) -> date:
    """Return the day of a tasking that a moment belongs to; after midnight, that of its night.

    Parameters
    ----------
    at : datetime
        With its time zone.
    draft : TaskingDraft
    timezone : ZoneInfo
    """
    return own_day(draft, at.astimezone(timezone))


def own_day(draft: TaskingDraft, now: datetime) -> date:
    """Return the day that it is for a tasking: after midnight, that of the night that is on.

    Parameters
    ----------
    draft : TaskingDraft
    now : datetime
        On the local clock, with its time zone.
    """
    if draft.team_plan is not None:
        return draft.team_plan.day_of(now)
    hours = draft.hours
    return duty_day(now, start_hour=hours.start_hour, end_hour=hours.end_hour)


def night_of(at: datetime, hours: TaskingHours, timezone: ZoneInfo) -> date:
    """Return the local day that a moment belongs to: after midnight, the day the night began.

    Parameters
    ----------
    at : datetime
        With its time zone.
    hours : TaskingHours
    timezone : ZoneInfo
    """
    local = at.astimezone(timezone)
    return duty_day(local, start_hour=hours.start_hour, end_hour=hours.end_hour)


def on_day(day: date, draft: TaskingDraft) -> bool:
    """Tell whether a tasking is worked on a day: within its dates, on one of its days."""
    if not draft.starts_on <= day <= draft.ends_on:
        return False
    if draft.team_plan is not None:
        return any(each.day == day for each in draft.team_plan.visits)
    return day.weekday() in draft.hours.weekdays


def inside_hours(at: datetime, hours: TaskingHours, timezone: ZoneInfo) -> bool:
    """Tell whether a moment lies on one of the days of the week, within the hours.

    Parameters
    ----------
    at : datetime
        With its time zone.
    hours : TaskingHours
    timezone : ZoneInfo
    """
    if night_of(at, hours, timezone).weekday() not in hours.weekdays:
        return False
    local = at.astimezone(timezone)
    return within_hours(local, start_hour=hours.start_hour, end_hour=hours.end_hour)


def inside_plan(at: datetime, draft: TaskingDraft, timezone: ZoneInfo) -> bool:
    """Tell whether a moment lies in the team's planned visits of a day, or in the hours."""
    if draft.team_plan is not None:
        return draft.team_plan.inside(at)
    return inside_hours(at, draft.hours, timezone)


def minutes_of(visit: Visit) -> int:
    """Return the whole minutes of a visit; 0 while its end is not known."""
    if visit.left_at is None:
        return 0
    return int((visit.left_at - visit.arrived_at).total_seconds() // 60)


def sum_of_finds(finds: Iterable[Finds]) -> Finds:
    """Add up what visits found."""
    found = list(finds)
    return Finds(
        **{each.name: sum(getattr(one, each.name) for one in found) for each in fields(Finds)}
    )


def _planned_days(first: date, last: date, *, hours: TaskingHours) -> list[date]:
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [day for day in days if day.weekday() in hours.weekdays]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(
    planned: Mapping[date, float],
    visits: Sequence[Visit],
    nights: Sequence[date],
    *,
    first: date,
    until: date,
) -> tuple[WeekDosage, ...]:
    """Return one entry for each calendar week, from the first day or visit to the last."""
    start = _monday(min([first, *nights]))
    last = max([*planned, *nights], default=None)
    if last is None or until < start:
        return ()
    wanted: dict[date, float] = {}
    for day, count in planned.items():
        wanted[_monday(day)] = wanted.get(_monday(day), 0.0) + count
    done: Counter[date] = Counter(map(_monday, nights))
    minutes: Counter[date] = Counter()
    for visit, night in zip(visits, nights, strict=True):
        minutes[_monday(night)] += minutes_of(visit)
    mondays = (start + timedelta(weeks=at) for at in range((last - start).days // 7 + 1))
    return tuple(
        WeekDosage(each, wanted.get(each, 0.0), done[each], minutes[each]) for each in mondays
    )

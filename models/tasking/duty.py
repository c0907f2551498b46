"""What is on today: the taskings that are worked, where they fall short, and what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models.tasking.dosage import Dosage, day_of, dosage, on_day, own_day
from models.tasking.wording import overdue_at
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from models.tasking.tasking import Tasking, Visit

_QUIET_DAYS: Final = 3
_BEHIND: Final = 0.5
_LEAST_PLANNED: Final = 4  # visits planned so far before it is called behind


@dataclass(frozen=True, slots=True)
class ActiveTasking:
    """An active tasking on a day.

    Attributes
    ----------
    tasking : Tasking
    day : date
        The day that it is for this tasking: after midnight, the day on which its night began.
    today : bool
        Whether it is worked on this day.
    dosage : Dosage
        From its start to the day before, so that a day that has just begun is not behind.
    gaps : tuple of str
        Where it falls short, in words; empty where it does not.
    """

    tasking: Tasking
    day: date
    today: bool
    dosage: Dosage
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutySummary:
    """What is on, what is missing and what is late.

    Attributes
    ----------
    active_taskings : tuple of ActiveTasking
        Active taskings between their first and last day; today's first, those with gaps before
        those without.
    overdue : tuple of (Tasking, str)
        With what should have happened.
    """

    active_taskings: tuple[ActiveTasking, ...]
    overdue: tuple[tuple[Tasking, str], ...]

    @property
    def gaps(self) -> int:
        """How many of the taskings at work fall short in some way."""
        return sum(bool(each.gaps) for each in self.active_taskings)


def duty(
    taskings: Sequence[Tasking], visits: Iterable[Visit], *, now: datetime, timezone: ZoneInfo
) -> DutySummary:
    """Return what is on now; a night that began yesterday is still on after midnight.

    Parameters
    ----------
    taskings : sequence of Tasking
    visits : iterable of Visit
        Of these taskings; others are left alone.
    now : datetime
        With its time zone.
    timezone : ZoneInfo
        Local time.
    """
    mine: dict[int, list[Visit]] = {}
    for visit in visits:
        mine.setdefault(visit.tasking_id, []).append(visit)
    worked = [
        _active_tasking(each, mine.get(each.tasking_id, []), day=day, timezone=timezone)
        for each in taskings
        if each.status == "active"
        and each.draft.starts_on <= (day := day_of(now, each.draft, timezone)) <= each.draft.ends_on
    ]
    worked.sort(key=lambda each: (not each.today, not each.gaps, each.tasking.tasking_id))
    late = [(each, _late(each)) for each in taskings if overdue_at(each, now.astimezone(timezone))]
    return DutySummary(tuple(worked), tuple(sorted(late, key=lambda pair: pair[0].draft.ends_on)))


def open_to_visits(
    taskings: Iterable[Tasking], *, now: datetime, there: Collection[int] = ()
) -> tuple[Tasking, ...]:
    """Return the active taskings that a team can visit now, those that are on today first.

    A tasking that has ended, was completed or has not begun is none of them, unless a team is still
    there and has to log that it leaves.

    Parameters
    ----------
    taskings : iterable of Tasking
    now : datetime
        On the local clock, with its time zone.
    there : collection of int
        Numbers of taskings where a team has arrived and not left.
    """
    offered = [
        each
        for each in taskings
        if each.tasking_id in there
        or (
            each.status == "active"
            and each.draft.starts_on <= own_day(each.draft, now) <= each.draft.ends_on
        )
    ]

    def order(each: Tasking) -> tuple[bool, bool, int]:
        on = on_day(own_day(each.draft, now), each.draft)
        return each.tasking_id not in there, not on, each.tasking_id

    return tuple(sorted(offered, key=order))


def _active_tasking(
    tasking: Tasking, visits: Sequence[Visit], *, day: date, timezone: ZoneInfo
) -> ActiveTasking:
    done = dosage(tasking, visits, until=day - timedelta(days=1), timezone=timezone)
    last = done.last_arrival
    return ActiveTasking(
        tasking=tasking,
        day=day,
        today=on_day(day, tasking.draft),
        dosage=done,
        gaps=tuple(
            _gaps(
                tasking,
                done,
                today=day,
                last=None if last is None else day_of(last, tasking.draft, timezone),
            )
        ),
    )


def _gaps(tasking: Tasking, dosage: Dosage, *, today: date, last: date | None) -> list[str]:
    if tasking.draft.team_plan is None and not tasking.draft.visits_per_week:
        return []
    found = []
    quiet = (today - (last or tasking.draft.starts_on)).days
    if last is None and dosage.planned_visits >= 1:
        found.append(f"no visit yet in {quiet} days")
    elif quiet > _QUIET_DAYS and dosage.planned_visits >= 1:
        found.append(f"no visit for {quiet} days")
    if dosage.planned_visits >= _LEAST_PLANNED and (dosage.share or 0) < _BEHIND:
        found.append(f"{dosage.visits} of {dosage.planned_visits:.0f} planned visits made")
    return found


def _late(tasking: Tasking) -> str:
    draft = tasking.draft
    if tasking.status == "proposed":
        return f"was to start on {day_label(draft.starts_on)} and is not approved"
    if tasking.status == "approved":
        return f"was to start on {day_label(draft.starts_on)} and is not active"
    if tasking.status == "active":
        return f"ended on {day_label(draft.ends_on)} and is not completed"
    return f"ended on {day_label(draft.ends_on)} and is not reviewed"

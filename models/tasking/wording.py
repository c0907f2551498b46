"""How a tasking is spoken of: its dates, its hours, its visits, and what is overdue about it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.calendar.clock_changes import comes_twice
from models.tasking.dosage import own_day
from models.tasking.proposal import hours_label
from models.tasking.tasking import REVIEW_DUE_DAYS
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date, datetime

    from models.tasking.tasking import Tasking, TaskingDraft
    from models.tasking.team_plan import TeamDay, TeamVisit


def overdue_at(tasking: Tasking, now: datetime) -> bool:
    """Tell whether something should have happened to a tasking; a night that is on is not over.

    Parameters
    ----------
    tasking : Tasking
    now : datetime
        On the local clock, with its time zone.
    """
    return tasking.overdue(own_day(tasking.draft, now))


def overdue_label(tasking: Tasking, *, now: datetime) -> str:
    """Say what should have happened to a tasking by now; empty where nothing is overdue."""
    if not overdue_at(tasking, now):
        return ""
    draft = tasking.draft
    if tasking.status == "proposed":
        return f"Overdue: it was to start on {day_label(draft.starts_on)} and is not approved."
    if tasking.status == "approved":
        return f"Overdue: it was to start on {day_label(draft.starts_on)} and is not active."
    if tasking.status == "active":
        return f"Overdue: it was to end on {day_label(draft.ends_on)} and is not completed."
    return (
        f"Overdue: it ended on {day_label(draft.ends_on)} and was to be reviewed within "
        f"{REVIEW_DUE_DAYS} days."
    )


def when_label(draft: TaskingDraft) -> str:
    """Say when a tasking is worked: the team's own days and hours where a plan gave them."""
    if draft.team_plan is None:
        return hours_label(draft.hours)
    return "; ".join(
        f"{day_of_week_label(each.day)} {span_of_day(each)}" for each in draft.team_plan.days
    )


def today_label(draft: TaskingDraft, *, day: date) -> str:
    """Say the hours of a tasking on one of its days: 21:00–03:00."""
    if draft.team_plan is not None:
        return "; ".join(span_of_day(each) for each in draft.team_plan.days if each.day == day)
    hours = draft.hours
    return f"{hours.start_hour:02d}:00–{hours.end_hour % 24:02d}:00"


def dosage_label(draft: TaskingDraft) -> str:
    """Say how many visits are planned, of how many minutes."""
    plan = draft.team_plan
    if plan is None:
        return f"{draft.visits_per_week} visits a week of {draft.minutes_per_visit} minutes"
    spare = f", {plan.spare_visits} of them in spare time" if plan.spare_visits else ""
    visits = "visit" if len(plan.visits) == 1 else "visits"
    return f"{len(plan.visits)} {visits} of {draft.minutes_per_visit} minutes in all{spare}"


def day_of_week_label(day: date) -> str:
    """Return a day with its weekday: Fri 4 Dec."""
    return f"{day:%a} {day.day} {day:%b}"


def span_of_day(day: TeamDay) -> str:
    """Return when the first visit of a day begins and the last ends: 21:10–01:35 (Sat).

    A day of two shifts reads 10:10–12:25 and 19:40–22:05: no hour is named between them.
    """
    return " and ".join(
        f"{clock_label(each.starts_at, day=day.day)}–{clock_label(each.ends_at, day=day.day)}"
        for each in day.spells
    )


def visit_times_label(visit: TeamVisit, *, timezone: str) -> str:
    """Return when a planned visit begins and ends; after midnight, on which day.

    In the hour that comes twice when the clocks go back, it says which pass is meant.

    Parameters
    ----------
    visit : TeamVisit
    timezone : str
        IANA name of the local clock.
    """
    same = visit.starts_at.date() == visit.ends_at.date()
    begins = f"{visit.starts_at:%H:%M}" if same else clock_label(visit.starts_at, day=visit.day)
    said = f"{begins}–{clock_label(visit.ends_at, day=visit.day)}"
    if not comes_twice(visit.starts_at, timezone=timezone):
        return said
    later = visit.starts_at.astimezone(ZoneInfo(timezone)).fold
    return f"{said}, {'after' if later else 'before'} the clocks go back"


def clock_label(at: datetime, *, day: date) -> str:
    """Return a time of day, with its weekday where that is another day: 01:35 (Sat)."""
    return f"{at:%H:%M}" if at.date() == day else f"{at:%H:%M} ({at:%a})"

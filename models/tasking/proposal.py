"""What the form for a tasking starts with: nothing, a hotspot's own words, or what it says now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from models.calendar.week import WEEKDAYS
from models.tasking.tasking import Tactic, TaskingHours
from models.wording.lists import list_label

if TYPE_CHECKING:
    from models.hotspots.temporal import PeakWindow
    from models.tasking.tasking import ActionStep, TaskingDraft
    from models.tasking.team_plan import TeamPlan

_LONGEST_TITLE: Final = 120
_EVERY: Final = tuple(range(7))


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What the fields of the form hold at first; as `TaskingDraft`, but may lack anything."""

    starts_on: date
    ends_on: date
    hours: TaskingHours
    title: str = ""
    tactic: Tactic = "patrol"
    objective: str = ""
    expected_result: str = ""
    team: str = ""
    lead_partner: str = ""
    near: str = ""
    visits_per_week: int = 14
    minutes_per_visit: int = 15
    action_plan: tuple[ActionStep, ...] = ()
    team_plan: TeamPlan | None = None


def blank(today: date) -> Prefilled:
    """Return an empty form: four weeks from next Monday, every day from 14:00 to 22:00."""
    monday = today + timedelta(days=7 - today.weekday())
    return Prefilled(
        starts_on=monday, ends_on=monday + timedelta(days=27), hours=TaskingHours(_EVERY, 14, 22)
    )


def from_hotspot(
    *, place: str, nearby: str, incidents: int, period: str, window: PeakWindow | None, today: date
) -> Prefilled:
    """Return the form of a tasking for a hotspot; its hours are those of the peak window.

    Parameters
    ----------
    place : str
        Where it is, in words, for the title.
    nearby : str
        Its street-level name; may be empty.
    incidents : int
    period : str
        In which they happened, in words.
    window : PeakWindow or None
        Its peak window; None where its hours are not known.
    today : date
    """
    usual = blank(today)
    return Prefilled(
        starts_on=usual.starts_on,
        ends_on=usual.ends_on,
        hours=hours_of_window(window) if window else usual.hours,
        title=f"Patrol: {place}"[:_LONGEST_TITLE],
        objective=f"Fewer incidents than the {incidents:,} of {period}",
        near=nearby,
    )


def from_priority(*, title: str, why: str, today: date) -> Prefilled:
    """Return the form of a tasking that answers a ward priority."""
    return replace(blank(today), title=title[:_LONGEST_TITLE], objective=why)


def from_earlier(draft: TaskingDraft, *, today: date) -> Prefilled:
    """Return the form of a tasking that follows another at the same place, in the next weeks."""
    usual = blank(today)
    return replace(
        from_draft(draft),
        starts_on=usual.starts_on,
        ends_on=usual.ends_on,
        action_plan=(),
        team_plan=None,
    )


def from_draft(draft: TaskingDraft) -> Prefilled:
    """Return the form of a tasking that is to be changed."""
    return Prefilled(
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        hours=draft.hours,
        title=draft.title,
        tactic=draft.tactic,
        objective=draft.objective,
        expected_result=draft.expected_result,
        team=draft.team,
        lead_partner=draft.lead_partner,
        near=draft.near,
        visits_per_week=draft.visits_per_week,
        minutes_per_visit=draft.minutes_per_visit,
        action_plan=draft.action_plan,
        team_plan=draft.team_plan,
    )


def hours_of_window(window: PeakWindow) -> TaskingHours:
    """Return the days and hours of a peak window."""
    days = sorted((window.first_day + step) % len(_EVERY) for step in range(window.days))
    return TaskingHours(tuple(days), window.start_hour, (window.start_hour + window.hours) % 24)


def hours_label(hours: TaskingHours) -> str:
    """Return hours in words: "Friday and Saturday, 22:00 to 02:00 the next day"."""
    days = sorted(set(hours.weekdays))
    if tuple(days) == _EVERY:
        named = "Every day"
    elif days == [0, 1, 2, 3, 4]:
        named = "Monday to Friday"
    else:
        named = list_label([WEEKDAYS[day] for day in days])
    overnight = 0 < hours.end_hour <= hours.start_hour
    end = hours.end_hour % 24
    if hours.start_hour == end:
        return f"{named}, all day and night"
    return f"{named}, {hours.start_hour:02d}:00 to {end:02d}:00" + (
        " the next day" if overnight else ""
    )

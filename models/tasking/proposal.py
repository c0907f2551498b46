"""What the form for a tasking starts with: nothing, a hotspot's own words, or what it says now.

The hours are read from the window's own words ("Fri–Sat 22:00–02:00"), which are all that the one
hotspot shape holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from models.calendar.week import WEEKDAYS
from models.tasking.tasking import Tactic, TaskingHours

if TYPE_CHECKING:
    from models.tasking.tasking import ActionStep, TaskingDraft

_SHORT: Final = {day[:3]: at for at, day in enumerate(WEEKDAYS)}
_LONGEST_TITLE: Final = 120
_EVERY: Final = tuple(range(7))
_WINDOW: Final = re.compile(r"^(?P<days>.+) (?P<start>\d\d):00–(?P<end>\d\d):00$")


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


class WindowWordsError(ValueError):
    """Words that are not those of a peak window; a fault of ours."""


def blank(today: date) -> Prefilled:
    """Return an empty form: four weeks from next Monday, every day from 14:00 to 22:00."""
    monday = today + timedelta(days=7 - today.weekday())
    return Prefilled(
        starts_on=monday, ends_on=monday + timedelta(days=27), hours=TaskingHours(_EVERY, 14, 22)
    )


def from_hotspot(
    *, place: str, nearby: str, incidents: int, period: str, window: str, today: date
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
    window : str
        Its peak window's words; "" where its hours are not known.
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
    )


def hours_of_window(words: str) -> TaskingHours:
    """Return the days and hours that a peak window's words name.

    Parameters
    ----------
    words : str
        As `models.hotspots.temporal.PeakWindow` writes itself.

    Raises
    ------
    WindowWordsError
        If they are anything else.
    """
    match = _WINDOW.match(words)
    if match is None:
        message = f"not a peak window: {words!r}"
        raise WindowWordsError(message)
    return TaskingHours(_days(match["days"]), int(match["start"]), int(match["end"]))


def hours_words(hours: TaskingHours) -> str:
    """Return hours in words: "Friday and Saturday, 22:00 to 02:00 the next day"."""
    days = sorted(set(hours.weekdays))
    if tuple(days) == _EVERY:
        named = "Every day"
    elif days == [0, 1, 2, 3, 4]:
        named = "Monday to Friday"
    elif len(days) == 1:
        named = WEEKDAYS[days[0]]
    else:
        named = ", ".join(WEEKDAYS[day] for day in days[:-1]) + f" and {WEEKDAYS[days[-1]]}"
    overnight = 0 < hours.end_hour <= hours.start_hour
    end = hours.end_hour % 24
    if hours.start_hour == end:
        return f"{named}, all day and night"
    return f"{named}, {hours.start_hour:02d}:00 to {end:02d}:00" + (
        " the next day" if overnight else ""
    )


def _days(words: str) -> tuple[int, ...]:
    if words == "Every day":
        return _EVERY
    try:
        if words.startswith("Every day but "):
            left_out = _SHORT[words.removeprefix("Every day but ")]
            return tuple(day for day in _EVERY if day != left_out)
        first, _, last = words.partition("–")
        begin, end = _SHORT[first], _SHORT[last or first]
    except KeyError:
        message = f"not the days of a peak window: {words!r}"
        raise WindowWordsError(message) from None
    return tuple((begin + step) % 7 for step in range((end - begin) % 7 + 1))

"""Teams, their shifts, and the hours on duty that a week of them gives.

Times of a shift are wall-clock; hours on duty are minutes that really pass (UTC), so that on the
two nights on which the clocks change nobody is asked to be in two places, or nowhere, for an hour.

A shift begins and ends with some minutes for the briefing, the way out and the way back. A break
divides what is left into two halves. It begins in the middle of the shift, moved by up to half an
hour at random, so that breaks do not tell anybody when nobody comes; the draw depends on the seed,
the team's name and the day alone, so adding a team changes no other's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - saved plans are read back by these types
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from geo.streets.ways import Travel  # noqa: TC001 - saved plans need it
from models.calendar.days import first_minute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.calendar.clock_changes import ClockChanges

TRAVEL_LABELS: Final[dict[Travel, str]] = {"foot": "On foot", "bike": "By bike", "car": "By car"}
SPEEDS_KMH: Final[dict[Travel, float]] = {"foot": 4.8, "bike": 12.0, "car": 18.0}
DAY: Final = 24 * 60
LONGEST_SHIFT: Final = 16 * 60
BREAK_FROM: Final = 6 * 60  # minutes on duty above which a shift has its break
_BREAK_STEP: Final = 15
_BREAK_STEPS: Final = 2  # of a quarter of an hour, either way


class TeamError(PlainError, ValueError):
    """A team or a shift that cannot be planned with."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The same hours on some days of the week.

    Attributes
    ----------
    weekdays : tuple of int
        Days on which it begins; Monday is 0.
    start_minute, end_minute : int
        Wall-clock minutes of the day, 0 to 1439 and 0 to 1440. An end at or before the start is on
        the next day.
    """

    weekdays: tuple[int, ...]
    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        """Refuse a shift with impossible days or times."""
        if not self.weekdays or not set(self.weekdays) <= set(range(7)):
            message = (
                f"Unknown weekdays {self.weekdays}: a shift is on days from 0 (Monday) to 6 "
                "(Sunday)."
            )
            raise TeamError(message)
        if not (0 <= self.start_minute < DAY and 0 <= self.end_minute <= DAY):
            message = "The shift's times are not times of a day, 00:00 to 24:00. Change them."
            raise TeamError(message)
        if self.minutes > LONGEST_SHIFT:
            message = (
                f"The shift from {clock(self.start_minute)} to {clock(self.end_minute)} is too "
                f"long: {self.minutes / 60:g} hours, and at most {LONGEST_SHIFT // 60} are "
                "planned. Divide it."
            )
            raise TeamError(message)

    @property
    def minutes(self) -> int:
        """Its length on the clock."""
        return (self.end_minute - self.start_minute - 1) % DAY + 1


@dataclass(frozen=True, slots=True)
class Team:
    """A team that visits hotspots.

    Attributes
    ----------
    name : str
        As the plan and the calendar show it.
    shifts : tuple of Shift
    travel : {"foot", "bike", "car"}
    speed_kmh : float or None
        Along the streets; the usual one of its travel where None.
    break_minutes : int
        In a shift of more than six hours; 0 for none.
    ready_minutes : int
        At each end of a shift: briefing, the way out and the way back.
    days_off : tuple of date
        On which it begins no shift.
    """

    name: str
    shifts: tuple[Shift, ...]
    travel: Travel = "foot"
    speed_kmh: float | None = None
    break_minutes: int = 45
    ready_minutes: int = 15
    days_off: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no plan can be made with."""
        if not self.name.strip():
            message = "A team has no name. Give it one, so that its visits can be distinguished."
            raise TeamError(message)
        if not 1.0 <= self.metres_per_minute * 0.06 <= 60.0:
            message = f"{self.name} moves at {self.speed_kmh:g} km/h; give a speed from 1 to 60."
            raise TeamError(message)
        if not (0 <= self.break_minutes <= 120 and 0 <= self.ready_minutes <= 120):
            message = f"{self.name}: a break and the time to get ready last 0 to 120 minutes."
            raise TeamError(message)

    @property
    def metres_per_minute(self) -> float:
        """How far it gets along the streets in a minute."""
        return (SPEEDS_KMH[self.travel] if self.speed_kmh is None else self.speed_kmh) / 0.06


@dataclass(frozen=True, slots=True)
class Stint:
    """Half a shift (or all of a short one): `starts` to `ends`, minutes of UTC since 1970."""

    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class TeamDuty:
    """One team's shift on one day; times are minutes of UTC since 1970.

    Attributes
    ----------
    team : str
    day : date
        On which it begins.
    starts, ends : int
        Of the whole shift.
    stints : tuple of Stint
        When it can be at hotspots: the halves before and after the break.
    break_starts, break_ends : int
        Equal where there is no break.
    metres_per_minute : float
    travel : {"foot", "bike", "car"}
    """

    team: str
    day: date
    starts: int
    ends: int
    stints: tuple[Stint, ...]
    break_starts: int
    break_ends: int
    metres_per_minute: float
    travel: Travel


def duties_of(
    teams: Sequence[Team],
    days: Sequence[date],
    *,
    changes: ClockChanges,
    seed: int,
) -> tuple[TeamDuty, ...]:
    """Return each team's shifts on some days, with their breaks drawn.

    Parameters
    ----------
    teams : sequence of Team
        Names differ.
    days : sequence of date
    changes : ClockChanges
        Of the local clock.
    seed : int
        Of the draw of the breaks.

    Raises
    ------
    TeamError
        If two teams have one name, or two shifts of a team overlap.
    """
    names = [team.name for team in teams]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        message = f"Two teams are called {twice!r}. Give each its own name."
        raise TeamError(message)
    found = [
        _duty(team, shift, day, changes=changes, seed=seed)
        for team in teams
        for day in days
        if day not in team.days_off
        for shift in team.shifts
        if day.weekday() in shift.weekdays
    ]
    for team in teams:
        own = sorted((each.starts, each.ends) for each in found if each.team == team.name)
        if any(ends > begins for (_, ends), (begins, _) in pairwise(own)):
            message = f"Two shifts of {team.name} overlap. Change their times or days."
            raise TeamError(message)
    return tuple(found)


def _duty(team: Team, shift: Shift, day: date, *, changes: ClockChanges, seed: int) -> TeamDuty:
    wall = wall_minute(day, shift.start_minute)
    starts, ends = changes.utc_minutes(np.array([wall, wall + shift.minutes])).tolist()
    first, last = starts + team.ready_minutes, ends - team.ready_minutes
    pause = team.break_minutes
    if not pause or ends - starts <= BREAK_FROM or last - first <= pause:
        stints = (Stint(first, last),) if last > first else ()
        return TeamDuty(
            team.name, day, starts, ends, stints, first, first, team.metres_per_minute, team.travel
        )
    steps = int(_dice(seed, team.name, day).integers(-_BREAK_STEPS, _BREAK_STEPS + 1))
    middle = (first + last - pause) // 2 + steps * _BREAK_STEP
    pauses = middle - middle % _BREAK_STEP
    return TeamDuty(
        team=team.name,
        day=day,
        starts=starts,
        ends=ends,
        stints=(Stint(first, pauses), Stint(pauses + pause, last)),
        break_starts=pauses,
        break_ends=pauses + pause,
        metres_per_minute=team.metres_per_minute,
        travel=team.travel,
    )


def _dice(seed: int, name: str, day: date) -> np.random.Generator:
    said = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.default_rng([seed, said, day.toordinal()])


def wall_minute(day: date, minute: int) -> int:
    """Return a wall-clock time as minutes since 1970-01-01 00:00 on that clock."""
    return first_minute(day) + minute


def clock(minute: int) -> str:
    """Return a minute of the day as 22:05."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}" if minute != DAY else "24:00"

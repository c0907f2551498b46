"""A patrol plan by shift: what one team does in one shift, and which other teams are near it.

A shift is one page of a team's sheet, so every visit of a plan is in exactly one shift, and a shift
has the visits of its own team alone. A visit that fits none of the shifts of the teams that are
given (they were changed since) makes a shift of its own hours; none is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.clock_changes import clock_changes
from models.tasking.teams import duties_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan, PlannedBreak, PlannedVisit
    from models.tasking.teams import Team

NEAR_M: Final = 500
NEAR_MINUTES: Final = 30
_ANY: Final = 0  # the seed of breaks, which are taken from the plan
_WEEK_HOURS: Final = 168
_MONDAY_SHIFT: Final = 3 * 24 * 60  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class TeamShift:
    """One team's shift; times are minutes of UTC since 1970.

    Attributes
    ----------
    team : str
    day : date
        On which it begins.
    starts, ends : int
    visits : tuple of PlannedVisit
        The team's own in this shift, in order of time; may be empty.
    breaks : tuple of PlannedBreak
    """

    team: str
    day: date
    starts: int
    ends: int
    visits: tuple[PlannedVisit, ...]
    breaks: tuple[PlannedBreak, ...]

    @property
    def minutes(self) -> int:
        """How long all of its visits last."""
        return sum(each.minutes for each in self.visits)

    @property
    def spare(self) -> int:
        """How many of its visits are in spare time."""
        return sum(each.in_spare_time for each in self.visits)

    @property
    def places(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the visits to each hotspot, 1 for the first, by its first visit."""
        found: dict[str, tuple[int, ...]] = {}
        for number, visit in enumerate(self.visits, start=1):
            found[visit.hotspot_id] = (*found.get(visit.hotspot_id, ()), number)
        return found

    def legs(self) -> dict[tuple[str, str], bool]:
        """Return each way from one hotspot to the next, once, and whether streets measured it."""
        return {
            (before.hotspot_id, after.hotspot_id): after.way == "streets"
            for before, after in pairwise(self.visits)
            if before.hotspot_id != after.hotspot_id
        }


@dataclass(frozen=True, slots=True)
class NearVisit:
    """Another team's visit near one of a shift.

    Attributes
    ----------
    visit : PlannedVisit
        The other team's.
    number : int
        Of the shift's own visit that it is nearest to.
    metres : float
        From hotspot to hotspot as the crow flies; 0 at the same one.
    minutes : int
        Between the two visits; 0 where they overlap.
    """

    visit: PlannedVisit
    number: int
    metres: float
    minutes: int


def shifts_of(
    plan: Plan, teams: Sequence[Team], *, dates: Sequence[date], timezone: str
) -> tuple[TeamShift, ...]:
    """Return every shift of a plan, by team in their order, then time; those without visits too.

    Parameters
    ----------
    plan : Plan
    teams : sequence of Team
        That it was made for.
    dates : sequence of date
        On which its shifts begin; not empty.
    timezone : str
        IANA name of the local clock.
    """
    changes = clock_changes(timezone, first=min(dates), last=max(dates))
    found: list[TeamShift] = []
    left = list(plan.visits)
    for duty in duties_of(teams, dates, changes=changes, seed=_ANY):
        own = [
            each
            for each in left
            if each.team == duty.team and duty.starts <= each.starts < duty.ends
        ]
        left = [each for each in left if each not in own]
        found.append(_shift(plan, own, team=duty.team, day=duty.day, span=(duty.starts, duty.ends)))
    for team, day in dict.fromkeys((each.team, each.day) for each in left):
        own = [each for each in left if (each.team, each.day) == (team, day)]
        span = min(each.starts for each in own), max(each.starts + each.minutes for each in own)
        found.append(_shift(plan, own, team=team, day=day, span=span))
    names = [each.name for each in teams]
    order = {name: at for at, name in enumerate(dict.fromkeys([*names, *(s.team for s in found)]))}
    return tuple(sorted(found, key=lambda each: (order[each.team], each.starts)))


def _shift(
    plan: Plan, visits: Sequence[PlannedVisit], *, team: str, day: date, span: tuple[int, int]
) -> TeamShift:
    breaks = tuple(
        each
        for each in plan.breaks
        if each.team == team and span[0] <= each.starts and each.ends <= span[1]
    )
    ordered = tuple(sorted(visits, key=lambda each: each.starts))
    return TeamShift(team, day, *span, ordered, breaks)


def near_visits(
    shift: TeamShift,
    plan: Plan,
    candidates: Sequence[Candidate],
    *,
    within_m: float = NEAR_M,
    within_minutes: int = NEAR_MINUTES,
) -> tuple[NearVisit, ...]:
    """Return other teams' visits near those of a shift in place and time, in order of time.

    Parameters
    ----------
    shift : TeamShift
    plan : Plan
    candidates : sequence of Candidate
        Say where the hotspots are.
    within_m : float
        From hotspot to hotspot as the crow flies.
    within_minutes : int
        Between the end of one visit and the beginning of the other, at most.
    """
    at = {each.hotspot_id: (each.easting, each.northing) for each in candidates}
    found = []
    for other in plan.visits:
        if other.team == shift.team:
            continue
        close = [
            (minutes, metres, number)
            for number, own in enumerate(shift.visits, start=1)
            if (minutes := _minutes_apart(own, other)) <= within_minutes
            and (metres := math.dist(at[own.hotspot_id], at[other.hotspot_id])) <= within_m
        ]
        if close:
            minutes, metres, number = min(close)
            found.append(NearVisit(other, number, metres, minutes))
    return tuple(sorted(found, key=lambda each: (each.visit.starts, each.visit.team)))


def _minutes_apart(one: PlannedVisit, other: PlannedVisit) -> int:
    first, second = sorted((one, other), key=lambda each: each.starts)
    return max(0, second.starts - first.starts - first.minutes)


def week_hours(shift: TeamShift, *, timezone: str) -> tuple[int, ...]:
    """Return the hours of the week that a shift touches, in its order; 0 is Monday 00:00."""
    hours = _hour_of_each_minute(shift, timezone=timezone)
    return tuple(dict.fromkeys(hours.tolist()))


def expected_in_shift(candidate: Candidate, shift: TeamShift, *, timezone: str) -> float:
    """Return how many incidents are expected at a hotspot between a shift's start and end."""
    hours = _hour_of_each_minute(shift, timezone=timezone)
    return float(np.array(candidate.incidents)[hours].sum() / 60)


def peak_in_shift(
    candidate: Candidate, shift: TeamShift, *, timezone: str
) -> tuple[tuple[int, int], ...]:
    """Return when a hotspot's peak hours are on in a shift: spans in minutes of UTC."""
    hours = _hour_of_each_minute(shift, timezone=timezone)
    on = np.concatenate([[False], np.array(candidate.peak)[hours], [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(on)).reshape(-1, 2)
    return tuple((shift.starts + begin, shift.starts + end) for begin, end in edges.tolist())


def _hour_of_each_minute(shift: TeamShift, *, timezone: str) -> np.ndarray:
    changes = clock_changes(timezone, first=shift.day, last=shift.day)
    minutes = np.arange(shift.starts, shift.ends)
    local = minutes + changes.offsets[np.searchsorted(changes.at_utc, minutes, side="right")]
    return np.asarray((local + _MONDAY_SHIFT) // 60 % _WEEK_HOURS)


def visits_by_day(
    shifts: Sequence[TeamShift], dates: Sequence[date]
) -> Mapping[str, tuple[int, ...]]:
    """Return how many visits each team makes in the shifts that begin on each day."""
    teams = dict.fromkeys(each.team for each in shifts)
    return {
        team: tuple(
            sum(len(each.visits) for each in shifts if (each.team, each.day) == (team, day))
            for day in dates
        )
        for team in teams
    }

"""What a patrol plan is asked for: candidates, teams, settings; and what may be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from geo.counting import counted
from geo.errors import PlainError
from models.calendar.clock_changes import NO_CHANGES, ClockChanges
from models.tasking.patrol_demand import Candidate  # noqa: TC001 - saved plans need the types
from models.tasking.patrol_ways import Ways, metres_between
from models.tasking.patrol_ways import faults as way_faults
from models.tasking.teams import Team  # noqa: TC001

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.ways import Travel

Objective = Literal["incidents", "harm", "mix"]
OBJECTIVES: Final[tuple[Objective, ...]] = get_args(Objective)
OBJECTIVE_LABELS: Final[dict[Objective, str]] = {
    "incidents": "Most expected incidents",
    "harm": "Most expected harm",
    "mix": "Half incidents, half harm",
}
RHYTHMS: Final = (2, 3, 4, 6)  # visits in the longest time between two visits
LEAST_SLACK: Final = 4  # minutes of a slot on top of the visit: travel, and chance
MOST_CANDIDATES: Final = 60
MOST_DAYS: Final = 14


class PlanRequestError(PlainError, ValueError):
    """What was asked for cannot be planned, whatever the teams do."""


class ConflictError(PlainError, ValueError):
    """The requirements of a plan cannot all be met; `requirements` says which to loosen."""

    def __init__(self, requirements: tuple[str, ...]) -> None:
        self.requirements = requirements
        one = len(requirements) == 1
        super().__init__(
            f"No plan meets all requirements. Loosen {'this' if one else 'one or more of these'}: "
            + " ".join(f"{each.rstrip('.')}." for each in requirements)
        )


@dataclass(frozen=True, slots=True)
class WardMinimum:
    """At least so many visits to the candidates of a ward, over the whole plan."""

    ward_code: str
    ward_name: str
    visits: int


@dataclass(frozen=True, slots=True)
class LockedVisit:
    """A visit that must stay: `starts` is a minute of UTC since 1970."""

    team: str
    hotspot_id: str
    starts: int


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How a plan is made.

    Attributes
    ----------
    starts_on : date
        First day; the plan's days run from 06:00 to 06:00.
    days : int
    visit_minutes : int
        10 to 16 are recommended (Koper).
    gap_minutes : int
        The longest time between the beginnings of two visits in a served stretch.
    detour : float
        Length of a way as a multiple of the straight line, where no loaded streets say it.
    objective : {"incidents", "harm", "mix"}
    ward_minimums : tuple of WardMinimum
    must, must_not : tuple of str
        Hotspots that must, and must not, be visited.
    locked : tuple of LockedVisit
    seed : int
        Of the breaks, of ties between equally good plans, of the order and the minutes.
    time_limit_s : float
        The search for a better plan stops after it.
    gap : float
        It also stops when the plan is proven to lie within this share of the best possible.
    """

    starts_on: date
    days: int = 7
    visit_minutes: int = 15
    gap_minutes: int = 120
    detour: float = 1.3
    objective: Objective = "incidents"
    ward_minimums: tuple[WardMinimum, ...] = ()
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    locked: tuple[LockedVisit, ...] = ()
    seed: int = 1
    time_limit_s: float = 20.0
    gap: float = 0.02

    @property
    def dates(self) -> tuple[date, ...]:
        """The days on which its shifts begin."""
        return tuple(self.starts_on + timedelta(days=number) for number in range(self.days))


def no_changes() -> ClockChanges:
    """Return a clock that never changes."""
    return NO_CHANGES


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """Everything that a plan follows from.

    Attributes
    ----------
    candidates : tuple of Candidate
    teams : tuple of Team
    settings : PlanSettings
    changes : ClockChanges
        Of the local clock, around the days of the plan.
    ways : Ways or None
        Between the candidates; straight lines times the detour where None.
    """

    candidates: tuple[Candidate, ...]
    teams: tuple[Team, ...]
    settings: PlanSettings
    changes: ClockChanges = field(default_factory=no_changes)
    ways: Ways | None = None

    def wall(self, minute: int) -> int:
        """Return a minute of UTC as minutes since 1970-01-01 00:00 on the local clock."""
        at = int(np.searchsorted(self.changes.at_utc, minute, side="right"))
        return minute + int(self.changes.offsets[at])

    def metres(self) -> dict[Travel, NDArray[np.float64]]:
        """Return the way from each candidate to each other, for each way of travelling."""
        travels = {each.travel for each in self.teams}
        return metres_between(self.candidates, travels, ways=self.ways, detour=self.settings.detour)


def check_request(request: PlanRequest) -> None:
    """Refuse a request that no plan can be made for, with every fault that can be seen at once.

    Raises
    ------
    PlanRequestError
    """
    faults = [
        *_settings_faults(request.settings),
        *_names_faults(request),
        *way_faults(request.ways, candidates=request.candidates, teams=request.teams),
    ]
    if faults:
        raise PlanRequestError("No plan can be made. " + " ".join(faults))


def _settings_faults(settings: PlanSettings) -> list[str]:
    faults = []
    if not 1 <= settings.days <= MOST_DAYS:
        faults.append(f"Its length is out of range: {settings.days} days. Choose 1 to {MOST_DAYS}.")
    if not 5 <= settings.visit_minutes <= 60:
        faults.append(
            f"The length of a visit is out of range: {settings.visit_minutes} minutes. Choose 5 "
            "to 60 (best 10 to 16)."
        )
    elif not 2 * (settings.visit_minutes + LEAST_SLACK) <= settings.gap_minutes <= 240:
        least = 2 * (settings.visit_minutes + LEAST_SLACK)
        faults.append(
            f"The longest time between two visits is out of range: {settings.gap_minutes} minutes. "
            f"Choose {least} to 240."
        )
    if not rhythms(settings):
        faults.append("The longest time between two visits is not divisible by 2: change it.")
    if not 1.0 <= settings.detour <= 3.0:
        faults.append(
            f"The detour is out of range: {settings.detour:g} times the straight line. Choose 1 "
            "to 3."
        )
    if settings.time_limit_s <= 0 or not 0 <= settings.gap < 1:
        faults.append(
            "The time limit or the gap is out of range: choose a limit above 0 and a gap from 0 "
            "to below 1."
        )
    return faults


def rhythms(settings: PlanSettings) -> tuple[int, ...]:
    """Return how many hotspots a team can keep up at a time: 2, 3, 4 or 6 as far as they fit."""
    return tuple(
        each
        for each in RHYTHMS
        if settings.gap_minutes % each == 0
        and settings.gap_minutes // each >= settings.visit_minutes + LEAST_SLACK
    )


def _names_faults(request: PlanRequest) -> list[str]:
    chosen = request.settings
    ids = [each.hotspot_id for each in request.candidates]
    faults = []
    if not ids:
        faults.append("No hotspot to visit: widen the filter or choose more hotspots.")
    if len(ids) > MOST_CANDIDATES:
        faults.append(f"Too many hotspots: {len(ids)}. Choose at most {MOST_CANDIDATES}.")
    if not request.teams:
        faults.append("No team: add at least one with a shift.")
    unknown = sorted({*chosen.must, *(each.hotspot_id for each in chosen.locked)} - set(ids))
    if unknown:
        faults.append(
            f"Unknown hotspot {', '.join(unknown)}: it must be in the plan and is not among the "
            "candidates. Choose more hotspots, or take it out."
        )
    both = sorted(set(chosen.must) & set(chosen.must_not))
    if both:
        faults.append(f"{', '.join(both)} both must and must not be in the plan: take out one.")
    wards = {
        each.ward_code for each in request.candidates if each.hotspot_id not in chosen.must_not
    }
    faults.extend(
        f"{each.ward_name} is to have at least {counted(each.visits, 'visit')}, and no hotspot "
        "chosen lies in it: choose more hotspots, or set its minimum to 0."
        for each in chosen.ward_minimums
        if each.visits > 0 and each.ward_code not in wards
    )
    return faults

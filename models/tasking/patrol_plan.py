"""A patrol plan: which team is where at which minute, and how good that is.

What is solved exactly. Each shift is given one beat (hotspots within reach of each other) and a
rhythm, and serves stretches of the beat's hotspots: runs of their own peak hours, in which each is
visited within 120 minutes of its beginning, then at most 120 minutes apart, and last at most 120
minutes before its end. The plan collects what is expected in the hours served, an hour served twice
counted once. The bound is for exactly this, travel and breaks included.

What is drawn afterwards. Which hotspot comes at which turn and the minute of each visit are drawn
with the seed, within what the choice has promised; they change nothing of what is collected.

What follows the ranks. Visits in spare time are named so, and no hotspot gets more visits by them
than one above it (`_patrol_spare`); the plan's value is that of what is left.

Source of the visits' length and distance: C. Koper, "Just enough police presence", Justice
Quarterly 12 (1995); of the choice: the location-coverage problem, R. Church and C. ReVelle, "The
maximal covering location problem", Papers of the Regional Science Association 32 (1974).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - a saved plan is read back by these types
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from geo.errors import PlainError
from models.calendar import days
from models.tasking._patrol_choice import shortfalls, value_of
from models.tasking._patrol_milp import exact, fewest_shortfalls
from models.tasking._patrol_options import options_of
from models.tasking._patrol_spare import by_rank, refilled
from models.tasking._patrol_timing import timed, with_beats_for_locks
from models.tasking.patrol_coverage import PlanCoverage, coverage_of
from models.tasking.patrol_greedy import even, greedy, improved
from models.tasking.patrol_request import ConflictError, check_request
from models.tasking.patrol_ways import WayKind, Ways, way_kind
from models.tasking.replanned import Replanned  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.tasking._patrol_choice import Choice
    from models.tasking._patrol_milp import Answer
    from models.tasking._patrol_options import Options
    from models.tasking._patrol_spare import ByRank
    from models.tasking._patrol_timing import Timed
    from models.tasking.patrol_request import PlanRequest

_MOST_MORE_S: Final = 20.0
_REFILLS: Final = 8


class NoPlanInTimeError(PlainError, ValueError):
    """Time was up before any plan that meets the requirements was found, or proven not to be."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"No plan that meets all requirements was found in {seconds:.0f} seconds, nor proof "
            "that there is none. Allow more time, or loosen a requirement."
        )


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit.

    Attributes
    ----------
    team, hotspot_id : str
    day : date
        On which the shift begins.
    half : int
        0 before the break, 1 after it.
    starts : int
        Minutes of UTC since 1970.
    at : datetime
        The same on the local clock, without a zone.
    minutes : int
    locked : bool
        It was fixed before the plan was made.
    in_spare_time : bool
        Less is expected there than at an average hotspot in an average hour, or another team serves
        the hours already.
    way : {"streets", "straight", ""}
        How the way there was measured from the visit before, in the same shift; "" for the first
        and in a plan that does not say.
    """

    team: str
    hotspot_id: str
    day: date
    half: int
    starts: int
    at: datetime
    minutes: int
    locked: bool = False
    in_spare_time: bool = False
    way: WayKind = ""


@dataclass(frozen=True, slots=True)
class ServedStretch:
    """A run of a hotspot's peak hours in which one team visits it; minutes of UTC."""

    team: str
    hotspot_id: str
    day: date
    half: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class PlannedBreak:
    """A team's break; minutes of UTC."""

    team: str
    day: date
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A patrol plan and how good it is.

    Attributes
    ----------
    visits : tuple of PlannedVisit
        By team, then time.
    stretches : tuple of ServedStretch
    breaks : tuple of PlannedBreak
    value : float
        What it collects, in the objective's unit (incidents, harm, or their mix).
    bound : float
        No plan collects more.
    greedy_value, even_value : float
        What the greedy plan and patrols spread evenly collect.
    seconds : float
        All of it took.
    proven : bool
        The gap asked for was reached before time was up.
    coverage : PlanCoverage
    ways : Ways or None
        That it is made with; None in a plan from before they were kept.
    replanned : Replanned or None
        What it follows from, where another plan was made again around a change.
    """

    visits: tuple[PlannedVisit, ...]
    stretches: tuple[ServedStretch, ...]
    breaks: tuple[PlannedBreak, ...]
    value: float
    bound: float
    greedy_value: float
    even_value: float
    seconds: float
    proven: bool
    coverage: PlanCoverage
    ways: Ways | None = None
    replanned: Replanned | None = None

    @property
    def gap(self) -> float:
        """How far it may lie below the best possible, as a share of that; 0 to 1."""
        return max(0.0, 1 - self.value / self.bound) if self.bound > 0 else 0.0


def plan(request: PlanRequest, *, tell: Callable[[float], None] | None = None) -> Plan:
    """Make the plan.

    Parameters
    ----------
    request : PlanRequest
    tell : callable, optional
        Told the share of the time limit that has passed; may raise to give up.

    Raises
    ------
    PlanRequestError, TeamError
        If what was asked for cannot be planned.
    ConflictError
        If the requirements cannot all be met; it says which to loosen.
    NoPlanInTimeError
    """
    begun = time.monotonic()
    settings = request.settings
    check_request(request)
    options = with_beats_for_locks(options_of(request))
    _check_served(options)
    dice = [np.random.default_rng([settings.seed, number]) for number in range(4)]
    by_greed = greedy(options)
    better = improved(options, by_greed, rng=dice[0])
    left = settings.time_limit_s - (time.monotonic() - begun)
    known = None if shortfalls(options, better) else better
    answer = exact(options, known=known, rng=dice[1], seconds=max(left, 1.0), tell=tell)
    choice = answer.choice or _explained(options, answer)
    best = _by_rank(options, choice, rng=dice[2])
    value, bound = value_of(options, best.choice), answer.bound
    other = _greedy_by_rank(options, by_greed, rng=dice[3])
    greedy_value = value_of(options, by_greed if other is None else other.choice)
    if other is not None and greedy_value > value:
        best, value = other, greedy_value
    spread = even(options)
    visits = _by_team(options, best.visits)
    return Plan(
        visits=tuple(
            planned_visit(options, each, spare=each.stretch in best.spare, before=before)
            for before, each in zip([None, *visits], visits, strict=False)
        ),
        stretches=_stretches(options, best.choice),
        breaks=tuple(
            PlannedBreak(each.team, each.day, each.break_starts, each.break_ends)
            for each in options.duties
            if each.break_ends > each.break_starts
        ),
        value=value,
        bound=max(bound, value),
        greedy_value=greedy_value,
        even_value=value_of(options, spread),
        seconds=time.monotonic() - begun,
        proven=answer.proven,
        coverage=coverage_of(options, best, spread=spread, bound=max(bound, value)),
        ways=request.ways,
    )


def _by_rank(options: Options, choice: Choice, *, rng: np.random.Generator) -> ByRank:
    """Time a choice and let spare time follow the ranks; what that frees is used again."""
    visits, kept = timed(options, choice, rng=rng)
    best = by_rank(options, kept, visits)
    for _ in range(_REFILLS):
        more = refilled(options, best)
        if more == best.choice:
            break
        visits, kept = timed(options, more, rng=rng)
        again = by_rank(options, kept, visits)
        if value_of(options, again.choice) <= value_of(options, best.choice):
            break
        best = again
    return best


def _greedy_by_rank(options: Options, choice: Choice, *, rng: np.random.Generator) -> ByRank | None:
    """Return the greedy plan by the same rules; None where it does not meet the requirements."""
    if shortfalls(options, choice):
        return None
    try:
        return _by_rank(options, choice, rng=rng)
    except ConflictError:  # of locked visits with the beats that greed took
        return None


def _check_served(options: Options) -> None:
    """Refuse what no hour on duty can meet, before anything is solved."""
    request = options.request
    there = {request.candidates[run.hotspot].hotspot_id for run in options.stretches}
    wards = {request.candidates[run.hotspot].ward_code for run in options.stretches}
    gap = request.settings.gap_minutes
    faults = [
        f"{each.label} must be visited, and no half shift overlaps its peak hours for "
        f"{gap} minutes (add a shift then, or take it out of those that must be visited)"
        for each in request.candidates
        if each.hotspot_id in request.settings.must and each.hotspot_id not in there
    ]
    faults.extend(
        f"{ward.ward_name} is to have at least {counted(ward.visits, 'visit')}, and no half shift "
        "overlaps "
        f"its hotspots' peak hours for {gap} minutes (add a shift then, or lower its minimum)"
        for ward in request.settings.ward_minimums
        if ward.visits > 0 and ward.ward_code not in wards
    )
    if faults:
        raise ConflictError(tuple(faults))


def _explained(options: Options, answer: Answer) -> Choice:
    """Say which requirements are to be loosened, or that time was up."""
    seconds = options.request.settings.time_limit_s
    missed = fewest_shortfalls(options, seconds=min(seconds, _MOST_MORE_S))
    if missed:
        raise ConflictError(missed)
    if not answer.infeasible and not options.beats:
        return {}
    raise NoPlanInTimeError(seconds)


def _by_team(options: Options, visits: Sequence[Timed]) -> list[Timed]:
    names = [each.name for each in options.request.teams]
    return sorted(
        visits,
        key=lambda each: (
            names.index(options.duties[options.stretches[each.stretch].duty].team),
            each.starts,
        ),
    )


def planned_visit(
    options: Options, each: Timed, *, spare: bool, before: Timed | None
) -> PlannedVisit:
    """Return a timed visit with its team, place and way from the visit before."""
    run = options.stretches[each.stretch]
    duty = options.duties[run.duty]
    start = None if before is None else options.stretches[before.stretch]
    way: WayKind = ""
    if start is not None and start.duty == run.duty:
        ways = options.request.ways
        way = way_kind(ways, travel=duty.travel, start=start.hotspot, end=run.hotspot)
    return PlannedVisit(
        team=duty.team,
        hotspot_id=options.request.candidates[run.hotspot].hotspot_id,
        day=duty.day,
        half=run.half,
        starts=each.starts,
        at=wall_time(options.request, each.starts),
        minutes=options.request.settings.visit_minutes,
        locked=each.locked,
        in_spare_time=spare,
        way=way,
    )


def wall_time(request: PlanRequest, minute: int) -> datetime:
    """Return a minute of UTC since 1970 on the local clock, without a zone."""
    return days.wall_time(request.wall(minute))


def _stretches(options: Options, choice: Choice) -> tuple[ServedStretch, ...]:
    found = []
    for place, picked in choice.items():
        duty = options.duties[place]
        for at in picked.stretches:
            run = options.stretches[at]
            found.append(
                ServedStretch(
                    team=duty.team,
                    hotspot_id=options.request.candidates[run.hotspot].hotspot_id,
                    day=duty.day,
                    half=run.half,
                    starts=run.starts,
                    ends=run.ends,
                )
            )
    return tuple(found)

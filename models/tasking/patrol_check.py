"""An independent check of a patrol plan: every rule, worked out again from the request alone.

It shares no code with the search: it takes each visit by itself, walks every way again and adds up
the hours served minute by minute. Every plan of the tests and of the benchmark has to pass it.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.tasking.patrol_demand import DAY_BEGINS
from models.tasking.teams import BREAK_FROM, DAY, clock, wall_minute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan, PlannedVisit, ServedStretch
    from models.tasking.patrol_request import PlanRequest
    from models.tasking.teams import Shift, Team

_NEAR: Final = 1e-6
_MONDAY_SHIFT: Final = 3 * DAY


def broken_rules(request: PlanRequest, plan: Plan) -> tuple[str, ...]:
    """Return every rule that a plan breaks, in words; nothing where it keeps all."""
    teams = {each.name: each for each in request.teams}
    hotspots = {each.hotspot_id: each for each in request.candidates}
    strangers = [
        f"A visit names {each.team} and {each.hotspot_id}, which were not asked for."
        for each in plan.visits
        if each.team not in teams or each.hotspot_id not in hotspots
    ]
    if strangers:
        return tuple(strangers)
    found: list[str] = []
    for name, team in teams.items():
        own = sorted((v for v in plan.visits if v.team == name), key=lambda v: v.starts)
        found.extend(_duty_faults(request, plan, team, own))
        found.extend(_way_faults(request, plan, team, own, hotspots=hotspots))
    for visit in plan.visits:
        found.extend(_hour_faults(request, visit, hotspots[visit.hotspot_id]))
    found.extend(_stretch_faults(request, plan, hotspots=hotspots))
    found.extend(_requirement_faults(request, plan, hotspots=hotspots))
    found.extend(_figure_faults(request, plan, hotspots=hotspots))
    found.extend(_spare_faults(request, plan))
    return tuple(found)


def _visit_label(visit: PlannedVisit) -> str:
    return f"{visit.team} at {visit.hotspot_id}, {visit.at:%a} {visit.at.day} {visit.at:%b %H:%M}"


def _shift_on(request: PlanRequest, team: Team, visit: PlannedVisit) -> tuple[int, int] | None:
    """Return from when to when the visit's shift lasts, in wall-clock minutes."""
    if visit.day in team.days_off or visit.day not in request.settings.dates:
        return None
    for shift in team.shifts:
        if visit.day.weekday() in shift.weekdays:
            begins = wall_minute(visit.day, shift.start_minute)
            if begins <= request.wall(visit.starts) < begins + _length(shift):
                return begins, begins + _length(shift)
    return None


def _length(shift: Shift) -> int:
    difference = shift.end_minute - shift.start_minute
    return difference if difference > 0 else difference + DAY


def _duty_faults(
    request: PlanRequest, plan: Plan, team: Team, own: Sequence[PlannedVisit]
) -> Iterator[str]:
    pauses = [each for each in plan.breaks if each.team == team.name]
    for visit in own:
        wall = request.wall(visit.starts)
        written = wall_minute(visit.at.date(), visit.at.hour * 60 + visit.at.minute)
        if wall != written or visit.minutes != request.settings.visit_minutes:
            yield f"{_visit_label(visit)}: its clock time or its length is not as asked."
        shift = _shift_on(request, team, visit)
        if shift is None:
            yield f"{_visit_label(visit)}: the team is not on duty."
            continue
        if wall < shift[0] + team.ready_minutes:
            yield f"{_visit_label(visit)}: before the team is ready."
        if request.wall(visit.starts + visit.minutes) > shift[1] - team.ready_minutes:
            yield f"{_visit_label(visit)}: too late to be back by the end of the shift."
        if any(p.starts < visit.starts + visit.minutes and visit.starts < p.ends for p in pauses):
            yield f"{_visit_label(visit)}: during the team's break."
        long = shift[1] - shift[0] > BREAK_FROM and team.break_minutes > 0
        held = [p for p in pauses if p.day == visit.day]
        free = shift[1] - shift[0] - 2 * team.ready_minutes
        if (
            long
            and free > team.break_minutes
            and not any(p.ends - p.starts == team.break_minutes for p in held)
        ):
            yield f"{_visit_label(visit)}: its shift has no break of {team.break_minutes} minutes."


def _way_faults(
    request: PlanRequest,
    plan: Plan,
    team: Team,
    own: Sequence[PlannedVisit],
    *,
    hotspots: dict[str, Candidate],
) -> Iterator[str]:
    for one, other in pairwise(own):
        here, there = hotspots[one.hotspot_id], hotspots[other.hotspot_id]
        way = _metres(request, here, there, team=team) / team.metres_per_minute
        leaves = one.starts + one.minutes
        pause = sum(
            each.ends - each.starts
            for each in plan.breaks
            if each.team == team.name and leaves <= each.starts and each.ends <= other.starts
        )
        if leaves + way + pause > other.starts + _NEAR:
            yield (
                f"{_visit_label(one)}, then {_visit_label(other)}: travel takes {way:.1f} minutes "
                f"and there are {other.starts - leaves - pause}."
            )


def _metres(request: PlanRequest, here: Candidate, there: Candidate, *, team: Team) -> float:
    """Look one way up in those that the plan is made with, or measure the straight line."""
    if request.ways is not None:
        for own in request.ways.by_travel:
            if own.travel == team.travel:
                order = request.candidates
                return own.metres[order.index(here)][order.index(there)]
    straight = math.dist((here.easting, here.northing), (there.easting, there.northing))
    return straight * request.settings.detour


def _peak_at(request: PlanRequest, hotspot: Candidate, minute: int) -> bool:
    return hotspot.peak[(request.wall(minute) + _MONDAY_SHIFT) // 60 % 168]


def _hour_faults(request: PlanRequest, visit: PlannedVisit, hotspot: Candidate) -> Iterator[str]:
    minutes = range(visit.starts, visit.starts + visit.minutes)
    if not all(_peak_at(request, hotspot, minute) for minute in minutes):
        yield f"{_visit_label(visit)}: outside the hotspot's peak hours."


def _stretch_faults(
    request: PlanRequest, plan: Plan, *, hotspots: dict[str, Candidate]
) -> Iterator[str]:
    gap = request.settings.gap_minutes
    homeless = set(plan.visits)
    for stretch in plan.stretches:
        own = sorted((v for v in plan.visits if _in_stretch(v, stretch)), key=lambda v: v.starts)
        homeless -= set(own)
        said = f"{stretch.team} at {stretch.hotspot_id} on {stretch.day}, half {stretch.half + 1}"
        moments = [stretch.starts, *(v.starts for v in own), stretch.ends]
        if not own:
            yield f"{said}: served without a visit."
        if any(later - sooner > gap for sooner, later in pairwise(moments)):
            yield f"{said}: more than {gap} minutes without a visit."
        peak = hotspots[stretch.hotspot_id]
        if not all(_peak_at(request, peak, m) for m in range(stretch.starts, stretch.ends)):
            yield f"{said}: it runs outside the hotspot's peak hours."
    for visit in sorted(homeless, key=lambda v: v.starts):
        yield f"{_visit_label(visit)}: it belongs to no stretch that is served."


def _in_stretch(visit: PlannedVisit, stretch: ServedStretch) -> bool:
    same = (visit.team, visit.hotspot_id, visit.day, visit.half) == (
        stretch.team,
        stretch.hotspot_id,
        stretch.day,
        stretch.half,
    )
    return same and stretch.starts <= visit.starts and visit.starts + visit.minutes <= stretch.ends


def _requirement_faults(
    request: PlanRequest, plan: Plan, *, hotspots: dict[str, Candidate]
) -> Iterator[str]:
    chosen = request.settings
    visited = [each.hotspot_id for each in plan.visits]
    for name in chosen.must:
        if name not in visited:
            yield f"{name} must be visited and is not."
    for name in chosen.must_not:
        if name in visited:
            yield f"{name} must not be visited and is."
    for ward in chosen.ward_minimums:
        made = sum(hotspots[name].ward_code == ward.ward_code for name in visited)
        if made < ward.visits:
            yield f"{ward.ward_name} has {counted(made, 'visit')}, fewer than {ward.visits}."
    there = {(each.team, each.hotspot_id, each.starts) for each in plan.visits if each.locked}
    for lock in chosen.locked:
        if (lock.team, lock.hotspot_id, lock.starts) not in there:
            minute = request.wall(lock.starts) % DAY
            yield f"{lock.team}'s locked visit to {lock.hotspot_id} at {clock(minute)} is missing."


def _figure_faults(
    request: PlanRequest, plan: Plan, *, hotspots: dict[str, Candidate]
) -> Iterator[str]:
    """Add up the hours served again, minute by minute."""
    first = wall_minute(request.settings.starts_on, DAY_BEGINS)
    last = first + request.settings.days * DAY
    served: dict[str, set[int]] = {}
    for stretch in plan.stretches:
        served.setdefault(stretch.hotspot_id, set()).update(range(stretch.starts, stretch.ends))
    incidents = harm = 0.0
    for name, minutes in served.items():
        for minute in minutes:
            wall = request.wall(minute)
            if first <= wall < last:
                hour = (wall + _MONDAY_SHIFT) // 60 % 168
                incidents += hotspots[name].incidents[hour] / 60
                harm += hotspots[name].harm[hour] / 60
    covered = plan.coverage
    for what, own, said in (
        ("incidents", incidents, covered.incidents.covered),
        ("harm", harm, covered.harm.covered),
    ):
        if not math.isclose(own, said, rel_tol=1e-6, abs_tol=1e-6):
            yield f"The plan says that it covers {said:.4f} {what}; it covers {own:.4f}."
    if plan.value > plan.bound * (1 + _NEAR) + _NEAR:
        yield f"The plan collects {plan.value:.4f}, more than its bound of {plan.bound:.4f}."


def _spare_faults(request: PlanRequest, plan: Plan) -> Iterator[str]:
    """Look at every pair of hotspots: spare time sends no more visits to the lower one."""
    asked = {*request.settings.must, *(each.hotspot_id for each in request.settings.locked)}
    made = {
        each.hotspot_id: sum(visit.hotspot_id == each.hotspot_id for visit in plan.visits)
        for each in request.candidates
    }
    spare = {visit.hotspot_id for visit in plan.visits if visit.in_spare_time}
    for lower in request.candidates:
        for higher in request.candidates:
            if (
                higher.rank < lower.rank
                and lower.hotspot_id in spare - asked
                and higher.hotspot_id not in request.settings.must_not
                and made[lower.hotspot_id] > made[higher.hotspot_id]
            ):
                yield (
                    f"{lower.label} has {counted(made[lower.hotspot_id], 'visit')}, some in spare "
                    f"time, and {higher.label} above it has {made[higher.hotspot_id]}."
                )

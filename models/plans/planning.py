"""From a view of the incidents to a patrol plan, and from a plan to taskings.

This is where the incident store meets the planning models; the page, the command line and a
notebook all make these calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from geo.polygon_index import PolygonIndex
from models.calendar.clock_changes import clock_changes, local_moment
from models.hotspots.aoristic import UNTIMED, aoristic_week_of
from models.hotspots.study_area import in_study_area
from models.tasking.arrival import arrival_point
from models.tasking.patrol_demand import Candidate, hotspot_week
from models.tasking.patrol_request import PlanRequest, PlanSettings
from models.tasking.tasking import TaskingDraft, TaskingHours
from models.tasking.team_plan import TeamPlan, TeamVisit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents
    from models.incidents.detection import Detection
    from models.tasking.patrol_plan import Plan, PlannedVisit
    from models.tasking.patrol_ways import Ways
    from models.tasking.teams import Team

TOP: Final = 25
_CELL_M: Final = 25.0
_DECIMALS: Final = 9
_LEAST_VISITS: Final = 1


@dataclass(frozen=True, slots=True)
class PlanBasis:
    """What a plan is made of, before teams and settings.

    Attributes
    ----------
    candidates : tuple of Candidate
        In order of rank.
    areas : dict of str to Polygon or MultiPolygon
        By `hotspot_id`, in the store's metric CRS.
    notes : tuple of str
        What every reader must know of their hours.
    table_version : int
    """

    candidates: tuple[Candidate, ...]
    areas: dict[str, Polygon | MultiPolygon]
    notes: tuple[str, ...]
    table_version: int


def plan_basis(detection: Detection, *, top: int = TOP, gap_minutes: int = 120) -> PlanBasis:
    """Return the first hotspots of a picture with what is expected in each of their hours.

    Expected in a week is what the picture's period counted, divided by its weeks; an incident whose
    hour is not known gives no hour.

    Parameters
    ----------
    detection : Detection
        Of any method and filter.
    top : int
        How many hotspots, by rank.
    gap_minutes : int
        The longest time between visits; peak hours come in runs at least as long.
    """
    weeks = detection.selection.now.period.days / 7
    found, areas = [], {}
    for row in detection.hotspots.frame.head(top).itertuples():
        inside = _inside(detection, row.geometry)
        areas[row.hotspot_id] = row.geometry
        week = hotspot_week(
            aoristic_week_of(inside).weights,
            _harm_week(inside),
            untimed=int((inside.ends_minute == UNTIMED).sum()),
            untimed_harm=float(np.nansum(inside.harm[inside.ends_minute == UNTIMED])),
            weeks=weeks,
            least_hours=-(-gap_minutes // 60),
        )
        ward = row.wards[0] if row.wards else None
        easting, northing = arrival_point(row.geometry, inside)
        found.append(
            Candidate(
                hotspot_id=row.hotspot_id,
                rank=int(row.rank),
                near=row.near,
                ward_code=ward.code if ward else "",
                ward_name=ward.name if ward else "",
                easting=round(easting, 1),
                northing=round(northing, 1),
                incidents=_rounded(week.incidents),
                harm=_rounded(week.harm),
                peak=tuple(week.peak.tolist()),
                hours_known=week.hours_known,
                untimed=week.untimed,
                hours_state=week.hours_state,
            )
        )
    return PlanBasis(tuple(found), areas, _notes(found, detection), detection.selection.version)


def _inside(detection: Detection, area: Polygon | MultiPolygon) -> Incidents:
    incidents = detection.selection.incidents
    west, south, east, north = area.bounds
    near = (incidents.easting >= west) & (incidents.easting <= east)
    near &= (incidents.northing >= south) & (incidents.northing <= north)
    held = incidents.take(near & in_study_area(incidents, detection.area))
    within = PolygonIndex.of([area], cell_m=_CELL_M).locate(held.easting, held.northing) == 0
    return held.take(within)


def _harm_week(incidents: Incidents) -> NDArray[np.float64]:
    """Return the aoristic week weighed by harm; an incident without a weight adds nothing."""
    week = np.zeros(168)
    for weight in np.unique(incidents.harm[np.isfinite(incidents.harm)]).tolist():
        week += weight * aoristic_week_of(incidents.take(incidents.harm == weight)).weights
    return week


def _rounded(week: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.round(week, _DECIMALS).tolist())


def _notes(candidates: Sequence[Candidate], detection: Detection) -> tuple[str, ...]:
    notes = []
    unknown = [each for each in candidates if not each.hours_known]
    if unknown:
        which = (
            "all" if len(unknown) == len(candidates) else f"{len(unknown)} of the {len(candidates)}"
        )
        notes.append(
            f"The hours of {which} hotspots are not known well enough to plan by: they may be "
            "visited at any hour of a shift, and what is expected there is spread evenly over the "
            "week. Their visits say where, not when."
        )
    untimed = sum(each.untimed for each in candidates)
    if untimed:
        notes.append(
            f"In the other hotspots {counted(untimed, 'incident has', 'incidents have')} no known "
            "hour and no part in what is expected there."
        )
    return (*notes, *detection.notes)


def plan_request(
    basis: PlanBasis,
    teams: Sequence[Team],
    *,
    settings: PlanSettings,
    timezone: str,
    ways: Ways | None = None,
) -> PlanRequest:
    """Return the request of a plan, on the local clock of its days.

    Without `ways` its distances are straight lines times the detour.
    """
    last = settings.starts_on + timedelta(days=settings.days + 1)
    return PlanRequest(
        candidates=basis.candidates,
        teams=tuple(teams),
        settings=settings,
        changes=clock_changes(timezone, first=settings.starts_on, last=last),
        ways=ways,
    )


def drafts_of(
    plan: Plan,
    *,
    plan_id: int,
    candidates: Sequence[Candidate],
    areas: Mapping[str, Polygon | MultiPolygon],
    starts_on: date,
    days: int,
    timezone: str,
) -> list[TaskingDraft]:
    """Return a tasking for each hotspot and each team that a plan sends there, by rank, then team.

    A tasking holds its team's visits; its hours are the days and the span of hours of these visits
    and its dosage is their number.

    Parameters
    ----------
    plan : Plan
    plan_id : int
        Of the saved plan.
    candidates : sequence of Candidate
    areas : mapping of str to Polygon or MultiPolygon
        By `hotspot_id`, in the metric CRS.
    starts_on, days : date, int
        Of the plan.
    timezone : str
        IANA name of the local clock.
    """
    known = {each.hotspot_id: each for each in candidates}
    groups: dict[tuple[int, str, str], list[PlannedVisit]] = {}
    for visit in plan.visits:
        key = (known[visit.hotspot_id].rank, visit.hotspot_id, visit.team)
        groups.setdefault(key, []).append(visit)
    drafts = []
    for (rank, hotspot_id, team), held in sorted(groups.items()):
        visits = sorted(held, key=lambda each: each.starts)
        candidate = known[hotspot_id]
        where = candidate.near or candidate.ward_name or hotspot_id
        at = "" if where.startswith("around ") else "at "
        own = TeamPlan(
            plan_id=plan_id,
            hotspot_id=hotspot_id,
            rank=rank,
            team=team,
            visits=tuple(team_visit(each, timezone=timezone) for each in visits),
        )
        drafts.append(
            TaskingDraft(
                title=f"Patrols {at}{where}"[:120],
                area=areas[hotspot_id],
                objective=(
                    f"Be seen in the hotspot's own peak hours, as planned ({own.reference}, "
                    f"rank {rank})."
                ),
                tactic="patrol",
                hours=hours_of(own.visits),
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=days - 1),
                origin="plan",
                team=team,
                near=candidate.near,
                visits_per_week=max(_LEAST_VISITS, round(len(visits) * 7 / days)),
                minutes_per_visit=visits[0].minutes,
                team_plan=own,
            )
        )
    return drafts


def team_visit(visit: PlannedVisit, *, timezone: str) -> TeamVisit:
    """Return a visit of a plan on the local clock, as a tasking holds it."""
    return TeamVisit(
        day=visit.day,
        starts_at=local_moment(visit.starts, timezone=timezone),
        ends_at=local_moment(visit.starts + visit.minutes, timezone=timezone),
        in_spare_time=visit.in_spare_time,
        way=visit.way,
    )


def hours_of(visits: Sequence[TeamVisit]) -> TaskingHours:
    """Return the weekdays and the shortest span of whole hours that holds every visit of a team.

    The hours are counted from the day on which a shift begins: a span that passes midnight ends on
    the next day. Where every visit is after midnight, the weekdays are those of the visits.
    """
    begin = min(_hour_of_shift(each.starts_at, day=each.day) for each in visits)
    end = 1 + max(
        _hour_of_shift(each.ends_at - timedelta(minutes=1), day=each.day) for each in visits
    )
    later, start = divmod(begin, 24)
    days = tuple(sorted({(each.day.weekday() + later) % 7 for each in visits}))
    if end - begin >= 24:
        return TaskingHours(days, start, start or 24)
    return TaskingHours(days, start, (end - 1) % 24 + 1)


def _hour_of_shift(at: datetime, *, day: date) -> int:
    return 24 * (at.date() - day).days + at.hour

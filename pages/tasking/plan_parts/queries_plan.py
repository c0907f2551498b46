"""The questions of the page Plan, kept for what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.places import places_path
from data.services.plan_ways import plan_ways
from data.settings import settings
from models.plans.planning import PlanBasis, plan_basis
from models.tasking.patrol_plan import plan as make_plan
from models.tasking.patrol_replan import replan
from pages.shell import queries
from pages.shell.answers import cached, counted
from pages.shell.stamp import file_state, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.streets.ways import Travel
    from models.hotspots.methods import MethodSettings
    from models.incidents.filters import IncidentFilter
    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_replan import PlanChange
    from models.tasking.patrol_request import PlanRequest
    from models.tasking.patrol_ways import Ways


@cached(
    max_entries=16,
    spinner="Counting the hotspots' hours…",
    rests_on=(stamp, queries.base_files),
)
def basis(
    incident_filter: IncidentFilter, method: MethodSettings, *, top: int, gap_minutes: int
) -> PlanBasis:
    """Return the hotspots that a plan can visit, with what is expected in their hours."""
    detection = queries.detection(incident_filter, method)
    return plan_basis(detection, top=top, gap_minutes=gap_minutes)


def _street_file() -> tuple[str, int]:
    return file_state(places_path(settings(), "street"))


@cached(max_entries=32, spinner="Measuring the ways along the streets…", rests_on=(_street_file,))
def ways(candidates: tuple[Candidate, ...], *, travels: tuple[Travel, ...], detour: float) -> Ways:
    """Return the ways between hotspots along the loaded streets, or that none are loaded."""
    return plan_ways(settings(), candidates, travels=travels, detour=detour)


@counted("Looking for the best plan", max_entries=16, rests_on=())
def plan(progress: Callable[[float], None], request: PlanRequest) -> Plan:
    """Return the plan of a request; the first time it is made with a bar and a Stop.

    Raises
    ------
    PlanRequestError, TeamError, ConflictError, NoPlanInTimeError
    """
    return make_plan(request, tell=progress)


@counted("Planning again around the change", max_entries=16, rests_on=())
def plan_again(
    progress: Callable[[float], None], request: PlanRequest, before: Plan, *, change: PlanChange
) -> Plan:
    """Return a plan made again around a change.

    Raises
    ------
    PlanRequestError, TeamError, ReplanError
    """
    return replan(request, before, change=change, tell=progress)

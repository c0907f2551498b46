"""The questions of the page Plan, kept for what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.plans.planning import PlanBasis, plan_basis
from models.tasking.patrol_plan import plan as make_plan
from pages.shell import queries
from pages.shell.answers import cached, counted
from pages.shell.stamp import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.hotspots.methods import MethodSettings
    from models.incidents.filters import IncidentFilter
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanRequest


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


@counted("Looking for the best plan", max_entries=16, rests_on=())
def plan(progress: Callable[[float], None], request: PlanRequest) -> Plan:
    """Return the plan of a request; the first time it is made with a bar and a Stop.

    Raises
    ------
    PlanRequestError, TeamError, ConflictError, NoPlanInTimeError
    """
    return make_plan(request, tell=progress)

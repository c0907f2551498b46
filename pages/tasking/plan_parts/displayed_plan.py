"""A plan with what its page needs to show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.plans.planning import PlanBasis, plan_request
from models.tasking.patrol_ways import travel_label, travel_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import MultiPolygon, Polygon

    from data.operations.taskings.plans import PlanRecord
    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanRequest, PlanSettings
    from models.tasking.teams import Team


@dataclass(frozen=True, slots=True)
class DisplayedPlan:
    """A plan on the screen, just made or saved.

    Attributes
    ----------
    plan : Plan
    candidates : tuple of Candidate
    areas : mapping of str to Polygon or MultiPolygon
    teams : tuple of Team
    settings : PlanSettings
    table_version : int
    view : mapping of str to str
        The words of the view that its hotspots come from.
    record : PlanRecord or None
        Where it is a saved one.
    """

    plan: Plan
    candidates: tuple[Candidate, ...]
    areas: Mapping[str, Polygon | MultiPolygon]
    teams: tuple[Team, ...]
    settings: PlanSettings
    table_version: int
    view: Mapping[str, str]
    record: PlanRecord | None = None

    def request(self, *, timezone: str) -> PlanRequest:
        """Return what the plan was made of, on the local clock of a zone."""
        basis = PlanBasis(self.candidates, dict(self.areas), (), self.table_version)
        return plan_request(
            basis, self.teams, settings=self.settings, timezone=timezone, ways=self.plan.ways
        )

    @property
    def travel_label(self) -> str:
        """How the ways between its hotspots were measured, in a few words."""
        return travel_label(
            self.plan.ways,
            travels={each.travel for each in self.teams},
            detour=self.settings.detour,
        )

    @property
    def travel_note(self) -> str:
        """The same in sentences, with what is not known of them."""
        return travel_note(
            self.plan.ways,
            candidates=self.candidates,
            travels={each.travel for each in self.teams},
            detour=self.settings.detour,
        )

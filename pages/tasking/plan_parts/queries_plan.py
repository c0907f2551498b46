"""The calls of the page Plan, kept for the table version and what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from models.plans.planning import PlanBasis, plan_basis
from models.tasking.patrol_plan import plan as make_plan
from pages.shell import queries
from pages.shell.stoppable import stoppable

if TYPE_CHECKING:
    from models.hotspots.methods import MethodSettings
    from models.incidents.detection import Detection
    from models.incidents.filters import IncidentFilter
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanRequest


def basis(
    incident_filter: IncidentFilter, method: MethodSettings, *, top: int, gap_minutes: int
) -> PlanBasis:
    """Return the hotspots that a plan can visit, with what is expected in their hours."""
    words = f"{incident_filter!r} {method!r}"
    detection = queries.picture(incident_filter, method)
    return _basis(str(queries.stamp()), words, top, gap_minutes, _picture=detection)


@st.cache_resource(max_entries=16, show_spinner="Counting the hotspots' hours…")
def _basis(now: str, words: str, top: int, gap_minutes: int, *, _picture: Detection) -> PlanBasis:
    return plan_basis(queries.store(), _picture, top=top, gap_minutes=gap_minutes)


def plan(request: PlanRequest) -> Plan:
    """Return the plan of a request; the first time it is made with a bar and a Stop.

    Raises
    ------
    PlanRequestError, TeamError, ConflictError, NoPlanInTimeError
    """
    key = f"{request.candidates!r}{request.teams!r}{request.settings!r}"
    kept = _plan(key)
    if not kept:
        with stoppable("Looking for the best plan", key=key) as tell:
            kept.append(make_plan(request, tell=tell))
    return kept[0]


@st.cache_resource(max_entries=16, show_spinner=False)
def _plan(key: str) -> list[Plan]:
    """Return the place for one answer: what draws progress cannot itself be kept."""
    return []

"""What a patrol plan comes to, in the sentences that stand above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.counting import counted
from models.tasking.patrol_demand import demand_of
from models.tasking.teams import duties_of
from models.tasking.wording import day_of_week_label
from models.wording.days import day_label

if TYPE_CHECKING:
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanRequest, PlanSettings


def plan_answer(plan: Plan, *, settings: PlanSettings, hotspots: int) -> str:
    """Return who goes where, and how much of what is expected falls in hours that are served.

    Parameters
    ----------
    plan : Plan
    settings : PlanSettings
    hotspots : int
        How many it could visit.
    """
    if not plan.visits:
        return f"No team visits a hotspot {days_label(settings)}."
    teams = counted(len({each.team for each in plan.visits}), "team makes", "teams make")
    visited = len({each.hotspot_id for each in plan.visits})
    covered = plan.coverage.incidents
    return (
        f"{teams} {counted(len(plan.visits), 'visit')} to {visited} of "
        f"{counted(hotspots, 'hotspot')} {days_label(settings)}. Of about "
        f"{covered.expected:,.0f} incidents expected there in these days, {covered.share:.0%} fall "
        f"in hours in which a team comes by at least every {_gap(settings)} "
        f"({covered.even_share:.0%} if patrols were spread evenly). That does not say that they "
        "are prevented."
    )


def answer_before(request: PlanRequest) -> str:
    """Return what would be planned, before a plan is asked for.

    Raises
    ------
    TeamError
    """
    chosen = request.settings
    if not request.candidates:
        return "There is no hotspot to send a team to. Widen the filters above."
    duties = duties_of(request.teams, chosen.dates, changes=request.changes, seed=chosen.seed)
    expected = float(
        demand_of(
            request.candidates,
            starts_on=chosen.starts_on,
            days=chosen.days,
            changes=request.changes,
        )
        .incidents[:, -1]
        .sum()
    )
    return (
        f"{counted(len({each.team for each in duties}), 'team', 'teams')} on "
        f"{counted(len(duties), 'shift')} would be sent to the first "
        f"{counted(len(request.candidates), 'hotspot')} {days_label(chosen)}, where about "
        f"{expected:,.0f} incidents are expected in these days. No plan is made yet."
    )


def days_label(settings: PlanSettings) -> str:
    """Return the days of a plan: "from Mon 7 Dec to 13 Dec 2026", "on Mon 7 Dec 2026"."""
    first, last = settings.dates[0], settings.dates[-1]
    if first == last:
        return f"on {first:%a} {day_label(first)}"
    return f"from {day_of_week_label(first)} to {last:%a} {day_label(last)}"


def _gap(settings: PlanSettings) -> str:
    hours, minutes = divmod(settings.gap_minutes, 60)
    return counted(hours, "hour") if not minutes else f"{settings.gap_minutes} minutes"

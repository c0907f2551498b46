"""The visits that a patrol plan gave a team, as a tasking sheet prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.exports.paper import Column, Table
from models.tasking.proposal import hours_label
from models.tasking.wording import day_of_week_label, visit_times_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.exports.paper import Block
    from models.tasking.tasking import TaskingDraft
    from models.tasking.team_plan import TeamDay

_CROW: Final = "as the crow flies and somewhat more, as no streets were there to measure by"
_WAYS: Final = {
    frozenset(): "",
    frozenset({"streets"}): ", along the streets",
    frozenset({"straight"}): f", measured {_CROW}",
    frozenset({"streets", "straight"}): f", along the streets or, for some, {_CROW}",
}


def visits_planned(draft: TaskingDraft) -> str:
    """Say how many visits are planned: "11 in all, 2 in spare time" or "14 a week"."""
    plan = draft.team_plan
    if plan is None:
        return f"{draft.visits_per_week} a week"
    spare = f", {plan.spare_visits} in spare time" if plan.spare_visits else ""
    return f"{len(plan.visits)} in all{spare}"


def when(draft: TaskingDraft) -> str:
    """Say when it is worked; a plan's visits are listed in their table, and no other hour named."""
    plan = draft.team_plan
    if plan is None:
        return hours_label(draft.hours)
    times = "time" if len(plan.visits) == 1 else f"{len(plan.visits)} times"
    return f"At the {times} in the table below; plan {plan.reference}, rank {plan.rank}"


def how_to_time(draft: TaskingDraft) -> str:
    """Say how the team chooses its times, or that they are given."""
    if draft.team_plan is None:
        return (
            "Vary the times within the hours so that nobody can foresee them, and leave no more "
            "than two hours between two visits."
        )
    measured = _WAYS[frozenset(each.way for each in draft.team_plan.visits) - {""}]
    return (
        "Keep to these times: they were drawn so that nobody can foresee them, and leave time for "
        f"the way from the place before{measured}. Visits in spare time are the first to leave out."
    )


def planned_visits(draft: TaskingDraft, *, timezone: str) -> Iterator[Block]:
    """List every visit that a plan gave the team: a row a shift, never cut.

    Parameters
    ----------
    draft : TaskingDraft
    timezone : str
        IANA name of the local clock.
    """
    plan = draft.team_plan
    if plan is None:
        return
    rows = tuple(
        (
            day_of_week_label(each.day),
            f"{len(each.visits)}",
            _times(each, spare=False, timezone=timezone),
            _times(each, spare=True, timezone=timezone),
        )
        for each in plan.days
    )
    yield Table(
        (
            Column("Shift begins"),
            Column("Visits", "right"),
            Column("At", share=2.0),
            Column("In spare time, at", share=1.0),
        ),
        rows,
        f"Planned visits of {plan.team}: {len(plan.visits)}, each of "
        f"{draft.minutes_per_visit} minutes",
    )


def _times(day: TeamDay, *, spare: bool, timezone: str) -> str:
    own = (each for each in day.visits if each.in_spare_time is spare)
    return "; ".join(visit_times_label(each, timezone=timezone) for each in own)

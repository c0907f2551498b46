"""Taskings from a saved plan: one for each team at each place, and never one of them twice.

What was proposed before is returned as it is, so that proposing again leads to what was made. Only
a tasking that was cancelled may be proposed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data.operations.tables import TeamPlanRow
from data.operations.taskings.search import search
from data.operations.taskings.taskings import propose_within
from geo.errors import PlainError
from models.plans.planning import drafts_of
from models.tasking.tasking import Decision
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from data.operations.taskings.plans import SavedPlan
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking, TaskingDraft

_OPEN: Final[tuple[Status, ...]] = ("proposed", "approved", "active")

TeamPlace = tuple[str, str]  # hotspot_id, team


class ProposedAtOnceError(PlainError, ValueError):
    """Somebody else proposed taskings from the same plan at the same moment."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"Somebody else proposed taskings from {reference} at this moment. Nothing of yours "
            "was saved. Look at what is there now, and propose what is missing."
        )


class TeamSentElsewhereError(PlainError, ValueError):
    """Another plan has given one of the teams visits at the same times."""

    def __init__(self, references: Sequence[str], *, plans: Sequence[str], at: str) -> None:
        super().__init__(
            f"{', '.join(plans)} sends the same teams elsewhere, or to the same places, at the "
            f"same times: {', '.join(references)}; the first at {at}. No tasking was proposed. "
            "Cancel those taskings first, or leave out the teams that have them."
        )


@dataclass(frozen=True, slots=True)
class FromPlan:
    """What came of proposing: new taskings, and those that were there already."""

    made: tuple[Tasking, ...]
    there: tuple[Tasking, ...]


def plan_drafts(saved: SavedPlan, *, timezone: str) -> dict[TeamPlace, TaskingDraft]:
    """Return every tasking that a saved plan gives, by place and team, in order of rank."""
    drafts = drafts_of(
        saved.plan,
        plan_id=saved.record.plan_id,
        candidates=saved.candidates,
        areas=saved.areas,
        starts_on=saved.settings.starts_on,
        days=saved.settings.days,
        timezone=timezone,
    )
    return {(p.hotspot_id, p.team): each for each in drafts if (p := each.team_plan) is not None}


def taskings_from(ops: Operations, plan_id: int) -> dict[TeamPlace, Tasking]:
    """Return the taskings that were proposed from a plan and are not cancelled."""
    with ops.reading() as session:
        numbers = list(
            session.scalars(
                select(TeamPlanRow.tasking_id).where(
                    TeamPlanRow.plan_id == plan_id, TeamPlanRow.standing.is_(True)
                )
            )
        )
    found = search(ops, numbers=numbers)
    return {
        (p.hotspot_id, p.team): each for each in found if (p := each.draft.team_plan) is not None
    }


def propose_from_plan(
    actor: Actor, saved: SavedPlan, *, places: Collection[TeamPlace] | None = None
) -> FromPlan:
    """Propose taskings from a saved plan, all at once or none.

    Parameters
    ----------
    actor : Actor
    saved : SavedPlan
    places : collection of (str, str), optional
        Which of `plan_drafts`, by hotspot and team; all without it.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    ProposedAtOnceError
        If somebody else proposed one of them at the same moment.
    TeamSentElsewhereError
        If open taskings from another plan have visits of these teams at the same times.
    """
    actor.must_be_officer("Proposing taskings from a plan")
    drafts = plan_drafts(saved, timezone=actor.ops.timezone.key)
    wanted = [key for key in drafts if places is None or key in places]
    wards = {each.hotspot_id: each.ward_code for each in saved.candidates}
    there = taskings_from(actor.ops, saved.record.plan_id)
    _check_teams_are_free(actor.ops, [drafts[key] for key in wanted if key not in there])
    made = []
    try:
        with actor.session() as session:
            for key in wanted:
                if key in there:
                    continue
                ward = wards[key[0]]
                made.append(
                    propose_within(
                        actor,
                        session,
                        drafts[key],
                        decision=_decision(actor, saved, hotspot_id=key[0]),
                        ward_codes=(ward,) if ward else (),
                    )
                )
    except IntegrityError as problem:
        raise ProposedAtOnceError(saved.record.reference) from problem
    return FromPlan(tuple(made), tuple(there[key] for key in wanted if key in there))


def _check_teams_are_free(ops: Operations, drafts: Sequence[TaskingDraft]) -> None:
    """Refuse visits of a team that is elsewhere by another plan; what is over binds nobody."""
    plans = [each.team_plan for each in drafts if each.team_plan is not None]
    clashes = []
    for other in search(ops, teams=sorted({each.team for each in plans}), statuses=_OPEN):
        theirs = other.draft.team_plan
        if theirs is None:
            continue
        twice = [
            mine.starts_at
            for plan in plans
            if plan.team == theirs.team and plan.plan_id != theirs.plan_id
            for mine in plan.visits
            if any(
                each.starts_at < mine.ends_at and mine.starts_at < each.ends_at
                for each in theirs.visits
            )
        ]
        if twice:
            clashes.append((min(twice), other.reference, theirs.reference))
    if clashes:
        first = min(clashes)[0]
        raise TeamSentElsewhereError(
            [reference for _, reference, _ in clashes],
            plans=sorted({plan for _, _, plan in clashes}),
            at=f"{first:%H:%M} on {day_label(first.date())}",
        )


def _decision(actor: Actor, saved: SavedPlan, *, hotspot_id: str) -> Decision:
    return Decision(
        view=saved.view,
        hotspot_id=hotspot_id,
        table_version=saved.table_version,
        seed=saved.settings.seed,
        made_by=actor.person.name,
        made_at=actor.now,
    )

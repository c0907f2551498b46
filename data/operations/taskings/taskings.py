"""Taskings: proposed, changed, moved along their life, found again.

Who works on an older version than is there now is refused (`ChangedMeanwhileError`) and nothing is
lost. The area can be changed until approval; at approval the areas that the outcome will be
measured in are fixed for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.operations.database import check_version
from data.operations.tables import TaskingRow, TaskingWardRow, TeamPlanRow
from data.operations.taskings.errors import (
    AreaFixedError,
    ClosedTaskingError,
    NotReadyError,
    PlannedVisitsError,
    UnknownTaskingError,
)
from data.operations.taskings.moves import move, move_within, undo_completion
from data.operations.taskings.reading import of_row, row_within, set_values, tasking_row
from data.operations.taskings.rows import decision_values, draft_values, team_plan_values
from data.operations.taskings.search import search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Decision, Tasking, TaskingDraft

__all__ = [
    "AreaFixedError",
    "ClosedTaskingError",
    "NotReadyError",
    "PlannedVisitsError",
    "UnknownTaskingError",
    "change",
    "move",
    "move_within",
    "propose",
    "propose_within",
    "row_within",
    "tasking",
    "taskings",
    "undo_completion",
]

_CHANGING = "Changing a tasking"
_CAN_CHANGE: Final[tuple[Status, ...]] = ("proposed", "approved", "active")


def propose(
    actor: Actor, draft: TaskingDraft, *, decision: Decision, ward_codes: Sequence[str]
) -> Tasking:
    """Keep a new tasking as proposed.

    Parameters
    ----------
    actor : Actor
    draft : TaskingDraft
    decision : Decision
        How its area was chosen.
    ward_codes : sequence of str
        Wards that the area touches, the most of it first.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    """
    with actor.session() as session:
        return propose_within(actor, session, draft, decision=decision, ward_codes=ward_codes)


def propose_within(
    actor: Actor,
    session: Session,
    draft: TaskingDraft,
    *,
    decision: Decision,
    ward_codes: Sequence[str],
) -> Tasking:
    """Propose as part of a larger change: several at once, or with a plan. See `propose`."""
    actor.must_be_officer(_CHANGING)
    row = TaskingRow(
        **draft_values(draft),
        **decision_values(decision),
        status="proposed",
        proposed_at=actor.now,
        fixed_note="",
        reason="",
        wards=_ward_rows(ward_codes),
    )
    if draft.team_plan is not None:
        row.team_plan = TeamPlanRow(**team_plan_values(draft.team_plan), standing=True)
    session.add(row)
    session.flush()
    return of_row(row)


def change(
    actor: Actor,
    tasking_id: int,
    *,
    draft: TaskingDraft,
    version: int,
    ward_codes: Sequence[str] | None = None,
) -> Tasking:
    """Change what a tasking says; its status and decision record stay.

    Parameters
    ----------
    actor : Actor
    tasking_id : int
    draft : TaskingDraft
        All that it says now.
    version : int
        The version that the person was looking at.
    ward_codes : sequence of str, optional
        Wards that the area touches; needed where the area is another, and used only then.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    UnknownTaskingError
        If there is none of that number.
    ChangedMeanwhileError
        If somebody changed it since.
    ClosedTaskingError
        If it is completed, reviewed or cancelled.
    AreaFixedError
        If its area is to be changed after approval.
    NotReadyError
        If its team is to be taken away after approval.
    PlannedVisitsError
        If it came from a plan, and its visits, hours, dates or dosage are to be others.
    """
    actor.must_be_officer(_CHANGING)
    with actor.session() as session:
        row = tasking_row(session, tasking_id)
        check_version(actor.ops, session, row, version=version)
        before = of_row(row)
        if before.status not in _CAN_CHANGE:
            raise ClosedTaskingError(before.reference, before.status)
        new_area = not draft.area.equals(before.draft.area)
        if before.draft.team_plan != draft.team_plan or (
            draft.team_plan is not None and _planned(draft) != _planned(before.draft)
        ):
            raise PlannedVisitsError(before.reference)
        if before.status != "proposed":
            if new_area:
                raise AreaFixedError(before.reference, before.status)
            if not draft.team.strip():
                raise NotReadyError(before.reference, lacks=("team",))
        if new_area and ward_codes is None:
            message = "ward_codes must be given with a new area"
            raise ValueError(message)
        values = draft_values(draft)
        set_values(row, values if new_area else values | {"area": row.area})
        if new_area and ward_codes is not None:
            _set_wards(session, row, ward_codes)
        session.flush()
        return of_row(row)


def tasking(ops: Operations, tasking_id: int) -> Tasking:
    """Return one tasking.

    Raises
    ------
    UnknownTaskingError
        If there is none of that number.
    """
    with ops.reading() as session:
        return of_row(tasking_row(session, tasking_id))


def taskings(
    ops: Operations,
    *,
    wards: Sequence[str] = (),
    teams: Sequence[str] = (),
    statuses: Sequence[Status] = (),
    overdue_at: datetime | None = None,
) -> tuple[Tasking, ...]:
    """Return taskings, by start and then by number.

    Parameters
    ----------
    ops : Operations
    wards, teams, statuses : sequence
        Only those that touch one of these wards, belong to one of these teams, are in one of
        these statuses; empty for all.
    overdue_at : datetime, optional
        Only those that are overdue at that moment (`models.tasking.wording.overdue_at`).
    """
    return search(ops, wards=wards, teams=teams, statuses=statuses, overdue_at=overdue_at)


def _planned(draft: TaskingDraft) -> tuple[object, ...]:
    """Return what follows from a plan's visits and cannot be changed apart from them."""
    return (
        draft.hours,
        draft.starts_on,
        draft.ends_on,
        draft.visits_per_week,
        draft.minutes_per_visit,
    )


def _ward_rows(ward_codes: Sequence[str]) -> list[TaskingWardRow]:
    codes = dict.fromkeys(ward_codes)
    return [TaskingWardRow(ward_code=code, position=at) for at, code in enumerate(codes)]


def _set_wards(session: Session, row: TaskingRow, ward_codes: Sequence[str]) -> None:
    row.wards.clear()
    session.flush()
    row.wards.extend(_ward_rows(ward_codes))

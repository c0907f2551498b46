"""Moving a tasking along its life, and taking a completion back.

At approval the areas that the outcome will be measured in are fixed for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.operations.database import check_version
from data.operations.taskings.errors import NotReadyError
from data.operations.taskings.reading import of_row, row_within, set_values, tasking_row
from data.operations.taskings.rows import fixed_values
from models.tasking.dosage import own_day
from models.tasking.lifecycle import NothingToUndoError, NotStartedError, can_undo, check_move

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.tables import TaskingRow
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

_CHANGING: Final = "Changing a tasking"
_STAMPS: Final[dict[Status, str]] = {
    "approved": "approved_at",
    "active": "activated_at",
    "completed": "completed_at",
    "reviewed": "reviewed_at",
    "cancelled": "cancelled_at",
}


def move(
    actor: Actor,
    tasking_id: int,
    *,
    to: Status,
    version: int,
    reason: str = "",
    fixed: FixedAreas | None = None,
) -> Tasking:
    """Move a tasking along its life.

    Parameters
    ----------
    actor : Actor
    tasking_id : int
    to : Status
    version : int
        The version that the person was looking at.
    reason : str
        Needed for cancelling.
    fixed : FixedAreas, optional
        Needed for approval, with a team; used for nothing else.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    UnknownTaskingError
        If there is none of that number.
    ChangedMeanwhileError
        If somebody changed it since.
    models.tasking.lifecycle.IllegalMoveError, models.tasking.lifecycle.MissingReasonError
        If the table of moves does not hold it, or nobody says why it is cancelled.
    NotReadyError
        If it is to be approved without a team or without the fixed areas.
    models.tasking.lifecycle.NotStartedError
        If it is to be completed before its first day.
    """
    with actor.session() as session:
        row = tasking_row(session, tasking_id)
        check_version(actor.ops, session, row, version=version)
        return move_within(actor, session, row, to=to, reason=reason, fixed=fixed)


def move_within(
    actor: Actor,
    session: Session,
    row: TaskingRow,
    *,
    to: Status,
    reason: str = "",
    fixed: FixedAreas | None = None,
) -> Tasking:
    """Move as part of a larger change, such as a review that is kept with it. See `move`.

    The caller has checked the version.
    """
    actor.must_be_officer(_CHANGING)
    before = of_row(row)
    check_move(before.status, to=to, reason=reason)
    local = actor.now.astimezone(actor.ops.timezone)
    if to == "completed" and own_day(before.draft, local) < before.draft.starts_on:
        raise NotStartedError(before.draft.starts_on)
    if to == "approved":
        lacks = [
            what
            for what, given in (("team", row.team), ("displacement and comparison areas", fixed))
            if not given
        ]
        if lacks:
            raise NotReadyError(before.reference, lacks=lacks)
        set_values(row, fixed_values(fixed) if fixed is not None else {})
    if to == "cancelled":
        row.reason = reason.strip()
        if row.team_plan is not None:
            row.team_plan.standing = None
    row.status = to
    setattr(row, _STAMPS[to], actor.now)
    session.flush()
    return of_row(row)


def undo_completion(actor: Actor, tasking_id: int, *, version: int) -> Tasking:
    """Make a completed tasking active again, within a day of its completion.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    UnknownTaskingError
        If there is none of that number.
    ChangedMeanwhileError
        If somebody changed it since.
    models.tasking.lifecycle.NothingToUndoError
        If it is not completed, or was more than a day ago.
    """
    actor.must_be_officer(_CHANGING)
    with actor.session() as session:
        row = row_within(actor.ops, session, tasking_id, version=version)
        before = of_row(row)
        completed = before.completed_at
        if not can_undo(before.status, completed_at=completed, at=actor.now):
            local = None if completed is None else completed.astimezone(actor.ops.timezone)
            raise NothingToUndoError(before.status, completed_at=local)
        row.status, row.completed_at = "active", None
        session.flush()
        return of_row(row)

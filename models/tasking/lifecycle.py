"""The life of a tasking: one table of allowed moves, and what each move needs.

Proposed → approved → active → completed → reviewed; cancelled, with a reason, from any of the first
three. A completion can be undone for a day, which is no move of the table: it takes one back. The
displacement ring and the comparison area are fixed at approval, before the outcome can
be known.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date, datetime

Status = Literal["proposed", "approved", "active", "completed", "reviewed", "cancelled"]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
STATUS_LABELS: Final[dict[Status, str]] = {
    "proposed": "Proposed",
    "approved": "Approved",
    "active": "Active",
    "completed": "Completed",
    "reviewed": "Reviewed",
    "cancelled": "Cancelled",
}
MOVES: Final[dict[Status, tuple[Status, ...]]] = {
    "proposed": ("approved", "cancelled"),
    "approved": ("active", "cancelled"),
    "active": ("completed", "cancelled"),
    "completed": ("reviewed",),
    "reviewed": (),
    "cancelled": (),
}
UNDO_WITHIN: Final = timedelta(days=1)
OPEN: Final[tuple[Status, ...]] = ("proposed", "approved", "active")


class IllegalMoveError(PlainError, ValueError):
    """A tasking cannot go from where it is to where it was asked to go."""

    def __init__(self, now: Status, to: Status) -> None:
        allowed = " or ".join(STATUS_LABELS[each].lower() for each in MOVES[now]) or "nothing else"
        super().__init__(
            f"A tasking that is {STATUS_LABELS[now].lower()} cannot become "
            f"{STATUS_LABELS[to].lower()}; it can become {allowed}."
        )


class MissingReasonError(PlainError, ValueError):
    """A tasking was to be cancelled without a reason."""

    def __init__(self) -> None:
        super().__init__(
            "The cancellation has no reason. Say in a few words why the tasking is not going "
            "ahead; it stays on record."
        )


class NotStartedError(PlainError, ValueError):
    """A tasking was to be completed before its first day."""

    def __init__(self, starts_on: date) -> None:
        super().__init__(
            f"The tasking cannot be completed yet: it starts on {day_label(starts_on)}. "
            "Cancel it if it is not going ahead."
        )


class NothingToUndoError(PlainError, ValueError):
    """A completion was to be undone that is none, or that is more than a day old."""

    def __init__(self, now: Status, *, completed_at: datetime | None) -> None:
        if now == "completed" and completed_at is not None:
            fault = (
                "it was completed more than a day ago, at "
                f"{completed_at:%H:%M on} {day_label(completed_at)}"
            )
        else:
            fault = f"it is {STATUS_LABELS[now].lower()}"
        super().__init__(
            f"The completion cannot be undone: {fault}. Record its review, or propose another "
            "tasking for work that is left."
        )


def can_undo(now_status: Status, *, completed_at: datetime | None, at: datetime) -> bool:
    """Tell whether a completion can be taken back at a moment: within a day of it."""
    return (
        now_status == "completed" and completed_at is not None and at - completed_at <= UNDO_WITHIN
    )


def check_move(now: Status, *, to: Status, reason: str = "") -> None:
    """Check that a tasking may go from one status to another.

    Raises
    ------
    IllegalMoveError
        If the table of moves does not hold it.
    MissingReasonError
        If it is to be cancelled without a reason.
    """
    if to not in MOVES[now]:
        raise IllegalMoveError(now, to)
    if to == "cancelled" and not reason.strip():
        raise MissingReasonError

"""The life of a tasking: one table of allowed moves, and what each move needs.

Proposed → approved → active → completed → reviewed; cancelled, with a reason, from any of the first
three. The displacement ring and the comparison area are fixed at approval, before the outcome can
be known.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from geo.errors import PlainError

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

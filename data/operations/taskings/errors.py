"""Why a tasking is not changed or moved: one small error for each reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import PlainError
from models.tasking.lifecycle import STATUS_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking.lifecycle import Status


class UnknownTaskingError(PlainError, LookupError):
    """There is no such tasking."""

    def __init__(self, tasking_id: int) -> None:
        super().__init__(
            f"There is no tasking T-{tasking_id:04d}. Look for it on the board: all are listed "
            "there, the cancelled ones included."
        )


class NotReadyError(PlainError, ValueError):
    """A tasking is to be approved and lacks something; the message lists all that it lacks."""

    def __init__(self, reference: str, *, lacks: Sequence[str]) -> None:
        super().__init__(
            f"{reference} cannot be approved yet. It has no {' and no '.join(lacks)}. Add what is "
            "missing, and approve it then."
        )


class AreaFixedError(PlainError, ValueError):
    """The area of a tasking was to be changed after its approval."""

    def __init__(self, reference: str, status: Status) -> None:
        super().__init__(
            f"The area of {reference} cannot be changed: it is {STATUS_LABELS[status].lower()}, "
            "and its outcome is measured in the areas that were fixed at approval. Cancel it and "
            "propose another for the new area."
        )


class ClosedTaskingError(PlainError, ValueError):
    """A tasking that is over was to be changed."""

    def __init__(self, reference: str, status: Status) -> None:
        super().__init__(
            f"{reference} cannot be changed: it is {STATUS_LABELS[status].lower()}. Write a "
            "comment, or propose a new tasking."
        )


class PlannedVisitsError(PlainError, ValueError):
    """The visits that a plan gave a tasking were to be others."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"{reference} holds the visits that a patrol plan gave its team. Its team, days, hours "
            "and dosage follow from them and cannot be changed by themselves. Make another plan, "
            "cancel this one, and propose a tasking from that."
        )

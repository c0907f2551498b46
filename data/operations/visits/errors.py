"""Why a visit is not kept: one small error for each reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import PlainError
from models.tasking.lifecycle import STATUS_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from models.tasking.lifecycle import Status


class VisitError(PlainError, ValueError):
    """A visit cannot be kept; by subclass.

    Attributes
    ----------
    field : str
        Which of its values is at fault, as the columns of an upload are called.
    """

    field = "tasking"


class UnknownVisitError(PlainError, LookupError):
    """There is no such visit."""

    def __init__(self, visit_id: int) -> None:
        super().__init__(
            f"There is no visit number {visit_id}. Look for it in the list of its tasking."
        )


class NotActiveError(VisitError):
    """The tasking is not being worked."""

    def __init__(self, reference: str, status: Status) -> None:
        super().__init__(
            f"No visit can be logged for {reference}: it is {STATUS_LABELS[status].lower()}. A "
            "tasking is visited while it is active; what was done before its end can be added "
            "until it is reviewed."
        )


class OutsideDatesError(VisitError):
    """The visit does not lie between the tasking's first and last day."""

    field = "arrived"

    def __init__(self, reference: str, *, day: date, first: date, last: date) -> None:
        super().__init__(
            f"{day_label(day)} is not a day of {reference}, which runs from {day_label(first)} to "
            f"{day_label(last)}. Correct the time, or the tasking's dates."
        )


class NoTeamGivenError(VisitError):
    """A visit without the name of its team."""

    field = "team"

    def __init__(self) -> None:
        super().__init__("The visit has no team. Give the name of the team that made it.")


class FutureTimeError(VisitError):
    """A time is in the future."""

    def __init__(self, *, field: str, at: datetime) -> None:
        self.field = field
        super().__init__(
            f"The time {_time(at)} ({field}) is in the future. Visits are logged when they happen "
            "or afterwards; correct the time."
        )


class WrongOrderError(VisitError):
    """The team left before it arrived, or at the same moment."""

    field = "left"

    def __init__(self, *, arrived: datetime, left: datetime) -> None:
        super().__init__(
            f"The team left at {_time(left)}, which is not after it arrived at {_time(arrived)}. "
            "Correct one of the two."
        )


class AlreadyLeftError(VisitError):
    """The visit has its end already."""

    field = "left"

    def __init__(self, *, left: datetime) -> None:
        super().__init__(
            f"This visit already ended at {_time(left)}. Log another if the team went back."
        )


class TooLongError(VisitError):
    """A visit of more hours than anybody stays."""

    field = "left"

    def __init__(self, *, arrived: datetime, left: datetime, longest: timedelta) -> None:
        hours = (left - arrived).total_seconds() / 3600
        super().__init__(
            f"The visit is too long: {_time(arrived)} to {_time(left)} is {hours:,.1f} hours, and "
            f"the most is {longest.total_seconds() / 3600:.0f}. Give the time when the team really "
            "left."
        )


class OverlapError(VisitError):
    """The team was somewhere else at that time."""

    field = "arrived"

    def __init__(
        self, *, team: str, reference: str, arrived: datetime, left: datetime | None
    ) -> None:
        until = f"to {_time(left)}" if left else "and has not left yet"
        super().__init__(
            f"{team} was at {reference} from {_time(arrived)} {until}: a team is in one place at a "
            "time. Correct the times, log that it left there, or choose the right team."
        )


class TooOldError(VisitError):
    """A phone sends what happened too long ago."""

    def __init__(self, *, field: str, at: datetime, days: int) -> None:
        self.field = field
        super().__init__(
            f"The time {_time(at)} ({field}) is more than {days} days ago, so a phone cannot log "
            "it. Correct the time, or upload the visit as a CSV."
        )


class KeyUsedError(VisitError):
    """What a phone sends has the key of something else."""

    def __init__(self) -> None:
        super().__init__(
            "Another visit was logged under the same key, so this one was not. Discard it and log "
            "it again."
        )


class NegativeFindsError(VisitError):
    """A count of what was found is below 0."""

    def __init__(self, *, field: str, count: int) -> None:
        self.field = field
        super().__init__(f"The number of {field} is {count}; it can be 0 or more. Correct it.")


def _time(at: datetime) -> str:
    return f"{at:%H:%M on} {day_label(at.date())}"

"""Why a meeting or a decision of one is not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.counting import counted
from geo.errors import PlainError
from models.tasking.meeting import MEETING_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date

    from models.tasking.meeting import Meeting, MeetingDecision, MeetingKind


class UnknownMeetingError(PlainError, LookupError):
    """There is no such meeting or decision."""

    def __init__(self, what: str, *, number: int) -> None:
        super().__init__(f"There is no {what} {number}. Choose one from the list of meetings.")


class MeetingOpenError(PlainError, ValueError):
    """A meeting of the kind is open already."""

    def __init__(self, kind: MeetingKind) -> None:
        super().__init__(
            f"A {MEETING_LABELS[kind].lower()} is open already, perhaps since a moment ago. Go on "
            "with that one, or close it first."
        )


class EarlierMeetingError(PlainError, ValueError):
    """A meeting was to be held before the last one of its kind."""

    def __init__(self, held_on: date, *, last: date) -> None:
        super().__init__(
            f"The day {day_label(held_on)} is before the last meeting of the kind, on "
            f"{day_label(last)}. Give the day of this meeting; what was missing in earlier minutes "
            "goes into an addendum."
        )


class MeetingClosedError(PlainError, ValueError):
    """Something of a meeting that is over was to be changed."""

    def __init__(self, meeting: Meeting) -> None:
        super().__init__(
            f"{meeting.reference} is over and its minutes stay as they are. Put right what is "
            "wrong in an addendum, or decide it at the next meeting."
        )


class MeetingNotClosedError(PlainError, ValueError):
    """An addendum was written to a meeting whose minutes are not frozen."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"{reference} has no closed minutes, so there is nothing to add to. Correct the "
            "decision itself while the meeting is open."
        )


class DecisionsMadeError(PlainError, ValueError):
    """A meeting that has decided something was to be called off."""

    def __init__(self, reference: str, *, decisions: int) -> None:
        super().__init__(
            f"{reference} has {counted(decisions, 'decision')} that "
            f"{'stands' if decisions == 1 else 'stand'}, so it was held. Close it, or withdraw "
            "what was not decided first."
        )


class SettledDecisionError(PlainError, ValueError):
    """A decision is not in the state in which this can be done with it."""

    def __init__(self, decision: MeetingDecision, *, wanted: str) -> None:
        state = {
            "noted": "a decision without an owner",
            "open": "to be done",
            "done": "done",
            "dropped": "dropped",
            "withdrawn": "withdrawn",
        }[decision.status]
        super().__init__(
            f"{decision.reference} is {state}, so it cannot be {wanted}. Look at the list of "
            "decisions again."
        )

"""Meetings that task: what is decided, by whom it is done and until when, and when it was done.

A meeting is open while it is held: decisions are kept one by one, as they are made. Closing it
freezes its minutes; what was wrong in them is put right by an addendum. An action is a decision
with an owner and a day; it comes up at each later meeting of the kind until it is done or dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from datetime import date, datetime

    from geo.areas import Area
    from models.tasking.lifecycle import Status
    from models.tasking.meeting_minutes import Minutes

MeetingKind = Literal["tasking", "violence"]
MeetingStatus = Literal["open", "closed", "called_off"]
DecisionStatus = Literal["noted", "open", "done", "dropped", "withdrawn"]

MEETING_KINDS: Final[tuple[MeetingKind, ...]] = get_args(MeetingKind)
MEETING_LABELS: Final[dict[MeetingKind, str]] = {
    "tasking": "Tasking meeting",
    "violence": "Violence meeting",
}
MEETING_STATUS_LABELS: Final[dict[MeetingStatus, str]] = {
    "open": "Open",
    "closed": "Closed",
    "called_off": "Called off",
}
DECISION_STATUS_LABELS: Final[dict[DecisionStatus, str]] = {
    "noted": "Noted",
    "open": "To do",
    "done": "Done",
    "dropped": "Dropped",
    "withdrawn": "Withdrawn",
}
VIOLENCE_CATEGORIES: Final = ("violence", "robbery", "weapons")
FIRST_LOOKS_BACK: Final[dict[MeetingKind, timedelta]] = {
    "tasking": timedelta(days=14),
    "violence": timedelta(days=7),
}
LONGEST_TEXT: Final = 1000
LONGEST_OWNER: Final = 120
LONGEST_ATTENDANCE: Final = 4000


class MeetingError(PlainError, ValueError):
    """Something of a meeting cannot be saved as it is; the message lists every fault."""

    def __init__(self, what: str, *, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__(f"The {what} cannot be saved as it is. " + " ".join(faults))


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """What a person says of a meeting that begins.

    Attributes
    ----------
    kind : MeetingKind
    held_on : date
    attendance : str
        Who is present, a role or a name a line; may be empty at first.
    """

    kind: MeetingKind
    held_on: date
    attendance: str = ""

    def __post_init__(self) -> None:
        faults = []
        if self.kind not in MEETING_KINDS:
            faults.append(f"Unknown kind {self.kind!r}; there are {', '.join(MEETING_KINDS)}.")
        faults += attendance_faults(self.attendance)
        if faults:
            what = "meeting"
            raise MeetingError(what, faults=tuple(faults))


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting on record.

    Attributes
    ----------
    meeting_id : int
        Shown as M-0001.
    draft : MeetingDraft
    status : MeetingStatus
    since : datetime
        The end of the last meeting of the kind: what happened after it belongs to this one.
    opened_at : datetime
    opened_by : str
    closed_at : datetime or None
    closed_by : str
    reason : str
        Why it was called off.
    minutes : Minutes or None
        As they were when it was closed.
    version : int
        Grows with each change of the meeting and of its decisions.
    """

    meeting_id: int
    draft: MeetingDraft
    status: MeetingStatus
    since: datetime
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    reason: str
    minutes: Minutes | None
    version: int

    @property
    def reference(self) -> str:
        """The number people use for it."""
        return f"M-{self.meeting_id:04d}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a decision is about: a tasking, a hotspot, or nothing in particular.

    Attributes
    ----------
    tasking_id : int or None
    hotspot_id : str
        "" without a hotspot.
    place : str
        The tasking or the hotspot in words.
    area : Polygon, MultiPolygon or None
        Where it is, in the store's metric CRS.
    """

    tasking_id: int | None = None
    hotspot_id: str = ""
    place: str = ""
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What was decided; with an owner and a day it is an action.

    Attributes
    ----------
    text : str
    owner : str
        A role or a name; "" for a decision that nobody has to act on.
    due_on : date or None
    subject : Subject
    """

    text: str
    owner: str = ""
    due_on: date | None = None
    subject: Subject = Subject()

    def __post_init__(self) -> None:
        faults = _text_faults("text (what was decided)", self.text)
        if len(self.owner) > LONGEST_OWNER:
            faults.append(
                f"Its owner has {counted(len(self.owner), 'character')}; make it at most "
                f"{LONGEST_OWNER}."
            )
        if self.owner.strip() and self.due_on is None:
            faults.append("It has an owner and no day: say by when it is to be done.")
        if self.due_on is not None and not self.owner.strip():
            faults.append("It has a day and no owner: say who does it.")
        if faults:
            what = "decision"
            raise MeetingError(what, faults=tuple(faults))


@dataclass(frozen=True, slots=True)
class TaskingMove:
    """A move of a tasking that was decided, by the table of moves.

    Attributes
    ----------
    to : Status
    version : int
        The version of the tasking that the meeting was looking at.
    """

    to: Status
    version: int


@dataclass(frozen=True, slots=True)
class MeetingDecision:
    """A decision on record.

    Attributes
    ----------
    decision_id, meeting_id : int
    number : int
        Counts the decisions of the meeting from 1.
    draft : DecisionDraft
    status : DecisionStatus
    recorded_at : datetime
    recorded_by : str
    corrected : bool
        Whether its words were changed since.
    closed_at : datetime or None
        When it was done, dropped or withdrawn.
    outcome : str
        What came of it, or why it was dropped or withdrawn.
    moved : str
        Where the decision moved its tasking, in words; "" where it moved none.
    version : int
    """

    decision_id: int
    meeting_id: int
    number: int
    draft: DecisionDraft
    status: DecisionStatus
    recorded_at: datetime
    recorded_by: str
    corrected: bool
    closed_at: datetime | None
    outcome: str
    moved: str
    version: int

    @property
    def reference(self) -> str:
        """The number people use for it: that of the meeting, and its own."""
        return f"M-{self.meeting_id:04d}/{self.number}"

    def overdue(self, today: date) -> bool:
        """Whether it was due by now and is not done."""
        due = self.draft.due_on
        return self.status == "open" and due is not None and today > due


@dataclass(frozen=True, slots=True)
class Addendum:
    """What was put right in the minutes of a closed meeting."""

    addendum_id: int
    meeting_id: int
    text: str
    written_at: datetime
    written_by: str


def attendance_lines(text: str) -> tuple[str, ...]:
    """Return who is present, a role or a name each, without empty lines."""
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())


def attendance_faults(text: str) -> list[str]:
    """Return what is wrong with a list of those present."""
    if len(text) > LONGEST_ATTENDANCE:
        return [
            f"The list of those present has {counted(len(text), 'character')}; make it at most "
            f"{LONGEST_ATTENDANCE:,}."
        ]
    return []


def checked_text(text: str, *, name: str, what: str) -> str:
    """Return a text, trimmed.

    Parameters
    ----------
    text : str
    name : str
        What the text is called: "reason".
    what : str
        What it belongs to: "decision".

    Raises
    ------
    MeetingError
        If the text is empty or too long.
    """
    faults = tuple(_text_faults(name, text))
    if faults:
        raise MeetingError(what, faults=faults)
    return text.strip()


def _text_faults(name: str, text: str) -> list[str]:
    if not text.strip():
        return [f"It has no {name}: write it in a few words."]
    if len(text) > LONGEST_TEXT:
        return [
            f"Its {name} has {counted(len(text), 'character')}; make it at most {LONGEST_TEXT:,}."
        ]
    return []

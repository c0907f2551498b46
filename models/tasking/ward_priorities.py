"""What a ward asked for and what it was promised, and what came of both.

A ward has up to three active priorities at a time: more would be none. A priority is closed
with what came of it, a promise as kept or not, with what came of it. Residents read all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from datetime import date

MOST_ACTIVE: Final = 3
LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 1000

PriorityStatus = Literal["active", "closed"]
PromiseStatus = Literal["open", "kept", "not_kept"]
PROMISE_LABELS: Final[dict[PromiseStatus, str]] = {
    "open": "Not due yet or still open",
    "kept": "Kept",
    "not_kept": "Not kept",
}


class WardRecordError(PlainError, ValueError):
    """A priority or promise does not hold together; the message lists every fault."""

    def __init__(self, what: str, *, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__(f"The {what} cannot be saved as it is. " + " ".join(faults))


@dataclass(frozen=True, slots=True)
class PriorityDraft:
    """What an officer writes of a priority, in words that residents read."""

    ward_code: str
    title: str
    why: str
    raised_on: date

    def __post_init__(self) -> None:
        faults = [
            *_text_faults("title", self.title, longest=LONGEST_TITLE),
            *_text_faults("reason (why it was chosen)", self.why, longest=LONGEST_TEXT),
        ]
        if faults:
            what = "priority"
            raise WardRecordError(what, faults=tuple(faults))


@dataclass(frozen=True, slots=True)
class WardPriority:
    """A priority on record.

    Attributes
    ----------
    priority_id : int
    draft : PriorityDraft
    status : {"active", "closed"}
    closed_on : date or None
    outcome : str
        What came of it; empty while it is active.
    version : int
        A change names the version it was made on.
    """

    priority_id: int
    draft: PriorityDraft
    status: PriorityStatus
    closed_on: date | None
    outcome: str
    version: int


@dataclass(frozen=True, slots=True)
class PromiseDraft:
    """What was promised to a ward: what, by whom, until when; for a priority or for itself."""

    ward_code: str
    what: str
    who: str
    due_on: date
    priority_id: int | None = None

    def __post_init__(self) -> None:
        faults = [
            *_text_faults("text (what is promised)", self.what, longest=LONGEST_TEXT),
            *_text_faults("name of who keeps it", self.who, longest=LONGEST_TITLE),
        ]
        if faults:
            what = "promise"
            raise WardRecordError(what, faults=tuple(faults))


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise on record; `outcome` says what came of it once it is kept or not."""

    promise_id: int
    draft: PromiseDraft
    status: PromiseStatus
    closed_on: date | None
    outcome: str
    version: int

    def overdue(self, today: date) -> bool:
        """Whether it was due by now and its outcome is not recorded."""
        return self.status == "open" and today > self.draft.due_on


def check_outcome(outcome: str, *, what: str) -> str:
    """Return what came of something, trimmed.

    Raises
    ------
    WardRecordError
        If the text is empty or too long.
    """
    faults = tuple(_text_faults("outcome (what came of it)", outcome, longest=LONGEST_TEXT))
    if faults:
        raise WardRecordError(what, faults=faults)
    return outcome.strip()


def check_reason(why: str, *, what: str) -> str:
    """Return why something was done, trimmed.

    Raises
    ------
    WardRecordError
        If the text is empty or too long.
    """
    faults = tuple(_text_faults("reason", why, longest=LONGEST_TEXT))
    if faults:
        raise WardRecordError(what, faults=faults)
    return why.strip()


def _text_faults(name: str, text: str, *, longest: int) -> list[str]:
    if not text.strip():
        return [f"It has no {name}: write it in a few words."]
    if len(text) > longest:
        return [f"Its {name} has {counted(len(text), 'character')}; make it at most {longest}."]
    return []

"""What a phone sends of a visit: that a team has arrived, or that it has left and what it found.

The times are the phone's, since an entry may be sent long after it was made. A clock that runs a
little ahead is put right; what lies further ahead, or days back, is refused and said to be. Entries
are kept in the browser until they are answered, so each names the person that it was made by: it is
logged by that person or not at all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import select

from data.operations.identity import IdentityRow
from data.operations.tables import VisitRow
from data.operations.visits.errors import TooOldError, UnknownVisitError
from data.operations.visits.visits import arrive, leave
from geo.errors import PlainError
from models.tasking.tasking import Finds

if TYPE_CHECKING:
    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.tasking.tasking import Visit

AHEAD: Final = timedelta(minutes=2)
OLDEST: Final = timedelta(days=3)
_KEY: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST: Final = 999
_LARGEST_ID: Final = 2**31 - 1
_LONGEST_NOTE: Final = 4000
_LONGEST_TEAM: Final = 120
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class EntryError(PlainError, ValueError):
    """What was sent is no entry of a visit."""

    def __init__(self, *, fault: str) -> None:
        super().__init__(
            f"What was sent cannot be read as a visit: {fault}. Open the page Visit again and log "
            "it there."
        )


class OtherPersonError(PlainError, LookupError):
    """What was sent was logged by somebody else than who is signed in now."""

    def __init__(self) -> None:
        super().__init__(
            "This was logged by somebody else than who is signed in now, so it is not kept. "
            "Whoever logged it has to sign in to send it."
        )


@dataclass(frozen=True, slots=True)
class VisitEntry:
    """One entry of a phone.

    Attributes
    ----------
    key : str
        A random UUID that the phone gave it.
    kind : {"arrived", "left"}
    at : datetime
        When, by the phone's clock; with its time zone.
    person : str
        The mark of who made it; see `person_mark`.
    tasking_id : int
        Of an arrival; 0 for the other kind.
    team : str
        Of an arrival.
    arrival : str or int
        Of a departure: the key of its arrival, or the number of the visit.
    finds : Finds
    note : str
    """

    key: str
    kind: Literal["arrived", "left"]
    at: datetime
    person: str
    tasking_id: int = 0
    team: str = ""
    arrival: str | int = 0
    finds: Finds = field(default_factory=Finds)
    note: str = ""


def person_mark(ops: Operations, name: str) -> str:
    """Return what a browser knows a person of this store by; the name cannot be read from it."""
    with ops.reading() as session:
        identity = session.scalar(select(IdentityRow.identity)) or ""
    return hmac.new(identity.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]


def read_entry(content: bytes) -> VisitEntry:
    """Read an entry as a phone sends it, an object in JSON.

    Raises
    ------
    EntryError
    """
    try:
        sent = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise EntryError(fault="it is not JSON") from problem
    if not isinstance(sent, dict):
        raise EntryError(fault="it is not an object")
    key, kind, person = (_text(sent, name, longest=40) for name in ("key", "kind", "person"))
    if not _KEY.fullmatch(key):
        raise EntryError(fault="it has no key")
    at = _moment(sent)
    if kind == "arrived":
        team = _text(sent, "team", longest=_LONGEST_TEAM)
        tasking_id = _number(sent, "tasking")
        return VisitEntry(key, "arrived", at, person, tasking_id=tasking_id, team=team)
    if kind != "left":
        raise EntryError(fault="it is neither an arrival nor a departure")
    arrival = sent.get("arrival")
    if not (isinstance(arrival, str) and _KEY.fullmatch(arrival)):
        arrival = _number(sent, "arrival")
    note = _text(sent, "note", longest=_LONGEST_NOTE)
    return VisitEntry(key, "left", at, person, arrival=arrival, finds=_finds(sent), note=note)


def keep_entry(actor: Actor, entry: VisitEntry) -> Visit:
    """Log an entry once, and return its visit as it stands; an entry sent again changes nothing.

    Raises
    ------
    OtherPersonError
        If somebody else is signed in than when it was made.
    data.access.NotAllowedError, UnknownTaskingError, UnknownVisitError
        If the role may not, or there is no such tasking or visit.
    data.operations.visits.errors.VisitError
        If it cannot have been, by subclass.
    """
    actor.must_be_officer("Logging a visit")
    if not hmac.compare_digest(entry.person, person_mark(actor.ops, actor.person.name)):
        raise OtherPersonError
    at = entry.at
    if at > actor.now and at - actor.now <= AHEAD:
        at = actor.now
    if entry.kind == "arrived":
        _check_age(actor, entry)
        return arrive(actor, entry.tasking_id, team=entry.team.strip(), at=at, key=entry.key)
    visit_id = _visit_of(actor.ops, entry.arrival)
    return leave(actor, visit_id, finds=entry.finds, note=entry.note, at=at, key=entry.key)


def _check_age(actor: Actor, entry: VisitEntry) -> None:
    if actor.now - entry.at > OLDEST:
        at = entry.at.astimezone(actor.ops.timezone)
        raise TooOldError(field=entry.kind, at=at, days=OLDEST.days)


def _visit_of(ops: Operations, arrival: str | int) -> int:
    if isinstance(arrival, int):
        return arrival
    with ops.reading() as session:
        found = session.scalar(select(VisitRow.visit_id).where(VisitRow.arrived_key == arrival))
    if found is None:
        raise UnknownVisitError(0)
    return found


def _moment(sent: dict[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(_text(sent, "at", longest=40))
    except ValueError as problem:
        raise EntryError(fault="its time is no time") from problem
    if at.tzinfo is None:
        raise EntryError(fault="its time has no time zone")
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise EntryError(fault=f"its year is {at.year}")
    return at


def _text(sent: dict[str, Any], name: str, *, longest: int) -> str:
    text = sent.get(name, "")
    if not isinstance(text, str) or len(text) > longest or not _is_storable(text):
        raise EntryError(fault=f"its {name} is no text of at most {longest} characters")
    return text


def _is_storable(text: str) -> bool:
    """Tell whether a database takes a text: PostgreSQL no NUL, and neither half a character."""
    return not any(each == "\0" or "\ud800" <= each < "\ue000" for each in text)


def _number(sent: dict[str, Any], name: str) -> int:
    number = sent.get(name)
    if type(number) is not int or not 0 < number <= _LARGEST_ID:
        raise EntryError(fault=f"its {name} has no number")
    return number


def _finds(sent: dict[str, Any]) -> Finds:
    counts = sent.get("finds", {})
    names = {each.name for each in fields(Finds)}
    whole = isinstance(counts, dict) and counts.keys() <= names
    if not whole or any(type(n) is not int or not 0 <= n <= _MOST for n in counts.values()):
        raise EntryError(fault=f"what it found is not counts from 0 to {_MOST}")
    return Finds(**counts)

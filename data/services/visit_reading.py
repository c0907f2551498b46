"""Reading one row of a CSV as a visit: what it says, or all that is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from data.operations.visits.visits import NewVisit
from data.sources.rows import column_key
from models.tasking.tasking import FIND_LABELS, Finds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

NEEDED: Final = ("tasking", "team", "arrived", "left")
_COUNTS: Final = tuple(each.name for each in fields(Finds))
_SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "tasking": ("tasking", "reference", "tasking id"),
    "team": ("team",),
    "arrived": ("arrived", "arrived at"),
    "left": ("left", "left at"),
    "note": ("note", "notes"),
    **{name: (name, FIND_LABELS[name]) for name in _COUNTS},
}
_REFERENCE: Final = re.compile(r"(?:t-?)?0*([1-9]\d{0,8})", re.IGNORECASE)
_FORMATS: Final = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d %b %Y %H:%M",
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one value of a row."""

    field: str
    value: str
    reason: str


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """Return which of a file's columns is which, by their names; case and spaces do not matter.

    Returns
    -------
    dict of str to str
        The file's own name by ours; those that the file does not have are left out.
    """
    own = {column_key(name): name for name in reversed(tuple(names))}
    found = {
        role: next((own[column_key(each)] for each in spellings if column_key(each) in own), None)
        for role, spellings in _SPELLINGS.items()
    }
    return {role: name for role, name in found.items() if name is not None}


def read_row(texts: Mapping[str, str], *, timezone: ZoneInfo) -> NewVisit | tuple[RowFault, ...]:
    """Return the visit that a row tells of, or every fault of its values.

    Parameters
    ----------
    texts : mapping of str to str
        The row's values by our names (`columns_of`); a column that is left out is blank.
    timezone : ZoneInfo
        Of times that do not say theirs.
    """
    faults: list[RowFault] = []

    def told(name: str) -> str:
        return texts.get(name, "").strip()

    def wrong(name: str, reason: str) -> None:
        faults.append(RowFault(name, told(name), reason))

    reference = _REFERENCE.fullmatch(told("tasking"))
    if reference is None:
        wrong("tasking", "Not the number of a tasking: write T-0012 or 12")
    if not told("team"):
        wrong("team", "No team is given")
    times = {name: _time(told(name), timezone=timezone) for name in ("arrived", "left")}
    for name, read in times.items():
        if isinstance(read, str):
            wrong(name, read)
    counts: dict[str, int] = {}
    for name in _COUNTS:
        text = told(name) or "0"
        if text.isascii() and text.isdecimal() and len(text) <= len("999999"):
            counts[name] = int(text)
        else:
            wrong(name, "Not a whole number from 0")
    arrived, left = times["arrived"], times["left"]
    if faults or reference is None or isinstance(arrived, str) or isinstance(left, str):
        return tuple(faults)
    return NewVisit(
        int(reference[1]), told("team"), arrived, left, Finds(**counts), note=told("note")
    )


def _time(text: str, *, timezone: ZoneInfo) -> datetime | str:
    """Return a moment in UTC, or what is wrong with the text.

    As for incidents: an hour that the clocks skip is refused, and of two hours that share a name
    the first is taken.
    """
    if not text:
        return "No time is given"
    read = _any_format(text)
    if read is None:
        return "Not a date with its time: write 2026-11-14 22:30 or 14/11/2026 22:30"
    if read.tzinfo is not None:
        return read.astimezone(UTC)
    there = read.replace(tzinfo=timezone).astimezone(UTC)
    if there.astimezone(timezone).replace(tzinfo=None) != read:
        return "The clocks skipped this hour"
    return there


def _any_format(text: str) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if ":" in text else None

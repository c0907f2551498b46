"""What each column of a file is taken for, with examples that may be looked at.

An example is never of a column that is not kept (a caller, a private one) nor of one that is not
read, which may hold anything; and never of a row that is domestic or sexual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.sources.police_uk import NEEDED
from data.sources.rows import column_key
from models.wording.sensitive import is_sensitive_offence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.sources.opening import Recognised
    from data.sources.profile import Profile

ROLE_LABELS: Final[dict[str, str]] = {
    "id": "Reference",
    "start": "Start (date, or date and time)",
    "start_time": "Start time, if in a separate column",
    "year": "Year, if in a separate column",
    "month": "Month, if in a separate column",
    "day": "Day, if in a separate column",
    "hour": "Hour, if in a separate column",
    "minute": "Minute, if in a separate column",
    "end": "End",
    "end_time": "End time, if in a separate column",
    "reported": "Reported",
    "type": "Type",
    "offence": "Offence, in the source's words",
    "easting": "Easting",
    "northing": "Northing",
    "longitude": "Longitude",
    "latitude": "Latitude",
    "postcode": "Postcode",
    "place": "Place or address",
    "caller": "Caller (kept only as a salted hash)",
}
NOT_READ: Final = "Not read"
PRIVATE: Final = "Private: not kept"
_STREET_ROLES: Final[dict[str, str]] = {
    "crime id": "Reference",
    "month": "Month in which it happened",
    "longitude": ROLE_LABELS["longitude"],
    "latitude": ROLE_LABELS["latitude"],
    "location": "Street of the map point",
    "crime type": ROLE_LABELS["type"],
}
_EXAMPLES: Final = 3
_LONGEST: Final = 40  # characters of an example


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """One column of a file.

    Attributes
    ----------
    column, meaning : str
        Its name in the file, and what it is taken for, in words.
    examples : tuple of str
        Up to three different values; none where none may be looked at.
    """

    column: str
    meaning: str
    examples: tuple[str, ...] = ()


def columns_read(file: Recognised, profile: Profile | None) -> tuple[ColumnRead, ...]:
    """Return what each column is taken for, in the order of the file.

    Parameters
    ----------
    file : Recognised
    profile : Profile or None
        What it is read with; None for a data.police.uk download.
    """
    table = file.source.table
    if table is None:  # a ZIP or a folder of street files
        return tuple(ColumnRead(name, _STREET_ROLES[name.lower()]) for name in NEEDED)
    meanings = _street_meanings() if profile is None else _meanings(profile)
    rows = [row for row in table.rows if not _is_sensitive(row, table.columns, profile)]
    return tuple(
        ColumnRead(name, meaning, _examples(rows, at) if meaning not in _HIDDEN else ())
        for at, name in enumerate(table.columns)
        for meaning in [meanings.get(column_key(name), NOT_READ)]
    )


_HIDDEN: Final = frozenset({NOT_READ, PRIVATE, ROLE_LABELS["caller"]})


def _street_meanings() -> dict[str, str]:
    return {column_key(name): label for name, label in _STREET_ROLES.items()}


def _meanings(profile: Profile) -> dict[str, str]:
    """Return what a profile takes each column for, by plain name; the caller is never overruled."""
    found = {column_key(name): PRIVATE for name in profile.private}
    for flag, name in profile.flags.items():
        found[column_key(name)] = f"Mark: {flag}"
    for role, name in profile.columns.named().items():
        key = column_key(name)
        label = ROLE_LABELS[role]
        found[key] = f"{found[key]}; {label}" if key in found else label
    for name in (*profile.private, profile.columns.caller or ""):
        if name:
            is_caller = name not in profile.private
            found[column_key(name)] = ROLE_LABELS["caller"] if is_caller else PRIVATE
    return found


def _is_sensitive(row: Sequence[str], columns: Sequence[str], profile: Profile | None) -> bool:
    if profile is None:  # its positions are anonymised, and it names no offence
        return False
    values = dict(zip(map(column_key, columns), row, strict=False))
    named = profile.columns
    words = (_value(values, each) for each in (named.type, named.offence))
    mark = _value(values, profile.flags.get("domestic")).strip().lower()
    plain = {each.lower() for each in (*profile.false_words, *profile.unknown_words)}
    return any(map(is_sensitive_offence, words)) or bool(mark and mark not in plain)


def _value(values: Mapping[str, str], column: str | None) -> str:
    return values.get(column_key(column), "") if column else ""


def _examples(rows: Sequence[Sequence[str]], at: int) -> tuple[str, ...]:
    filled = (row[at].strip() for row in rows if at < len(row) and row[at].strip())
    first = list(dict.fromkeys(filled))[:_EXAMPLES]
    return tuple(each if len(each) <= _LONGEST else f"{each[:_LONGEST]}…" for each in first)

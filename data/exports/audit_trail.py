"""The audit trail as a file: whole, or without a name or a word of anybody in it.

The second kind is for what outlives the names: how many changes of what kind were made when, and by
how many people. It keeps which columns changed, and the values only of columns that hold a word of
a closed list, a day, a time or a number of things.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from data.exports.spreadsheet import csv_bytes
from data.operations.audit.changes import AuditEntry, AuditRow, changes
from data.operations.audit.trail import trail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.access import Person
    from data.operations.database import Operations

ANONYMOUS_COLUMNS: Final = ("Number", "When", "Who", "Role", "What", "Of", "Changed")
_KEPT: Final = frozenset(
    {
        "status", "tactic", "origin", "starts_on", "ends_on", "visits_per_week",
        "minutes_per_visit", "arrived_at", "left_at", "notices", "dispersed", "arrests",
        "referrals", "needles", "weapons", "ward_code",
    }
)  # fmt: skip


def audit_file(
    ops: Operations,
    *,
    person: Person,
    first: date | None = None,
    last: date | None = None,
    anonymous: bool = False,
) -> bytes:
    """Return the audit trail as CSV, oldest entry first where it is anonymous, else newest first.

    Parameters
    ----------
    ops : Operations
    person : Person
        Who asks; not a ward panel.
    first, last : date, optional
        Only entries of these local days, both included.
    anonymous : bool
        Whether to leave out every name and every free word. People are numbered in the order in
        which they come; the numbers say nothing outside this file.

    Raises
    ------
    data.access.NotAllowedError
    """
    person.must_be_officer("The audit trail")
    begins, ends = (
        None if day is None else datetime.combine(day, time())
        for day in (first, None if last is None else last + timedelta(days=1))
    )
    if not anonymous:
        table = trail(ops, person=person, newest=None)
        when = pd.to_datetime(table["When"])
        inside = pd.Series(data=True, index=table.index)
        inside &= (when >= begins) if begins is not None else True
        inside &= (when < ends) if ends is not None else True
        return csv_bytes(table[inside])
    conditions = [
        *([AuditRow.at >= begins.replace(tzinfo=ops.timezone)] if begins is not None else []),
        *([AuditRow.at < ends.replace(tzinfo=ops.timezone)] if ends is not None else []),
    ]
    with ops.reading() as session:
        found = changes(session, *conditions)
    people = {name: at for at, name in enumerate(dict.fromkeys(each.person for each in found), 1)}
    rows = [_anonymous(each, number=people[each.person], ops=ops) for each in found]
    return csv_bytes(pd.DataFrame(rows, columns=list(ANONYMOUS_COLUMNS)))


def _anonymous(change: AuditEntry, *, number: int, ops: Operations) -> tuple[Any, ...]:
    return (
        change.change_id,
        change.at.astimezone(ops.timezone).replace(tzinfo=None),
        f"Person {number}",
        change.role,
        change.action,
        f"{change.table} {_key(change.key)}",
        _columns(change.before or {}, change.after or {}),
    )


def _key(key: str) -> str:
    """Return a row's key, of which only numbers are sure to name nobody."""
    return "/".join(part if part.isdecimal() else "…" for part in key.split("/"))


def _columns(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = []
    for name in {**before, **after}:
        if name in _KEPT and after.get(name) not in (None, ""):
            said.append(f"{name}: {after[name]}")
        else:
            said.append(name)
    return "; ".join(said)

"""The audit trail as people read it: newest first, and as a table to download."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import select

from data.operations.audit.changes import AuditRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from data.access import Person
    from data.operations.database import Operations

TRAIL_COLUMNS: Final = ("Number", "When", "Who", "Role", "What", "Of", "Before", "After")
_LONGEST: Final = 300


def trail(
    ops: Operations, *, person: Person, table: str | None = None, newest: int | None = 500
) -> pd.DataFrame:
    """Return the audit trail, newest first.

    Parameters
    ----------
    ops : Operations
    person : Person
        Who asks; not for a ward panel.
    table : str, optional
        Only changes of this table.
    newest : int, optional
        How many; None for all.

    Returns
    -------
    DataFrame
        Columns `TRAIL_COLUMNS`; times local, before and after as text, areas left out.

    Raises
    ------
    NotAllowedError
    """
    person.must_be_officer("The audit trail")
    wanted = select(AuditRow).order_by(AuditRow.audit_id.desc()).limit(newest)
    if table is not None:
        wanted = wanted.where(AuditRow.table_name == table)
    with ops.reading() as session:
        rows = [_row(each, zone=ops.timezone) for each in session.scalars(wanted)]
    return pd.DataFrame(rows, columns=list(TRAIL_COLUMNS))


def tables(ops: Operations) -> list[str]:
    """Return the names of the tables that anything was ever changed in."""
    with ops.reading() as session:
        return sorted(session.scalars(select(AuditRow.table_name).distinct()))


def _row(entry: AuditRow, *, zone: ZoneInfo) -> tuple[Any, ...]:
    return (
        entry.audit_id,
        entry.at.astimezone(zone).replace(tzinfo=None),
        entry.person,
        entry.role,
        entry.action,
        f"{entry.table_name} {entry.row_key}",
        _text(entry.before),
        _text(entry.after),
    )


def _text(values: Mapping[str, Any] | None) -> str:
    """Return columns with their values; an area is named and not spelt out."""
    if not values:
        return ""
    parts = []
    for name, value in values.items():
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        is_shape = isinstance(value, str) and len(value) > _LONGEST and value.isalnum()
        parts.append(f"{name}: {'(an area)' if is_shape else said[:_LONGEST]}")
    return "; ".join(parts)

"""The audit trail: who changed what, when, from what and to what; rows are only ever added.

It is written by the session itself, in the same transaction as the change, so that there is no
change without its entry and no entry without its change. The database refuses to change or remove
an entry (triggers on both databases), but in a removal that has recorded itself
(`data.operations.retention.removals`). Statements that change many rows at once would go past it
and are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, ColumnElement, Index, String, event, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from data.operations.base import SECRET, MappedRow, UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import InstanceState, Mapper, ORMExecuteState, UOWTransaction

    from data.access import Person

Action = Literal["added", "changed", "removed"]


class AuditRow(MappedRow):
    """One change of one row."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "subject"),
        Index("ix_audit_table_name_row_key", "table_name", "row_key"),
        Index("ix_audit_at", "at"),
    )

    audit_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    person: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(80))
    row_key: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(300))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the audit trail.

    Attributes
    ----------
    change_id : int
        Grows with each entry.
    at : datetime
        In UTC.
    person, role : str
    action : {"added", "changed", "removed"}
    table, key : str
        The row that changed; the parts of a key of several columns are joined by ``/``.
    subject : str
        The row it belongs to, as ``table/key``: its own, or say the tasking of a comment.
    before, after : mapping of str to a JSON value, or None
        For a change only the columns that differ; geometries as hexadecimal WKB.
    """

    change_id: int
    at: datetime
    person: str
    role: str
    action: Action
    table: str
    key: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class UnrecordedChangeError(RuntimeError):
    """A fault of ours: a change that the audit trail could not record."""


def changes(session: Session, *conditions: ColumnElement[bool]) -> list[AuditEntry]:
    """Return entries of the audit trail, oldest first.

    Parameters
    ----------
    *conditions : ColumnElement of bool
        On the columns of `AuditRow`; none for all of it.
    """
    found = session.scalars(select(AuditRow).where(*conditions).order_by(AuditRow.audit_id))
    return [_change(row) for row in found]


def last_change(session: Session, keys: list[tuple[str, str]]) -> AuditEntry | None:
    """Return the newest entry for any of these rows, given as (table, key)."""
    newest: AuditEntry | None = None
    for table, key in keys:
        row = session.scalars(
            select(AuditRow)
            .where(AuditRow.table_name == table, AuditRow.row_key == key)
            .order_by(AuditRow.audit_id.desc())
            .limit(1)
        ).first()
        if row is not None and (newest is None or row.audit_id > newest.change_id):
            newest = _change(row)
    return newest


def row_key(row: MappedRow) -> tuple[str, str]:
    """Return a row's table and its key as the audit trail writes it."""
    values = inspect(row).mapper.primary_key_from_instance(row)
    return row.__tablename__, "/".join(str(each) for each in values)


def record_event(
    session: Session,
    *,
    key: tuple[str, str],
    role: str,
    after: Mapping[str, Any],
    subject: str | None = None,
) -> None:
    """Record something that changed no row of its own, such as a failed sign-in.

    Parameters
    ----------
    session : Session
        Of `Operations.session`, whose person and moment the entry bears.
    key : tuple of (str, str)
        The table and the key that the entry is filed under.
    role : str
        As what it was done; not a role of the app where nobody is signed in.
    after : mapping of str to a JSON value
        What happened.
    subject : str, optional
        The row in whose history it belongs, as ``table/key``; its own key unless given.
    """
    entry = {
        "at": session.info["now"],
        "person": session.info["person"].name,
        "role": role,
        "action": "added",
        "table_name": key[0],
        "row_key": key[1],
        "subject": subject or "/".join(key),
        "before": None,
        "after": dict(after),
    }
    session.connection().execute(insert(AuditRow), [entry])


def write_as(session: Session, person: Person, *, now: datetime) -> None:
    """Say who is writing and when, and record what this session changes from now on."""
    session.info.update(person=person, now=now, touched=[], entries=[])
    event.listen(session, "before_flush", _note_touched)
    event.listen(session, "after_flush", _record)
    event.listen(session, "do_orm_execute", _refuse_many)


def read_only(session: Session) -> None:
    """Refuse any change through this session."""
    event.listen(session, "before_flush", _refuse_flush)
    event.listen(session, "do_orm_execute", _refuse_many)


def _change(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        change_id=row.audit_id,
        at=row.at,
        person=row.person,
        role=row.role,
        action=row.action,  # type: ignore[arg-type]
        table=row.table_name,
        key=row.row_key,
        subject=row.subject,
        before=row.before,
        after=row.after,
    )


def _note_touched(session: Session, flush: UOWTransaction, instances: object) -> None:
    """Keep which rows a flush is about to change: after a failed one they are forgotten."""
    session.info["touched"] = [row_key(row) for row in (*session.dirty, *session.deleted)]


def _refuse_flush(session: Session, flush: UOWTransaction, instances: object) -> None:
    message = "this session only reads; use Actor.session() to change something"
    raise UnrecordedChangeError(message)


def _refuse_many(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        message = "change mapped rows one by one: a statement for many leaves no audit entry"
        raise UnrecordedChangeError(message)


def _record(session: Session, flush: UOWTransaction) -> None:
    entries = session.info["entries"]
    if entries:
        person: Person = session.info["person"]
        who = {"at": session.info["now"], "person": person.name, "role": person.role}
        session.connection().execute(insert(AuditRow), [{**who, **each} for each in entries])
        entries.clear()


def _added(mapper: Mapper[Any], connection: Connection, row: MappedRow) -> None:
    _keep(row, action="added", before=None, after=_values(inspect(row)))


def _changed(mapper: Mapper[Any], connection: Connection, row: MappedRow) -> None:
    before, after = _differences(inspect(row))
    if after:
        _keep(row, action="changed", before=before, after=after)


def _removed(mapper: Mapper[Any], connection: Connection, row: MappedRow) -> None:
    _keep(row, action="removed", before=_values(inspect(row)), after=None)


# Every row that any session writes comes by here, those that go with another row among them.
event.listen(MappedRow, "after_insert", _added, propagate=True)
event.listen(MappedRow, "after_update", _changed, propagate=True)
event.listen(MappedRow, "after_delete", _removed, propagate=True)


def _keep(
    row: MappedRow, *, action: Action, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """Keep an entry until the flush is through; all of them are then written together."""
    session = object_session(row)
    if session is None or "entries" not in session.info:
        message = "change rows through Actor.session(), which knows who does it"
        raise UnrecordedChangeError(message)
    session.info["entries"].append(_entry(row, action=action, before=before, after=after))


def _entry(
    row: MappedRow, *, action: Action, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> dict[str, object]:
    table, key = row_key(row)
    subject = f"{table}/{key}"
    if row.audit_subject is not None:
        of_table, column = row.audit_subject
        subject = f"{of_table}/{getattr(row, column)}"
    return {
        "action": action,
        "table_name": table,
        "row_key": key,
        "subject": subject,
        "before": before,
        "after": after,
    }


def _values(state: InstanceState[Any]) -> dict[str, Any]:
    return {
        each.key: _plain(
            getattr(state.object, each.key), secret=each.columns[0].info.get("audit") == "secret"
        )
        for each in state.mapper.column_attrs
    }


def _differences(state: InstanceState[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for each in state.mapper.column_attrs:
        history = state.attrs[each.key].history
        if history.has_changes():
            secret = each.columns[0].info == SECRET
            before[each.key] = _plain(_only(history.deleted), secret=secret)
            after[each.key] = _plain(_only(history.added), secret=secret)
    return before, after


def _only(values: Any) -> Any:  # noqa: ANN401 - a column's value can be of any type
    return values[0] if values else None


def _plain(value: Any, *, secret: bool) -> Any:  # noqa: ANN401 - as above
    """Return a value as JSON can hold it."""
    if secret and value is not None:
        return "(secret)"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, BaseGeometry):
        return str(shapely.to_wkb(value, hex=True))
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict | list | str | int | float) or value is None:
        return value
    return str(value)

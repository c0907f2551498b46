"""Removing rows of operations so that nothing of them is left, in the tables or in the file.

A row's words stand in the audit trail too, as what it was before and after each change. Where the
row goes, its entries keep who, when and what kind of change, and lose the values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, null, tuple_, update

from data.operations.audit.changes import AuditRow
from data.operations.base import MappedRow
from data.operations.tables import VisitRow
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.engine import Connection

    from data.operations.database import Operations
    from data.operations.retention.due import DueRows

_AT_ONCE: Final = 300


class PagesInUseError(PlainError, ValueError):
    """Rows are removed, but the database's file still holds what they were."""

    def __init__(self) -> None:
        super().__init__(
            "The rows are removed, but others are using the operations database, so its file may "
            "still hold what they were. Stop the app and run `hotspots retain` again."
        )


def remove_rows(connection: Connection, due: DueRows) -> None:
    """Remove rows, those that belong to others first, and blank what the audit trail says of them.

    Parameters
    ----------
    connection : Connection
        As `data.operations.retention.removals.removing` gives it.
    due : DueRows
    """
    tables = {kind.__tablename__: kind for kind in due.rows}
    for table in reversed(MappedRow.metadata.sorted_tables):
        kind = tables.get(table.name)
        if kind is None or not due.rows[kind]:
            continue
        columns = tuple(table.primary_key.columns)
        for keys in _parts(sorted(due.rows[kind])):
            connection.execute(delete(table).where(tuple_(*columns).in_(keys)))
        if kind is not AuditRow:
            blank_audit(connection, table.name, due.rows[kind])
    for numbers in _parts(sorted(due.notes)):
        connection.execute(update(VisitRow).where(VisitRow.visit_id.in_(numbers)).values(note=""))
    blank_audit(connection, "visits", {(number,) for number in due.notes})


def blank_audit(connection: Connection, table: str, keys: Collection[tuple[Any, ...]]) -> None:
    """Remove the values from the entries about some rows; who, when and which change stay."""
    written = sorted("/".join(map(str, key)) for key in keys)
    for some in _parts(written):
        connection.execute(
            update(AuditRow)
            .where(AuditRow.table_name == table, AuditRow.row_key.in_(some))
            .values(before=null(), after=null())
        )


def purge_pages(ops: Operations) -> None:
    """Have the database's own file forget what was removed: its free pages and its log.

    Raises
    ------
    PagesInUseError
        If others are using the database.
    """
    if ops.engine.dialect.name == "postgresql":
        alone = ops.engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection:
            for table in MappedRow.metadata.sorted_tables:
                connection.exec_driver_sql(f'VACUUM FULL "{table.name}"')
        return
    raw = ops.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        (in_use, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.close()
    except raw.dbapi_connection.OperationalError as problem:  # type: ignore[union-attr]
        raise PagesInUseError from problem
    finally:
        raw.close()
    if in_use:
        raise PagesInUseError


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]

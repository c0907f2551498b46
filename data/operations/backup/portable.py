"""The operations store as plain rows, the same for SQLite and PostgreSQL.

Each table is one text file, one JSON object a line: first its columns and their kinds, then its
rows, in the order of their keys. A dump is read in one transaction, so it shows one moment; it goes
into a database that is brought to the migrations of its day first, and up to date afterwards.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import shapely
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    cast,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.types import NullType

from data.operations.audit.changes import AuditRow
from data.operations.base import Geometry, UtcDateTime
from data.operations.identity import IDENTITY_TABLE
from data.operations.tables import all_tables
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.types import TypeEngine

_COUNTER: Final = table("sqlite_sequence", column("name"), column("seq"))
_COUNTED: Final = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
_AT_ONCE: Final = 500
_VERSIONS: Final = "alembic_version"
_TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "time": UtcDateTime(),
    "date": Date(),
    "bytes": LargeBinary(),
    "json": JSON(none_as_null=True),
    "yes_no": Boolean(),
    "plain": NullType(),
}


class NotRowsError(PlainError, ValueError):
    """What should hold the rows of a table does not."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The rows of the table {name} in the backup cannot be read. The file was changed or "
            "made by something else; use another backup."
        )


def table_names() -> tuple[str, ...]:
    """Return the tables of the operations store, each after those it refers to.

    The identity of the database is none of them: a restored one is another database.
    """
    names = (each.name for each in all_tables().sorted_tables)
    return tuple(name for name in names if name != IDENTITY_TABLE)


def rows_of(connection: Connection, name: str) -> Iterator[bytes]:
    """Yield a table as lines: its columns and their kinds, then its rows.

    Parameters
    ----------
    connection : Connection
        In the transaction whose moment the dump shows.
    name : str
        One of `table_names`.
    """
    of = all_tables().tables[name]
    kinds = {each.name: _kind(each.type) for each in of.columns}
    yield _line({"table": name, "columns": kinds})
    ordered = select(*of.columns).order_by(*of.primary_key.columns)
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(ordered):
        yield _line([_written(value) for value in row])


def fill(connection: Connection, name: str, lines: Iterable[bytes]) -> int:
    """Insert the rows of a dump into an empty table; return how many.

    Parameters
    ----------
    connection : Connection
        In a transaction; the tables are those of the dump's migrations.
    name : str
    lines : iterable of bytes
        As `rows_of` yields them.

    Raises
    ------
    NotRowsError
        If they are not the rows of this table.
    """
    rows = iter(lines)
    try:
        head = json.loads(next(rows))
        kinds: dict[str, str] = head["columns"]
        of = table(name, *(column(each, _TYPES[kind]) for each, kind in kinds.items()))
        if head["table"] != name:
            raise NotRowsError(name)
        done = 0
        some: list[dict[str, Any]] = []
        for line in rows:
            some.append(
                {
                    each: _read(value, kind)
                    for (each, kind), value in zip(kinds.items(), json.loads(line), strict=True)
                }
            )
            if len(some) == _AT_ONCE:
                connection.execute(insert(of), some)
                done, some = done + len(some), []
        if some:
            connection.execute(insert(of), some)
    except (StopIteration, KeyError, TypeError, ValueError) as problem:
        raise NotRowsError(name) from problem
    return done + len(some)


def set_counters(connection: Connection) -> None:
    """Count on after the numbers that were filled in and those that the audit trail names.

    A number whose row is gone, such as an ended sign-in's, is not given again. On SQLite only
    accounts and what belongs to them have such a counter.
    """
    postgres = connection.dialect.name == "postgresql"
    counted = set() if postgres else set(connection.scalars(text(_COUNTED)))
    for of in _there(connection).sorted_tables:
        if len(of.primary_key.columns) != 1:
            continue
        (key,) = of.primary_key.columns
        highest = _highest_number(connection, of, key=key)
        if highest is None:
            continue
        if postgres:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(of.name, key.name)))
            if sequence is not None:
                connection.execute(select(func.setval(sequence, highest)))
        elif of.name in counted:
            connection.execute(_COUNTER.delete().where(_COUNTER.c.name == of.name))
            connection.execute(insert(_COUNTER).values(name=of.name, seq=highest))


def _highest_number(connection: Connection, of: Table, *, key: Column[Any]) -> int | None:
    if not isinstance(key.type, Integer):
        return None
    numbers = [connection.scalar(select(func.max(key)))]
    if of.name != AuditRow.__tablename__:
        named = select(func.max(cast(AuditRow.row_key, Integer)))
        numbers.append(connection.scalar(named.where(AuditRow.table_name == of.name)))
    return max((each for each in numbers if each is not None), default=None)


def holds_rows(connection: Connection) -> bool:
    """Tell whether any table of a database has a row."""
    return any(
        connection.execute(select(1).select_from(of).limit(1)).first() is not None
        for of in _there(connection).sorted_tables
    )


def drop_all(connection: Connection) -> None:
    """Remove every table of an operations store on PostgreSQL, inside a transaction."""
    for of in reversed(_there(connection).sorted_tables):
        connection.execute(text(f'DROP TABLE "{of.name}" CASCADE'))
    for name in (_VERSIONS, IDENTITY_TABLE):
        connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    for guarded in ("audit", "access", "removal"):
        connection.execute(text(f"DROP FUNCTION IF EXISTS refuse_{guarded}_change()"))


def _there(connection: Connection) -> MetaData:
    """Return the operations tables that a database holds now, whatever its version."""
    known = set(table_names()) & set(inspect(connection).get_table_names())
    found = MetaData()
    found.reflect(connection, only=sorted(known))
    return found


def _kind(type_: TypeEngine[Any]) -> str:
    if isinstance(type_, UtcDateTime):
        return "time"
    if isinstance(type_, Geometry | LargeBinary):
        return "bytes"
    for name in ("date", "json", "yes_no"):
        if isinstance(type_, type(_TYPES[name])):
            return name
    return "plain"


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _written(value: Any) -> Any:  # noqa: ANN401 - a column's value can be of any type
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, shapely.Geometry):
        return b64encode(shapely.to_wkb(value)).decode()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value


def _read(value: Any, kind: str) -> Any:  # noqa: ANN401 - as above
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "bytes":
        return b64decode(value, validate=True)
    return value

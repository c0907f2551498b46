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
    LargeBinary,
    MetaData,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.types import NullType

from data.operations.base import Geometry, UtcDateTime
from data.operations.tables import all_tables
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection
    from sqlalchemy.types import TypeEngine

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
    """Return the tables of the operations store, each after those it refers to."""
    return tuple(each.name for each in all_tables().sorted_tables)


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
    """Have PostgreSQL count on from the keys that were filled in; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for of in _there(connection).sorted_tables:
        for each in of.primary_key.columns:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(of.name, each.name)))
            highest = connection.scalar(select(func.max(each)))
            if sequence is not None and highest is not None:
                connection.execute(select(func.setval(sequence, highest)))


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
    connection.execute(text(f"DROP TABLE IF EXISTS {_VERSIONS}"))
    connection.execute(text("DROP FUNCTION IF EXISTS refuse_audit_change()"))


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

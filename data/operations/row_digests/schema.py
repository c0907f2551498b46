"""The tables of row digests in SQL: which rows have one, their keys, and what notes a change.

Names in the statements are those of tables and columns that are there, never what somebody typed.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.pool import ConnectionPoolEntry

DIGESTS: Final = "row_digests"
NOTED: Final = "rows_noted"
STRUCTURE: Final = "sqlite_master"
COUNTERS: Final = "sqlite_sequence"
BETWEEN: Final = "\x1f"  # the parts of a key of several columns

_TRIGGER: Final = "row_digests_"
_SECOND: Final = "row_digests_second"
_SIZE: Final = 8
_WAIT_S: Final = 15
_LEVELS: Final = (("insert", ("NEW",)), ("update", ("OLD", "NEW")), ("delete", ("OLD",)))

Key = int | str  # of one column as it is; of several, their texts with `BETWEEN` between


def has_digests(connection: Connection) -> bool:
    """Tell whether a database has a digest of its rows; one on PostgreSQL has none."""
    return connection.dialect.name == "sqlite" and _is_table(driver(connection), DIGESTS)


def driver(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - SQLite has no other driver here
    return raw


def kept_tables(raw: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return the tables whose rows have digests, with the columns of their keys."""
    names = raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' "
        "AND (name NOT LIKE 'sqlite_%' OR name = ?) AND name NOT IN (?, ?)",
        (COUNTERS, DIGESTS, NOTED),
    ).fetchall()
    found = {str(name): key_columns(raw, str(name)) for (name,) in names}
    return {name: columns for name, columns in found.items() if columns}


def key_columns(raw: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Return the columns of a table's key, in their order; none where it has no key."""
    if table == COUNTERS:
        return ("name",)
    asked = raw.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table,))
    return tuple(str(name) for (name,) in asked)


def key_sql(columns: Sequence[str], *, of: str = "") -> str:
    """Return a key as one value, in SQL."""
    named = [f'{of}"{each}"' for each in columns]
    if len(named) == 1:
        return f"+{named[0]}"  # without its column's affinity, which would keep the index unused
    return " || char(31) || ".join(named)


def stored_row(
    raw: sqlite3.Connection, table: str, columns: Sequence[str], *, key: Key
) -> tuple[Any, ...] | None:
    """Return a row by its key, in the order of the table's columns; None where there is none."""
    where = " AND ".join(f'"{each}" = ?' for each in columns)
    values: list[Key] = [*str(key).split(BETWEEN)] if len(columns) > 1 else [key]
    asked = raw.execute(f'SELECT * FROM "{table}" WHERE {where}', values)  # noqa: S608
    row: tuple[Any, ...] | None = asked.fetchone()
    return row


def digest_of(table: str, row: tuple[Any, ...]) -> bytes:
    """Return the digest of a row: of its table, and of each value with its type.

    The conversion to ASCII writes a text, a number or bytes the same in every version of Python.
    """
    return blake2b(f"{table}{row!a}".encode(), digest_size=_SIZE).digest()


def digest_or_none(table: str, row: tuple[Any, ...] | None) -> bytes | None:
    """Return the digest of a row; None where there is none."""
    return None if row is None else digest_of(table, row)


def structure_digest(raw: sqlite3.Connection) -> bytes:
    """Return the digest of the tables, indexes and triggers, without SQLite's own statistics."""
    made = raw.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
    )
    return digest_of(STRUCTURE, tuple(made))


def stored_digest(raw: sqlite3.Connection, table: str, key: Key) -> bytes | None:
    """Return the digest that was kept of a row; None where there is none."""
    asked = "SELECT digest FROM row_digests WHERE table_name = ? AND row_key = ?"
    found = raw.execute(asked, (table, key)).fetchone()
    return None if found is None else bytes(found[0])


def noted_rows(raw: sqlite3.Connection) -> dict[tuple[str, Key], str]:
    """Return the rows that are noted, with why; none where the database has no digests yet."""
    if not _is_table(raw, NOTED):
        return {}
    rows = raw.execute("SELECT table_name, row_key, why FROM rows_noted")
    return {(table, key): why for table, key, why in rows}


def trigger_statements(table: str, columns: Sequence[str], *, counted: bool) -> Iterator[str]:
    """Yield what notes the key of every row that changes, whatever program changes it."""
    for event, states in _LEVELS:
        notes = [(f"'{table}'", key_sql(columns, of=f"{state}.")) for state in states]
        if counted and event == "insert":
            notes.append((f"'{COUNTERS}'", f"'{table}'"))
        steps = "".join(
            f" INSERT INTO rows_noted (table_name, row_key) SELECT {name}, {key} "  # noqa: S608
            f"WHERE NOT EXISTS (SELECT 1 FROM rows_noted WHERE table_name = {name} "
            f"AND row_key = {key});"
            for name, key in notes
        )
        yield (
            f'CREATE TRIGGER "{_TRIGGER}{table}_{event}" AFTER {event.upper()} ON "{table}" '
            f"BEGIN{steps} END"
        )


def drop_triggers(raw: sqlite3.Connection) -> None:
    """Take off the triggers that note changes."""
    named = raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ?) = ?",
        (len(_TRIGGER), _TRIGGER),
    ).fetchall()
    for (name,) in named:
        raw.execute(f'DROP TRIGGER "{name}"')


def is_counted(raw: sqlite3.Connection, table: str) -> bool:
    """Tell whether SQLite keeps a counter of the numbers that a table has given."""
    asked = "SELECT 1 FROM sqlite_master WHERE name = ? AND sql LIKE '%AUTOINCREMENT%'"
    return raw.execute(asked, (table,)).fetchone() is not None


def _is_table(raw: sqlite3.Connection, name: str) -> bool:
    asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return raw.execute(asked, (name,)).fetchone() is not None


@contextmanager
def as_committed(connection: Connection) -> Iterator[sqlite3.Connection]:
    """Give a second connection, which reads what was there before the running transaction.

    It is kept with the first, since opening one takes as long as a small change.
    """
    kept = connection.connection.info
    if _SECOND not in kept:
        path = Path(str(connection.engine.url.database)).absolute()
        kept[_SECOND] = sqlite3.connect(
            f"{path.as_uri()}?mode=rw",
            uri=True,
            timeout=_WAIT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        kept[_SECOND].text_factory = _text
    second: sqlite3.Connection = kept[_SECOND]
    second.execute("BEGIN")
    try:
        yield second
    finally:
        second.execute("ROLLBACK")


def close_second(_connection: object, record: ConnectionPoolEntry) -> None:
    """Close the second connection with the first."""
    second: sqlite3.Connection | None = record.info.pop(_SECOND, None)
    if second is not None:
        second.close()


@contextmanager
def every_text(raw: sqlite3.Connection) -> Iterator[None]:
    """Have damaged texts read instead of refused; slower than the driver's own way."""
    before, raw.text_factory = raw.text_factory, _text
    try:
        yield
    finally:
        raw.text_factory = before


@contextmanager
def told_as_the_database() -> Iterator[None]:
    """Raise what the driver says as SQLAlchemy would, so that it is worded in the one place."""
    try:
        yield
    except sqlite3.Error as problem:
        statement = "digests of rows"
        raise DBAPIError(statement, None, problem) from problem


def _text(value: bytes) -> str:
    """Read a text as it is, even where damage has made it no text."""
    return value.decode("utf-8", "surrogateescape")


def storable(key: Key) -> Key:
    """Return a key that may be damaged so that it can be stored and shown."""
    return key if isinstance(key, int) else str(key).encode("utf-8", "replace").decode()

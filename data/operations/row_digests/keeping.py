"""Writing the digests of rows: of those that a transaction changes, and of all after an upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.operations.row_digests.faults import CHANGED_OUTSIDE, NOT_AS_STORED, all_faults
from data.operations.row_digests.schema import (
    COUNTERS,
    STRUCTURE,
    Key,
    as_committed,
    digest_of,
    digest_or_none,
    driver,
    drop_triggers,
    every_text,
    has_digests,
    is_counted,
    kept_tables,
    key_columns,
    key_sql,
    noted_rows,
    storable,
    stored_digest,
    stored_row,
    structure_digest,
    told_as_the_database,
    trigger_statements,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

_AT_ONCE: Final = 2000


def lay_aside(connection: Connection) -> None:
    """Take the triggers off before tables are changed, and note the rows that are damaged by then.

    Without the notes the digests that `renew` writes would vouch for them.
    """
    if not has_digests(connection):
        return
    raw = driver(connection)
    with told_as_the_database():
        faults = [(table, storable(key), fault) for table, key, fault in all_faults(raw)]
        drop_triggers(raw)
        raw.executemany("INSERT OR IGNORE INTO rows_noted VALUES (?, ?, ?)", faults)


def renew(connection: Connection, *, keep_notes: bool = True) -> None:
    """Give every row a digest of what it holds now, and make the triggers; last in its transaction.

    Parameters
    ----------
    connection : Connection
        In a transaction that writes.
    keep_notes : bool
        Whether rows that are noted as changed outside the app or damaged stay so.
    """
    if not has_digests(connection):
        return
    raw = driver(connection)
    with told_as_the_database(), every_text(raw):
        drop_triggers(raw)
        raw.execute("DELETE FROM row_digests")
        if not keep_notes:
            raw.execute("DELETE FROM rows_noted")
        tables = kept_tables(raw)
        for table, columns in tables.items():
            _store_all(raw, table, columns)
        for table in tables.keys() - {COUNTERS}:
            for statement in trigger_statements(
                table, tables[table], counted=is_counted(raw, table)
            ):
                raw.execute(statement)
        _store(raw, STRUCTURE, "", digest=structure_digest(raw))


def keep_digests(connection: Connection) -> None:
    """Give the rows that a transaction has changed their digests; called just before its commit.

    Each is compared with its digest as it was before: a row that was damaged stays noted.
    """
    raw = driver(connection)
    with told_as_the_database():
        if raw.in_transaction and (noted := noted_rows(raw)):
            with as_committed(connection) as committed, every_text(raw):
                _settle(raw, committed, noted=noted)


def _settle(
    raw: sqlite3.Connection,
    committed: sqlite3.Connection,
    *,
    noted: Mapping[tuple[str, Key], str],
) -> None:
    """Give the rows that this transaction has noted their digests."""
    fresh = {row for row, why in noted.items() if why == CHANGED_OUTSIDE}
    mine = fresh - noted_rows(committed).keys()
    columns = {table: key_columns(raw, table) for table, _ in mine}
    for table, key in sorted(mine, key=str):
        before = stored_row(committed, table, columns[table], key=key)
        if stored_digest(raw, table, key) != digest_or_none(table, before):
            raw.execute(
                "UPDATE rows_noted SET why = ? WHERE table_name = ? AND row_key = ?",
                (NOT_AS_STORED, table, key),
            )
            continue
        after = stored_row(raw, table, columns[table], key=key)
        _store(raw, table, key, digest=digest_or_none(table, after))
        raw.execute("DELETE FROM rows_noted WHERE table_name = ? AND row_key = ?", (table, key))


def _store_all(raw: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
    """Store the digest of every row of a table, which has none yet."""
    rows = raw.execute(f'SELECT {key_sql(columns)}, * FROM "{table}"')  # noqa: S608
    while some := rows.fetchmany(_AT_ONCE):
        raw.executemany(
            "INSERT INTO row_digests VALUES (?, ?, ?)",
            [(table, row[0], digest_of(table, row[1:])) for row in some],
        )


def _store(raw: sqlite3.Connection, table: str, key: Key, *, digest: bytes | None) -> None:
    if digest is None:
        raw.execute("DELETE FROM row_digests WHERE table_name = ? AND row_key = ?", (table, key))
    else:
        raw.execute("INSERT OR REPLACE INTO row_digests VALUES (?, ?, ?)", (table, key, digest))

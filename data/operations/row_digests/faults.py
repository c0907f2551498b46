"""Which rows of the operations database are not what the app stored."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.operations.row_digests.schema import (
    BETWEEN,
    COUNTERS,
    STRUCTURE,
    Key,
    digest_of,
    driver,
    every_text,
    has_digests,
    kept_tables,
    key_sql,
    noted_rows,
    storable,
    stored_digest,
    structure_digest,
    told_as_the_database,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

CHANGED_OUTSIDE: Final = "was changed outside the app"
NOT_AS_STORED: Final = "is not what was stored"
_GONE: Final = "is gone"
_NEVER_STORED: Final = "was never stored by the app"


@dataclass(frozen=True, slots=True)
class RowFault:
    """One row that is not as the app stored it.

    Attributes
    ----------
    table, key : str
        The parts of a key of several columns are joined by ``/``.
    fault : str
        What is wrong with it, as in "is gone".
    """

    table: str
    key: str
    fault: str

    @property
    def row(self) -> str:
        """Which row it is."""
        if self.table == STRUCTURE:
            return "the structure of the database"
        if self.table == COUNTERS:
            return f"the counter of {self.key}"
        return f"{self.table} {self.key}"


def noted_faults(connection: Connection) -> tuple[RowFault, ...]:
    """Return the rows that are known to be changed outside the app or damaged; reads no other."""
    if not has_digests(connection):
        return ()
    with told_as_the_database():
        return tuple(
            _fault(table, key, why) for (table, key), why in noted_rows(driver(connection)).items()
        )


def row_faults(connection: Connection) -> tuple[RowFault, ...]:
    """Compare every row with its digest, and return those that differ.

    Parameters
    ----------
    connection : Connection
        In a transaction.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        If the file is so damaged that its rows cannot be read.
    """
    if not has_digests(connection):
        return ()
    with told_as_the_database():
        return tuple(_fault(*each) for each in all_faults(driver(connection)))


def all_faults(raw: sqlite3.Connection) -> list[tuple[str, Key, str]]:
    """Return the rows that differ from their digests: table, key as it is stored, fault."""
    noted = noted_rows(raw)
    tables = kept_tables(raw)
    faults: list[tuple[str, Key, str]] = []
    for table, columns in tables.items():
        try:
            faults += _faults_of(raw, table, columns)
        except sqlite3.OperationalError:  # a text that is none any more
            with every_text(raw):
                faults += _faults_of(raw, table, columns)
    known = ", ".join("?" * (len(tables) + 1))
    others = raw.execute(
        f"SELECT table_name, row_key FROM row_digests WHERE table_name NOT IN ({known})",  # noqa: S608
        (STRUCTURE, *tables),
    )
    faults += [(table, key, _GONE) for table, key in others]
    if stored_digest(raw, STRUCTURE, "") != structure_digest(raw):
        faults.append((STRUCTURE, "", NOT_AS_STORED))
    new = [each for each in faults if each[:2] not in noted]
    return [*((table, key, why) for (table, key), why in noted.items()), *new]


def _faults_of(
    raw: sqlite3.Connection, table: str, columns: Sequence[str]
) -> list[tuple[str, Key, str]]:
    key = key_sql(columns, of="kept.")
    rows = raw.execute(
        f'SELECT of.digest, {key}, kept.* FROM "{table}" AS kept '  # noqa: S608
        f"LEFT JOIN row_digests AS of ON of.table_name = ? AND of.row_key = {key}",
        (table,),
    )
    faults: list[tuple[str, Key, str]] = []
    found = 0
    for row in rows:
        if row[0] is None:
            faults.append((table, row[1], _NEVER_STORED))
            continue
        found += 1
        if row[0] != digest_of(table, row[2:]):
            faults.append((table, row[1], NOT_AS_STORED))
    count = "SELECT count(*) FROM row_digests WHERE table_name = ?"
    if found != raw.execute(count, (table,)).fetchone()[0]:
        gone = raw.execute(
            "SELECT row_key FROM row_digests WHERE table_name = ? "  # noqa: S608
            f'EXCEPT SELECT {key} FROM "{table}" AS kept',
            (table,),
        )
        faults += [(table, row_key, _GONE) for (row_key,) in gone]
    return faults


def _fault(table: str, key: Key, fault: str) -> RowFault:
    return RowFault(table, str(storable(key)).replace(BETWEEN, "/"), fault)

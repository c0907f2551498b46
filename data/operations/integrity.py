"""Whether the operations database is sound: its pages, its references, and every row of it.

What is wrong is said with the table and the key of the row. A row that another program changed is
told apart from one that is damaged; somebody who knows that it is right may accept it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapely.errors import ShapelyError
from sqlalchemy.exc import DBAPIError

from data.incidents.damage import RESTORE, Damage
from data.operations.audit.changes import record_event
from data.operations.backup.portable import rows_of, table_names
from data.operations.row_digests.faults import (
    CHANGED_OUTSIDE,
    RowFault,
    noted_faults,
    row_faults,
)
from data.operations.row_digests.keeping import renew
from data.operations.row_digests.schema import DIGESTS
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from data.operations.actor import Actor
    from data.operations.database import Operations

_SAID: Final = 3
_ROWS_SAID: Final = 5
_ACCEPT: Final = "run `hotspots check --accept`, which writes it into the audit trail"
_RESTORE_ROWS: Final = (
    f"{RESTORE} Or look at each of them, correct it in the app where it is wrong, and then "
    f"{_ACCEPT}."
)
_MEANT: Final = f"If the change was meant, {_ACCEPT}. Otherwise restore the newest backup."


class BrokenDatabaseError(PlainError, ValueError):
    """The database cannot be accepted as it is, since more than values of rows is wrong."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(f"Nothing was accepted: {damage}")


def operations_damage(
    connection: Connection, *, name: str, full: bool = True
) -> tuple[Damage, ...]:
    """Return what is wrong with the operations database.

    SQLite's own check compares every page and every index with the rows; the digests of rows tell
    whether what a row holds is what was stored.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    name : str
        What to call the database.
    full : bool
        Whether pages, references and the kind of every cell are looked at, too.
    """
    try:
        if full and (faults := _broken(connection)):
            return (Damage(name, f"is damaged ({'; '.join(faults[:_SAID])[:300]})"),)
        return damage_of_rows(row_faults(connection), name=name)
    except DBAPIError as problem:
        return (Damage(name, f"is damaged ({problem.orig})"),)


def damage_of_rows(faults: Sequence[RowFault], *, name: str) -> tuple[Damage, ...]:
    """Return rows that are not as they were stored, as damage of their database."""
    outside = [each for each in faults if each.fault == CHANGED_OUTSIDE]
    damaged = [each for each in faults if each.fault != CHANGED_OUTSIDE]
    found = []
    if damaged:
        said = f"is damaged in {_rows(damaged)}: {_named(damaged, with_fault=True)}"
        found.append(Damage(name, said, _RESTORE_ROWS))
    if outside:
        said = f"has {_rows(outside)} changed outside the app: {_named(outside, with_fault=False)}"
        found.append(Damage(name, said, _MEANT))
    return tuple(found)


def changed_rows(ops: Operations) -> tuple[RowFault, ...]:
    """Return every row that is not as the app stored it.

    Raises
    ------
    OperationsUnreachableError, data.faults.DamagedError
        If the rows cannot be read.
    """
    with ops.reading() as session:
        return row_faults(session.connection())


def accept_rows(actor: Actor) -> tuple[RowFault, ...]:
    """Take every row as it is now, and write into the audit trail which ones differed.

    Raises
    ------
    data.access.NotAllowedError
    BrokenDatabaseError
        If pages or references are broken: only a backup helps then.
    """
    actor.must_be_administrator("Accepting changed rows")
    with actor.session() as session:
        connection = session.connection()
        if faults := _broken(connection):
            raise BrokenDatabaseError(Damage("The operations database", f"is broken ({faults[0]})"))
        found = row_faults(connection)
        for each in found:
            record_event(
                session,
                key=(DIGESTS, f"{each.table}/{each.key}"),
                role=actor.person.role,
                after={"accepted": each.row, "fault": each.fault},
            )
        if found:
            renew(connection, keep_notes=False)
    return found


def known_damage(connection: Connection, *, name: str) -> tuple[Damage, ...]:
    """Return what the database itself says of changed rows, without reading the others."""
    return damage_of_rows(noted_faults(connection), name=name)


def _broken(connection: Connection) -> list[str]:
    """Say which pages, references or kinds of cells are wrong."""
    try:
        faults = _sqlite_faults(connection) if connection.dialect.name == "sqlite" else []
        for table in [] if faults else table_names():
            for _ in rows_of(connection, table):
                pass
    except DBAPIError as problem:
        return [str(problem.orig)]
    except (ValueError, TypeError, LookupError, ShapelyError) as problem:  # not of its kind
        if rows := row_faults(connection):
            return [f"a row cannot be read: {_named(rows, with_fault=True)}"]
        return [f"a row cannot be read: {problem}"]
    return faults


def _rows(faults: Sequence[RowFault]) -> str:
    return "1 row" if len(faults) == 1 else f"{len(faults):,} rows"


def _named(faults: Sequence[RowFault], *, with_fault: bool) -> str:
    """Name the first rows by table and key."""
    named = [f"{each.row} {each.fault}" if with_fault else each.row for each in faults]
    more = len(named) - _ROWS_SAID
    return "; ".join([*named[:_ROWS_SAID], *([f"and {more:,} more"] if more > 0 else [])])


def _sqlite_faults(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    faults = [str(each).replace("\n", " ") for each in rows if each != "ok"]
    return faults + [
        f"a row of {each[0]} refers to one of {each[2]} that is gone" for each in broken
    ]

"""Logged once, however often it is sent: an arrival or a departure under the key of a phone.

A phone that got no answer cannot know whether the server has kept what it sent. So it gives each
entry a random key before it sends it for the first time, and sends it under that key until it is
answered. The key is in a column with a unique index, and is looked up before anything is checked:
what was kept is returned as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.operations.tables import VisitRow
from data.operations.visits.errors import KeyUsedError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def visit_under(session: Session, **keys: str) -> VisitRow | None:
    """Return the visit that has a key; nobody else logs one under it until the session ends.

    Parameters
    ----------
    session : Session
        One that may write: on SQLite it has the write lock.
    **keys : str
        The name of the column, ``arrived_key`` or ``left_key``, and the key.
    """
    ((column, key),) = keys.items()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{column} {key}"))))
    return session.scalars(select(VisitRow).filter_by(**{column: key})).first()


def check_same(row: VisitRow, **expected: str | int) -> None:
    """Refuse an entry whose key belongs to a visit that is another in one of its columns.

    Raises
    ------
    KeyUsedError
    """
    if any(getattr(row, column) != value for column, value in expected.items()):
        raise KeyUsedError

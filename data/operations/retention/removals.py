"""The record of what was removed and pseudonymised, and the one way to do it.

The row that records a removal is also the permit for it: the database lets entries of the audit
trail and of the access log be removed or blanked only in the transaction that has added the row and
not finished it. The row says who, when, by what schedule and how many; no name or word of anybody
whose data went.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import JSON, String, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.base import MappedRow, UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import Connection

    from data.access import Person
    from data.operations.actor import Actor
    from data.operations.database import Operations

RemovalKind = Literal["retention", "erasure"]


class RemovalRow(MappedRow):
    """One run of retention, or one erasure."""

    __tablename__ = "removals"

    removal_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    person: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    schedule: Mapped[dict[str, Any]] = mapped_column(JSON)
    removed: Mapped[dict[str, int]] = mapped_column(JSON)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


@dataclass(frozen=True, slots=True)
class Removal:
    """One removal as it is shown."""

    removal_id: int
    at: datetime
    person: str
    kind: str
    removed: Mapping[str, int]


@contextmanager
def removing(
    actor: Actor,
    kind: RemovalKind,
    *,
    schedule: Mapping[str, object],
    removed: dict[str, int],
    kept: Mapping[str, object],
) -> Iterator[Connection]:
    """Give a connection through which rows of operations may be removed, and record it.

    Parameters
    ----------
    actor : Actor
        An administrator.
    kind : {"retention", "erasure"}
    schedule : mapping
        What was asked for, without personal data.
    removed : dict of str to int
        How many of each kind; may be added to inside the block, and is recorded at its end.
    kept : mapping
        How many were due and stay, and why.

    Raises
    ------
    NotAllowedError
    """
    actor.must_be_administrator("Removing what is kept")
    with actor.session() as session:
        connection = session.connection()
        row = {
            "at": actor.now,
            "person": actor.person.name,
            "role": actor.person.role,
            "kind": kind,
            "schedule": dict(schedule),
            "removed": {},
            "kept": dict(kept),
            "finished_at": None,
        }
        added = connection.execute(insert(RemovalRow).returning(RemovalRow.removal_id), row)
        removal_id = added.scalar_one()
        yield connection
        connection.execute(
            update(RemovalRow)
            .where(RemovalRow.removal_id == removal_id)
            .values(removed=removed, finished_at=actor.now)
        )


def removals(ops: Operations, *, person: Person) -> list[Removal]:
    """List what was removed, newest first, for an administrator.

    Raises
    ------
    NotAllowedError
    """
    person.must_be_administrator("The record of removals")
    with ops.reading() as session:
        return [
            Removal(row.removal_id, row.at, row.person, row.kind, row.removed)
            for row in session.scalars(select(RemovalRow).order_by(RemovalRow.removal_id.desc()))
        ]

"""Comments on taskings: written once, kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.operations.tables import CommentRow
from data.operations.taskings.taskings import row_within
from geo.errors import PlainError

if TYPE_CHECKING:
    from datetime import datetime

    from data.operations.actor import Actor
    from data.operations.database import Operations


class EmptyCommentError(PlainError, ValueError):
    """A comment says nothing."""

    def __init__(self) -> None:
        super().__init__("The comment is empty. Write what you want to say, then add it.")


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of a tasking, and when (in UTC)."""

    comment_id: int
    tasking_id: int
    at: datetime
    person: str
    text: str


def comment(actor: Actor, tasking_id: int, *, text: str) -> Comment:
    """Add a comment to a tasking, whatever its status.

    Raises
    ------
    data.access.NotAllowedError, UnknownTaskingError
        If the role may not, or there is no such tasking.
    EmptyCommentError
        If it says nothing.
    """
    actor.must_be_officer("Commenting on a tasking")
    if not text.strip():
        raise EmptyCommentError
    with actor.session() as session:
        row_within(actor.ops, session, tasking_id)
        row = CommentRow(
            tasking_id=tasking_id, at=actor.now, person=actor.person.name, words=text.strip()
        )
        session.add(row)
        session.flush()
        return _comment(row)


def comments(ops: Operations, tasking_id: int) -> tuple[Comment, ...]:
    """Return the comments on a tasking, oldest first."""
    with ops.reading() as session:
        rows = session.scalars(
            select(CommentRow)
            .where(CommentRow.tasking_id == tasking_id)
            .order_by(CommentRow.comment_id)
        )
        return tuple(_comment(row) for row in rows)


def _comment(row: CommentRow) -> Comment:
    return Comment(row.comment_id, row.tasking_id, row.at, row.person, row.words)

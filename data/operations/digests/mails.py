"""Which weekly digests were mailed to whom: begun before a mail goes out, sent once it is taken.

A recipient is kept as a digest of the address, which tells whether a mail went there and does not
say where. A mail that was begun and of which nobody knows whether it arrived (the machine was
stopped in between) is not sent again by itself.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from sqlalchemy import CheckConstraint, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.accounts.throttle import one_at_a_time
from data.operations.base import MappedRow, UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations

MailState = Literal["begun", "sent", "failed"]


class DigestMailRow(MappedRow):
    """One mail of one week to one recipient."""

    __tablename__ = "digest_mails"
    __table_args__ = (
        CheckConstraint("state IN ('begun','sent','failed')", name="state_known"),
        UniqueConstraint("week", "recipient"),
    )

    mail_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    week: Mapped[date]
    recipient: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime())

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


def recipient_digest(address: str) -> str:
    """Return what a recipient is known by: the SHA-256 of the address in small letters."""
    return sha256(address.casefold().encode()).hexdigest()


def mail_state(ops: Operations, *, week: date, recipient: str) -> MailState | None:
    """Return what became of a week's mail to an address; None where none was begun."""
    with ops.reading() as session:
        row = _row(session, week=week, recipient=recipient)
        return None if row is None else _state(row)


def begin_mail(
    actor: Actor, *, week: date, recipient: str, again: bool = False
) -> MailState | None:
    """Say that a mail is about to go out, and return what stood before; it goes ahead on None.

    A mail that failed before is begun once more. One that was sent, or begun and not ended, is only
    where that is asked for.

    Parameters
    ----------
    actor : Actor
    week : date
        Its Monday.
    recipient : str
        An address.
    again : bool
        Whatever stands there.
    """
    with actor.session() as session:
        one_at_a_time(session)
        row = _row(session, week=week, recipient=recipient)
        if row is None:
            row = DigestMailRow(week=week, recipient=recipient_digest(recipient))
            session.add(row)
        elif row.state != "failed" and not again:
            return _state(row)
        row.state, row.at = "begun", actor.now
    return None


def end_mail(actor: Actor, *, week: date, recipient: str, state: MailState) -> None:
    """Say what became of a mail that was begun."""
    with actor.session() as session:
        row = _row(session, week=week, recipient=recipient)
        if row is not None:
            row.state, row.at = state, actor.now


def _row(session: Session, *, week: date, recipient: str) -> DigestMailRow | None:
    wanted = select(DigestMailRow).where(
        DigestMailRow.week == week, DigestMailRow.recipient == recipient_digest(recipient)
    )
    return session.scalars(wanted).first()


def _state(row: DigestMailRow) -> MailState:
    return row.state  # type: ignore[return-value]

"""Whether a sign-in still stands, asked again by everything that hands out or changes something.

A browser is known by the key of its sign-in, the hash of the token in its cookie. Without accounts
there is one key for everybody on this computer, which ends with the first account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.access import Person, SignInEndedError, computer_account
from data.operations.accounts.tables import SignInRow, UserRow
from data.operations.accounts.users import account_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from data.access import Role
    from data.operations.database import Operations

WITHOUT_ACCOUNTS: Final = "without accounts"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in by its key, and when it is asked about.

    Attributes
    ----------
    ops : Operations
    key : str
        `token_hash` of the browser's token, or `WITHOUT_ACCOUNTS`.
    clock : callable
        Returns the moment, with its time zone.
    """

    ops: Operations
    key: str
    clock: Callable[[], datetime]

    def person(self) -> Person | None:
        """Return who this is; None if the sign-in has ended."""
        with self.ops.reading() as session:
            return self._person(session, self.clock())

    def role(self) -> Role:
        """Return the role as it is now.

        Raises
        ------
        SignInEndedError
        """
        with self.ops.reading() as session:
            return self.role_in(session, self.clock())

    def role_in(self, session: Session, now: datetime) -> Role:
        """Return the role as a transaction sees it, which keeps it so until it has ended.

        Raises
        ------
        SignInEndedError
        """
        person = self._person(session, now)
        if person is None:
            raise SignInEndedError
        return person.role

    def _person(self, session: Session, now: datetime) -> Person | None:
        if self.key == WITHOUT_ACCOUNTS:
            found = session.scalar(select(UserRow.user_id).limit(1)) is not None
            self._check_database(session, accounts=found)
            if found:
                return None
            return Person(computer_account(), "administrator", standing=self)
        account = session.scalars(
            select(UserRow)
            .join(SignInRow, SignInRow.user_id == UserRow.user_id)
            .where(SignInRow.token == self.key, SignInRow.expires_at > now, UserRow.active)
            # On PostgreSQL neither row changes before the transaction ends; SQLite has one writer.
            .with_for_update(read=True, of=(UserRow, SignInRow))
        ).first()
        if account is None:
            return None
        self._check_database(session, accounts=True)
        return replace(account_from(account).person, standing=self)

    def _check_database(self, session: Session, *, accounts: bool) -> None:
        """Refuse a database that was emptied or exchanged since it was opened."""
        if self.ops.marker is not None:
            self.ops.marker.check(session.connection(), accounts=accounts)

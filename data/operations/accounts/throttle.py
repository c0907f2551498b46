"""Counting tries to sign in: a try is counted before its password is looked at.

So tries that run at once cannot pass a limit between them, and no hash is worked out for one that
is over it. What is counted is dropped once no window reaches it. The limits themselves are
`models.accounts.tries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, insert, select, text

from data.access import Person
from data.operations.accounts.hashes import token_hash
from data.operations.accounts.tables import KnownBrowserRow, SignInTryRow, UserRow
from models.accounts.tries import (
    ADDRESS_WINDOW,
    ALL_WINDOW,
    BROWSER_WINDOW,
    KEPT_FOR,
    NAME_WINDOW,
    FailedTries,
    network_of,
)

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from data.operations.database import Operations

NOBODY: Final = Person(name="nobody (failed sign-in)", role="panel")
_LOCK: Final = 4_770_282  # any number that nothing else on the same database locks


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try to sign in comes from.

    Attributes
    ----------
    address : str or None
        Of the client; None for the computer itself.
    browser : str
        What the browser's own cookie holds; empty without one.
    """

    address: str | None = None
    browser: str = ""

    @property
    def network(self) -> str:
        """What its tries are counted by."""
        return network_of(self.address)


@dataclass(frozen=True, slots=True)
class CountedTry:
    """A try that may go on: its number, and whether the browser is known under the name."""

    try_id: int
    known_browser: bool


def begin_try(
    ops: Operations, *, name_key: str, origin: Origin, now: datetime
) -> CountedTry | None:
    """Count a try and return it; None, and nothing is written, where it is one too many."""
    with ops.reading() as session:  # a flood is turned away without a write
        if not _failed(session, name_key=name_key, origin=origin, now=now).may_try:
            return None
    with ops.session(NOBODY, now) as session:
        one_at_a_time(session)
        failed = _failed(session, name_key=name_key, origin=origin, now=now)
        if not failed.may_try:
            return None
        connection = session.connection()
        connection.execute(delete(SignInTryRow).where(SignInTryRow.at <= now - KEPT_FOR))
        added = insert(SignInTryRow).values(
            at=now,
            name=token_hash(name_key),
            network=origin.network,
            browser=token_hash(origin.browser) if failed.known_browser else "",
        )
        number = connection.scalar(added.returning(SignInTryRow.try_id))
        return CountedTry(try_id=int(number or 0), known_browser=failed.known_browser)


def forget_try(session: Session, counted: CountedTry) -> None:
    """Count a try no more: it did not fail."""
    session.connection().execute(delete(SignInTryRow).where(SignInTryRow.try_id == counted.try_id))


def forget_tries(session: Session) -> None:
    """Count no more what failed, under whatever name and from wherever.

    An administrator has set a new password, so somebody is to get in at once; also where somebody
    else has used up what their address may try.
    """
    session.connection().execute(delete(SignInTryRow))


def one_at_a_time(session: Session) -> None:
    """Let no other transaction past this point until this one ends; on SQLite none is."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _failed(session: Session, *, name_key: str, origin: Origin, now: datetime) -> FailedTries:
    name = token_hash(name_key)
    browser = token_hash(origin.browser) if origin.browser else None
    unknown = SignInTryRow.browser == ""

    def count(window: timedelta, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
        query = select(func.count()).select_from(SignInTryRow)
        return query.where(SignInTryRow.at > now - window, *conditions).scalar_subquery()

    known = (
        select(func.count())
        .select_from(KnownBrowserRow)
        .join(UserRow, UserRow.user_id == KnownBrowserRow.user_id)
        .where(KnownBrowserRow.browser == browser, UserRow.name_key == name_key)
    )
    counts = session.execute(
        select(
            known.scalar_subquery(),
            count(BROWSER_WINDOW, SignInTryRow.browser == browser, SignInTryRow.name == name),
            count(ADDRESS_WINDOW, unknown, SignInTryRow.network == origin.network),
            count(NAME_WINDOW, unknown, SignInTryRow.name == name),
            count(ALL_WINDOW, unknown),
        )
    ).one()
    return FailedTries(
        by_browser=counts[1] if counts[0] else None,
        by_address=counts[2],
        by_name=counts[3],
        altogether=counts[4],
    )

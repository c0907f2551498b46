"""Signing in and out with a name and a password, and changing one's own password.

A sign-in is a random token of which only the hash is kept, so it cannot be read out of the store or
a backup. What a failed sign-in answers is the same whether there is such a name or not: the
sentence, the time it takes, and after how many tries no more are answered.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from data.operations.accounts.hashes import (
    is_outdated,
    password_fits,
    password_hash,
    token_hash,
)
from data.operations.accounts.tables import (
    LONGEST_ADDRESS,
    KnownBrowserRow,
    SignInRow,
    SignInTryRow,
    UserRow,
)
from data.operations.accounts.throttle import (
    NOBODY,
    CountedTry,
    Origin,
    begin_try,
    forget_try,
)
from data.operations.accounts.users import account_from, name_key
from data.operations.audit.changes import record_event
from geo.errors import PlainError
from models.accounts.passwords import PasswordError, check_password

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations

SIGNED_IN_FOR: Final = timedelta(hours=12)
BROWSER_KNOWN_FOR: Final = timedelta(days=180)
_NO_ROLE: Final = "none"
_BROWSER_RENEWED_AFTER: Final = timedelta(days=30)  # not at each sign-in, for the audit's sake
_OLDER: Final = "$argon2%"


class SignInError(PlainError, ValueError):
    """A sign-in failed; the message never says whether the name or the password was wrong."""

    def __init__(self, *, too_many: bool) -> None:
        super().__init__(
            "Too many failed tries under this name or from here. Try again in 15 minutes, or "
            "tomorrow if that does not help; a browser in which you have signed in before is not "
            "held up. An administrator can set a new password, after which you can try at once."
            if too_many
            else "Name or password is wrong. Check both and try again."
        )


class SignedOutMeanwhileError(PlainError, LookupError):
    """A password was to be changed in a sign-in that has ended."""

    def __init__(self) -> None:
        super().__init__("Your sign-in has ended, so nothing was changed. Sign in and do it again.")


@dataclass(frozen=True, slots=True)
class _Checked:
    """What a password was checked against, outside any transaction since it takes long."""

    user_id: int | None
    kept: str | None
    fits: bool


def sign_in(
    ops: Operations, *, name: str, password: str, now: datetime, origin: Origin | None = None
) -> str:
    """Check a name and a password and return the token of a new sign-in.

    Parameters
    ----------
    ops : Operations
    name, password : str
        As typed.
    now : datetime
        With its time zone.
    origin : Origin, optional
        Where the try comes from; this computer unless given.

    Raises
    ------
    SignInError
        If the name or the password is wrong, the account is closed, or too many tries failed.
    """
    key, origin = name_key(name), origin or Origin()
    counted = begin_try(ops, name_key=key, origin=origin, now=now)
    if counted is None:
        raise SignInError(too_many=True)
    checked = _check(ops, key, password=password)
    token = secrets.token_urlsafe(32)
    if checked.fits and _succeed(
        ops, checked, counted, password=password, origin=origin, token=token, now=now
    ):
        return token
    _fail(ops, checked, counted, key=key, origin=origin, now=now)
    raise SignInError(too_many=False)


def end_sign_in(actor: Actor, key: str) -> None:
    """End a sign-in, named by its `token_hash`; nothing happens if it has ended."""
    with actor.session() as session:
        for each in session.scalars(select(SignInRow).where(SignInRow.token == key)):
            session.delete(each)


def change_own_password(
    actor: Actor,
    key: str,
    *,
    present: str,
    new: str,
    borough: str = "",
    origin: Origin | None = None,
) -> None:
    """Change the password of the account that is signed in, and end its other sign-ins.

    Parameters
    ----------
    actor : Actor
        Who is signed in.
    key : str
        The `token_hash` of the sign-in, which goes on.
    present, new : str
    borough : str
        Its name, which the password must not contain.
    origin : Origin, optional
        Where this comes from: a wrong present password counts as a failed try.

    Raises
    ------
    PasswordError
        If the new one cannot be used.
    SignInError
        If the present one is wrong, or too many tries failed.
    SignedOutMeanwhileError
    """
    ops, now, origin = actor.ops, actor.now, origin or Origin()
    with actor.reading() as session:
        row = _user_of(session, key, now=now)
        if row is None:
            raise SignedOutMeanwhileError
        name, under = row.name, row.name_key
    check_password(new, name=name, borough=borough)
    counted = begin_try(ops, name_key=under, origin=origin, now=now)
    if counted is None:
        raise SignInError(too_many=True)
    checked = _check(ops, under, password=present)
    if not checked.fits:
        _fail(ops, checked, counted, key=under, origin=origin, now=now)
        message = "The present password is wrong. Nothing was changed."
        raise PasswordError(message)
    replacement = password_hash(new)
    with actor.session() as session:
        row = _user_of(session, key, now=now)
        if row is None or row.password != checked.kept:
            raise SignedOutMeanwhileError
        row.password = replacement
        others = select(SignInRow).where(SignInRow.user_id == row.user_id, SignInRow.token != key)
        for each in session.scalars(others):
            session.delete(each)
        forget_try(session, counted)


def _check(ops: Operations, key: str, *, password: str) -> _Checked:
    with ops.reading() as session:
        row = session.scalars(select(UserRow).where(UserRow.name_key == key)).first()
        older = session.scalar(
            select(func.count()).select_from(UserRow).where(UserRow.password.not_like(_OLDER))
        )
        user_id, kept = (row.user_id, row.password) if row is not None else (None, None)
    fits = password_fits(password, kept, older_kept=bool(older))
    return _Checked(user_id=user_id, kept=kept, fits=fits)


def _succeed(
    ops: Operations,
    checked: _Checked,
    counted: CountedTry,
    *,
    password: str,
    origin: Origin,
    token: str,
    now: datetime,
) -> bool:
    """Begin the sign-in in the account's own name; False if it was closed or changed meanwhile."""
    with ops.reading() as session:
        row = session.get(UserRow, checked.user_id)
        if row is None:
            return False
        person = account_from(row).person
    replacement = password_hash(password) if is_outdated(checked.kept or "") else None
    with ops.session(person, now) as session:
        row = session.get(UserRow, checked.user_id)
        if row is None or not row.active or (row.password, row.role) != (checked.kept, person.role):
            return False
        if replacement is not None:
            row.password = replacement
        forget_try(session, counted)
        begin_sign_in(session, row, token=token, origin=origin, now=now)
    return True


def begin_sign_in(
    session: Session, row: UserRow, *, token: str, origin: Origin, now: datetime
) -> None:
    """Add a sign-in, end those that have expired, and know the browser from now on."""
    for each in session.scalars(select(SignInRow).where(SignInRow.expires_at <= now)):
        session.delete(each)
    session.add(
        SignInRow(
            token=token_hash(token),
            user_id=row.user_id,
            made_at=now,
            expires_at=now + SIGNED_IN_FOR,
            address=(origin.address or origin.network)[:LONGEST_ADDRESS],
        )
    )
    old = KnownBrowserRow.made_at <= now - BROWSER_KNOWN_FOR
    for known in session.scalars(select(KnownBrowserRow).where(old)):
        session.delete(known)
    if not origin.browser:
        return
    browser = token_hash(origin.browser)
    mine = select(KnownBrowserRow).where(
        KnownBrowserRow.user_id == row.user_id, KnownBrowserRow.browser == browser
    )
    again = session.scalars(mine).first()
    if again is None:
        session.add(KnownBrowserRow(user_id=row.user_id, browser=browser, made_at=now))
    elif now - again.made_at > _BROWSER_RENEWED_AFTER:
        again.made_at = now


def _fail(
    ops: Operations,
    checked: _Checked,
    counted: CountedTry,
    *,
    key: str,
    origin: Origin,
    now: datetime,
) -> None:
    """Record a failed try as done by nobody: what was typed may be a password, so it is hashed."""
    subject = f"users/{checked.user_id}" if checked.user_id is not None else None
    with ops.session(NOBODY, now) as session:
        record_event(
            session,
            key=(SignInTryRow.__tablename__, str(counted.try_id)),
            subject=subject,
            role=_NO_ROLE,
            after={
                "account": subject or f"none of this name ({token_hash(key)[:12]})",
                "address": origin.address or origin.network,
            },
        )


def _user_of(session: Session, key: str, *, now: datetime) -> UserRow | None:
    """Return the open account of a sign-in, named by its `token_hash`, if it stands."""
    return session.scalars(
        select(UserRow)
        .join(SignInRow, SignInRow.user_id == UserRow.user_id)
        .where(SignInRow.token == key, SignInRow.expires_at > now, UserRow.active)
    ).first()

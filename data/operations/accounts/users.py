"""Accounts: who may use the app, as what, and who is signed in.

Until the first account is made the app is open to whoever can reach it, as an administrator; that
is for one person on one computer. The first account is an administrator's, and from then on
everybody signs in. Passwords are kept as scrypt hashes with a salt each; a sign-in is a random
token of which only the SHA-256 hash is kept, so neither can be read out of the store or a backup.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import Boolean, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from data.access import ROLES, Person, Role
from data.operations.database import SECRET, MappedRow, UtcDateTime, check_version
from geo.errors import PlainError

if TYPE_CHECKING:
    from data.operations.actor import Actor
    from data.operations.database import Operations

SHORTEST_PASSWORD: Final = 12
ATTEMPTS: Final = 5
LOCKED: Final = timedelta(minutes=15)
SIGNED_IN_FOR: Final = timedelta(hours=12)
_KEEPING: Final = "Keeping accounts"
_LONGEST_NAME: Final = 80
_LONGEST_PASSWORD: Final = 1024
_COST, _BLOCK, _LANES = 2**15, 8, 1  # 32 MiB and some 60 ms for each try
_MEMORY: Final = 64 * 2**20


class AccountError(PlainError, ValueError):
    """An account cannot be as it was asked for."""


class UnknownAccountError(PlainError, LookupError):
    """There is no such account."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Unknown account {name[:_LONGEST_NAME]!r}. Choose one from the list of accounts."
        )


class SignInError(PlainError, ValueError):
    """A sign-in failed; the message never says whether the name or the password was wrong."""

    def __init__(self, *, locked: bool) -> None:
        minutes = int(LOCKED.total_seconds() // 60)
        super().__init__(
            f"Too many failed tries for this name ({ATTEMPTS}). Try again in {minutes} minutes, or "
            "ask an administrator to set a new password."
            if locked
            else "Name or password is wrong. Check both and try again."
        )


class UserRow(MappedRow):
    """One account."""

    __tablename__ = "users"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(_LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(_LONGEST_NAME), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(Boolean)
    password: Mapped[str] = mapped_column(String(200), info=SECRET)
    failed: Mapped[int]
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class SignInRow(MappedRow):
    """One sign-in that has not ended; `token` is the hash of what the browser holds."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_user_id", "user_id"),)
    audit_subject = ("users", "user_id")

    sign_in_id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())


@dataclass(frozen=True, slots=True)
class Account:
    """An account as lists show it; a closed one is not `active` and can sign in no more."""

    user_id: int
    version: int
    name: str
    role: Role
    active: bool
    made_at: datetime

    @property
    def person(self) -> Person:
        """Who this is to the rest of the app."""
        return Person(name=self.name, role=self.role)


def accounts(ops: Operations) -> list[Account]:
    """List all accounts by name, closed ones included."""
    with ops.reading() as session:
        return [_account(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]


def accounts_exist(ops: Operations) -> bool:
    """Tell whether anybody has to sign in."""
    with ops.reading() as session:
        return bool(session.scalar(select(func.count()).select_from(UserRow)))


def account_of(ops: Operations, name: str) -> Account:
    """Return the account of a name, whatever its case.

    Raises
    ------
    UnknownAccountError
    """
    key = " ".join(name.split()).casefold()
    with ops.reading() as session:
        row = session.scalars(select(UserRow).where(UserRow.name_key == key)).first()
        if row is None:
            raise UnknownAccountError(name)
        return _account(row)


def add_account(actor: Actor, *, name: str, role: Role, password: str) -> Account:
    """Make an account.

    Raises
    ------
    AccountError
        If the name is taken or empty, the password too short, the role unknown, or the first
        account is not an administrator's.
    NotAllowedError
        If the person is no administrator and there are accounts.
    """
    displayed = " ".join(name.split())
    _check(displayed, role=role, password=password)
    with actor.session() as session:
        taken = list(session.scalars(select(UserRow.name_key)))
        if taken:
            actor.must_be_administrator(_KEEPING)
        elif role != "administrator":
            message = (
                "The first account must be an administrator's, since only they can make others; "
                f"got the role {role!r}."
            )
            raise AccountError(message)
        if displayed.casefold() in taken:
            message = f"The name {displayed!r} belongs to another account. Choose another name."
            raise AccountError(message)
        row = UserRow(
            name=displayed,
            name_key=displayed.casefold(),
            role=role,
            active=True,
            password=_hashed(password),
            failed=0,
            locked_until=None,
            made_at=actor.now,
        )
        session.add(row)
        session.flush()
        return _account(row)


def change_account(
    actor: Actor, user_id: int, *, role: Role, active: bool, version: int
) -> Account:
    """Give an account another role, close it or open it again; whoever is signed in by it is out.

    Raises
    ------
    AccountError
        If it would leave no administrator.
    ChangedMeanwhileError, NotAllowedError, UnknownAccountError
    """
    actor.must_be_administrator(_KEEPING)
    with actor.session() as session:
        row = _row(session, user_id)
        check_version(actor.ops, session, row, version=version)
        row.role, row.active = role, active
        session.flush()
        left = select(func.count()).where(UserRow.role == "administrator", UserRow.active)
        if not session.scalar(left):
            message = (
                f"{row.name} is the last administrator. Make somebody else an administrator first."
            )
            raise AccountError(message)
        _end_sign_ins(session, user_id)
        return _account(row)


def set_password(actor: Actor, user_id: int, *, password: str, version: int | None = None) -> None:
    """Set a new password, which ends every sign-in by the old one and any lock.

    Parameters
    ----------
    actor : Actor
    user_id : int
    password : str
    version : int, optional
        Of the account as the administrator saw it; not checked without it.

    Raises
    ------
    AccountError, NotAllowedError, UnknownAccountError
    ChangedMeanwhileError
        If somebody changed the account since.
    """
    actor.must_be_administrator(_KEEPING)
    _check_password(password)
    with actor.session() as session:
        row = _row(session, user_id)
        if version is not None:
            check_version(actor.ops, session, row, version=version)
        row.password, row.failed, row.locked_until = _hashed(password), 0, None
        _end_sign_ins(session, user_id)


def sign_in(ops: Operations, *, name: str, password: str, now: datetime) -> str:
    """Check a name and a password and return the token of a new sign-in.

    Raises
    ------
    SignInError
        If the name or the password is wrong, the account is closed, or too many tries failed.
    """
    key = " ".join(name.split()).casefold()
    visitor = Person(name=name[:_LONGEST_NAME] or "nobody", role="panel")
    token = secrets.token_urlsafe(32)
    problem: SignInError | None = None
    with ops.session(visitor, now) as session:
        row = session.scalars(select(UserRow).where(UserRow.name_key == key)).first()
        locked = row is not None and row.locked_until is not None and row.locked_until > now
        # The hash is worked out even for a name that is not there, so that time tells nothing.
        fits = _fits(password, row.password if row is not None else _nobodys())
        if row is None or locked or not row.active or not fits:
            problem = SignInError(locked=locked)
            if row is not None and not locked and row.active:
                row.failed += 1
                if row.failed >= ATTEMPTS:
                    row.failed, row.locked_until = 0, now + LOCKED
        else:
            if row.failed or row.locked_until is not None:
                row.failed, row.locked_until = 0, None
            _end_expired(session, now)
            session.add(
                SignInRow(
                    token=_token_hash(token),
                    user_id=row.user_id,
                    made_at=now,
                    expires_at=now + SIGNED_IN_FOR,
                )
            )
    if problem is not None:  # raised only here, so that the failed try is kept
        raise problem
    return token


def signed_in(ops: Operations, token: str, *, now: datetime) -> Person | None:
    """Return who a token belongs to; None once it has ended or the account is closed."""
    with ops.reading() as session:
        found = session.scalars(
            select(UserRow)
            .join(SignInRow, SignInRow.user_id == UserRow.user_id)
            .where(SignInRow.token == _token_hash(token), SignInRow.expires_at > now)
        ).first()
        return _account(found).person if found is not None and found.active else None


def sign_out(actor: Actor, token: str) -> None:
    """End a sign-in; nothing happens if it has ended."""
    with actor.session() as session:
        row = session.scalars(select(SignInRow).where(SignInRow.token == _token_hash(token)))
        for each in row:
            session.delete(each)


def _check(name: str, *, role: str, password: str) -> None:
    if not name or len(name) > _LONGEST_NAME:
        message = f"The name has {len(name)} characters; it must have 1 to {_LONGEST_NAME}."
        raise AccountError(message)
    if role not in ROLES:
        message = f"Unknown role {role!r}. The roles are {', '.join(ROLES)}."
        raise AccountError(message)
    _check_password(password)


def _check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        message = (
            f"The password has {len(password)} characters; it must have at least "
            f"{SHORTEST_PASSWORD} and at most {_LONGEST_PASSWORD:,}. Three or four words that have "
            "nothing to do with each other are easy to remember."
        )
        raise AccountError(message)


def _row(session: Session, user_id: int) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise UnknownAccountError(str(user_id))
    return row


def _account(row: UserRow) -> Account:
    role = next(each for each in ROLES if each == row.role)
    return Account(
        user_id=row.user_id,
        version=row.version,
        name=row.name,
        role=role,
        active=row.active,
        made_at=row.made_at,
    )


def _end_sign_ins(session: Session, user_id: int) -> None:
    for each in session.scalars(select(SignInRow).where(SignInRow.user_id == user_id)):
        session.delete(each)


def _end_expired(session: Session, now: datetime) -> None:
    for each in session.scalars(select(SignInRow).where(SignInRow.expires_at <= now)):
        session.delete(each)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(_scrypt(password, salt)).decode()}"


def _fits(password: str, kept: str) -> bool:
    salt, _, hashed = kept.partition("$")
    tried = _scrypt(password[:_LONGEST_PASSWORD], base64.b64decode(salt))
    return hmac.compare_digest(tried, base64.b64decode(hashed))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=_MEMORY, dklen=32
    )


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hashed(secrets.token_urlsafe(32))

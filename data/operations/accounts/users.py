"""Accounts: who may use the app, and as what.

Until the first account is made the app is open to whoever can reach it, as an administrator; that
is for one person on one computer. The first account is an administrator's, and from then on
everybody signs in (`data.operations.accounts.sign_ins`). Accounts are closed and never deleted,
because the audit trail names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from data.access import ROLES, Person, Role
from data.faults import DamagedError
from data.operations.accounts.hashes import password_hash
from data.operations.accounts.tables import SignInRow, UserRow
from data.operations.accounts.throttle import forget_tries, one_at_a_time
from data.operations.database import check_version
from geo.errors import PlainError
from models.accounts.groups import ward_codes
from models.accounts.names import LONGEST_NAME, checked_name, look_alike
from models.accounts.passwords import check_password

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations

_KEEPING: Final = "Keeping accounts"


class AccountError(PlainError, ValueError):
    """An account cannot be as it was asked for."""


class UnknownAccountError(PlainError, LookupError):
    """There is no such account."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Unknown account {name[:LONGEST_NAME]!r}. Choose one from the list of accounts."
        )


@dataclass(frozen=True, slots=True)
class Account:
    """An account as lists show it.

    Attributes
    ----------
    user_id, version : int
    name : str
    role : Role
    active : bool
        Whether it may sign in; it is closed otherwise.
    made_at : datetime
    single_sign_on : bool
        Whether it signs in through the council's directory, and has no password here.
    wards : tuple of str or None
        Codes of the wards that a ward panel's account is tied to; None for all.
    """

    user_id: int
    version: int
    name: str
    role: Role
    active: bool
    made_at: datetime
    single_sign_on: bool = False
    wards: tuple[str, ...] | None = None

    @property
    def person(self) -> Person:
        """Who this is to the rest of the app."""
        return Person(name=self.name, role=self.role, wards=self.wards)


def name_key(name: str) -> str:
    """Return what a name is found by: whatever its case and the spaces around and within it."""
    return " ".join(name.split()).casefold()


def accounts(ops: Operations) -> list[Account]:
    """List all accounts by name, closed ones included."""
    with ops.reading() as session:
        return [
            account_from(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))
        ]


def accounts_exist(ops: Operations) -> bool:
    """Tell whether anybody has to sign in.

    Raises
    ------
    data.operations.identity.LostAccountsError
        If the store has accounts, and the database is no longer the one that they are in.
    """
    with ops.reading() as session:
        found = bool(session.scalar(select(func.count()).select_from(UserRow)))
        if ops.marker is not None:
            ops.marker.check(session.connection(), accounts=found)
        return found


def account_of(ops: Operations, name: str) -> Account:
    """Return the account of a name, whatever its case.

    Raises
    ------
    UnknownAccountError
    """
    with ops.reading() as session:
        row = session.scalars(select(UserRow).where(UserRow.name_key == name_key(name))).first()
        if row is None:
            raise UnknownAccountError(name)
        return account_from(row)


def add_account(
    actor: Actor,
    *,
    name: str,
    role: Role,
    password: str,
    borough: str = "",
    wards: Sequence[str] = (),
) -> Account:
    """Make an account.

    Parameters
    ----------
    actor : Actor
    name : str
    role : Role
    password : str
    borough : str
        Its name, which the password must not contain.
    wards : sequence of str
        Codes of the wards that a ward panel's account is tied to; none for all.

    Raises
    ------
    AccountError
        If the name is taken or looks like one that is, the role is unknown, or the first account is
        not an administrator's.
    models.accounts.names.AccountNameError
        If the name is none that an account may have.
    NotAllowedError
        If the person is no administrator and there are accounts.
    models.accounts.passwords.PasswordError
        If the password is too short, or a common one.
    """
    displayed = checked_name(name)
    _check_role(role)
    check_password(password, name=displayed, borough=borough)
    hashed = password_hash(password)
    with actor.session() as session:
        one_at_a_time(session)
        taken = list(session.scalars(select(UserRow.name)))
        if taken:
            actor.must_be_administrator(_KEEPING)
        first_must_be_administrator(session, role=role)
        alike = [each for each in taken if look_alike(each) == look_alike(displayed)]
        if alike:
            message = (
                f"The name {displayed!r} belongs to another account, or looks like its name "
                f"({alike[0]!r}). Choose another name."
            )
            raise AccountError(message)
        row = UserRow(
            name=displayed,
            name_key=name_key(displayed),
            role=role,
            active=True,
            password=hashed,
            made_at=actor.now,
            wards=_tied(wards, role=role),
        )
        session.add(row)
        session.flush()
        return account_from(row)


def change_account(
    actor: Actor,
    user_id: int,
    *,
    role: Role,
    active: bool,
    version: int,
    wards: Sequence[str] | None = None,
) -> Account:
    """Give an account another role, close it or open it again; whoever is signed in by it is out.

    Parameters
    ----------
    actor : Actor
    user_id : int
    role : Role
    active : bool
    version : int
        Of the account as the administrator saw it.
    wards : sequence of str, optional
        Codes of the wards that a ward panel's account is tied to; empty for all, and as they are
        without it.

    Raises
    ------
    AccountError
        If it would leave no administrator.
    ChangedMeanwhileError, NotAllowedError, UnknownAccountError
    """
    actor.must_be_administrator(_KEEPING)
    with actor.session() as session:
        one_at_a_time(session)
        row = _row(session, user_id)
        check_version(actor.ops, session, row, version=version)
        row.role, row.active = role, active
        row.wards = _tied(row.wards or () if wards is None else wards, role=role)
        session.flush()
        left = select(func.count()).where(UserRow.role == "administrator", UserRow.active)
        if not session.scalar(left):
            message = (
                f"{row.name} is the last administrator. Make somebody else an administrator first."
            )
            raise AccountError(message)
        end_sign_ins(session, user_id)
        return account_from(row)


def set_password(
    actor: Actor, user_id: int, *, password: str, version: int | None = None, borough: str = ""
) -> None:
    """Set a new password, which ends every sign-in by the old one and what failed tries held up.

    Parameters
    ----------
    actor : Actor
    user_id : int
    password : str
    version : int, optional
        Of the account as the administrator saw it; not checked without it.
    borough : str
        Its name, which the password must not contain.

    Raises
    ------
    NotAllowedError, UnknownAccountError
    models.accounts.passwords.PasswordError
        If the password is too short, or a common one.
    ChangedMeanwhileError
        If somebody changed the account since.
    """
    actor.must_be_administrator(_KEEPING)
    with actor.reading() as session:
        name = _row(session, user_id).name
    check_password(password, name=name, borough=borough)
    hashed = password_hash(password)
    with actor.session() as session:
        row = _row(session, user_id)
        if version is not None:
            check_version(actor.ops, session, row, version=version)
        if row.issuer is not None:
            message = f"{row.name} signs in by single sign-on and has no password here."
            raise AccountError(message)
        row.password = hashed
        forget_tries(session)
        end_sign_ins(session, user_id)


def first_must_be_administrator(session: Session, *, role: str) -> None:
    """Refuse a first account that could make no other.

    Raises
    ------
    AccountError
    """
    if role != "administrator" and session.scalar(select(UserRow.user_id).limit(1)) is None:
        message = (
            "The first account must be an administrator's, since only they can make others; "
            f"got the role {role!r}."
        )
        raise AccountError(message)


def account_from(row: UserRow) -> Account:
    """Return an account as lists show it."""
    return Account(
        user_id=row.user_id,
        version=row.version,
        name=row.name,
        role=role_of(row),
        active=row.active,
        made_at=row.made_at,
        single_sign_on=row.issuer is not None,
        wards=None if row.wards is None or row.role != "panel" else tuple(row.wards),
    )


def role_of(row: UserRow) -> Role:
    """Return the role of an account.

    Raises
    ------
    data.faults.DamagedError
    """
    for role in ROLES:
        if role == row.role:
            return role
    raise DamagedError(
        what=f"The account number {row.user_id} in the operations database is damaged.",
        found=f"the role {row.role[:40]!r}",
        do="Run `hotspots check --full` and restore the newest backup.",
    )


def _check_role(role: str) -> None:
    if role not in ROLES:
        message = f"Unknown role {role!r}. The roles are {', '.join(ROLES)}."
        raise AccountError(message)


def _tied(wards: Sequence[str], *, role: str) -> list[str] | None:
    """Return the wards that are kept with an account."""
    return list(ward_codes(wards)) or None if role == "panel" else None


def _row(session: Session, user_id: int) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise UnknownAccountError(str(user_id))
    return row


def end_sign_ins(session: Session, user_id: int) -> None:
    """End every sign-in of an account."""
    for each in session.scalars(select(SignInRow).where(SignInRow.user_id == user_id)):
        session.delete(each)

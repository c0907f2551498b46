"""Signing in by single sign-on: whom the council's directory says somebody is, and as what.

An account is the directory's issuer and its subject there, which never change hands; a name or an
address of e-mail can, and so decides nothing. It is made at the first sign-in. Its role and wards
are worked out again from the groups at each one, whatever an administrator set in between; who is
in no group with a role is refused, and so is whose account is closed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.access import Person
from data.operations.accounts.hashes import password_hash, token_hash
from data.operations.accounts.sign_ins import begin_sign_in
from data.operations.accounts.tables import SignInRow, UserRow
from data.operations.accounts.throttle import NOBODY, Origin, one_at_a_time
from data.operations.accounts.users import end_sign_ins, first_must_be_administrator, name_key
from data.operations.audit.changes import record_event
from geo.errors import PlainError
from models.accounts.groups import GroupRole, granted
from models.accounts.names import LONGEST_NAME, checked_name, look_alike, name_fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from data.operations.database import Operations
    from models.accounts.groups import Granted

_NO_ROLE: Final = "none"
_SHORTENED: Final = 60
LONGEST_SUBJECT: Final = 255
LONGEST_ISSUER: Final = 300


class NotAdmittedError(PlainError, LookupError):
    """The directory knows somebody, who has no place here."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the directory says somebody is.

    Attributes
    ----------
    issuer, subject : str
        Which directory, and its own name for the person, which nobody else ever has.
    name : str
        As people call them; shown, and never used to find an account.
    groups : tuple of str
    """

    issuer: str
    subject: str
    name: str
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        lengths = (len(self.subject), LONGEST_SUBJECT), (len(self.issuer), LONGEST_ISSUER)
        if not all(0 < length <= longest for length, longest in lengths):
            message = "The sign-in service did not say who you are. Ask an administrator."
            raise NotAdmittedError(message)


def sign_in_as(
    ops: Operations,
    identity: Identity,
    *,
    roles: Sequence[GroupRole],
    now: datetime,
    origin: Origin | None = None,
) -> str:
    """Return the token of a new sign-in of whoever the directory says somebody is.

    Parameters
    ----------
    ops : Operations
    identity : Identity
        From a token whose signature, audience, time and nonce have been checked.
    roles : sequence of GroupRole
        Which groups have which role.
    now : datetime
        With its time zone.
    origin : Origin, optional
        Where the sign-in comes from.

    Raises
    ------
    NotAdmittedError
        If no group has a role, or the account is closed.
    data.operations.accounts.users.AccountError
        If it would be the first account and is not an administrator's.
    """
    origin = origin or Origin()
    grant = granted(identity.groups, roles)
    with ops.reading() as session:
        row = _row(session, identity)
        refusal = _refusal(row, grant)
        name = row.name if row is not None else _new_name(session, identity)
        user_id = row.user_id if row is not None else None
    if refusal is not None or grant is None:
        _refused(ops, identity, user_id, origin=origin, now=now)
        raise NotAdmittedError(refusal or "")
    unused = password_hash(secrets.token_urlsafe(32)) if user_id is None else ""
    token = secrets.token_urlsafe(32)
    with ops.session(Person(name, grant.role), now) as session:
        one_at_a_time(session)
        row = _row(session, identity)
        if row is None:
            first_must_be_administrator(session, role=grant.role)
            name = _new_name(session, identity)
            row = UserRow(
                name=name,
                name_key=name_key(name),
                role=grant.role,
                active=True,
                password=unused,  # of a password that nobody knows
                made_at=now,
                issuer=identity.issuer,
                subject=identity.subject,
                wards=None if grant.wards is None else list(grant.wards),
            )
            session.add(row)
            session.flush()
        _grant(session, row, grant)
        begin_sign_in(session, row, token=token, origin=origin, now=now)
    return token


def is_single_sign_on(ops: Operations, key: str) -> bool:
    """Tell whether a sign-in, named by its `token_hash`, is of an account of single sign-on."""
    with ops.reading() as session:
        owner = select(UserRow.issuer).join(SignInRow, SignInRow.user_id == UserRow.user_id)
        return session.scalar(owner.where(SignInRow.token == key)) is not None


def _row(session: Session, identity: Identity) -> UserRow | None:
    mine = (UserRow.issuer == identity.issuer, UserRow.subject == identity.subject)
    return session.scalars(select(UserRow).where(*mine)).first()


def _refusal(row: UserRow | None, grant: Granted | None) -> str | None:
    if row is not None and not row.active:
        return "Your account here is closed. Ask an administrator."
    if grant is None:
        return (
            "You are in no group that may use Hotspot Tasking. Ask an administrator which group "
            "you should be in."
        )
    return None


def _grant(session: Session, row: UserRow, grant: Granted) -> None:
    """Give an account what the groups say now; what it was signed in as before ends."""
    wards = None if grant.wards is None else list(grant.wards)
    if (row.role, row.wards) != (grant.role, wards):
        row.role, row.wards = grant.role, wards
        end_sign_ins(session, row.user_id)


def _refused(
    ops: Operations, identity: Identity, user_id: int | None, *, origin: Origin, now: datetime
) -> None:
    """Record who was refused, and end what sign-ins the account still has."""
    mark = token_hash(identity.subject)[:12]
    subject = f"users/{user_id}" if user_id is not None else None
    with ops.session(NOBODY, now) as session:
        if user_id is not None:
            end_sign_ins(session, user_id)
        record_event(
            session,
            key=("single_sign_on", mark),
            subject=subject,
            role=_NO_ROLE,
            after={
                "account": subject or f"none yet ({mark})",
                "issuer": identity.issuer,
                "address": origin.address or origin.network,
            },
        )


def _new_name(session: Session, identity: Identity) -> str:
    """Return a name for a new account that no other's looks like."""
    mark = token_hash(f"{identity.issuer} {identity.subject}")[:8]
    shortened = identity.name[:_SHORTENED]
    base = f"Account {mark}" if name_fault(shortened) else checked_name(shortened)
    taken = {look_alike(each) for each in session.scalars(select(UserRow.name))}
    for name in (base, f"{base} {mark}"):
        if look_alike(name) not in taken:
            return name[:LONGEST_NAME]
    message = "No name could be found for your account. Ask an administrator."
    raise NotAdmittedError(message)

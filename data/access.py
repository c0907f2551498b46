"""Who is asking, and as what: the role decides what may leave `data`.

An *officer* sees everything but what nobody is shown; an *administrator* also keeps accounts; a
member of a *panel* sees only what has been through disclosure control.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, get_args

from geo.errors import PlainError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

Role = Literal["officer", "administrator", "panel"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
_UNNAMED: Final = "this computer"
ROLE_LABELS: Final[dict[Role, str]] = {
    "officer": "Officer",
    "administrator": "Administrator",
    "panel": "Ward panel",
}


class NotAllowedError(PlainError, LookupError):
    """Something was asked for that the role may not see or do."""

    def __init__(self, what: str, *, role: Role) -> None:
        super().__init__(
            f"{what} is not for the role {ROLE_LABELS[role]}. Ask an administrator if you need it."
        )


class SignInEndedError(PlainError, LookupError):
    """Something was asked for after the sign-in had ended."""

    def __init__(self) -> None:
        super().__init__(
            "Your sign-in has ended, so nothing was changed or handed out. Sign in and do it again."
        )


class UnknownRoleError(PlainError, LookupError):
    """There is no such role."""

    def __init__(self, role: str) -> None:
        super().__init__(f"Unknown role {role[:40]!r}. The roles are {', '.join(ROLES)}.")


def read_role(text: str) -> Role:
    """Return the role of that name.

    Raises
    ------
    UnknownRoleError
    """
    for role in ROLES:
        if role == text:
            return role
    raise UnknownRoleError(text)


def computer_account() -> str:
    """Return the name of the account of the computer that runs this."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may have no name for its user
        return _UNNAMED


class Standing(Protocol):
    """What a person's role rests on; asked again each time something is handed out or changed."""

    def role(self) -> Role:
        """Return the role as it is now.

        Raises
        ------
        SignInEndedError
        """

    def role_in(self, session: Session, now: datetime) -> Role:
        """Return the role as a transaction sees it, which keeps it so until it has ended.

        Raises
        ------
        SignInEndedError
        """


@dataclass(frozen=True, slots=True)
class Person:
    """Who is using the app: the name that the audit trail keeps, and the role.

    Attributes
    ----------
    name : str
    role : Role
        When the person was asked for.
    standing : Standing, optional
        The sign-in that this rests on. None for whoever owns the store's files: the command line.
    wards : tuple of str, optional
        Codes of the wards that a ward panel's account is tied to; None for all.
    """

    name: str
    role: Role
    standing: Standing | None = field(default=None, compare=False, repr=False)
    wards: tuple[str, ...] | None = None

    def must_be_officer(self, what: str) -> None:
        """Refuse what a ward panel may not see or do.

        Raises
        ------
        NotAllowedError, SignInEndedError
        """
        role = self.role_now()
        if role == "panel":
            raise NotAllowedError(what, role=role)

    def must_be_administrator(self, what: str) -> None:
        """Refuse what only an administrator may do.

        Raises
        ------
        NotAllowedError, SignInEndedError
        """
        role = self.role_now()
        if role != "administrator":
            raise NotAllowedError(what, role=role)

    def may_see_ward(self, ward_code: str) -> bool:
        """Tell whether a ward's published figures are for this person."""
        return self.wards is None or ward_code in self.wards

    def role_now(self) -> Role:
        """Return the role as it is now.

        Raises
        ------
        SignInEndedError
        """
        return self.role if self.standing is None else self.standing.role()

    def check_in(self, session: Session, now: datetime) -> None:
        """Refuse a transaction of somebody whose sign-in has ended or whose role has changed.

        Raises
        ------
        SignInEndedError
        """
        if self.standing is not None and self.standing.role_in(session, now) != self.role:
            raise SignInEndedError

"""Who is asking, and as what: the role decides what may leave `data`.

An *officer* sees everything but what nobody is shown; an *administrator* also keeps accounts; a
member of a *panel* sees only what has been through disclosure control.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import Final, Literal, get_args

from geo.errors import PlainError

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


@dataclass(frozen=True, slots=True)
class Person:
    """Who is using the app: the name that the audit trail keeps, and the role."""

    name: str
    role: Role

    def must_be_officer(self, what: str) -> None:
        """Refuse what a ward panel may not see or do.

        Raises
        ------
        NotAllowedError
        """
        if self.role == "panel":
            raise NotAllowedError(what, role=self.role)

    def must_be_administrator(self, what: str) -> None:
        """Refuse what only an administrator may do.

        Raises
        ------
        NotAllowedError
        """
        if self.role != "administrator":
            raise NotAllowedError(what, role=self.role)

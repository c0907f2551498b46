"""What a person may be by the groups that a directory says they are in.

A setting maps groups to roles. Of several the widest counts. A group of ward panels may be tied to
wards; whoever is in several such groups sees the wards of all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDEST_FIRST: Final = ("administrator", "officer", "panel")
_WARD: Final = re.compile(r"[A-Za-z0-9]{1,20}")
_FORM: Final = "group=role or group=panel:ward,ward, with semicolons between"


class GroupRolesError(PlainError, ValueError):
    """Groups are not mapped to roles in a form that can be read."""


@dataclass(frozen=True, slots=True)
class GroupRole:
    """One group of the directory and what it makes of its members; no wards for all of them."""

    group: str
    role: Literal["officer", "administrator", "panel"]
    wards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Granted:
    """A role, and the wards that it is tied to; None for all."""

    role: Literal["officer", "administrator", "panel"]
    wards: tuple[str, ...] | None = None


def group_roles(text: str) -> tuple[GroupRole, ...]:
    """Read which groups have which role.

    Parameters
    ----------
    text : str
        ``group=role;group=panel:E05009317,E05009318``; a group may be a name or an id, and may hold
        an equals sign, as names of LDAP do.

    Raises
    ------
    GroupRolesError
    """
    return tuple(_group_role(part.strip()) for part in text.split(";") if part.strip())


def granted(groups: Iterable[str], rules: Iterable[GroupRole]) -> Granted | None:
    """Return what somebody in these groups may be; None if no group is mapped to a role.

    Groups are compared as they are written.
    """
    members = set(groups)
    matched = [rule for rule in rules if rule.group in members]
    if not matched:
        return None
    role = min((rule.role for rule in matched), key=_WIDEST_FIRST.index)
    tied = [rule.wards for rule in matched if rule.role == "panel"]
    if role != "panel" or not all(tied):
        return Granted(role)
    return Granted(role, tuple(sorted({ward for wards in tied for ward in wards})))


def ward_codes(text: Iterable[str]) -> tuple[str, ...]:
    """Return codes of wards as an account keeps them: sorted, each once.

    Raises
    ------
    GroupRolesError
        If one of them is no code.
    """
    codes = sorted({each.strip().upper() for each in text if each.strip()})
    for code in codes:
        if not _WARD.fullmatch(code):
            message = f"{code[:40]!r} is not the code of a ward. Codes look like E05009317."
            raise GroupRolesError(message)
    return tuple(codes)


def _group_role(part: str) -> GroupRole:
    group, _, given = part.rpartition("=")
    role, _, wards = given.strip().partition(":")
    if not group.strip() or role not in _WIDEST_FIRST or (wards and role != "panel"):
        message = f"{part[:80]!r} cannot be read. Write {_FORM}."
        raise GroupRolesError(message)
    known = next(each for each in ("officer", "administrator", "panel") if each == role)
    return GroupRole(group.strip(), known, ward_codes(wards.split(",")))

"""Which wards the account of a ward panel may be tied to: those in use and those published.

A code that was mistyped would look like a ward of which nothing is published yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.wards import wards_or_none
from data.operations.wards.releases import published_codes
from geo.errors import PlainError
from models.accounts.groups import ward_codes
from models.wording.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from data.operations.database import Operations
    from data.settings import Settings


class UnknownPanelWardError(PlainError, LookupError):
    """An account was to be tied to a ward by a code that no ward has."""

    def __init__(self, code: str, *, known: Collection[str]) -> None:
        meant = nearest(code, known)
        hint = f"Did you mean {meant}?" if meant else "Look the code up on the page Ward panel."
        super().__init__(
            f"No ward has the code {code!r}: it is neither in the ward layer in use nor in the "
            f"published figures. {hint} Nothing was changed."
        )


def checked_ward_codes(
    ops: Operations, codes: Iterable[str], *, settings: Settings, kept: Collection[str] = ()
) -> tuple[str, ...]:
    """Return codes of wards as an account keeps them, each the code of a ward.

    Where no ward layer is loaded nobody can tell, and any code will do.

    Parameters
    ----------
    ops : Operations
    codes : iterable of str
        As they were typed.
    settings : Settings
    kept : collection of str
        Codes that the account has already; they stay good when the ward layer is replaced.

    Raises
    ------
    UnknownPanelWardError
    models.accounts.groups.GroupRolesError
        If one of them is no code at all.
    """
    given = ward_codes(codes)
    new = [each for each in given if each not in kept]
    wards = wards_or_none(settings) if new else None
    if wards is None:
        return given
    known = {*wards.codes} | published_codes(ops)
    for code in new:
        if code not in known:
            raise UnknownPanelWardError(code, known=sorted(known))
    return given

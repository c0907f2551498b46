"""Who is signed in by a token, as tests ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.operations.accounts.hashes import token_hash
from data.operations.accounts.standing import SignIn

if TYPE_CHECKING:
    from datetime import datetime

    from data.access import Person
    from data.operations.database import Operations


def signed_in(ops: Operations, token: str, *, now: datetime) -> Person | None:
    """Return who a token belongs to; None once the sign-in has ended."""
    return SignIn(ops, token_hash(token), lambda: now).person()

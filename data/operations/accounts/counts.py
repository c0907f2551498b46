"""How many accounts there are and how many sign-ins are open: figures, never names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.operations.accounts.tables import SignInRow, UserRow

if TYPE_CHECKING:
    from datetime import datetime

    from data.operations.database import Operations


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """Figures of the accounts.

    Attributes
    ----------
    accounts : int
        That can sign in; closed ones are not counted.
    sign_ins : int
        That have not ended.
    """

    accounts: int
    sign_ins: int


def account_counts(ops: Operations, *, now: datetime) -> AccountCounts:
    """Count the accounts that are not closed and the sign-ins that have not ended by `now`."""
    with ops.reading() as session:
        accounts = select(func.count()).select_from(UserRow).where(UserRow.active)
        sign_ins = select(func.count()).select_from(SignInRow).where(SignInRow.expires_at > now)
        return AccountCounts(session.scalar(accounts) or 0, session.scalar(sign_ins) or 0)

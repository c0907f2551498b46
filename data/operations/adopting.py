"""Going on with an operations database that does not fit the store's accounts: on purpose only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.operations.database import Operations
from data.operations.identity import (
    AccountsMarker,
    LostAccountsError,
    has_accounts,
    stored_identity,
)

if TYPE_CHECKING:
    from data.settings import Settings


def consequence(settings: Settings) -> str | None:
    """Say why the database is refused and what follows from adopting it; None where it is not."""
    try:
        Operations.open(settings).close()
    except LostAccountsError as problem:
        return (
            f"{problem.found} If you go on, the accounts of before are given up. If the database "
            "has accounts, these sign in from now on. If it has none, everybody who reaches the "
            "app is an administrator until you create the first account."
        )
    return None


def adopt(settings: Settings) -> str:
    """Take the database that is there, or a new one, for the store's own; say what it holds."""
    ops = Operations.open(settings, guarded=False)
    marker = AccountsMarker(settings.accounts_marker_path)
    try:
        with ops.engine.connect() as connection:
            accounts = has_accounts(connection)
            if accounts:
                marker.write(stored_identity(connection) or "", certain=True)
            else:
                marker.remove()
    finally:
        ops.close()
    return (
        "The database is the store's own from now on; sign in with an account of it."
        if accounts
        else "The store has no accounts now: anybody who reaches the app can see and change "
        "everything. Create an administrator with `hotspots users add NAME --role administrator`."
    )

"""Making the operations store, and bringing an older one up to date, with Alembic.

All of it happens in one transaction, under a lock: two processes that start at once do it once,
and a fault half-way leaves the store as it was.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from data.operations.identity import give_identity, has_accounts, stored_identity
from data.operations.migrations.branches import join_branches
from data.operations.row_digests.keeping import lay_aside, renew
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection, Engine

    from data.operations.identity import AccountsMarker

_FOLDER: Final = Path(__file__).with_name("migrations")
_LOCK: Final = 4_770_281  # any number that nothing else on the same database locks


class NewerStoreError(PlainError, ValueError):
    """The operations store was made by a newer version of the app."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__(
            "The operations store was made by a newer version of Hotspot Tasking than this one "
            f"(it holds the steps {', '.join(unknown)}, which are unknown here). Update the app, "
            "or restore a backup made with this version."
        )


def upgrade(engine: Engine, *, marker: AccountsMarker | None = None) -> None:
    """Bring a database up to the newest migrations; nothing happens if it is there already.

    Parameters
    ----------
    engine : Engine
    marker : AccountsMarker, optional
        What says that the store has accounts; a database that does not fit it is left as it is.

    Raises
    ------
    NewerStoreError
        If the database holds a migration that this version does not know.
    data.operations.identity.LostAccountsError
    """
    with engine.begin() as connection:
        if marker is not None:
            marker.refuse_other(connection)
        migrated = upgrade_within(connection)
        if stored_identity(connection) is None:
            give_identity(connection)
        if migrated:
            renew(connection)
    if marker is not None:
        with engine.connect() as connection:
            marker.check(connection, accounts=has_accounts(connection))


def upgrade_within(connection: Connection, *, to: Collection[str] | None = None) -> bool:
    """Upgrade as part of a larger change; see `upgrade`.

    Whoever has this done has the digests of rows renewed at the end (`row_digests.renew`).

    Parameters
    ----------
    connection : Connection
        In a transaction, which on SQLite writes from its start.
    to : collection of str, optional
        What another database was at, to go as far as it had come; the newest without it.

    Returns
    -------
    bool
        Whether anything was done.
    """
    scripts = _scripts()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    there = heads(connection)
    chain = [each.revision for each in scripts.walk_revisions()]  # the newest first
    if unknown := sorted({*there, *(to or ())} - set(chain)):
        raise NewerStoreError(unknown)
    target = chain[0] if to is None else min(to, key=chain.index, default=None)
    if target is None or there == (target,):
        return False
    lay_aside(connection)
    config = _config()
    config.attributes["connection"] = connection
    joined = join_branches(connection, scripts, heads=there)
    if joined is not None:
        command.stamp(config, joined, purge=True)
    command.upgrade(config, target)
    return True


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


@cache
def _scripts() -> ScriptDirectory:
    """Return the migrations; reading them takes longer than all else on opening a store."""
    return ScriptDirectory.from_config(_config())


def heads(connection: Connection) -> tuple[str, ...]:
    """Return the migration that a database is at.

    None for an empty one; several for one that was last opened when the migrations branched.
    """
    return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))

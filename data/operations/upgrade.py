"""Making the operations store, and bringing an older one up to date, with Alembic.

All of it happens in one transaction, under a lock: two processes that start at once do it once,
and a fault half-way leaves the store as it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from data.operations.migrations.branches import join_branches
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection, Engine

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


def upgrade(engine: Engine) -> None:
    """Bring a database up to the newest migrations; nothing happens if it is there already.

    Raises
    ------
    NewerStoreError
        If the database holds a migration that this version does not know.
    """
    with engine.begin() as connection:
        upgrade_within(connection)


def upgrade_within(connection: Connection, *, to: Collection[str] | None = None) -> None:
    """Upgrade as part of a larger change; see `upgrade`.

    Parameters
    ----------
    connection : Connection
        In a transaction, which on SQLite writes from its start.
    to : collection of str, optional
        What another database was at, to go as far as it had come; the newest without it.
    """
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    config.attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    there = heads(connection)
    chain = [each.revision for each in scripts.walk_revisions()]  # the newest first
    if unknown := sorted({*there, *(to or ())} - set(chain)):
        raise NewerStoreError(unknown)
    joined = join_branches(connection, scripts, heads=there)
    if joined is not None:
        command.stamp(config, joined, purge=True)
    target = chain[0] if to is None else min(to, key=chain.index, default=None)
    if target is not None and there != (target,):
        command.upgrade(config, target)


def heads(connection: Connection) -> tuple[str, ...]:
    """Return the migration that a database is at.

    None for an empty one; several for one that was last opened when the migrations branched.
    """
    return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))

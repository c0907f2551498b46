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

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def upgrade_within(connection: Connection, *, to: Sequence[str] = ("heads",)) -> None:
    """Upgrade as part of a larger change; see `upgrade`.

    Parameters
    ----------
    connection : Connection
        In a transaction, which on SQLite writes from its start.
    to : sequence of str
        Migrations to go to; the newest without it.
    """
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    there = heads(connection)
    known = {each.revision for each in scripts.walk_revisions()}
    if unknown := sorted({*there, *to} - known - {"heads"}):
        raise NewerStoreError(unknown)
    for each in to:
        if each != "heads" or set(there) != set(scripts.get_heads()):
            config.attributes["connection"] = connection
            command.upgrade(config, each)


def heads(connection: Connection) -> tuple[str, ...]:
    """Return the migrations that a database is at; none for an empty one."""
    return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))

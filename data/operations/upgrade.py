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
    from sqlalchemy.engine import Engine

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
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        there = MigrationContext.configure(connection).get_current_heads()
        known = {each.revision for each in scripts.walk_revisions()}
        if unknown := sorted(set(there) - known):
            raise NewerStoreError(unknown)
        if set(there) != set(scripts.get_heads()):
            config.attributes["connection"] = connection
            command.upgrade(config, "heads")

"""Databases and backups from before the migrations were one chain.

Version 0.1.0 had six branches, each straight from ``0001_core``, so its databases name up to six
heads, and one that was made between two of them lacks what the others brought. Each branch made
tables of its own and touched no other, so whatever is missing can be made at any time; which that
is, is told by the tables, since a database at ``0003_reviews`` alone may be of either kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alembic.migration import MigrationContext
from alembic.operations import Operations as Steps
from sqlalchemy import inspect

from data.operations.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Collection

    from alembic.script import ScriptDirectory
    from sqlalchemy.engine import Connection

_ROOT: Final = "0001_core"
# In the order of the chain, each with a table that it makes.
_BRANCHES: Final = {
    "0002_plans": "patrol_plans",
    "0003_reviews": "reviews",
    "0004_ward_priorities": "ward_priorities",
    "0005_performance": "performance_targets",
    "0006_nights": "nte_areas",
    "0007_users": "users",
}


def join_branches(
    connection: Connection, scripts: ScriptDirectory, *, heads: Collection[str]
) -> str | None:
    """Make the tables that the chain has up to a database's last branch and that are missing.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    scripts : ScriptDirectory
    heads : collection of str
        What the database says it is at.

    Returns
    -------
    str or None
        The one migration that the database is at now and must be stamped with; None where it
        says so already, or was never branched.
    """
    if not set(heads) <= {_ROOT, *_BRANCHES}:
        return None  # a later step of the chain: all branches are behind it
    steps = [_ROOT, *_BRANCHES]
    last = max(map(steps.index, heads), default=0)
    there = set(inspect(connection).get_table_names())
    context = MigrationContext.configure(connection, opts={"target_metadata": all_tables()})
    with Steps.context(context):
        for step in steps[1 : last + 1]:
            if _BRANCHES[step] not in there:
                scripts.get_revision(step).module.upgrade()
    return steps[last] if len(heads) > 1 else None

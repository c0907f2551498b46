"""The keys that a phone gives to an arrival and a departure, so that each is logged once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_visit_keys"
down_revision = "0018_meetings"
branch_labels = None
depends_on = None

_COLUMNS = ("arrived_key", "left_key")


def upgrade() -> None:
    """Add a column and a unique index for each; visits that are there have no key."""
    for column in _COLUMNS:
        op.add_column("visits", sa.Column(column, sa.String(36)))
        op.create_index(f"ix_visits_{column}", "visits", [column], unique=True)


def downgrade() -> None:
    """Drop them."""
    for column in _COLUMNS:
        op.drop_index(f"ix_visits_{column}", "visits")
        op.drop_column("visits", column)

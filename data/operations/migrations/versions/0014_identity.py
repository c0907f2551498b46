"""The identity of the database, which a store that has accounts names outside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_identity"
down_revision = "0013_single_sign_on"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create its table."""
    op.create_table("store_identity", sa.Column("identity", sa.String(32), primary_key=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("store_identity")

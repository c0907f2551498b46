"""Accounts of single sign-on, and the wards that a ward panel's account is tied to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_single_sign_on"
down_revision = "0012_sign_in_tries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; accounts made before are local ones, tied to no ward."""
    op.add_column("users", sa.Column("issuer", sa.String(300)))
    op.add_column("users", sa.Column("subject", sa.String(255)))
    op.add_column("users", sa.Column("wards", sa.JSON()))
    op.create_index("ix_users_issuer_subject", "users", ["issuer", "subject"], unique=True)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_users_issuer_subject", "users")
    for name in ("wards", "subject", "issuer"):
        op.drop_column("users", name)

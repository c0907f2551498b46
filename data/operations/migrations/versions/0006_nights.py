"""Night-time areas that are named and kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_nights"
down_revision = "0005_performance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of night-time areas."""
    op.create_table(
        "nte_areas",
        sa.Column("area_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("area", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.String(200), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.Column("retired_why", sa.Text(), nullable=False),
        sa.CheckConstraint("origin IN ('found','drawn','uploaded')", name="origin_known"),
        sa.CheckConstraint("retired_at IS NULL OR retired_why <> ''", name="retired_says_why"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("nte_areas")

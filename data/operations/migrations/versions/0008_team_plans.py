"""The team's own visits of a tasking that a patrol plan gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_team_plans"
down_revision = "0007_users"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of planned visits; taskings made before have none and stay as they are."""
    op.create_table(
        "team_plans",
        sa.Column(
            "tasking_id", sa.Integer(), sa.ForeignKey("taskings.tasking_id"), primary_key=True
        ),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("hotspot_id", sa.String(200), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(120), nullable=False),
        sa.Column("visits", sa.JSON(), nullable=False),
        sa.Column("standing", sa.Boolean()),
        sa.UniqueConstraint("plan_id", "hotspot_id", "team", "standing"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("team_plans")

"""Interventions and reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_reviews"
down_revision = "0002_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of interventions and reviews."""
    op.create_table(
        "interventions",
        sa.Column("intervention_id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("area", sa.LargeBinary(), nullable=False),
        sa.Column("displacement", sa.LargeBinary(), nullable=False),
        sa.Column("comparison", sa.LargeBinary(), nullable=False),
        sa.Column("displacement_comparison", sa.LargeBinary(), nullable=False),
        sa.Column("fixed_note", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("by_figures", sa.Boolean(), nullable=False),
        sa.Column("chosen_from", sa.Date()),
        sa.Column("chosen_to", sa.Date()),
        sa.Column("ward_codes", sa.JSON(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Integer(), primary_key=True),
        sa.Column("tasking_id", sa.Integer(), sa.ForeignKey("taskings.tasking_id")),
        sa.Column("intervention_id", sa.Integer(), sa.ForeignKey("interventions.intervention_id")),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("what", sa.String(60), nullable=False),
        sa.Column("ward_codes", sa.JSON(), nullable=False),
        sa.Column("view", sa.JSON(), nullable=False),
        sa.Column("table_version", sa.Integer(), nullable=False),
        sa.Column("after_first", sa.Date(), nullable=False),
        sa.Column("after_last", sa.Date(), nullable=False),
        sa.Column("before_first", sa.Date(), nullable=False),
        sa.Column("before_last", sa.Date(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.String(200), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(tasking_id IS NULL) <> (intervention_id IS NULL)", name="of_one_thing"
        ),
        sa.CheckConstraint(
            "verdict IN ('fell','rose','no_sign','cannot_tell')", name="verdict_known"
        ),
    )
    op.create_index("ix_reviews_tasking_id", "reviews", ["tasking_id"])


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("reviews")
    op.drop_table("interventions")

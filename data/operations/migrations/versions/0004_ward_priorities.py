"""Ward priorities, promises, and the figures published for ward panels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_ward_priorities"
down_revision = "0003_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the ward panel."""
    op.create_table(
        "ward_priorities",
        sa.Column("priority_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ward_code", sa.String(20), nullable=False),
        sa.Column("slot", sa.Integer()),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.UniqueConstraint("ward_code", "slot"),
        sa.CheckConstraint("slot IS NULL OR slot BETWEEN 1 AND 3", name="at_most_three"),
        sa.CheckConstraint("(slot IS NULL) = (closed_on IS NOT NULL)", name="closed_has_no_slot"),
    )
    op.create_table(
        "ward_promises",
        sa.Column("promise_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ward_code", sa.String(20), nullable=False),
        sa.Column("priority_id", sa.Integer(), sa.ForeignKey("ward_priorities.priority_id")),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open','kept','not_kept')", name="status_known"),
        sa.CheckConstraint("(status = 'open') = (closed_on IS NULL)", name="closed_has_a_date"),
    )
    op.create_index("ix_ward_promises_ward_code", "ward_promises", ["ward_code"])
    _create_releases()


def _create_releases() -> None:
    op.create_table(
        "ward_releases",
        sa.Column("release_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("borough_name", sa.String(120), nullable=False),
        sa.Column("quarter", sa.String(8), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("table_version", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("cell_m", sa.Float(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_why", sa.Text(), nullable=False),
        sa.UniqueConstraint("series", "quarter"),
    )
    op.create_table(
        "ward_release_wards",
        sa.Column(
            "release_id", sa.Integer(), sa.ForeignKey("ward_releases.release_id"), primary_key=True
        ),
        sa.Column("ward_code", sa.String(20), primary_key=True),
        sa.Column("ward_name", sa.String(120), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True)),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
    )
    op.create_index("ix_ward_release_wards_ward_code", "ward_release_wards", ["ward_code"])


def downgrade() -> None:
    """Drop them."""
    for name in ("ward_release_wards", "ward_releases", "ward_promises", "ward_priorities"):
        op.drop_table(name)

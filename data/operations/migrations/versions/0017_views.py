"""Saved views, what each person begins with, and which digests were mailed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_views"
down_revision = "0016_row_digests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "saved_views",
        sa.Column("view_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_views_owner", "saved_views", ["owner"])
    op.create_table(
        "personal_choices",
        sa.Column("choice_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("start_page", sa.String(40), nullable=False),
        sa.Column("start_view", sa.Integer()),
        sa.Column("team", sa.String(120), nullable=False),
        sa.UniqueConstraint("person"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digest_mails",
        sa.Column("mail_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('begun','sent','failed')", name="state_known"),
        sa.UniqueConstraint("week", "recipient"),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("digest_mails", "personal_choices", "saved_views"):
        op.drop_table(name)

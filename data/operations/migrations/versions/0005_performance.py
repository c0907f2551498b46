"""Targets, commentary, typed values, concerns, fixed hotspots and sign-off of each quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from datetime import datetime

revision = "0005_performance"
down_revision = "0004_ward_priorities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the quarterly performance."""
    _create_revisions()
    op.create_table(
        "performance_concerns",
        sa.Column("concern_id", sa.Integer(), primary_key=True),
        sa.Column("consultation", sa.String(200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("concern", sa.String(200), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.UniqueConstraint("consultation", "concern"),
        sa.CheckConstraint("share >= 0 AND share <= 1", name="share_in_range"),
        sa.CheckConstraint("replies > 0", name="replies_positive"),
    )
    op.create_table(
        "performance_hotspots",
        sa.Column("hotspots_id", sa.Integer(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("table_version", sa.Integer(), nullable=False),
        *_written(),
        sa.UniqueConstraint("year"),
    )
    op.create_table(
        "performance_hotspot_areas",
        sa.Column(
            "hotspots_id",
            sa.Integer(),
            sa.ForeignKey("performance_hotspots.hotspots_id"),
            primary_key=True,
        ),
        sa.Column("rank", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("area", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "performance_sign_offs",
        sa.Column("sign_off_id", sa.Integer(), primary_key=True),
        sa.Column("quarter", sa.String(7), nullable=False),
        sa.Column("table_version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_written(),
        sa.UniqueConstraint("quarter"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("sign_offs", "hotspot_areas", "hotspots", "concerns"):
        op.drop_table(f"performance_{table}")
    for table in ("values", "commentary", "targets"):
        op.drop_table(f"performance_{table}")


def _create_revisions() -> None:
    op.create_table(
        "performance_targets",
        sa.Column("target_id", sa.Integer(), primary_key=True),
        sa.Column("indicator", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("change", sa.Float()),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_written(),
        sa.UniqueConstraint("indicator", "year", "revision"),
    )
    op.create_table(
        "performance_commentary",
        sa.Column("commentary_id", sa.Integer(), primary_key=True),
        sa.Column("indicator", sa.String(60), nullable=False),
        sa.Column("quarter", sa.String(7), nullable=False),
        sa.Column("commentary", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_written(),
        sa.UniqueConstraint("indicator", "quarter", "revision"),
    )
    op.create_table(
        "performance_values",
        sa.Column("value_id", sa.Integer(), primary_key=True),
        sa.Column("indicator", sa.String(60), nullable=False),
        sa.Column("quarter", sa.String(7), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("replies", sa.Integer()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_written(),
        sa.UniqueConstraint("indicator", "quarter", "revision"),
        sa.CheckConstraint("value >= 0", name="value_not_negative"),
        sa.CheckConstraint("replies IS NULL OR replies > 0", name="replies_positive"),
    )


def _written() -> tuple[sa.Column[str], sa.Column[datetime]]:
    return (
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )

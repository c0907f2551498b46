"""How ward figures were protected, which sources are public, and revisions.

Figures that were published before stay as they are: without a method, they hid small counts.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015_ward_figures"
down_revision = "0014_identity"
branch_labels = None
depends_on = None


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("method", sa.String(10)),
        sa.Column("revision", sa.Integer()),
        sa.Column("why_revised", sa.Text()),
        sa.Column("public_sources", sa.JSON(none_as_null=True)),
    )


def upgrade() -> None:
    """Add the columns and the table of figures that a revision replaced."""
    for column in _columns():
        op.add_column("ward_releases", column)
    op.create_table(
        "ward_releases_replaced",
        sa.Column(
            "release_id", sa.Integer(), sa.ForeignKey("ward_releases.release_id"), primary_key=True
        ),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("table_version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("wards", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("ward_releases_replaced")
    for column in _columns():
        op.drop_column("ward_releases", column.name)

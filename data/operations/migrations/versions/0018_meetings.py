"""Meetings, their decisions, and addenda to their minutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_meetings"
down_revision = "0017_views"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of meetings."""
    op.create_table(
        "meetings",
        sa.Column("meeting_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attendance", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.JSON(none_as_null=True)),
        sa.CheckConstraint("kind IN ('tasking','violence')", name="kind_known"),
        sa.CheckConstraint("status IN ('open','closed','called_off')", name="status_known"),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_a_time"),
    )
    open_one = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_meetings_open_kind",
        "meetings",
        ["kind"],
        unique=True,
        sqlite_where=open_one,
        postgresql_where=open_one,
    )
    _create_decisions()
    op.create_table(
        "meeting_addenda",
        sa.Column("addendum_id", sa.Integer(), primary_key=True),
        sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("meetings.meeting_id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
    )
    op.create_index("ix_meeting_addenda_meeting_id", "meeting_addenda", ["meeting_id"])


def _create_decisions() -> None:
    op.create_table(
        "meeting_decisions",
        sa.Column("decision_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("meetings.meeting_id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("tasking_id", sa.Integer()),
        sa.Column("hotspot_id", sa.String(200), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("area", sa.LargeBinary()),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("moved", sa.String(120), nullable=False),
        sa.UniqueConstraint("meeting_id", "number"),
        sa.CheckConstraint(
            "status IN ('noted','open','done','dropped','withdrawn')", name="status_known"
        ),
        sa.CheckConstraint("(owner = '') = (due_on IS NULL)", name="action_is_whole"),
        sa.CheckConstraint(
            "(status IN ('noted','open')) = (closed_at IS NULL)", name="closed_has_a_time"
        ),
    )
    op.create_index("ix_meeting_decisions_status", "meeting_decisions", ["status"])


def downgrade() -> None:
    """Drop them."""
    for table in ("meeting_addenda", "meeting_decisions", "meetings"):
        op.drop_table(table)

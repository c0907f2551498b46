"""Taskings, their wards and comments, visits, and the audit trail that only ever grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_core"
down_revision = None
branch_labels = None
depends_on = None

_REFUSAL = "The audit trail is only ever added to"


def upgrade() -> None:
    """Create the core tables."""
    op.create_table(
        "taskings",
        sa.Column("tasking_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("area", sa.LargeBinary(), nullable=False),
        sa.Column("near", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("expected_result", sa.Text(), nullable=False),
        sa.Column("tactic", sa.String(40), nullable=False),
        sa.Column("action_plan", sa.JSON(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("start_hour", sa.Integer(), nullable=False),
        sa.Column("end_hour", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("visits_per_week", sa.Integer(), nullable=False),
        sa.Column("minutes_per_visit", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(120), nullable=False),
        sa.Column("lead_partner", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("priority_id", sa.Integer()),
        sa.Column("decision_view", sa.JSON(), nullable=False),
        sa.Column("decision_hotspot_id", sa.Text(), nullable=False),
        sa.Column("decision_table_version", sa.Integer()),
        sa.Column("decision_seed", sa.Integer()),
        sa.Column("decision_made_by", sa.String(200), nullable=False),
        sa.Column("decision_made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("displacement", sa.LargeBinary()),
        sa.Column("comparison", sa.LargeBinary()),
        sa.Column("displacement_comparison", sa.LargeBinary()),
        sa.Column("fixed_note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("activated_at", sa.DateTime(timezone=True)),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('proposed','approved','active','completed','reviewed','cancelled')",
            name="status_known",
        ),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint(
            "status IN ('proposed','cancelled') OR (team <> '' AND displacement IS NOT NULL)",
            name="approved_is_complete",
        ),
    )
    op.create_index("ix_taskings_status_team", "taskings", ["status", "team"])
    op.create_index("ix_taskings_ends_on", "taskings", ["ends_on"])
    op.create_table(
        "tasking_wards",
        sa.Column(
            "tasking_id", sa.Integer(), sa.ForeignKey("taskings.tasking_id"), primary_key=True
        ),
        sa.Column("ward_code", sa.String(20), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_index("ix_tasking_wards_ward_code", "tasking_wards", ["ward_code"])
    op.create_table(
        "comments",
        sa.Column("comment_id", sa.Integer(), primary_key=True),
        sa.Column("tasking_id", sa.Integer(), sa.ForeignKey("taskings.tasking_id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("ix_comments_tasking_id", "comments", ["tasking_id"])
    _create_visits()
    _create_audit()


def downgrade() -> None:
    """Take the core tables away again."""
    for table in ("audit", "visits", "comments", "tasking_wards", "taskings"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")


def _create_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tasking_id", sa.Integer(), sa.ForeignKey("taskings.tasking_id"), nullable=False),
        sa.Column("team", sa.String(120), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("dispersed", sa.Integer(), nullable=False),
        sa.Column("arrests", sa.Integer(), nullable=False),
        sa.Column("referrals", sa.Integer(), nullable=False),
        sa.Column("needles", sa.Integer(), nullable=False),
        sa.Column("weapons", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.UniqueConstraint("team", "arrived_at"),
        sa.CheckConstraint("left_at IS NULL OR left_at > arrived_at", name="left_after_arrived"),
        sa.CheckConstraint(
            "notices >= 0 AND dispersed >= 0 AND arrests >= 0 AND referrals >= 0 "
            "AND needles >= 0 AND weapons >= 0",
            name="counts_not_negative",
        ),
    )
    op.create_index("ix_visits_tasking_id_arrived_at", "visits", ["tasking_id", "arrived_at"])
    op.create_index("ix_visits_arrived_at", "visits", ["arrived_at"])
    op.create_index(
        "ix_visits_team_there",
        "visits",
        ["team"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("table_name", sa.String(80), nullable=False),
        sa.Column("row_key", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_index("ix_audit_table_name_row_key", "audit", ["table_name", "row_key"])
    op.create_index("ix_audit_at", "audit", ["at"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_refuses_{verb.lower()} BEFORE {verb} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )

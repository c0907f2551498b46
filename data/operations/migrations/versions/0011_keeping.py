"""Who viewed and exported what, what was removed, and the one way past the audit trail's refusal.

Entries of the audit trail and of the access log can be removed or blanked only while a removal is
being recorded: inside a transaction that has added a row to ``removals`` and not yet finished it.
No other transaction sees that row before it is finished, and a finished one cannot be changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_keeping"
down_revision = "0008_team_plans"
branch_labels = None
depends_on = None

_OPEN = "EXISTS (SELECT 1 FROM removals WHERE finished_at IS NULL)"
_AUDIT = "The audit trail is only ever added to"
_ACCESS = "The access log is only ever added to"
_REMOVALS = "The record of removals is only ever added to"


def upgrade() -> None:
    """Create the two tables and the triggers."""
    op.create_table(
        "access_log",
        sa.Column("access_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("period", sa.String(80), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer()),
        sa.Column("table_version", sa.Integer()),
    )
    op.create_index("ix_access_log_at", "access_log", ["at"])
    op.create_index("ix_access_log_person_what", "access_log", ["person", "what"])
    op.create_table(
        "removals",
        sa.Column("removal_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def downgrade() -> None:
    """Drop them, and refuse every change of the audit trail again."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER audit_refuses_{verb.lower()}")
            op.execute(
                f"CREATE TRIGGER audit_refuses_{verb.lower()} BEFORE {verb} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{_AUDIT}'); END"
            )
    else:
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_AUDIT}'; END $$"
        )
    op.drop_table("removals")
    op.drop_table("access_log")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_access_change()")
        op.execute("DROP FUNCTION refuse_removal_change()")


def _guard_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER audit_refuses_{verb.lower()}")
    for table, refusal in (("audit", _AUDIT), ("access_log", _ACCESS)):
        changed = f"NOT {_OPEN} OR NEW.at <> OLD.at"
        for verb, when in (("UPDATE", changed), ("DELETE", f"NOT {_OPEN}")):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
                f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
    op.execute(
        "CREATE TRIGGER removals_refuses_update BEFORE UPDATE ON removals "
        f"WHEN OLD.finished_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{_REMOVALS}'); END"
    )
    op.execute(
        "CREATE TRIGGER removals_refuses_delete BEFORE DELETE ON removals "
        f"BEGIN SELECT RAISE(ABORT, '{_REMOVALS}'); END"
    )


def _guard_postgresql() -> None:
    for name, refusal in (("audit", _AUDIT), ("access", _ACCESS)):
        op.execute(
            f"CREATE OR REPLACE FUNCTION refuse_{name}_change() RETURNS trigger "
            f"LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'TRUNCATE' AND {_OPEN} "
            f"THEN RETURN NULL; END IF; RAISE EXCEPTION '{refusal}'; END $$"
        )
    op.execute(
        "CREATE TRIGGER access_log_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON access_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_access_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_removal_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF TG_OP = 'UPDATE' AND OLD.finished_at IS NULL THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{_REMOVALS}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER removals_refuses_change BEFORE UPDATE OR DELETE ON removals "
        "FOR EACH ROW EXECUTE FUNCTION refuse_removal_change()"
    )

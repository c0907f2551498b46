"""What a row held when it was stored, on SQLite: `data.operations.row_digests` fills the tables."""

from __future__ import annotations

from alembic import op

revision = "0016_row_digests"
down_revision = "0015_ward_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of digests and of notes; PostgreSQL has checksums of its own."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE TABLE row_digests (table_name TEXT NOT NULL, row_key NOT NULL, "
        "digest BLOB NOT NULL, PRIMARY KEY (table_name, row_key)) WITHOUT ROWID"
    )
    op.execute(
        "CREATE TABLE rows_noted (table_name TEXT NOT NULL, row_key NOT NULL, "
        "why TEXT NOT NULL DEFAULT 'was changed outside the app', "
        "PRIMARY KEY (table_name, row_key)) WITHOUT ROWID"
    )


def downgrade() -> None:
    """Drop them, and the triggers that fill them."""
    if op.get_bind().dialect.name != "sqlite":
        return
    made = "SELECT name FROM sqlite_master WHERE name LIKE 'row_digests_%' AND type = 'trigger'"
    for name in op.get_bind().exec_driver_sql(made).scalars().all():
        op.execute(f'DROP TRIGGER "{name}"')
    op.execute("DROP TABLE rows_noted")
    op.execute("DROP TABLE row_digests")

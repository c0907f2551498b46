"""Known browsers and tries to sign in; numbers of accounts and sign-ins are never used again.

Everybody signs in once more after this step: SQLite can give a table a counter only by making it
again, and a sign-in is worth no more than twelve hours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_sign_in_tries"
down_revision = "0011_keeping"
branch_labels = None
depends_on = None

_NEVER_AGAIN = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """Make the tables of tries and browsers, and give accounts and sign-ins a counter."""
    op.drop_table("sign_ins")
    with op.batch_alter_table("users", recreate="auto", table_kwargs=_NEVER_AGAIN) as users:
        users.drop_column("failed")
        users.drop_column("locked_until")
    op.create_table(
        "sign_ins",
        sa.Column("sign_in_id", sa.Integer(), primary_key=True),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.user_id"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])
    op.create_table(
        "known_browsers",
        sa.Column("known_browser_id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.user_id"), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("user_id", "browser"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("try_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("network", sa.String(45), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_in_tries_name_at", "sign_in_tries", ["name", "at"])
    op.create_index("ix_sign_in_tries_network_at", "sign_in_tries", ["network", "at"])
    op.create_index("ix_sign_in_tries_at", "sign_in_tries", ["at"])
    _count_on("sign_ins", "sign_in_id")


def _count_on(name: str, key: str) -> None:
    """Begin the numbers of a new table after the highest that the audit trail names."""
    connection = op.get_bind()
    highest = connection.scalar(
        sa.text("SELECT max(CAST(row_key AS INTEGER)) FROM audit WHERE table_name = :name"),
        {"name": name},
    )
    if highest is None:
        return
    if connection.dialect.name == "postgresql":
        sequence = sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, key), highest))
        connection.execute(sequence)
    else:
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :highest)"),
            {"name": name, "highest": highest},
        )


def downgrade() -> None:
    """Drop them, and lock names again."""
    op.drop_table("sign_in_tries")
    op.drop_table("known_browsers")
    op.drop_column("sign_ins", "address")
    op.add_column("users", sa.Column("failed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("locked_until", sa.DateTime(timezone=True)))

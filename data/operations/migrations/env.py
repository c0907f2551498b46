"""Alembic's environment: runs migrations on the connection that it is handed."""

from __future__ import annotations

from alembic import context

from data.operations.tables import all_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

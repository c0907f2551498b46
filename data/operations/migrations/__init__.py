"""Migrations of the operations store (Alembic); `data.operations.upgrade` runs them."""

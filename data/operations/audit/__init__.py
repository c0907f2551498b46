"""The audit trail: written by the session itself, read back as a table."""

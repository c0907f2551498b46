"""What people see. No page file lies directly in this folder; see docs/architecture.md."""

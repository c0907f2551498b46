"""One module for each step; docs/operations.md says how to add one."""

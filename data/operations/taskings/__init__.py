"""Taskings, their comments, their history, and saved patrol plans."""

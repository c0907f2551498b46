"""Meetings that task: who was there, what was decided, and the minutes."""

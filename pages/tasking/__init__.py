"""Tasking: the patrol plan, the board and the reviews."""

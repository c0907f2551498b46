"""Visits: a team arrives, leaves, and says what it found."""

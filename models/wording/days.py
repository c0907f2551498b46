"""Days and spans of days in words, the same on every screen, paper and file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def day_label(day: date) -> str:
    """Return a day as people write it: 3 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def long_day_label(day: date) -> str:
    """Return a day with its month in full, which cannot be mistaken: 3 November 2026."""
    return f"{day.day} {day:%B %Y}"


def span_label(first: date, last: date) -> str:
    """Return two days as one span, without saying the same year twice."""
    if first == last:
        return day_label(first)
    if first.year == last.year:
        return f"{first.day} {first:%b} to {day_label(last)}"
    return f"{day_label(first)} to {day_label(last)}"

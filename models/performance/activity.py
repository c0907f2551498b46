"""When visits were made and taskings reviewed, as days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Activity:
    """Days in local time.

    Attributes
    ----------
    since : date or None
        The first day of which there is any record; None without one.
    visits, reviewed : tuple of date
        One for each visit made and each tasking reviewed.
    """

    since: date | None
    visits: tuple[date, ...]
    reviewed: tuple[date, ...]

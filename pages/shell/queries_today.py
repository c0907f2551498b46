"""What is new on a day, kept for the day: for Today, and for a proposal that starts there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.today import news as today
from pages.shell import queries
from pages.shell.answers import cached

if TYPE_CHECKING:
    from datetime import date

    from models.today.news import News


@cached(max_entries=4, spinner="Looking at what is new…")
def news(day: date) -> News:
    """Return what is new in the incidents on a day.

    Raises
    ------
    NoWardsError, EmptyStoreError, StaleWardsError, NoDaysError
    """
    return today.news(queries.store(), today=day)

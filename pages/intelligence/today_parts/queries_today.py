"""The calls of the page Today, kept for the day and the table version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from models.today import news as today
from pages.shell import queries

if TYPE_CHECKING:
    from datetime import date

    from models.today.news import News


def news(day: date) -> News:
    """Return what is new in the incidents on a day.

    Raises
    ------
    NoWardsError, EmptyStoreError, StaleWardsError, NoDaysError
    """
    return _news(str(queries.stamp()), day)


@st.cache_resource(max_entries=4, show_spinner="Looking at what is new…")
def _news(now: str, day: date) -> News:
    return today.news(queries.store(), today=day)

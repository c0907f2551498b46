"""How few of the streets it happens on: a section of the page Patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.exports import patterns as tables
from geo.errors import PlainError
from pages.shell import queries
from pages.shell.messages import plain

if TYPE_CHECKING:
    from pages.intelligence.patterns_parts.pattern_sections import PatternsPage


def on_streets(page: PatternsPage) -> str:
    """Draw the shares of streets next to what is published; return how they are counted.

    Where there are none, why is said, and nothing returned.
    """
    st.subheader("On how few streets")
    try:
        found = queries.street_concentration(page.filter)
    except PlainError as problem:
        st.caption(plain(f"{problem}"))
        return ""
    frame = tables.street_concentration_frame(found)
    st.dataframe(frame, hide_index=True, alt="Share of streets with a quarter and half of it")
    page.download("Streets", frame)
    return tables.street_concentration_note(found)

"""The theme that a page is drawn in, for what brings its own colours: maps and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from geo.palettes import Theme


def page_theme() -> Theme:
    """Return whether the page is light or dark; light until the browser has said."""
    return "dark" if st.context.theme.type == "dark" else "light"

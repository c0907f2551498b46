"""The part of a page that says how its answer is known, and the way to what holds for all."""

from __future__ import annotations

from typing import Final

import streamlit as st

ANCHOR: Final = "how-we-know"
_METHODS_PAGE: Final = "pages/help/methods_and_limits.py"


def heading() -> None:
    """Draw the heading *How we know*, and the link to what holds for every answer."""
    st.header("How we know", anchor=ANCHOR)
    st.page_link(
        _METHODS_PAGE,
        label="What holds for every answer is in Methods and limits",
        icon=":material/menu_book:",
    )

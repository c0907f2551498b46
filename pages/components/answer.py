"""The first sentence of a page or of its section: the answer, in plain words."""

from __future__ import annotations

import streamlit as st

from pages.shell.messages import plain


def draw(text: str) -> None:
    """Say what a page comes to, above it; nothing where there is nothing to say."""
    if text:
        with st.container(key="answer"):
            st.markdown(plain(text))

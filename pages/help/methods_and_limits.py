"""Methods and limits: what each method assumes, and what must not be concluded."""

from __future__ import annotations

import streamlit as st

from data.services.documents import methods_text
from pages.shell.messages import plain
from pages.shell.offer import offer

text = methods_text()
st.markdown(text.lead)
contents = " · ".join(f"[{plain(part.heading)}](#{part.anchor})" for part in text.parts)
st.markdown(f"On this page: {contents}")
for part in text.parts:
    st.header(plain(part.heading), anchor=part.anchor)
    st.markdown(part.body)
offer(
    "This page as a text file",
    lambda: text.whole,
    file_name="methods-and-limits.md",
    for_panel=True,
)

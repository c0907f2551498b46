"""Every hostile text in every place where Streamlit reads Markdown, for `test_plain_text`."""

from __future__ import annotations

import streamlit as st

from geo.escaping import visible
from pages.shell.messages import findings, plain, plain_lines, plain_table
from tests.hostile_names import HOSTILE_TEXTS, LONE_SURROGATE

st.set_page_config(layout="wide")
for at, text in enumerate((*HOSTILE_TEXTS, LONE_SURROGATE)):
    shown = plain(text)
    with st.container(key=f"text-{at}"):
        with st.container(key=f"markdown-{at}"):
            st.markdown(shown)
        with st.container(key=f"lines-{at}"):
            st.markdown(plain_lines(text))
        with st.container(key=f"caption-{at}"):
            st.caption(f"before {shown} after")
        with st.container(key=f"header-{at}"):
            st.header(shown, anchor=False)
        with st.container(key=f"error-{at}"):
            st.error(shown)
        with st.container(key=f"list-{at}"):
            findings([text], heading=text)
        with st.container(key=f"button-{at}"):
            st.button(shown, key=f"pressed-{at}")
        with st.container(key=f"checkbox-{at}"):
            st.checkbox(shown, key=f"checked-{at}")
        with st.container(key=f"radio-{at}"):
            st.radio("-", [text], format_func=plain, key=f"picked-{at}")
        with st.container(key=f"table-{at}"):
            plain_table({text: text})
        with st.container(key=f"metric-{at}"):
            st.metric(shown, shown, delta=shown, delta_arrow="off")
        with st.container(key=f"expander-{at}"):
            st.expander(shown).write("-")
        with st.container(key=f"options-{at}"):
            st.multiselect("-", [visible(text)], default=[visible(text)], key=f"chosen-{at}")
            st.selectbox("-", [visible(text)], key=f"one-{at}")
st.text_input("help", help=plain(" ".join(HOSTILE_TEXTS)))
st.text("end of page")

"""The front door on the web: page set-up, the shared filters, the menu; nothing else."""

from __future__ import annotations

import streamlit as st

from data.demo.geography import SIMULATED_NOTICE
from data.incidents.snapshot import StaleWardsError
from data.incidents.table import EmptyStoreError
from data.layers.wards import NoWardsError
from data.settings import StorePathError, settings
from pages.shell import filters, menu, messages, person, queries
from pages.shell.stamp import one_version

st.set_page_config(
    page_icon="pages/shell/icon.svg",
    layout="wide",
    menu_items={"About": "Hotspot mapping and neighbourhood tasking. See the README."},
)
try:
    settings()
except StorePathError as problem:
    st.error(messages.plain(str(problem)))
    st.stop()
who = person.signed_in()
sections = menu.sections(who.role if who else None)
page = menu.requested_page(sections)
st.set_page_config(page_title=f"{page.title} · Hotspot Tasking")
messages.style()
if who is None:
    person.form()
    st.stop()
with st.sidebar:
    menu.draw(sections)
    person.draw(who)
with one_version():
    try:
        store = queries.store()
    except (NoWardsError, EmptyStoreError, StaleWardsError):
        pass  # each page says what is missing and what to do about it
    else:
        if store.simulated:
            messages.simulated(SIMULATED_NOTICE)
        if who.role != "panel":  # whose pages have no filters: what they show is fixed
            problems = filters.begin(store)
            if menu.is_filtered(page):
                with st.sidebar:
                    filters.draw(store)
            messages.notes(problems, heading="The link could not be read in full")
    page.run()

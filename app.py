"""The front door on the web: page set-up, the shared filters, the menu; nothing else."""

from __future__ import annotations

import streamlit as st

from data.demo.geography import SIMULATED_NOTICE
from data.incidents.detection import NoWardsError
from data.incidents.snapshot import StaleWardsError
from data.incidents.table import EmptyStoreError
from pages.shared import filters, menu, messages, queries

st.set_page_config(
    page_icon="pages/shared/icon.svg",
    layout="wide",
    menu_items={"About": "Hotspot mapping and neighbourhood tasking. See the README."},
)
sections = {
    "Intelligence": [
        st.Page(
            "pages/intelligence/hotspots.py",
            title="Hotspots",
            icon=":material/map:",
            url_path="hotspots",
        ),
        st.Page(
            "pages/intelligence/patterns.py",
            title="Patterns",
            icon=":material/schedule:",
            url_path="patterns",
        ),
        st.Page(
            "pages/intelligence/near_repeat.py",
            title="Near-repeat",
            icon=":material/repeat:",
            url_path="near-repeat",
        ),
    ],
    "Records": [
        st.Page(
            "pages/records/import_data.py",
            title="Import data",
            icon=":material/upload_file:",
            url_path="import-data",
        ),
        st.Page(
            "pages/records/data_quality.py",
            title="Data quality",
            icon=":material/fact_check:",
            url_path="data-quality",
        ),
        st.Page(
            "pages/records/accuracy.py",
            title="Accuracy",
            icon=":material/target:",
            url_path="accuracy",
        ),
    ],
    "Help": [
        st.Page(
            "pages/help/methods_and_limits.py",
            title="Methods and limits",
            icon=":material/menu_book:",
            url_path="methods-and-limits",
        ),
    ],
}
page = menu.page_asked_for(sections)
st.set_page_config(page_title=f"{page.title} · Hotspot Tasking")
messages.style()
with st.sidebar:
    menu.draw(sections)
try:
    store = queries.store()
except (NoWardsError, EmptyStoreError, StaleWardsError):
    pass  # each page says what is missing and what to do about it
else:
    problems = filters.begin(store)
    with st.sidebar:
        filters.draw(store)
    if store.simulated:
        messages.simulated(SIMULATED_NOTICE)
    messages.notes(problems, heading="The link could not be read in full")
page.run()

"""The front door on the web: page set-up, the shared filters, the menu; nothing else."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

import streamlit as st

from data.demo.geography import SIMULATED_NOTICE
from data.incidents.snapshot import StaleWardsError
from data.incidents.table import EmptyStoreError
from data.layers.wards import NoWardsError
from data.operations.audit.access import record_view
from data.operations.database import OperationsBusyError
from data.settings import StorePathError, settings
from geo.errors import PlainError
from pages.components import method
from pages.shell import filters, look, menu, messages, person, queries, state, views
from pages.shell.queries_operations import clock_notes, damage_notes
from pages.shell.stamp import one_version

st.set_page_config(
    page_icon="pages/shell/icon.svg",
    layout="wide",
    menu_items={"About": "Hotspot mapping and neighbourhood tasking. See the README."},
)
messages.say_faults()
try:
    settings()
except StorePathError as problem:
    st.error(messages.plain(str(problem)))
    st.stop()
who = person.person()
sections = menu.sections(who.role)
page = menu.requested_page(sections, start=views.start)
st.set_page_config(page_title=f"{page.title} · Hotspot Tasking")
look.style()
with st.sidebar:  # on a phone alone
    menu.draw(sections)
person.draw(who)
head = st.container(key="head", horizontal=True, vertical_alignment="center", gap="small")
head.title(messages.plain(page.title), anchor=False, width="content")
with head, messages.errors_as_messages(PlainError):
    views.draw(page, pages=menu.by_path(sections))
with messages.errors_as_messages(PlainError), suppress(OperationsBusyError):
    # A busy database stops nobody from reading: the next run of the page records it.
    record_view(person.actor(), page.title, filters=urlencode(state.address_bar()))
with one_version():
    messages.notes(damage_notes(who.role), heading="Damage in the store")
    if who.role != "panel":
        messages.notes(clock_notes(), heading="The clock")
    try:
        store = queries.store()
    except (NoWardsError, EmptyStoreError, StaleWardsError):
        pass  # each page says what is missing and what to do about it
    else:
        if store.simulated:
            messages.simulated(SIMULATED_NOTICE)
        if who.role != "panel":  # whose pages have no filters: what they show is fixed
            problems = filters.begin(store)
            method.begin()
            entry = menu.entry_of(page)
            with head, messages.errors_as_messages(PlainError):
                filters.draw(store, entry.filters)
                if entry.method:
                    method.draw()
            messages.notes(problems, heading="The link could not be read in full")
    page.run()

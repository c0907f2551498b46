"""Places: whether incidents lie near stations, schools and other places more than elsewhere."""

from __future__ import annotations

from typing import Final

import streamlit as st

from geo.errors import PlainError
from models.incidents.filters import to_query
from models.incidents.view import filter_description
from pages.components import knowing, sections
from pages.intelligence.places_parts import camera_section, near_section
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain

PAGE: Final = "places"
SECTIONS: Final = {"near": "Near places", "cameras": "Cameras", "sites": "New cameras"}
DISTANCES: Final = ("25", "50", "100", "150", "200", "250")
NEAR: Final = "near_m"

unread = sections.begin(PAGE, SECTIONS)
section = sections.current(PAGE)
with errors_as_messages(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
linked = state.opened_link().get(NEAR)
state.begin({NEAR: linked if linked in DISTANCES else "100"})
state.keep(NEAR)
camera_section.begin()
with sections.row():
    sections.draw(PAGE, SECTIONS)
    if section == "near":
        with st.popover(plain(f"Within {state.value(NEAR)} m"), key="chip_near"):
            st.selectbox("Near means within", DISTANCES, key=NEAR, format_func=lambda m: f"{m} m")
    else:
        camera_section.sight_chip()
notes(unread, heading="The link could not be read in full")
state.show_in_address_bar(
    {
        **to_query(incident_filter),
        **sections.address(PAGE, SECTIONS),
        **{key: state.value(key) for key in (NEAR, camera_section.SIGHT)},
    }
)
with errors_as_messages(PlainError):
    if section == "near":
        how = near_section.draw(store, incident_filter, near_m=float(state.value(NEAR)))
    elif section == "cameras":
        how = camera_section.cover(store, incident_filter)
    else:
        how = camera_section.sites(store, incident_filter)
knowing.heading()
st.caption(
    plain(
        f"{incident_filter.period} · {filter_description(incident_filter, dataset=store)} · "
        f"table version {store.snapshot.version}"
    )
)
for line in how:
    st.caption(plain(line))

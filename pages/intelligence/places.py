"""Places: whether incidents lie near stations, schools and other places more than elsewhere."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from data.exports.near_places import near_csv, near_frame, near_label
from geo.counting import counted
from geo.errors import PlainError
from models.incidents.filters import to_query
from models.incidents.view import filter_description
from pages.components.name_rows import NAME_ROW_PX, table_height
from pages.intelligence.places_parts import camera_section
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.offer import offer

DISTANCES: Final = ("25", "50", "100", "150", "200", "250")
NEAR: Final = "near_m"

with errors_as_messages(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
linked = state.opened_link().get(NEAR)
state.begin({NEAR: linked if linked in DISTANCES else "100"})
state.keep(NEAR)
camera_section.begin()
st.header("Incidents near places")
st.selectbox("Near means within", DISTANCES, key=NEAR, format_func=lambda each: f"{each} m")
state.show_in_address_bar(
    {
        **to_query(incident_filter),
        **{key: state.value(key) for key in (NEAR, camera_section.SIGHT)},
    }
)
with errors_as_messages(PlainError):
    found = queries.near_places(incident_filter, near_m=float(state.value(NEAR)))
st.caption(
    plain(
        f"{incident_filter.period} · {filter_description(incident_filter, dataset=store)} · "
        f"{counted(found.incidents, 'incident')} with a place · table version "
        f"{found.selection.version}"
    )
)
notes(found.selection.notes, heading="Read this with the figures")
if found.refused:
    st.info(plain(found.refused))
elif not found.kinds:
    st.info(
        "No stations, schools, parks or other places are loaded. Load them on the page Import data."
    )
else:
    localized = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        near_frame(found),
        hide_index=True,
        alt="Incidents near places of each kind",
        row_height=NAME_ROW_PX,
        height=table_height(len(found.kinds), tallest_px=700),
        column_config={
            "Kind": st.column_config.TextColumn(width=102),
            "Places": st.column_config.NumberColumn(width=60),
            "Compared within squares of 500 m": st.column_config.TextColumn(
                "Compared", width=168, help="Within squares of 500 m; see below."
            ),
            **dict.fromkeys(("Incidents near", "Incidents elsewhere"), localized),
        },
    )
    st.caption(plain(near_label(found)))
    days = found.selection.now.period
    offer(
        "Near places as CSV",
        partial(near_csv, store, found),
        file_name=f"near-places-{days.first}-{days.last}.csv",
    )
camera_section.draw(store, incident_filter)

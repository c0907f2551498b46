"""The section on places: whether incidents lie near each kind of place more than elsewhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from data.exports.intelligence_answers import near_places_answer
from data.exports.near_places import near_csv, near_frame, near_label
from geo.counting import counted
from pages.components import answer
from pages.components.name_rows import NAME_ROW_PX, table_height
from pages.shell import queries
from pages.shell.messages import notes
from pages.shell.offer import offer

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.incidents.filters import IncidentFilter


def draw(store: Store, incident_filter: IncidentFilter, *, near_m: float) -> tuple[str, ...]:
    """Draw the answer and the table; return what is said under *How we know*.

    Raises
    ------
    PlainError
        If nothing can be counted; the message says why.
    """
    near = queries.near_places(incident_filter, near_m=near_m)
    answer.draw(near_places_answer(near))
    notes(near.selection.notes, heading="Read this with the figures")
    if near.refused:
        return ()
    if not near.kinds:
        st.info("Load places on the page Import data.")
        return ()
    localized = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        near_frame(near),
        hide_index=True,
        alt="Incidents near places of each kind",
        row_height=NAME_ROW_PX,
        height=table_height(len(near.kinds), tallest_px=700),
        column_config={
            "Kind": st.column_config.TextColumn(width=102),
            "Places": st.column_config.NumberColumn(width=60),
            "Compared within squares of 500 m": st.column_config.TextColumn(
                "Compared", width=168, help="Within squares of 500 m; see below."
            ),
            **dict.fromkeys(("Incidents near", "Incidents elsewhere"), localized),
        },
    )
    days = near.selection.now.period
    offer(
        "Near places as CSV",
        partial(near_csv, store, near),
        file_name=f"near-places-{days.first}-{days.last}.csv",
    )
    return (f"{counted(near.incidents, 'incident')} with a place.", near_label(near))

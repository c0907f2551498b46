"""The ranked table of hotspots.

The table keeps its place and its key while hotspots are chosen in it: a table drawn under another
key is another table, and a click on the one that it replaces comes to nothing. Nor is its selection
ever set: what the server sets overrides a click that is on its way, and the next one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data.exports.labels import (
    busiest_label,
    change_label,
    expected_heading,
    expected_label,
)
from geo.naming.words import sentence_case
from pages.components import map_first
from pages.components.name_rows import NAME_ROW_PX
from pages.intelligence.hotspots_parts import choice
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.hotspots.shape import Hotspots


def table(hotspots: Hotspots, *, marked: str, key: str) -> None:
    """Draw the ranked table; any cell of a row chooses its hotspot.

    Parameters
    ----------
    hotspots : Hotspots
    marked : str
        The hotspot whose row is marked.
    key : str
        Tells the table of one view from that of another.
    """
    frame = hotspots.frame
    tested = bool((frame["hot_class"] != "").any())
    rows = [
        {
            "Shown": "●" if row.hotspot_id == marked else "",
            "Rank": row.rank,
            "Where": sentence_case(row.near),
            **({"Class": row.hot_class} if tested else {}),
            "Incidents": row.incidents,
            "Change": change_label(row),
            "Expected": expected_label(row, hotspots=hotspots),
            "Busiest": busiest_label(row),
            "By harm": row.harm_rank or None,
            "Times average": row.pai,
            "On one point": row.top_place_share,
        }
        for row in frame.itertuples()
    ]
    ids = frame["hotspot_id"].tolist()
    key = map_first.list_key(key, current_row=ids.index(marked))
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="stretch",
        row_height=NAME_ROW_PX,
        alt="Hotspots in order of rank",
        on_select=partial(map_first.pick, key, ids, choice.choose_row),
        selection_mode="single-cell",
        key=key,
        column_config={
            "Shown": st.column_config.TextColumn("●", width=28, help="Shown on the card"),
            "Rank": st.column_config.NumberColumn(width=42),
            "Where": st.column_config.TextColumn(width=150),
            "Incidents": st.column_config.NumberColumn(format="localized", width=64),
            "By harm": st.column_config.NumberColumn(
                width=65,
                help="Rank by summed severity weights; blank if no incident inside has one. "
                "Anti-social behaviour has no weight, so the list is in order of incidents.",
            ),
            "Change": st.column_config.TextColumn(width=108),
            "Expected": st.column_config.TextColumn(
                width=95,
                help=plain(f"{expected_heading(hotspots)}, with a range for nine times in ten"),
            ),
            "Times average": st.column_config.NumberColumn(
                format="%.1f", help="Density here ÷ density of the chosen wards as a whole (PAI)"
            ),
            "On one point": st.column_config.NumberColumn(
                format="percent", help="Share of its incidents that are on one map point"
            ),
        },
    )

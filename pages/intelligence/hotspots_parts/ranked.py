"""The ranked table of hotspots.

The table keeps its place and its key while hotspots are chosen in it: a table drawn under another
key is another table, and a click on the one that it replaces comes to nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.labels import change_label, place_label, stability_label
from pages.intelligence.hotspots_parts import choice
from pages.shell import state

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

_ROW_PX: Final = 35
_TALLEST_PX: Final = 560  # the map's height


def table(frame: gpd.GeoDataFrame, *, ticked: str, key: str) -> None:
    """Draw the ranked table; a row's box, or any of its cells, chooses its hotspot.

    Parameters
    ----------
    frame : GeoDataFrame
        Hotspots in order of rank.
    ticked : str
        The hotspot whose row is ticked.
    key : str
        Tells the table of one view from that of another.
    """
    tested = bool((frame["hot_class"] != "").any())
    rows = [
        {
            "Rank": row.rank,
            "Where": place_label(row),
            **({"Class": row.hot_class} if tested else {}),
            "Incidents": row.incidents,
            "Change": change_label(row),
            "Busiest": str(row.peak_window or "hours not known"),
            "By harm": row.harm_rank or None,
            "Times average": row.pai,
            "On one point": row.top_place_share,
            "Found again": stability_label(row),
        }
        for row in frame.itertuples()
    ]
    ids = frame["hotspot_id"].tolist()
    tick(key, row=ids.index(ticked))
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=min(_TALLEST_PX, _ROW_PX * (len(rows) + 1) + 3),
        alt="Hotspots in order of rank",
        on_select=partial(pick, key, ids),
        selection_mode=["single-row-required", "single-cell"],
        selection_default={"selection": {"rows": [ids.index(ticked)]}},
        key=key,
        column_config={
            "Rank": st.column_config.NumberColumn(width=45),
            "Where": st.column_config.TextColumn(width=165),
            "Incidents": st.column_config.NumberColumn(format="localized", width=70),
            "By harm": st.column_config.NumberColumn(
                width=65,
                help="Rank by summed severity weights; blank if no incident inside has one. "
                "Anti-social behaviour has no weight, so the list is in order of incidents.",
            ),
            "Change": st.column_config.TextColumn(width=140),
            "Times average": st.column_config.NumberColumn(
                format="%.1f", help="Density here ÷ density of the chosen wards as a whole (PAI)"
            ),
            "On one point": st.column_config.NumberColumn(
                format="percent", help="Share of its incidents that are on one map point"
            ),
            "Found again": st.column_config.TextColumn(
                width=80,
                help="Number of re-runs, with other settings, another grid and resampled "
                "incidents, in which this hotspot is found again. If there are few, do not "
                "rely on it.",
            ),
        },
    )


def tick(key: str, *, row: int) -> None:
    """Tick the row of the hotspot that was chosen, in the table as it stands on the page."""
    answer = state.value(key)
    if answer is None or answer["selection"]["rows"] == [row]:
        return
    cells = [cell for cell in answer["selection"]["cells"] if cell[0] == row]
    state.put(key, {"selection": {"rows": [row], "columns": [], "cells": cells}})


def pick(key: str, ids: Sequence[str]) -> None:
    """Choose the hotspot of the cell or box that was clicked.

    The table says which box is ticked and which cell was clicked last, not which of them is new:
    the new one is not in the row of the hotspot that is shown.
    """
    answer = state.value(key)["selection"]
    for row in (*(row for row, _ in answer["cells"]), *answer["rows"]):
        if row < len(ids) and ids[row] != choice.current():
            choice.choose(ids[row])
            return

"""The ranked table of hotspots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from data.exports.labels import change_label, place_label, stability_label

if TYPE_CHECKING:
    import geopandas as gpd

_ROW_PX: Final = 35
_TALLEST_PX: Final = 560  # the map's height


@dataclass(frozen=True, slots=True)
class Picked:
    """A hotspot picked in the table; `by_cell` where not by the box at the row's beginning."""

    hotspot_id: str
    by_cell: bool


def table(frame: gpd.GeoDataFrame, *, chosen: str | None, key: str) -> Picked | None:
    """Draw the ranked table; return what was picked in it, if it is not the chosen one.

    A row is picked by its box or by any of its cells. The table forgets neither until its key
    changes, so it must be drawn under another key after a pick by cell.
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
    answer: Any = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=min(_TALLEST_PX, _ROW_PX * (len(rows) + 1) + 3),
        alt="Hotspots in order of rank",
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        selection_default={
            "selection": {"rows": [ids.index(chosen)] if chosen in ids else [], "columns": []}
        },
        key=key,
        column_config={
            "Rank": st.column_config.NumberColumn(width=45),
            "Where": st.column_config.TextColumn(width=165),
            "Incidents": st.column_config.NumberColumn(format="localized", width=70),
            "By harm": st.column_config.NumberColumn(
                width=65,
                help="Rank by summed severity weights; blank where no incident inside has one. "
                "Anti-social behaviour has none, so the list is in order of incidents.",
            ),
            "Change": st.column_config.TextColumn(width=140),
            "Times average": st.column_config.NumberColumn(
                format="%.1f", help="Density here ÷ density of the chosen wards as a whole (PAI)"
            ),
            "On one point": st.column_config.NumberColumn(
                format="percent", help="Share of its incidents that lie on one map point"
            ),
            "Found again": st.column_config.TextColumn(
                width=80,
                help="In how many re-runs with other settings, grid and drawing of incidents this "
                "hotspot is found again. Few: do not lean on it.",
            ),
        },
    )
    cells = [row for row, _ in answer["selection"]["cells"]]
    for row in (*answer["selection"]["rows"], *cells):
        if row < len(ids) and ids[row] != chosen:
            return Picked(ids[row], by_cell=bool(cells))
    return None

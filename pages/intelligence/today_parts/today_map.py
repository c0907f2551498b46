"""Today on a map: what waits, listed next to it, and the way on from each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.palettes import class_styles
from geo.screen.found_places import MapPlace
from geo.screen.maps import hotspot_layers
from models.hotspots.kde import KdeSettings
from models.incidents.view import view_query
from models.today.agenda import WAITING_LABELS
from pages.components import map_first, map_places, propose_here
from pages.components.map_view import show_map
from pages.components.name_rows import NAME_ROW_PX
from pages.components.theme import page_theme
from pages.shell import queries, state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.today.agenda import AgendaRow, Waiting

_MAP: Final = "today"
_CHOSEN: Final = "waiting"
_MARKS: Final[dict[Waiting, str]] = {"late": "!", "today": "T", "run": "R", "untasked": "H"}


def draw(rows: Sequence[AgendaRow]) -> None:
    """Draw the map, the list, and the chosen row with its way on."""
    keys = [row.key for row in rows]
    if state.value(_CHOSEN) not in keys:
        state.put(_CHOSEN, keys[0])
    map_side, list_side = map_first.sides(_MAP)
    with map_side:
        _map(rows)
    with list_side:
        at = keys.index(state.value(_CHOSEN))
        table = map_first.list_key(f"waiting-{hash(tuple(keys))}", current_row=at)
        with st.container(key="list", height="stretch"):
            st.dataframe(
                pd.DataFrame(
                    {
                        "●": ["●" if row.key == state.value(_CHOSEN) else "" for row in rows],
                        "No.": range(1, len(rows) + 1),
                        "What": [row.what for row in rows],
                        "Why": [WAITING_LABELS[row.waiting] for row in rows],
                    }
                ),
                hide_index=True,
                height="stretch",
                row_height=NAME_ROW_PX,
                alt="What waits today",
                on_select=partial(
                    map_places.show_row, table, keys, key=_MAP, then=partial(state.put, _CHOSEN)
                ),
                selection_mode="single-cell",
                key=table,
                column_config={
                    "●": st.column_config.TextColumn(width=28),
                    "No.": st.column_config.NumberColumn(width=42),
                    "What": st.column_config.TextColumn(width=190),
                    "Why": st.column_config.TextColumn(width=120),
                },
            )
        _chosen(rows[keys.index(state.value(_CHOSEN))])


def _chosen(row: AgendaRow) -> None:
    with st.container(key="chosen"):
        st.markdown(
            f"**{plain(row.what)}**  \n{plain(WAITING_LABELS[row.waiting])}: {plain(row.detail)}"
        )
    with st.container(key="chosen_ways", horizontal=True):
        if row.tasking_id is not None:
            st.page_link(
                "pages/tasking/tasking.py",
                label="Open the tasking",
                query_params={"tasking": str(row.tasking_id)},
            )
        if row.hotspot_id:
            view = view_query(queries.store().default_filter(), KdeSettings())
            propose_here.button(view, hotspot_id=row.hotspot_id)
            st.page_link(
                "pages/intelligence/hotspots.py",
                label="See the hotspot",
                query_params={**view, "hotspot": row.hotspot_id},
            )
        if row.waiting == "run":
            st.page_link("pages/intelligence/patterns.py", label="See runs on Patterns")


def _map(rows: Sequence[AgendaRow]) -> None:
    theme = page_theme()
    marks = {WAITING_LABELS[kind]: mark for kind, mark in _MARKS.items()}
    layers = hotspot_layers(
        _frame(rows),
        classes=class_styles(marks, ordered=False, theme=theme),
        selected=state.value(_CHOSEN),
    )
    shapes = {row.key: row.shape for row in rows}
    show_map(
        queries.ground(theme, ward_codes=queries.home_wards()),
        layers,
        key=_MAP,
        places=[
            MapPlace(row.what, WAITING_LABELS[row.waiting].lower(), row.detail, row.shape)
            for row in rows
        ],
        move=map_places.move_to(_MAP, shapes.get(map_places.asked_place(_MAP))),
        on_pick=partial(state.put, _CHOSEN),
    )


def _frame(rows: Sequence[AgendaRow]) -> gpd.GeoDataFrame:
    """Return the rows in as much of the one hotspot shape as a map needs."""
    return gpd.GeoDataFrame(
        {
            "hotspot_id": [row.key for row in rows],
            "rank": range(1, len(rows) + 1),
            "near": [row.what for row in rows],
            "tip_text": [row.detail for row in rows],
            "hot_class": [WAITING_LABELS[row.waiting] for row in rows],
        },
        geometry=[row.shape for row in rows],
        crs=queries.store().settings.metric_crs,
    )

"""Today on a map: what waits, listed next to it, and the way on from each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.palettes import class_styles
from geo.screen.found_places import MapPlace
from geo.screen.maps import hotspot_layers
from models.calendar.periods import Period
from models.hotspots.kde import KdeSettings
from models.hotspots.micro_time import MicroTimeSettings
from models.incidents.filters import to_query
from models.incidents.view import view_query
from models.today.agenda import WAITING_LABELS
from pages.components import map_first, map_places, place_list, propose_here
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.shell import queries, queries_today, state
from pages.shell.messages import plain
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.today.agenda import AgendaRow, Waiting
    from models.today.news import KindRun

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
        with st.container(key="list", height="stretch"):
            _list(rows)
        _chosen(rows[keys.index(state.value(_CHOSEN))])


def _list(rows: Sequence[AgendaRow]) -> None:
    frame = pd.DataFrame(
        {
            "No.": range(1, len(rows) + 1),
            "What": [row.what for row in rows],
            "Why": [row.why for row in rows],
        }
    )
    columns, cells = place_list.of_table(frame, name="What", wide={"Why": 7.0})
    keys = [row.key for row in rows]
    place_list.draw(
        "What waits today",
        columns=columns,
        rows=list(zip(keys, cells, strict=True)),
        marked=state.value(_CHOSEN),
        key=f"waiting-{hash(tuple(keys))}",
        choose=_choose_row,
    )


def _choose_row(key: str) -> None:
    state.put(_CHOSEN, key)
    map_places.ask_move(_MAP, key)


def _chosen(row: AgendaRow) -> None:
    with st.container(key="chosen"):
        st.markdown(f"**{plain(row.what)}**  \n{plain(row.why)}: {plain(row.detail)}")
    with st.container(key="chosen_ways", horizontal=True):
        if row.tasking_id is not None:
            st.page_link(
                "pages/tasking/tasking.py",
                label="Open the tasking",
                query_params={"tasking": str(row.tasking_id)},
            )
            propose_here.button_of_tasking(row.tasking_id)
        elif row.run is not None:
            propose_here.button_of_run(row.run)
            _opens("See it on the map", "hotspots", _view_of_run(row.run))
            _opens("See runs on Patterns", "patterns", _runs_of(row.run))
        else:
            view = view_query(queries.store().default_filter(), KdeSettings())
            propose_here.button(view, hotspot_id=row.hotspot_id)
            _opens("See the hotspot", "hotspots", {**view, "hotspot": row.hotspot_id})


def _opens(label: str, page: str, view: Mapping[str, str]) -> None:
    """Draw a button that opens a page with a view, whatever was chosen in the session before."""
    if st.button(plain(label), key=f"opens_{page}"):
        state.open_link(view)
        st.switch_page(f"pages/intelligence/{page}.py", query_params=dict(view))


def _view_of_run(each: KindRun) -> dict[str, str]:
    """Return the view of a run's kind in its days on the map Hotspots."""
    days = Period(each.run.first, each.run.last)
    of_kind = replace(
        queries.store().default_filter(),
        period=days,
        categories=(each.category,),
        comparison="none",
    )
    return view_query(of_kind, KdeSettings())


def _runs_of(each: KindRun) -> dict[str, str]:
    """Return the view of the runs of a kind in the fortnight that Today looks at."""
    last = queries_today.news(now().date()).as_of
    fortnight = Period(last - timedelta(days=MicroTimeSettings().days - 1), last)
    usual = replace(queries.store().default_filter(), period=fortnight, comparison="none")
    return {**to_query(usual), "section": "runs", "runs_of": each.category}


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

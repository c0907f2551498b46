"""The first screen: the night-time areas on a map, ranked in a list, and the chosen one below it.

Map, list and chosen area are one fragment: a choice in either draws these alone.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import streamlit as st

from data.exports import nights as tables
from data.exports.night_answer import areas_answer
from geo.naming.words import sentence_case
from geo.palettes import class_styles
from geo.screen.found_places import MapPlace
from geo.screen.maps import hotspot_layers
from models.hotspots.method_result import HotClass
from models.nights.standing import MARKS, MEANINGS
from models.wording.absence import NO_HOURS_LABELS
from pages.components import legend, map_first, map_places, place_list, sections
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.review.night_time_economy_parts import queries_nights
from pages.review.night_time_economy_parts.nights_page import CHOSEN, PAGE, begin_area, choose
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.offer import offer
from pages.shell.person import fragment
from pages.shell.stamp import one_version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.palettes import ClassStyle
    from models.nights.area_rows import AreaRow
    from pages.review.night_time_economy_parts.nights_page import NightsPage

NO_AREA: Final = (
    "No night-time area was found in these wards in the twelve months to the end of the "
    "period, and none is saved. Choose areas in all wards loaded, or draw one under Areas."
)
_MAP: Final = "nights"
_SHORT: Final = (
    "Rank",
    "Area",
    "Standing",
    "Incidents",
    "Against last year",
    "Busiest",
    "Violence",
    "Licensed premises",
)
_WIDE: Final = {"Against last year": 9.0, "Busiest": 9.0}


def draw(page: NightsPage) -> Callable[[], None]:
    """Draw answer, map, list and chosen area; return what draws how we know."""
    rows = page.rows()
    if not rows:
        st.info(NO_AREA)
        return lambda: None
    begin_area(rows)
    with st.container(key="answer"):
        st.markdown(plain(areas_answer(rows, rule=page.review.rule)))
    _first_screen(page, rows)
    return partial(_how_we_know, page, rows)


@fragment
@one_version()
def _first_screen(page: NightsPage, rows: Sequence[AreaRow]) -> None:
    map_side, list_side = map_first.sides(_MAP)
    with map_side:
        _map(page, rows)
    with list_side:
        with list_side.container(key="list", height="stretch"):
            _table(rows)
        _chosen(rows)


def _looks() -> dict[str, ClassStyle]:
    marks = {str(name): mark for name, mark in MARKS.items()}
    return class_styles(marks, ordered=False, theme=page_theme())


def _classes(rows: Sequence[AreaRow]) -> list[HotClass]:
    there = {row.standing.name for row in rows}
    return [HotClass(name, MARKS[name], MEANINGS[name]) for name in MARKS if name in there]


def _map(page: NightsPage, rows: Sequence[AreaRow]) -> None:
    looks = _looks()
    layers = hotspot_layers(_frame(page, rows), classes=looks, selected=state.value(CHOSEN))
    shapes = {row.area.key: row.area.polygon for row in rows}
    places = [
        MapPlace(f"{number}. {row.name}", "night-time area", row.standing.name, row.area.polygon)
        for number, row in enumerate(rows, start=1)
    ]
    show_map(
        queries.ground(page_theme(), ward_codes=_wards(page)),
        layers,
        key=_MAP,
        places=[*places, *map_places.tasking_places()],
        move=map_places.move_to(_MAP, shapes.get(map_places.asked_place(_MAP))),
        on_pick=choose,
    )
    legend.draw_marks(_classes(rows), styles=looks)


def _frame(page: NightsPage, rows: Sequence[AreaRow]) -> gpd.GeoDataFrame:
    """Return the areas in as much of the one hotspot shape as a map needs; shares of all wards."""
    store, history = page.store, page.history
    total = float(store.wards.frame.geometry.area.sum()) / 1e6
    in_wards = history.incidents.ward >= 0
    all_incidents = int((page.review.span.rows & history.placed & in_wards).sum())
    return gpd.GeoDataFrame(
        {
            "hotspot_id": [row.area.key for row in rows],
            "rank": list(range(1, len(rows) + 1)),
            "near": [row.name for row in rows],
            "incidents": [row.kinds.total for row in rows],
            "share_of_incidents": [row.kinds.total / max(all_incidents, 1) for row in rows],
            "share_of_area": [row.area_km2 / total for row in rows],
            "change_text": [tables.change_description(row.change_last_year) for row in rows],
            "change": [
                math.nan if row.change_last_year is None else row.change_last_year.ratio - 1
                for row in rows
            ],
            "peak_window": [row.peak for row in rows],
            "hot_class": [row.standing.name for row in rows],
        },
        geometry=[row.area.polygon for row in rows],
        crs=store.settings.metric_crs,
    )


def _table(rows: Sequence[AreaRow]) -> None:
    keys = [row.area.key for row in rows]
    at = keys.index(state.value(CHOSEN))
    frame = tables.areas_frame(rows)[list(_SHORT)]
    frame["Area"] = frame["Area"].map(sentence_case)
    columns, cells = place_list.of_table(frame, name="Area", wide=_WIDE)
    place_list.draw(
        "Night-time areas in order of incidents",
        columns=columns,
        rows=list(zip(keys, cells, strict=True)),
        marked=keys[at],
        key=f"night-areas-{hash(tuple(keys))}",
        choose=choose_row,
    )


def choose_row(area: str) -> None:
    """Choose the area of a row; the map moves to it."""
    choose(area)
    map_places.ask_move(_MAP, area)


def _chosen(rows: Sequence[AreaRow]) -> None:
    keys = [row.area.key for row in rows]
    at = keys.index(state.value(CHOSEN))
    row = rows[at]
    with st.container(key="chosen"):
        st.markdown(
            f"**{plain(f'{at + 1}. {sentence_case(row.name)}')}**  \n"
            f"{plain(_figures(row))}  \n"
            f"{plain(f'{row.standing.name.capitalize()}: {MEANINGS[row.standing.name]}')}"
        )
    with st.container(key="chosen_ways", horizontal=True, gap="small"):
        to_the_card = partial(sections.go, PAGE, "areas")
        if st.button("All about this area", icon=":material/description:", on_click=to_the_card):
            st.rerun()
        map_first.steps(keys, at=at, what="area", choose=choose_row)


def _figures(row: AreaRow) -> str:
    parts = [f"{row.kinds.total:,} incidents"]
    if not math.isnan(row.share):
        parts[0] += f", {row.share:.0%} of the chosen wards' nights"
    if row.change_last_year is not None:
        parts.append(f"{tables.change_description(row.change_last_year)} on last year")
    parts.append(f"busiest {row.peak}" if row.peak else NO_HOURS_LABELS[row.hours_state])
    return " · ".join(parts)


def _how_we_know(page: NightsPage, rows: Sequence[AreaRow]) -> None:
    legend.draw_classes(_classes(rows), styles=_looks())
    areas = queries_nights.detected_areas(page.filter)
    st.caption(plain(f"{areas.explanation} Looked at: {areas.year}."))
    _words_in_use(page)
    with st.container(horizontal=True):
        page.download("Areas", tables.areas_frame(rows), stem="areas")
        _geojson(page, rows)


def _geojson(page: NightsPage, rows: Sequence[AreaRow]) -> None:
    period = page.review.span.period
    offer(
        "Areas as GeoJSON",
        partial(tables.areas_geojson, page.store, rows, period=period, filters=page.filters),
        file_name=f"{page.stem}-areas-{period.first}-{period.last}.geojson",
    )


def _words_in_use(page: NightsPage) -> None:
    kinds = page.review.kinds
    st.caption(
        f"Rowdy behaviour and noise are recognised by the sources' own words ({kinds.rowdy:,} and "
        f"{kinds.noise:,} of {kinds.asb:,} reports of anti-social behaviour in the chosen wards); "
        "you can change the words in the settings; see the documentation. Emerging: at least 1.5 "
        "times last year and faster growth than the ground around it, both with an interval above "
        "1, not found a year ago, and no class by Gi* that did not rise. Where nothing changed, at "
        "most 5 reviews in 100 call any area emerging, growing or falling."
    )


def _wards(page: NightsPage) -> tuple[str, ...]:
    return page.store.select(page.review.filter).ward_codes

"""Night-time areas on the page: the emerging ones first, map and ranked table, one area's card."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import streamlit as st

from data.exports import nights as tables
from geo.counting import counted
from geo.palettes import class_styles
from geo.screen.found_places import MapPlace
from geo.screen.maps import hotspot_layers
from models.hotspots.method_result import HotClass
from models.nights.areas import AREA_ORIGIN_LABELS
from models.nights.kinds import KIND_LABELS
from models.nights.standing import MARKS, MEANINGS
from models.wording.absence import NO_HOURS_LABELS
from pages.components import legend, map_places
from pages.components.map_view import show_map
from pages.components.name_rows import NAME_ROW_PX, table_height
from pages.components.theme import page_theme
from pages.shell import queries, state
from pages.shell.messages import notes, plain, plain_table
from pages.shell.offer import offer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.palettes import ClassStyle, Theme
    from models.nights.area_rows import AreaRow
    from models.nights.areas import DetectedAreas
    from pages.review.night_time_economy_parts.nights_sections import NightsPage

CHOSEN: Final = "night_area"
_MAP: Final = "nights"
_TALLEST_PX: Final = 560
_SHORT: Final = (
    "Rank",
    "Area",
    "Standing",
    "Incidents",
    "Against last year",
    "Busiest",
    "Share of the chosen wards' nights",
    "Violence",
    "Violence with injury",
    "Robbery",
    "Theft from the person",
    "Other theft",
    "Rowdy behaviour",
    "Noise",
    "Licensed premises",
    "Boroughs",
)


def emerging(rows: Sequence[AreaRow]) -> None:
    """Flag the areas that emerge, each with its evidence in words."""
    new = [row for row in rows if row.standing.emerging]
    for row in new:
        lines = [*row.standing.evidence, premises_words(row)]
        items = "\n".join(f"- {plain(line)}" for line in lines if line)
        st.warning(f"**Emerging: {plain(row.name)}**\n\n{items}", icon=":material/trending_up:")
    if rows and all(row.standing.name == "not compared" for row in rows):
        st.info(
            "No area can be called emerging, growing or falling: the data do not cover both this "
            "year's nights and those of the year before."
        )
    elif rows and not new:
        st.caption("No area is flagged as emerging. The text under the table gives the conditions.")


def premises_words(row: AreaRow) -> str:
    """Return how many licensed premises an area has and how many are new, in a sentence."""
    if row.premises is None:
        return "No list of licensed premises is loaded, so it is not known whether any are new."
    if row.new_premises is None:
        return (
            f"{counted(row.premises, 'licensed premises lies', 'licensed premises lie')} in it or "
            f"within 50 m; the list does not say when they were licensed."
        )
    return (
        f"{counted(row.premises, 'licensed premises lies', 'licensed premises lie')} in it or "
        f"within 50 m; {row.new_premises:,} of them were licensed in the last twelve months."
    )


def map_and_table(page: NightsPage, rows: Sequence[AreaRow], *, areas: DetectedAreas) -> None:
    """Draw the ranked table next to the map; a click on either chooses an area."""
    theme = page_theme()
    looks = class_styles(
        {str(name): mark for name, mark in MARKS.items()}, ordered=False, theme=theme
    )
    frame = tables.areas_frame(rows)
    keys = [row.area.key for row in rows]
    table = f"night-areas-{hash(tuple(keys))}"
    table_side, map_side = st.columns([13, 12])
    with map_side:
        _map(page, rows, looks=looks, theme=theme)
    with table_side:
        st.dataframe(
            frame[list(_SHORT)],
            hide_index=True,
            height=table_height(len(rows), tallest_px=_TALLEST_PX),
            row_height=NAME_ROW_PX,
            alt="Night-time areas in order of incidents",
            on_select=partial(
                map_places.show_row, table, keys, key=_MAP, then=partial(state.put, CHOSEN)
            ),
            selection_mode="single-cell",
            key=table,
            column_config={
                "Rank": st.column_config.NumberColumn(width=45),
                "Area": st.column_config.TextColumn(width=150),
                "Against last year": st.column_config.TextColumn(width=160),
                "Share of the chosen wards' nights": st.column_config.NumberColumn(
                    "Share", format="percent", help="Of the chosen wards' night-time incidents"
                ),
            },
        )
        row = st.container(horizontal=True)
        with row:
            page.download("Areas", frame, stem="areas")
            _geojson(page, rows)
        _words_in_use(page)
    st.caption(plain(f"{areas.explanation} Looked at: {areas.year}."))


def _map(
    page: NightsPage, rows: Sequence[AreaRow], *, looks: dict[str, ClassStyle], theme: Theme
) -> None:
    layers = hotspot_layers(_frame(page, rows), classes=looks, selected=state.value(CHOSEN))
    ground = queries.ground(theme, ward_codes=_wards(page))
    shapes = {row.area.key: row.area.polygon for row in rows}
    places = [
        MapPlace(f"{number}. {row.name}", "night-time area", row.standing.name, row.area.polygon)
        for number, row in enumerate(rows, start=1)
    ]
    show_map(
        ground,
        layers,
        key=_MAP,
        places=[*places, *map_places.tasking_places()],
        move=map_places.move_to(_MAP, shapes.get(map_places.asked_place(_MAP))),
        on_pick=partial(state.put, CHOSEN),
    )
    there = {row.standing.name for row in rows}
    classes = [HotClass(name, MARKS[name], MEANINGS[name]) for name in MARKS if name in there]
    legend.draw_classes(classes, styles=looks)


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


def begin(rows: Sequence[AreaRow]) -> None:
    """Choose the area that was just kept or that the link names, else the first emerging one."""
    keys = [row.area.key for row in rows]
    state.begin({CHOSEN: state.opened_link().get("area")})
    next_one = state.take(f"{CHOSEN}_next")
    if next_one in keys:
        state.put(CHOSEN, next_one)
    if state.value(CHOSEN) not in keys:
        flagged = [row for row in rows if row.standing.emerging]
        state.put(CHOSEN, (flagged or list(rows))[0].area.key)


def choose(rows: Sequence[AreaRow]) -> AreaRow:
    """Draw the choice of an area, which the link keeps, and return the chosen one."""
    by_key = {row.area.key: row for row in rows}
    order = {row.area.key: number for number, row in enumerate(rows, start=1)}
    key = st.selectbox(
        "Show details of",
        list(by_key),
        key=CHOSEN,
        format_func=lambda each: f"{order[each]}. {by_key[each].name}",
    )
    return by_key[key]


def card(page: NightsPage, row: AreaRow) -> None:
    """Draw what is known of one area."""
    st.subheader(plain(row.name), anchor="night-area")
    left, right = st.columns([3, 2])
    with left:
        kept = f"saved as {row.area.key}, " if row.area.recorded else "not named yet, "
        st.write(
            plain(
                f"{row.standing.name.capitalize()}: {MEANINGS[row.standing.name]}. It is {kept}"
                f"{AREA_ORIGIN_LABELS[row.area.origin]}."
            )
        )
        lines = [row.evidence, *row.standing.evidence, premises_words(row)]
        st.markdown("\n".join(f"- {plain(_sentence(line))}" for line in lines if line))
        if row.area.note:
            st.write(plain(f"Note: {row.area.note}"))
        notes(row.notes, heading="Read this with the area")
    with right:
        plain_table(_figures(row))
    first, second = st.columns(2)
    with first:
        st.markdown("**Hours**")
        _hours(page, row)
    with second:
        st.markdown("**Repeat places**")
        _places(page, row)


def _figures(row: AreaRow) -> dict[str, str]:
    known = [f"{getattr(row.kinds, kind):,}" for kind in KIND_LABELS]
    harm = "no incident has a severity weight"
    if row.harm_known:
        harm = f"{row.harm:,.0f} from the {row.harm_known:,} that have a weight"
    unknown = row.kinds.injury_unknown
    counted = dict(zip(KIND_LABELS.values(), known, strict=True))
    if unknown:
        counted["Violence with injury"] += f" (not known of {unknown:,})"
    each = ""
    if row.premises:
        each = f"{row.kinds.total / row.premises:.1f} for each of {row.premises:,}"
    return {
        "Incidents": f"{row.kinds.total:,}",
        "Against last year": tables.change_description(row.change_last_year),
        "Against the period before": tables.change_description(row.change_before),
        "Share of the chosen wards' nights": "–" if math.isnan(row.share) else f"{row.share:.1%}",
        **counted,
        "Harm": harm,
        "Busiest": f"{row.peak} ({row.peak_share:.0%})"
        if row.peak
        else NO_HOURS_LABELS[row.hours_state],
        "In 100 hours of night": f"{100 * row.per_night_hour:.1f}",
        "For each of the premises": each or "not known",
        "Boroughs": "; ".join(f"{name} {share:.0%}" for name, share in row.boroughs) or "–",
        "Wards": "; ".join(f"{name} {share:.0%}" for name, share in row.wards) or "–",
        "Area": f"{row.area_km2:.3f} km²",
    }


def _hours(page: NightsPage, row: AreaRow) -> None:
    frame = tables.area_hours_frame(row, start_hour=page.history.rule.start_hour)
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        alt="Incidents by hour and day on which the night starts",
    )
    page.download("Hours of the area", frame, stem=f"{row.area.key}-hours")


def _places(page: NightsPage, row: AreaRow) -> None:
    if not row.places:
        st.write("No street or square of 100 m has three incidents or more.")
        return
    frame = tables.places_frame(row)
    st.dataframe(frame, hide_index=True, alt="Repeat places of the area")
    if row.unnamed:
        st.caption(
            f"{row.unnamed:,} incidents have an exact place that may be an address: they are "
            "counted in squares of 100 m of the grid."
        )
    page.download("Repeat places", frame, stem=f"{row.area.key}-places")


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


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")

"""Hotspots: where incidents concentrate, ranked, with reasons, on a map and in a table."""

from __future__ import annotations

import streamlit as st

from data.incidents.view import filter_words, view_query
from geo.errors import PlainError
from geo.maps import hotspot_layers
from pages.shared import card, downloads, filters, legend, method, queries, ranked, state
from pages.shared.map_view import show_map
from pages.shared.messages import notes, plain, shown_errors

CHOSEN = "hotspot"

LOOKED_AGAIN = "looked_again"  # the view whose hotspots have been looked for again
st.title("Hotspots")
with shown_errors(PlainError):
    store = queries.store()
    chosen = filters.chosen(store)
    settings = method.draw()
    picture = queries.picture(chosen, settings)
found = picture.hotspots
    warned = picture.notes
    view = repr((str(queries.stamp()), chosen, settings))
    if state.value(LOOKED_AGAIN) == view:
        picture = queries.found_again(chosen, settings)
frame = found.frame
ids = frame["hotspot_id"].tolist()
state.begin({CHOSEN: state.opened_link().get(CHOSEN)})
if state.value(CHOSEN) not in ids:
    state.put(CHOSEN, ids[0] if ids else None)
st.caption(
    plain(
        f"{chosen.period} · {filter_words(chosen, store=store)} · "
        f"table version {picture.selection.version}"
    )
)

in_hotspots = int(frame["incidents"].sum())
figures = st.container(key="figures")
figures.metric("Incidents", f"{found.incidents:,}", border=True)
if found.comparison_incidents is not None and picture.selection.before is not None:
    figures.metric(
        "Comparison period",
        f"{found.comparison_incidents:,}",
        delta=plain(f"{picture.selection.before.period}"),
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
figures.metric(
    f"Of them, in {len(frame)} hotspots",
    f"{in_hotspots / found.incidents:.0%}" if found.incidents else "none",
    delta=f"on {frame['area_km2'].sum() / found.area_km2:.1%} of the area",
    delta_color="off",
    delta_arrow="off",
    border=True,
)
figures.metric("Left out: no known hour", f"{picture.selection.now.left_out.total:,}", border=True)
notes(warned)


@st.fragment
def map_and_table() -> None:
    """Draw the table and the map; a choice in either shows that hotspot's card."""
    theme = st.context.theme.type or "light"
    table_side, map_side = st.columns([13, 12])
    with map_side:
        painted = queries.density(chosen, settings, theme=theme)
        layers = hotspot_layers(
            frame,
            density=painted.image if painted else None,
            selected=state.value(CHOSEN),
        )
        click = show_map(
            queries.ground(theme, ward_codes=picture.selection.ward_codes), layers, key="hotspots"
        )
        if painted:
            legend.draw(painted.scale)
        st.caption(plain(found.explanation))
        if click and click.token != state.value("last_click"):
            state.put("last_click", click.token)
            choose(click.hotspot_id, redraw_table=True)
    with table_side:
        key = f"ranked-{picture.selection.version}-{hash((repr(chosen), repr(settings)))}"
        picked = ranked.table(
            frame, chosen=state.value(CHOSEN), key=f"{key}-{state.value('table_round', 0)}"
        )
        if picked:
            choose(picked.hotspot_id, redraw_table=picked.by_cell)


def choose(hotspot_id: str, *, redraw_table: bool = False) -> None:
    """Make a hotspot the chosen one and draw the page again."""
    if hotspot_id == state.value(CHOSEN):
        return
    state.put(CHOSEN, hotspot_id)
    if redraw_table:
        state.put("table_round", state.value("table_round", 0) + 1)
    st.rerun()


if ids:
    map_and_table()
    with shown_errors(PlainError):
        card.draw(queries.detail(picture, hotspot_id=state.value(CHOSEN)))
    downloads.draw(store, picture, method=settings)
state.show_in_address_bar({**view_query(chosen, settings), CHOSEN: state.value(CHOSEN) or ""})
if ids and state.value(LOOKED_AGAIN) != view:  # the map is drawn by now; this takes longer
    queries.found_again(chosen, settings)
    state.put(LOOKED_AGAIN, view)
    st.rerun()

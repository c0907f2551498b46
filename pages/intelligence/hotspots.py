"""Hotspots: where incidents concentrate, ranked, with reasons, on a map and in a table."""

from __future__ import annotations

import streamlit as st

from geo.errors import PlainError
from geo.screen.maps import hotspot_layers
from models.hotspots.methods import method_of
from models.incidents.view import filter_description, view_query
from pages.components import legend, method, propose_here
from pages.components.map_view import show_map
from pages.intelligence.hotspots_parts import card, downloads, figures, ranked, two_methods
from pages.shell import filters, queries, state
from pages.shell.messages import notes, plain, shown_errors
from pages.shell.stamp import one_version, stamp

CHOSEN = "hotspot"
LOOKED_AGAIN = "looked_again"  # the view whose hotspots have been looked for again

st.title("Hotspots")
with shown_errors(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
    settings = method.draw()
    detection = queries.picture(incident_filter, settings)
    warned = detection.notes
    view = repr((stamp(), incident_filter, settings))
    if state.value(LOOKED_AGAIN) == view:
        detection = queries.picture_with_stability(incident_filter, settings)
hotspots = detection.hotspots
frame = hotspots.frame
ids = frame["hotspot_id"].tolist()
state.begin({CHOSEN: state.opened_link().get(CHOSEN)})
if state.value(CHOSEN) not in ids:
    state.put(CHOSEN, ids[0] if ids else None)
st.caption(
    plain(
        f"{incident_filter.period} · {filter_description(incident_filter, dataset=store)} · "
        f"table version {detection.selection.version}"
    )
)

figures.draw(detection)
notes(warned)


@st.fragment
@one_version()
def map_and_table() -> None:
    """Draw the table and the map; a choice in either shows that hotspot's card."""
    theme = st.context.theme.type or "light"
    table_side, map_side = st.columns([13, 12])
    with map_side:
        painted = queries.density(incident_filter, settings, theme=theme)
        looks = legend.looks_of(method_of(settings), theme=theme)
        layers = hotspot_layers(
            frame,
            classes=looks,
            density=painted.image if painted else None,
            selected=state.value(CHOSEN),
        )
        click = show_map(
            queries.ground(theme, ward_codes=detection.selection.ward_codes), layers, key="hotspots"
        )
        if painted:
            legend.draw(painted.scale)
        if looks:
            legend.draw_classes(method_of(settings).classes, styles=looks)
        st.caption(plain(hotspots.explanation))
        if click and click.token != state.value("last_click"):
            state.put("last_click", click.token)
            choose(click.hotspot_id, redraw_table=True)
    with table_side:
        key = (
            f"ranked-{detection.selection.version}-{hash((repr(incident_filter), repr(settings)))}"
        )
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
        card.draw(queries.detail(detection, hotspot_id=state.value(CHOSEN)))
        propose_here.button(incident_filter, settings, hotspot_id=state.value(CHOSEN))
    downloads.draw(store, detection, method=settings)
if hotspots.incidents:
    two_methods.draw(detection, incident_filter=incident_filter, settings=settings)
state.show_in_address_bar(
    view_query(incident_filter, settings)
    | {key: state.value(key) or "" for key in (CHOSEN, two_methods.OTHER)}
)
if ids and state.value(LOOKED_AGAIN) != view:  # the map is drawn by now; this takes longer
    queries.picture_with_stability(incident_filter, settings)
    state.put(LOOKED_AGAIN, view)
    st.rerun()

"""Hotspots: where incidents concentrate, ranked, with reasons, on a map and in a table."""

from __future__ import annotations

import streamlit as st

from data.exports.labels import expected_description, with_labels
from geo.errors import PlainError
from geo.screen.maps import hotspot_layers
from models.hotspots.methods import method_of
from models.incidents.view import filter_description, view_query
from pages.components import legend, method, propose_here
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.intelligence.hotspots_parts import card, choice, downloads, figures, ranked, two_methods
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.stamp import one_version

st.title("Hotspots")
with errors_as_messages(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
    settings = method.draw()
    detection = queries.detection(incident_filter, settings)
hotspots = detection.hotspots
frame = hotspots.frame
ids = frame["hotspot_id"].tolist()
choice.begin(ids)
st.caption(
    plain(
        f"{incident_filter.period} · {filter_description(incident_filter, dataset=store)} · "
        f"table version {detection.selection.version}"
    )
)

figures.draw(detection)
notes(detection.notes)


@st.fragment
@one_version()
def answer() -> None:
    """Draw the table, the map and the card; a choice in table or map draws these alone."""
    hotspot_id = choice.current()
    theme = page_theme()
    table_side, map_side = st.columns([15, 11])
    with table_side:
        asked = hash((repr(incident_filter), repr(settings)))
        key = f"ranked-{detection.selection.version}-{asked}"
        ranked.table(hotspots, marked=hotspot_id, key=key)
        st.caption(plain(expected_description(hotspots)))
    with map_side:
        painted = queries.density(incident_filter, settings, theme=theme)
        looks = legend.looks_of(method_of(settings), theme=theme)
        layers = hotspot_layers(
            with_labels(frame),
            classes=looks,
            density=painted.image if painted else None,
            selected=hotspot_id,
        )
        show_map(
            queries.ground(theme, ward_codes=detection.selection.ward_codes),
            layers,
            key="hotspots",
            on_pick=choice.choose,
        )
        if painted:
            legend.draw(painted.scale)
        if looks:
            legend.draw_classes(method_of(settings).classes, styles=looks)
        st.caption(plain(hotspots.explanation))
    with errors_as_messages(PlainError):
        card.draw(queries.detail(detection, hotspot_id=hotspot_id), hotspots=hotspots)
        propose_here.button(incident_filter, settings, hotspot_id=hotspot_id)


if ids:
    answer()
    downloads.draw(store, detection, method=settings)
if hotspots.incidents:
    two_methods.draw(detection, incident_filter=incident_filter, settings=settings)
state.show_in_address_bar(
    view_query(incident_filter, settings)
    | {key: state.value(key) or "" for key in (choice.CHOSEN, two_methods.OTHER)}
)

"""Hotspots: where incidents concentrate, ranked, with reasons, on a map and in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.exports.labels import expected_description, with_labels
from geo.errors import PlainError
from geo.screen.maps import hotspot_layers
from models.hotspots.methods import method_of
from models.incidents.near_places import NEAR_M
from models.incidents.view import filter_description, view_query
from pages.components import legend, map_places, method, propose_here
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.intelligence.hotspots_parts import card, choice, downloads, figures, ranked, two_methods
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import fragment
from pages.shell.stamp import one_version

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

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


def _shape_of(hotspot_id: str) -> BaseGeometry | None:
    return frame.geometry.iloc[ids.index(hotspot_id)] if hotspot_id in ids else None


@fragment
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
            lines=[each.line for each in hotspots.stretches],
        )
        show_map(
            queries.ground(theme, ward_codes=detection.selection.ward_codes),
            layers,
            key=choice.MAP,
            places=[*map_places.hotspot_places(frame), *map_places.tasking_places()],
            move=map_places.move_to(choice.MAP, _shape_of(map_places.asked_place(choice.MAP))),
            on_pick=choice.choose,
        )
        if painted:
            legend.draw(painted.scale)
        if looks:
            legend.draw_classes(method_of(settings).classes, styles=looks)
        st.caption(plain(hotspots.explanation))
    with errors_as_messages(PlainError):
        detail = queries.detail(detection, hotspot_id=hotspot_id)
        here = queries.here(detail.row.geometry)
        near = queries.near_places(incident_filter, near_m=NEAR_M) if here else None
        card.draw(detail, hotspots=hotspots, here=here, near=near)
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

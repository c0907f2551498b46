"""Hotspots: where incidents concentrate, ranked, with reasons, on a map and in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.exports.answer import answer
from data.exports.labels import expected_description, with_labels
from geo.errors import PlainError
from geo.screen.maps import hotspot_layers
from models.hotspots.methods import method_of
from models.incidents.near_places import NEAR_M
from models.incidents.view import filter_description, view_query
from pages.components import knowing, legend, map_first, map_places, method
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.intelligence.hotspots_parts import (
    card,
    choice,
    chosen,
    downloads,
    figures,
    months,
    ranked,
    time_layers,
    two_methods,
)
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import fragment
from pages.shell.stamp import one_version

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from streamlit.delta_generator import DeltaGenerator

    from pages.intelligence.hotspots_parts.time_layers import TimeLayer

with errors_as_messages(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
    settings = method.current()
    detection = queries.detection(incident_filter, settings)
hotspots = detection.hotspots
frame = hotspots.frame
ids = frame["hotspot_id"].tolist()
choice.begin(ids)
months.begin()
with st.container(key="answer"):
    st.markdown(plain(answer(detection)))


def _shape_of(hotspot_id: str) -> BaseGeometry | None:
    return frame.geometry.iloc[ids.index(hotspot_id)] if hotspot_id in ids else None


@fragment
@one_version()
def map_and_list() -> None:
    """Draw the map, the list and the card; a choice in map or list draws these alone."""
    hotspot_id = choice.current()
    map_side, list_side = map_first.sides(choice.MAP)
    with list_side:
        of_time = time_layers.choose(incident_filter, settings)
        _list(hotspot_id, place=list_side)
    with map_side:
        _map(hotspot_id, of_time=of_time)
    with errors_as_messages(PlainError):
        detail = queries.detail(detection, hotspot_id=hotspot_id)
        here = queries.here(detail.row.geometry)
        near = queries.near_places(incident_filter, near_m=NEAR_M) if here else None
        card.draw(detail, hotspots=hotspots, here=here, near=near)


def _map(hotspot_id: str, *, of_time: TimeLayer | None) -> None:
    theme = page_theme()
    painted = None if of_time else queries.density(incident_filter, settings, theme=theme)
    looks = legend.looks_of(method_of(settings), theme=theme)
    layers = hotspot_layers(
        with_labels(frame),
        classes=looks,
        density=painted.image if painted else None,
        selected=hotspot_id,
        lines=[each.line for each in hotspots.stretches],
        filled=not (painted or of_time),
    )
    show_map(
        queries.ground(theme, ward_codes=detection.selection.ward_codes),
        layers,
        more=[of_time.layers] if of_time else (),
        key=choice.MAP,
        places=[*map_places.hotspot_places(frame), *map_places.tasking_places()],
        move=map_places.move_to(choice.MAP, _shape_of(map_places.asked_place(choice.MAP))),
        on_pick=choice.choose,
    )
    if of_time:
        legend.draw(of_time.scale, note=of_time.note)
    elif painted:
        legend.draw(painted.scale)


def _list(hotspot_id: str, *, place: DeltaGenerator) -> None:
    asked = hash((repr(incident_filter), repr(settings)))
    key = f"ranked-{detection.selection.version}-{asked}"
    with place.container(key="list", height="stretch"):
        ranked.table(hotspots, marked=hotspot_id, key=key)
    chosen.draw(hotspots, hotspot_id=hotspot_id, view=view_query(incident_filter, settings))


if ids:
    map_and_list()
if detection.notes:
    notes(detection.notes)
knowing.heading()
st.caption(
    plain(
        f"{incident_filter.period} · {filter_description(incident_filter, dataset=store)} · "
        f"table version {detection.selection.version}"
    )
)
figures.draw(detection)
st.caption(plain(hotspots.explanation))
if ids:
    if looks := legend.looks_of(method_of(settings), theme=page_theme()):
        legend.draw_classes(method_of(settings).classes, styles=looks)
    st.caption(plain(expected_description(hotspots)))
    downloads.draw(store, detection, method=settings)
if hotspots.incidents:
    two_methods.draw(detection, incident_filter=incident_filter, settings=settings)
state.show_in_address_bar(
    view_query(incident_filter, settings)
    | {key: state.value(key) or "" for key in (choice.CHOSEN, two_methods.OTHER)}
    | months.link()
)

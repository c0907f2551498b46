"""The ward panel's files, made when they are asked for: handout and table of figures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from data.exports.ward_handout import ward_handout_file
from data.exports.ward_tables import figures_file
from data.layers.ground import ground_layers
from data.services.ward_panel.view import ward_view
from pages.shell.offer import offer_in_name
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from data.access import Person
    from data.incidents.store import Store
    from models.ward_panel.view import WardView


def draw(view: WardView, store: Store) -> None:
    """Draw the download buttons."""
    st.header("Take it with you", anchor=False)
    row = st.container(horizontal=True)
    stem = f"ward-{view.ward_code}-{view.newest.quarter.key}"
    for ending in (".pdf", ".html"):
        offer_in_name(
            f"Handout ({ending[1:].upper()})",
            partial(_handout, view.ward_code, store, ending),
            file_name=f"{stem}{ending}",
            place=row,
            icon="description",
            for_panel=True,
        )
    offer_in_name(
        "All figures (CSV)",
        partial(_figures, view.ward_code, store),
        file_name=f"{stem}.csv",
        place=row,
        for_panel=True,
    )


def _handout(ward_code: str, store: Store, ending: str, who: Person) -> bytes:
    view = ward_view(store, operations(), ward_code, person=who, now=now())
    return ward_handout_file(
        view,
        store.wards.frame,
        now=view.asked_at,
        ending=ending,
        places=ground_layers(store.settings),
    )


def _figures(ward_code: str, store: Store, who: Person) -> bytes:
    return figures_file(ward_view(store, operations(), ward_code, person=who, now=now()))

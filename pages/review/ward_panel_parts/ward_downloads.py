"""The ward panel's files, made when they are asked for: handout and table of figures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.ward_handout import ward_handout_file
from data.exports.ward_tables import figures_file
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.ward_panel.view import WardView

_TYPES: Final = {".pdf": "application/pdf", ".html": "text/html"}


def draw(view: WardView, store: Store) -> None:
    """Draw the download buttons."""
    st.header("Take it with you", anchor=False)
    row = st.container(horizontal=True)
    stem = f"ward-{view.ward_code}-{view.newest.quarter.key}"
    for ending, mime in _TYPES.items():
        row.download_button(
            f"Handout ({ending[1:].upper()})",
            partial(_handout, view, store, ending),
            file_name=f"{stem}{ending}",
            mime=mime,
            on_click="ignore",
            icon=":material/description:",
        )
    row.download_button(
        "All figures (CSV)",
        partial(figures_file, view),
        file_name=f"{stem}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _handout(view: WardView, store: Store, ending: str) -> bytes:
    return ward_handout_file(view, store.wards.frame, now=now(), ending=ending)

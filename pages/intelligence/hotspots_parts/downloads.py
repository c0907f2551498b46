"""Files of what is on the screen, made when they are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.hotspots import export, map_picture
from pages.components import paper_downloads
from pages.shell.offer import offer
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.hotspots.methods import MethodSettings
    from models.incidents.detection import Detection

_FILES: Final = (
    ("CSV", ".csv"),
    ("Excel", ".xlsx"),
    ("GeoJSON", ".geojson"),
    ("GeoPackage", ".gpkg"),
)


def draw(store: Store, detection: Detection, *, method: MethodSettings) -> None:
    """Draw the download buttons of a detection."""
    st.header("Take it with you")
    row = st.container(horizontal=True)
    period = detection.selection.now.period
    stem = f"hotspots-{detection.hotspots.method}-{period.first}-{period.last}"
    for label, ending in _FILES:
        offer(
            label,
            partial(_file, store, detection, method, ending),
            file_name=f"{stem}{ending}",
            place=row,
        )
    offer(
        "Map as PNG",
        partial(_picture, store, detection, method),
        file_name=f"{stem}.png",
        place=row,
    )
    paper_downloads.assessment_buttons(store, detection, method=method, place=row)
    st.caption(
        "Each file names its period, filters, method, settings and table version, and says if "
        "the data are simulated. The address bar is a link to this view."
    )


def _file(store: Store, detection: Detection, method: MethodSettings, ending: str) -> bytes:
    return export(store, detection, method=method, now=now(), ending=ending)


def _picture(store: Store, detection: Detection, method: MethodSettings) -> bytes:
    return map_picture(store, detection, method=method, now=now())

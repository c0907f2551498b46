"""Files of what is on the screen, made when they are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.hotspots import export, map_picture
from pages.components import paper_downloads
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.incidents.store import Store
    from models.hotspots.methods import MethodSettings
    from models.incidents.detection import Detection

_FILES: Final = (
    ("CSV", ".csv", "text/csv"),
    ("Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("GeoJSON", ".geojson", "application/geo+json"),
    ("GeoPackage", ".gpkg", "application/geopackage+sqlite3"),
)


def draw(store: Store, detection: Detection, *, method: MethodSettings) -> None:
    """Draw the download buttons of a detection."""
    st.header("Take it with you")
    row = st.container(horizontal=True)
    period = detection.selection.now.period
    stem = f"hotspots-{detection.hotspots.method}-{period.first}-{period.last}"
    for label, ending, mime in _FILES:
        row.download_button(
            label,
            partial(_file, store, detection, method, ending),
            file_name=f"{stem}{ending}",
            mime=mime,
            on_click="ignore",
            icon=":material/download:",
        )
    row.download_button(
        "Map as PNG",
        _picture(store, detection, method),
        file_name=f"{stem}.png",
        mime="image/png",
        on_click="ignore",
        icon=":material/download:",
    )
    paper_downloads.assessment_buttons(store, detection, method=method, place=row)
    st.caption(
        "Each file names its period, filters, method, settings and table version, and says if "
        "the data are simulated. The address bar is a link to this view."
    )


def _file(store: Store, detection: Detection, method: MethodSettings, ending: str) -> bytes:
    return export(store, detection, method=method, now=now(), ending=ending)


def _picture(store: Store, detection: Detection, method: MethodSettings) -> Callable[[], bytes]:
    return lambda: map_picture(store, detection, method=method, now=now())

"""The map on a page: served by this app alone, and telling which hotspot was clicked.

Leaflet's files are declared as a component, so Streamlit serves them next to the map's own frame
and no other host is asked. The base map is the same on every run, so moving the map costs no rerun;
hotspots and density are drawn on it again. The page decides whether a map is in a fragment.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import streamlit.components.v1 as components
from streamlit_folium import st_folium

from geo.screen.leaflet_assets import leaflet_folder, load_leaflet_from
from geo.screen.maps import ID_PROPERTY
from pages.shell import state

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.screen.maps import BaseMap, Layers

_leaflet = components.declare_component("leaflet", path=leaflet_folder())
load_leaflet_from(f"../{_leaflet.name}")

HEIGHT_PX: Final = 560
_CLICK: Final = (
    "last_object_clicked"  # its ``alt`` is the time of the click: see geo.screen.map_script
)
_FEATURE: Final = "last_active_drawing"


def show_map(
    ground: BaseMap,
    layers: Layers | None,
    *,
    key: str,
    height_px: int = HEIGHT_PX,
    centre: tuple[float, float] | None = None,
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """Draw a map.

    Parameters
    ----------
    ground : BaseMap
        What stays; when it changes, the map is built again.
    layers : Layers or None
        From `geo.screen.maps.hotspot_layers`; drawn afresh on each run without moving the map.
    key : str
        Tells this map from others of the page; letters only count.
    height_px : int
        Height on the page; the width is the column's.
    centre : tuple of float or None
        Latitude and longitude to move to when it changes.
    on_pick : callable, optional
        Called with the identifier of a hotspot that is clicked, before the page is drawn again;
        without it a click asks nothing of the server.
    """
    map_key = f"{key}-{ground.fingerprint}"
    st_folium(
        ground.folium_map(),
        key=map_key,
        height=height_px,
        use_container_width=True,
        center=centre,
        feature_group_to_add=layers,
        returned_objects=[_CLICK, _FEATURE] if on_pick else [],
        on_change=partial(_tell, map_key, on_pick) if on_pick else None,
    )


def _tell(map_key: str, on_pick: Callable[[str], None]) -> None:
    answer: dict[str, Any] = state.value(map_key) or {}
    feature = answer.get(_FEATURE)
    if not answer.get(_CLICK) or not feature:
        return
    hotspot_id = (feature.get("properties") or {}).get(ID_PROPERTY)
    if isinstance(hotspot_id, str):
        on_pick(hotspot_id)

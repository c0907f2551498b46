"""The map on a page: served by this app alone, and answering with the hotspot that was clicked.

Leaflet's files are declared as a component, so Streamlit serves them beside the map's own frame and
no other host is asked. The ground is the same on every run, so moving the map costs no rerun;
hotspots and density are put on it afresh. Whether a map stands in a fragment is for the page to
say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit.components.v1 as components
from streamlit_folium import st_folium

from geo.screen.leaflet_assets import leaflet_folder, load_leaflet_from
from geo.screen.maps import ID_PROPERTY

if TYPE_CHECKING:
    from geo.screen.maps import BaseMap, Layers

_leaflet = components.declare_component("leaflet", path=leaflet_folder())
load_leaflet_from(f"../{_leaflet.name}")

HEIGHT_PX: Final = 560
_CLICK: Final = (
    "last_object_clicked"  # its ``alt`` is the time of the click: see geo.screen.map_script
)
_FEATURE: Final = "last_active_drawing"


@dataclass(frozen=True, slots=True)
class MapClick:
    """A click on a hotspot.

    Attributes
    ----------
    hotspot_id : str
        The hotspot that was clicked.
    token : str
        Differs for each click. The map keeps giving its last click until the next one, so a page
        acts on a click only when it has not seen its token.
    """

    hotspot_id: str
    token: str


def show_map(
    ground: BaseMap,
    layers: Layers | None,
    *,
    key: str,
    height_px: int = HEIGHT_PX,
    centre: tuple[float, float] | None = None,
) -> MapClick | None:
    """Draw a map and return the last click on a hotspot, if there was one.

    Parameters
    ----------
    ground : BaseMap
        What stays; when it changes, the map is made anew.
    layers : Layers or None
        From `geo.screen.maps.hotspot_layers`; drawn afresh on each run without moving the map.
    key : str
        Tells this map from others of the page; letters only count.
    height_px : int
        Height on the page; the width is the column's.
    centre : tuple of float or None
        Latitude and longitude to move to when it changes.

    Returns
    -------
    MapClick or None
    """
    answer: dict[str, Any] | None = st_folium(
        ground.folium_map(),
        key=f"{key}-{ground.fingerprint}",
        height=height_px,
        use_container_width=True,
        center=centre,
        feature_group_to_add=layers,
        returned_objects=[_CLICK, _FEATURE],
    )
    return _click(answer or {})


def _click(answer: dict[str, Any]) -> MapClick | None:
    at = answer.get(_CLICK)
    feature = answer.get(_FEATURE)
    if not at or not feature:
        return None
    hotspot_id = (feature.get("properties") or {}).get(ID_PROPERTY)
    if not isinstance(hotspot_id, str):
        return None
    return MapClick(hotspot_id, token=f"{hotspot_id} {at.get('alt')}")

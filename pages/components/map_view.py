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

from data.settings import settings
from geo.screen.found_places import moved_to, offered_places
from geo.screen.leaflet_assets import leaflet_folder, load_leaflet_from
from geo.screen.maps import ID_PROPERTY
from pages.shell import state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.screen.found_places import MapMove, MapPlace
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
    more: Sequence[Layers] = (),
    height_px: int = HEIGHT_PX,
    places: Sequence[MapPlace] = (),
    move: MapMove | None = None,
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
    more : sequence of Layers
        Drawn on top of those.
    height_px : int
        Height on the page; the width is the column's.
    places : sequence of MapPlace
        What its search finds besides wards, streets, stations and postcodes; in the store's metric
        CRS, as is the move.
    move : MapMove or None
        Where it moves, once, since a row was chosen; from `pages.components.map_places.move_to`.
    on_pick : callable, optional
        Called with the identifier of a hotspot that is clicked, before the page is drawn again;
        without it a click asks nothing of the server.
    """
    map_key = f"{key}-{ground.fingerprint}"
    crs = settings().metric_crs
    spoken = [offered_places(places, metric_crs=crs)]
    spoken += [moved_to(move, metric_crs=crs)] if move else []
    st_folium(
        ground.folium_map(),
        key=map_key,
        height=height_px,
        use_container_width=True,
        feature_group_to_add=[layer for layer in (layers, *more, *spoken) if layer is not None],
        returned_objects=[_CLICK, _FEATURE] if on_pick else [],
        on_change=partial(_tell, map_key, on_pick) if on_pick else None,
    )


def _tell(map_key: str, on_pick: Callable[[str], None]) -> None:
    """Tell of a click, once: the map may say its last one again when its layers are drawn again."""
    answer: dict[str, Any] = state.value(map_key) or {}
    click, feature = answer.get(_CLICK), answer.get(_FEATURE)
    if not click or not feature or click == state.value(f"{map_key}-clicked"):
        return
    state.put(f"{map_key}-clicked", click)
    hotspot_id = (feature.get("properties") or {}).get(ID_PROPERTY)
    if isinstance(hotspot_id, str):
        on_pick(hotspot_id)

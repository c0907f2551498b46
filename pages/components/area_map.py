"""Maps of areas on a page: one to look at, one to draw on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit_folium import st_folium

from geo.areas import AreaError, from_degrees
from geo.palettes import AREA_COLOURS
from geo.screen.area_layers import area_layers, drawing_map
from geo.screen.found_places import offered_places
from pages.components.map_places import tasking_places
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.shell import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.areas import Area
    from geo.palettes import AreaKind
    from geo.screen.area_layers import AreaRole, MapArea
    from geo.screen.found_places import MapMove

HEIGHT_PX: Final = 460
_DRAWN: Final = "last_active_drawing"
_SWATCHES: Final[dict[AreaRole, tuple[str, str]]] = {
    "chosen": ("one", "solid"),
    "ring": ("one", "dashed"),
    "comparison": ("two", "solid"),
    "comparison-ring": ("two", "dashed"),
    "before": ("ink", "dotted"),
}


def show_areas(
    areas: Sequence[MapArea],
    *,
    key: str,
    ward_codes: tuple[str, ...] = (),
    height_px: int = HEIGHT_PX,
    move: MapMove | None = None,
    legend: bool = True,
) -> None:
    """Draw areas on the product's own map, with a legend in words under it.

    Parameters
    ----------
    areas : sequence of MapArea
        In the store's metric CRS. The map opens on them.
    key : str
        Letters that tell this map from others of the page.
    ward_codes : tuple of str
        Wards that the map opens on where there is no area.
    height_px : int
    move : MapMove or None
        Where it moves, since a row was chosen.
    legend : bool
        Whether the legend is drawn, where there is more than one kind of area.
    """
    layers = area_layers(areas, metric_crs=queries.store().settings.metric_crs, theme=page_theme())
    ground = queries.ground(page_theme(), ward_codes=ward_codes)
    show_map(ground, layers, key=key, height_px=height_px, places=tasking_places(), move=move)
    if legend:
        _legend(areas)


def drawn_area(
    areas: Sequence[MapArea], *, key: str, height_px: int = HEIGHT_PX
) -> tuple[str, Area] | None:
    """Draw a map to draw on; return the last area finished on it and what tells it from others.

    Parameters
    ----------
    areas : sequence of MapArea
        Shown beneath, such as what was drawn before.
    key : str
        Letters that tell this map from others of the page.
    height_px : int

    Returns
    -------
    (str, Polygon) or None
        The polygon is in the store's metric CRS; not checked yet.

    Raises
    ------
    AreaError
        If what came back is no polygon.
    """
    crs = queries.store().settings.metric_crs
    ground = queries.ground(page_theme(), ward_codes=queries.home_wards())
    answer: dict[str, Any] | None = st_folium(
        drawing_map(ground, theme=page_theme()),
        key=f"{key}-{ground.fingerprint}",
        height=height_px,
        use_container_width=True,
        feature_group_to_add=[
            area_layers(areas, metric_crs=crs, theme=page_theme()),
            offered_places(tasking_places(), metric_crs=crs),
        ],
        returned_objects=[_DRAWN],
    )
    feature = (answer or {}).get(_DRAWN)
    if not feature:
        return None
    geometry = feature.get("geometry") or {}
    if geometry.get("type") != "Polygon":
        message = f"The map gave a {geometry.get('type')}, not an area. Draw it again."
        raise AreaError(message)
    corners = geometry["coordinates"][0]
    token = str((feature.get("properties") or {}).get("drawn", corners))
    return token, from_degrees(corners, metric_crs=crs)


def _legend(areas: Sequence[MapArea]) -> None:
    shown = {area.role: area.description for area in areas}
    if len(shown) < 2:
        return
    items = "".join(
        f'<li><span class="swatch {_SWATCHES[role][0]} {_SWATCHES[role][1]}" aria-hidden="true">'
        f"</span>{escape(label)}</li>"
        for role, label in shown.items()
    )
    st.html(f'{_STYLE}<ul class="area-legend" aria-label="Legend of the map">{items}</ul>')


def _colour(kind: AreaKind) -> str:
    return f"light-dark({AREA_COLOURS[kind]['light']}, {AREA_COLOURS[kind]['dark']})"


_STYLE: Final = f"""<style>
ul.area-legend {{ display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0 !important;
  padding: 0 !important; list-style: none !important; }}
ul.area-legend li {{ margin: 0; padding: 0; font-size: .9rem; }}
.area-legend .swatch {{ display: inline-block; width: 1.9rem; height: 0; margin: 0 .4rem .25rem 0;
  border-top: 4px solid; }}
.area-legend .dashed {{ border-top-style: dashed; border-top-width: 3px; }}
.area-legend .dotted {{ border-top-style: dotted; border-top-width: 3px; }}
.area-legend .one {{ border-color: {_colour("treated")}; }}
.area-legend .two {{ border-color: {_colour("comparison")}; }}
</style>"""

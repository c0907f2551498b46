"""Choosing an area: drawn on the map, a circle around a place, an uploaded file, or a ward.

For pages that need an area from a person (taskings, reviews, night-time-economy areas)::

    with errors_as_messages(PlainError):
        picked = area_choice(key="review")
    if picked is not None:
        picked.area.shape  # Polygon or MultiPolygon, in the store's metric CRS, checked
        picked.area.ward_codes  # the wards it touches, the most of it first
        picked.origin  # "drawn" or "uploaded", as `models.tasking.tasking.Origin` has it
        picked.label  # how it was chosen: "Circle of 150 m around E1 6QL"

It draws its own controls, the map, and what is wrong with an area that cannot be used (outside the
wards, another coordinate system, more than 20 km², crossing itself). Everybody can give an area
without drawing: the circle, the file and the ward are equivalents of the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import shapely
import streamlit as st

from data.layers.postcodes import postcodes_in_use
from data.sources.area_files import AREA_LIMITS, read_areas
from data.sources.source_file import open_source
from geo.areas import (
    LARGEST_RADIUS_M,
    SMALLEST_RADIUS_M,
    AreaError,
    area_label,
    checked_area,
    circle,
)
from geo.counting import counted
from geo.errors import PlainError
from geo.place_text import typed_place
from geo.screen.area_layers import MapArea
from models.hotspots.kde import KdeSettings
from pages.components.area_map import drawn_area, show_areas
from pages.components.upload import on_disk
from pages.shell import queries, state
from pages.shell.messages import notes, plain
from pages.shell.person import fragment
from pages.shell.stamp import one_version

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from geo.areas import Area, CheckedArea
    from models.tasking.tasking import Origin

Way = Literal["draw", "circle", "upload", "ward"]

WAYS: Final[dict[Way, str]] = {
    "draw": "Draw it on the map",
    "circle": "A circle around a place",
    "upload": "Upload a file",
    "ward": "A whole ward",
}
_RADIUS_M: Final = 150
_ORIENTATION: Final = 10


@dataclass(frozen=True, slots=True)
class PickedArea:
    """An area that was chosen, and how.

    Attributes
    ----------
    area : CheckedArea
        Its shape in the store's metric CRS, and its wards.
    way : {"draw", "circle", "upload", "ward"}
    label : str
        How it was chosen, in words; may hold a name from a file, so not to be shown as Markdown.
    """

    area: CheckedArea
    way: Way
    label: str

    @property
    def origin(self) -> Origin:
        """Where a tasking with this area comes from."""
        return "uploaded" if self.way == "upload" else "drawn"


def area_choice(*, key: str, map_place: DeltaGenerator | None = None) -> PickedArea | None:
    """Draw the controls and the map; return the area once there is one that can be used.

    Parameters
    ----------
    key : str
        Letters that tell this choice from others; the session keeps the choice under it.
    map_place : DeltaGenerator, optional
        Where the map is drawn, and then always; without it below the controls, where there is
        something to see or to draw.

    Raises
    ------
    NoWardsError, EmptyStoreError, StaleWardsError
        If there is no store to choose in.
    """
    queries.store()
    way_key = f"{key}-way"
    way: Way = st.radio(
        "How do you want to choose the area?",
        list(WAYS),
        format_func=lambda each: WAYS[each],
        key=way_key,
        horizontal=True,
    )
    picked: PickedArea | None = None
    try:
        if way == "draw":
            picked = _draw(key, map_place)
        else:
            picked = {"circle": _circle, "upload": _upload, "ward": _ward}[way](key)
    except PlainError as problem:
        st.error(plain(str(problem)))
    if way != "draw" and map_place is not None:
        _look(picked, key=f"{key}-look", place=map_place)
    elif way != "draw" and picked is not None:
        show_areas([_on_map(picked.area.shape)], key=f"{key}-look")
    if picked is None:
        return None
    wards = ", ".join(_ward_names(picked.area))
    st.caption(plain(f"{picked.label}: {area_label(picked.area.shape)}, in {wards}."))
    notes(picked.area.notes, heading="Read this with the area")
    return picked


def _look(picked: PickedArea | None, *, key: str, place: DeltaGenerator) -> None:
    """Draw what was picked among the hotspots; before that, these alone."""
    areas = [_on_map(picked.area.shape)] if picked is not None else []
    with place:
        show_areas([*_hotspots(), *areas], key=key, ward_codes=queries.home_wards(), legend=False)
    st.caption(plain(_outlines()))


def _draw(key: str, map_place: DeltaGenerator | None) -> PickedArea | None:
    kept_key, seen_key = f"{key}-drawn", f"{key}-token"

    @fragment
    @one_version()
    def drawing() -> None:
        kept = state.value(kept_key)
        under = [*_hotspots(), *([_on_map(shapely.from_wkt(kept))] if kept else [])]
        try:
            drawn = drawn_area(under, key=f"{key}-draw")
        except AreaError as problem:
            st.error(plain(str(problem)))
            return
        if drawn and drawn[0] != state.value(seen_key):
            state.put(seen_key, drawn[0])
            state.put(kept_key, drawn[1].wkt)
            st.rerun()

    st.caption(
        "Press Draw an area on the map, then click or tap its corners in turn, then Finish. A "
        f"new drawing replaces the old one. {plain(_outlines())}"
    )
    with map_place or st.container():
        drawing()
    kept = state.value(kept_key)
    if not kept:
        return None
    return PickedArea(_checked(shapely.from_wkt(kept)), "draw", "Drawn on the map")


def _outlines() -> str:
    period = queries.store().default_filter().period
    return f"The dotted outlines are the hotspots of {period}, by rank."


def _hotspots() -> list[MapArea]:
    """Return the first hotspots of the default view, to find one's way on the map by."""
    frame = queries.detection(queries.store().default_filter(), KdeSettings()).hotspots.frame
    rows = zip(frame["geometry"], frame["rank"], strict=True)
    return [MapArea(shape, "before", f"{rank}") for shape, rank in rows][:_ORIENTATION]


def _circle(key: str) -> PickedArea | None:
    used = queries.store().settings
    left, right = st.columns([2, 1])
    text = left.text_input(
        "Postcode, or easting and northing", key=f"{key}-place", placeholder="533846 181990"
    )
    radius = right.number_input(
        "Radius in metres",
        min_value=int(SMALLEST_RADIUS_M),
        max_value=int(LARGEST_RADIUS_M),
        value=_RADIUS_M,
        step=25,
        key=f"{key}-radius",
    )
    if not text.strip():
        return None
    place = typed_place(text, postcodes=postcodes_in_use(used), metric_crs=used.metric_crs)
    around = circle(place.easting, place.northing, radius_m=float(radius))
    words = f"Circle of {radius:,} m around {place.label}"
    return PickedArea(_checked(around), "circle", words)


def _upload(key: str) -> PickedArea | None:
    store = queries.store()
    file = st.file_uploader(
        "GeoJSON, GeoPackage, KML, or a zipped Shapefile with the area",
        type=["geojson", "json", "gpkg", "kml", "kmz", "zip"],
        key=f"{key}-file",
    )
    left, right = st.columns(2)
    crs = left.text_input(
        "Coordinate system, if the file does not say", placeholder="EPSG:27700", key=f"{key}-crs"
    )
    layer = right.text_input("Layer, if the file has several", key=f"{key}-layer")
    if file is None:
        return None
    with on_disk(file, store.settings) as path:
        source = open_source(path, limits=AREA_LIMITS)
        read = read_areas(source, wards=store.wards.frame, crs=crs or None, layer=layer or None)
    notes(read.notes, heading="How the file was read")
    notes(
        [f"Shape {number}: {why}" for number, why in read.rejected],
        heading=f"{counted(len(read.rejected), 'shape')} of the file cannot be used",
    )
    names = [each.name for each in read.areas]
    at = 0
    if len(names) > 1:
        chosen = st.selectbox("Area in the file", names, key=f"{key}-which")
        at = names.index(chosen) if chosen in names else 0
    return PickedArea(read.areas[at].area, "upload", f"{file.name}, {names[at]}")


def _ward(key: str) -> PickedArea | None:
    wards = queries.store().wards.frame.sort_values("ward_name")
    codes = wards["ward_code"].tolist()
    names = dict(zip(codes, wards["ward_name"].tolist(), strict=True))
    code = st.selectbox(
        "Ward",
        codes,
        index=None,
        placeholder="Choose a ward",
        format_func=lambda each: names[each],
        key=f"{key}-ward",
    )
    if code is None:
        return None
    shape = wards.geometry[wards["ward_code"] == code].iloc[0]
    return PickedArea(_checked(shape), "ward", f"The ward {names[code]}")


def _checked(shape: Area) -> CheckedArea:
    return checked_area(shape, wards=queries.store().wards.frame)


def _on_map(shape: Area) -> MapArea:
    return MapArea(shape, "chosen", "Area")


def _ward_names(area: CheckedArea) -> list[str]:
    frame = queries.store().wards.frame
    names = dict(zip(frame["ward_code"], frame["ward_name"], strict=True))
    return [f"{names[code]} ({share:.0%})" for code, share in area.wards if share >= 0.005]

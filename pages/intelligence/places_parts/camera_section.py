"""The sections on cameras: what they could have seen, before and after one, and new ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.cameras import (
    cover_csv,
    cover_frame,
    cover_label,
    sites_csv,
    sites_frame,
    sites_label,
    sites_rule,
)
from data.exports.intelligence_answers import cameras_answer
from geo.areas import circle
from geo.screen.area_layers import MapArea
from models.incidents.camera_sites import MOST_NEW
from pages.components import answer, propose_here
from pages.components.area_map import show_areas
from pages.components.name_rows import NAME_ROW_PX, table_height
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.offer import offer

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.incidents.camera_sites import CameraSites
    from models.incidents.filters import IncidentFilter

DISTANCES: Final = ("10", "25", "50", "75", "100", "150", "200")
SIGHT: Final = "sight_m"
_NEW: Final = "camera_sites"
_SUGGEST: Final = "camera_suggest"
_REVIEWS_PAGE: Final = "pages/tasking/reviews.py"


def begin() -> None:
    """Fill the controls from the opened link, once."""
    linked = state.opened_link().get(SIGHT)
    state.begin({SIGHT: linked if linked in DISTANCES else "50", _NEW: 5, _SUGGEST: False})
    state.keep(SIGHT, _NEW, _SUGGEST)


def sight_chip() -> None:
    """Draw the chip of how far a camera is taken to see."""
    with st.popover(plain(f"A camera sees {state.value(SIGHT)} m"), key="chip_sight"):
        st.selectbox(
            "A camera is taken to see", DISTANCES, key=SIGHT, format_func=lambda each: f"{each} m"
        )


def cover(store: Store, incident_filter: IncidentFilter) -> tuple[str, ...]:
    """Draw what the cameras could have had in sight; return what is said under *How we know*.

    Raises
    ------
    PlainError
        If nothing can be counted; the message says why.
    """
    sight_m = float(state.value(SIGHT))
    in_sight = queries.camera_cover(incident_filter, sight_m=sight_m)
    answer.draw(cameras_answer(in_sight))
    if in_sight.refused:
        return ()
    shares = cover_frame(in_sight)
    st.dataframe(
        shares,
        hide_index=True,
        alt="Share within sight of a camera",
        row_height=NAME_ROW_PX,
        height=table_height(len(shares), tallest_px=700),
        column_config={
            "Incidents": st.column_config.TextColumn(width=110),
            "Within sight distance": st.column_config.TextColumn(width=150),
            "Of": st.column_config.NumberColumn(format="localized", width=70),
        },
    )
    offer(
        "Cameras as CSV",
        partial(cover_csv, store, in_sight),
        file_name=f"cameras-{incident_filter.period.first}-{incident_filter.period.last}.csv",
    )
    _review_of_one(sight_m)
    return tuple(filter(None, (in_sight.no_hours, cover_label(in_sight))))


def sites(store: Store, incident_filter: IncidentFilter) -> tuple[str, ...]:
    """Draw where new cameras would have most in sight; return what is said under *How we know*.

    Raises
    ------
    PlainError
        If nothing can be counted; the message says why.
    """
    first = st.container()
    left, right = st.columns(2, vertical_alignment="bottom")
    left.number_input("Number of new cameras", 1, MOST_NEW, key=_NEW)
    right.toggle("Look for sites", key=_SUGGEST)
    if not state.value(_SUGGEST):
        with first:
            answer.draw("No site is looked for until you ask: turn on Look for sites.")
        return (sites_rule(),)
    offered = queries.camera_sites(
        incident_filter, new=int(state.value(_NEW)), sight_m=float(state.value(SIGHT))
    )
    with first:
        answer.draw(sites_label(offered))
    _sites(store, offered)
    return (sites_rule(),)


def _sites(store: Store, sites: CameraSites) -> None:
    if not sites.sites:
        return
    st.dataframe(
        sites_frame(sites),
        hide_index=True,
        alt="Sites, the one that adds most first",
        row_height=NAME_ROW_PX,
        height=table_height(len(sites.sites), tallest_px=700),
        column_config={
            "Site": st.column_config.NumberColumn(width=50),
            "Street": st.column_config.TextColumn(width=120),
            "In sight before": st.column_config.NumberColumn("Before", width=75),
            "In sight since": st.column_config.NumberColumn("Since", width=75),
        },
    )
    areas = [
        MapArea(
            circle(each.easting, each.northing, radius_m=max(sites.sight_m, 25.0)),
            "chosen",
            f"{number}",
        )
        for number, each in enumerate(sites.sites, start=1)
    ]
    show_areas(areas, key="sites", ward_codes=sites.selection.ward_codes)
    period = sites.selection.now.period
    offer(
        "Sites as CSV",
        partial(sites_csv, store, sites),
        file_name=f"camera-sites-{period.first}-{period.last}.csv",
    )
    numbers = range(1, len(sites.sites) + 1)
    number = st.selectbox("Site to take further", numbers, key="site_chosen")
    propose = st.button("Propose a tasking here", icon=":material/add_task:", key="site_propose")
    if number and propose:
        site = sites.sites[number - 1]
        propose_here.forget()
        _carry("propose", (site.easting, site.northing), sight_m=sites.sight_m)
        st.switch_page(propose_here.PROPOSE_PAGE)


def _review_of_one(sight_m: float) -> None:
    """Draw the choice of a camera that is there, and the way to its review."""
    cameras = queries.cameras()
    if not cameras:
        return
    st.subheader("Before and after a camera")
    st.caption(
        "Its circle is carried over to Reviews, where you give the day it began to work: incidents "
        "before and after are then compared with those of places like it."
    )
    names = [f"{name or 'Camera without a name'} ({x:.0f} {y:.0f})" for name, x, y in cameras]
    at = st.selectbox("Camera", range(len(names)), format_func=names.__getitem__, key="camera_at")
    if st.button("Review before and after", icon=":material/balance:", key="camera_review"):
        _, easting, northing = cameras[at or 0]
        _carry("intervention", (easting, northing), sight_m=sight_m)
        state.put("look", "intervention")
        st.switch_page(_REVIEWS_PAGE, query_params={"look": "intervention"})


def _carry(key: str, at: tuple[float, float], *, sight_m: float) -> None:
    """Fill in the choice of an area with a circle, for the page that asks for one."""
    state.put(f"{key}-way", "circle")
    state.put(f"{key}-place", f"{at[0]:.0f} {at[1]:.0f}")
    state.put(f"{key}-radius", max(round(sight_m), 25))

"""From a hotspot on the screen to a proposal: the view's words and the hotspot, carried over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.labels import place_label
from data.services.worked_again import COUNT_KEY
from geo.areas import area_label, checked_area
from geo.counting import counted
from geo.screen.area_layers import MapArea
from models.hotspots.methods import method_of
from models.incidents.view import filter_description, read_view, view_query
from models.tasking.proposal import from_hotspot
from pages.components.area_map import show_areas
from pages.shell import queries, state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator

    from geo.areas import CheckedArea
    from models.tasking.proposal import Prefilled
    from models.tasking.tasking import Origin

PROPOSE_PAGE: Final = "pages/tasking/propose.py"
_CARRIED: Final = "propose_view"
_HOTSPOT: Final = "hotspot"


@dataclass(frozen=True, slots=True)
class ProposedPlace:
    """Where a tasking is to be, and what the decision record says of it.

    Attributes
    ----------
    area : CheckedArea
    origin : Origin
    prefilled : Prefilled
        What the form starts with.
    view : tuple of (str, str)
        The decision record's words: a hotspot's view with the incidents it holds, or how a person
        gave the area.
    key : str
        Tells this place's form from another's.
    hotspot_id : str
        "" where a person gave the area.
    label : str
        What the hotspot is, in words; "" where a person gave the area.
    """

    area: CheckedArea
    origin: Origin
    prefilled: Prefilled
    view: tuple[tuple[str, str], ...]
    key: str
    hotspot_id: str = ""
    label: str = ""


def button(view: Mapping[str, str], *, hotspot_id: str) -> None:
    """Draw the button that leads from a hotspot of a view to the form for its tasking."""
    if st.button("Propose a tasking here", icon=":material/add_task:", key="propose_here"):
        carry({**view, _HOTSPOT: hotspot_id})
        st.switch_page(PROPOSE_PAGE)


def carry(view: Mapping[str, str]) -> None:
    """Keep a view's words and its hotspot for the page that proposes."""
    state.put(_CARRIED, json.dumps(dict(view)))


def forget() -> None:
    """Let the hotspot go: the area is to be given by hand."""
    state.put(_CARRIED, "{}")


def carried() -> dict[str, str]:
    """Return the view's words with the hotspot; empty where none was carried over or linked to."""
    held = state.value(_CARRIED)
    if held is not None:
        return dict(json.loads(held))
    link = state.address_bar()
    return link if _HOTSPOT in link and "from" in link else {}


def place_of_view(view: Mapping[str, str], *, today: date) -> ProposedPlace | None:
    """Find the hotspot that a view's words name; None where they no longer find it.

    Raises
    ------
    PlainError
        If the view cannot be worked out, or the hotspot cannot be an area.
    """
    store = queries.store()
    read = read_view(view, dataset=store)
    detection = queries.detection(read.filter, read.method)
    frame = detection.hotspots.frame
    rows = frame[frame["hotspot_id"] == view[_HOTSPOT]]
    if rows.empty:
        return None
    row = rows.iloc[0]
    period = f"{detection.selection.now.period}"
    version, sensitive = detection.selection.version, detection.selection.now.sensitive
    query = view_query(read.filter, read.method) | {COUNT_KEY: str(int(row["incidents"]))}
    record = tuple(query.items())
    return ProposedPlace(
        area=checked_area(row["geometry"], wards=store.wards.frame),
        origin="hotspot",
        view=record,
        key=f"propose-{row['hotspot_id']}-{version}-{hash(record)}",
        hotspot_id=row["hotspot_id"],
        prefilled=from_hotspot(
            place=place_label(row),
            nearby=row["near"],
            incidents=int(row["incidents"]),
            period=period,
            window=row["peak_window"],
            today=today,
        ),
        label=(
            f"{row['hotspot_id']}, rank {row['rank']}: "
            f"{counted(int(row['incidents']), 'incident')} · "
            f"{period} · {filter_description(read.filter, dataset=store)} · "
            f"{method_of(read.method).label} · table version {version}"
            + (f" · without the {sensitive:,} domestic or sexual of these wards" * bool(sensitive))
        ),
    )


def summary(place: ProposedPlace, *, map_place: DeltaGenerator) -> None:
    """Draw what the tasking starts from: the hotspot in words, and on the map."""
    st.markdown(plain(place.label))
    with map_place:
        show_areas([MapArea(place.area.shape, "chosen", "Hotspot")], key="propose-hotspot")
    st.caption(plain(f"An area of {area_label(place.area.shape)}."))

"""From a place on the screen to a proposal: a hotspot of a view, a short run, or another tasking.

A hotspot is carried over as its view's words, and found again; the others by number or position.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.labels import place_label
from data.operations.taskings.taskings import tasking
from data.services.worked_again import COUNT_KEY
from geo.areas import area_label, checked_area, circle
from geo.counting import counted
from geo.naming.words import with_ward
from geo.screen.area_layers import MapArea
from models.hotspots.methods import method_of
from models.hotspots.micro_time import MicroTimeSettings
from models.incidents.view import filter_description, read_view, view_query
from models.tasking.proposal import from_earlier, from_hotspot
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import span_label
from pages.components.area_map import show_areas
from pages.shell import queries, state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator

    from data.operations.database import Operations
    from geo.areas import CheckedArea
    from models.tasking.proposal import Prefilled
    from models.tasking.tasking import Origin, Tasking
    from models.today.news import KindRun

PROPOSE_PAGE: Final = "pages/tasking/propose.py"
_CARRIED: Final = "propose_view"
_PLACE: Final = "propose_place"
_HOTSPOT: Final = "hotspot"
_RUN: Final = "run"
_TASKING: Final = "tasking"


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
        What the hotspot, the run or the other tasking is, in words; "" where a person gave the
        area.
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
    if _asked():
        carry({**view, _HOTSPOT: hotspot_id})
        st.switch_page(PROPOSE_PAGE)


def button_of_run(each: KindRun) -> None:
    """Draw the button that leads from a short run to the form for a tasking there."""
    if _asked():
        _carry_place({_RUN: [each.category, each.run.easting, each.run.northing]})
        st.switch_page(PROPOSE_PAGE)


def button_of_tasking(tasking_id: int) -> None:
    """Draw the button that leads from a tasking to the form for another at the same place."""
    if _asked():
        _carry_place({_TASKING: tasking_id})
        st.switch_page(PROPOSE_PAGE)


def _asked() -> bool:
    return st.button("Propose a tasking here", icon=":material/add_task:", key="propose_here")


def carry(view: Mapping[str, str]) -> None:
    """Keep a view's words and its hotspot for the page that proposes."""
    state.put(_CARRIED, json.dumps(dict(view)))
    state.put(_PLACE, "{}")


def _carry_place(place: Mapping[str, object]) -> None:
    forget()
    state.put(_PLACE, json.dumps(dict(place)))


def forget() -> None:
    """Let the place go: the area is to be given by hand."""
    state.put(_CARRIED, "{}")
    state.put(_PLACE, "{}")


def is_carried() -> bool:
    """Tell whether a place was carried over or linked to."""
    return bool(carried()) or state.value(_PLACE, "{}") != "{}"


def place_carried(
    ops: Operations, *, runs: Callable[[], Sequence[KindRun]], today: date
) -> ProposedPlace | None:
    """Return the place of the run or tasking that was carried over; None for none.

    Parameters
    ----------
    ops : Operations
    runs : callable
        Gives the runs that Today lists.
    today : date
        Local.

    Raises
    ------
    PlainError
        If there is no such tasking, or its area cannot be one.
    """
    place = json.loads(state.value(_PLACE, "{}"))
    if _TASKING in place:
        return _of_tasking(tasking(ops, int(place[_TASKING])), today=today)
    if _RUN in place:
        named = [
            each
            for each in runs()
            if [each.category, each.run.easting, each.run.northing] == place[_RUN]
        ]
        return _of_run(named[0], today=today) if named else None
    return None


def _of_tasking(earlier: Tasking, *, today: date) -> ProposedPlace:
    label = f"The area of {earlier.reference}"
    return ProposedPlace(
        area=checked_area(earlier.draft.area, wards=queries.store().wards.frame),
        origin="tasking",
        prefilled=from_earlier(earlier.draft, today=today),
        view=(("area", label),),
        key=f"propose-{earlier.reference}",
        label=f"{label} {earlier.draft.title}",
    )


def _of_run(each: KindRun, *, today: date) -> ProposedPlace:
    run, distance_m = each.run, MicroTimeSettings().distance_m
    near = with_ward(run.near, run.ward)
    days = span_label(run.first, run.last)
    label = (
        f"{run.run.incidents:,} of {CATEGORY_LABELS[each.category].lower()}, {days}, "
        f"within {distance_m:g} m of {near}"
    )
    shape = circle(run.easting, run.northing, radius_m=distance_m)
    return ProposedPlace(
        area=checked_area(shape, wards=queries.store().wards.frame),
        origin="run",
        prefilled=from_hotspot(
            place=near,
            nearby=run.near,
            incidents=run.run.incidents,
            period=days,
            window=None,
            today=today,
        ),
        view=(("area", label),),
        key=f"propose-run-{each.category}-{run.easting}-{run.northing}",
        label=f"Short run: {label}",
    )


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
    """Draw what the tasking starts from: the place in words, and on the map."""
    st.markdown(plain(place.label))
    marked = [MapArea(place.area.shape, "chosen", "Hotspot" if place.hotspot_id else "Area")]
    with map_place:
        show_areas(marked, key="propose-hotspot")
    st.caption(plain(f"An area of {area_label(place.area.shape)}."))

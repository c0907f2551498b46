"""The walking loops of a plan's visits: on the map, street by street, and for a phone."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.walking_loops import NamedLoop, area_loop, loops_file
from models.incidents.view import read_view
from models.tasking.visit_hours import part_of
from pages.components.map_places import ask_move
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.offer import offer
from pages.shell.queries_operations import now
from pages.tasking.plan_parts.plan_map import MAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.incidents.store import Store
    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import PlannedVisit
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

_FORMATS: Final = {".gpx": "GPX", ".geojson": "GeoJSON"}
LABEL: Final = "Walking loop of each visit"
CHOICE: Final = "plan_loop"
ALL: Final = ""
_ASKED: Final = "plan_loop_of"


def asked() -> bool:
    """Draw the switch, and tell whether loops are to be shown."""
    return st.toggle(
        LABEL,
        key="plan_loops",
        help="A way through each hotspot and back, along the loaded streets, for the minutes and "
        "the hours of a visit. Finding them takes one to three seconds each, once.",
    )


def visited_loops(displayed: DisplayedPlan, visits: Sequence[PlannedVisit]) -> list[NamedLoop]:
    """Return the loops of the hotspots that some visits go to, by rank; the first time with a bar.

    They pass the incidents of the plan's view in the table as it is now, weighed for the hours of
    the visits: of one day, a loop for each part of the week; of several days, one for all of them.
    """
    store = queries.store()
    view = read_view(displayed.view, dataset=store)
    wanted = _wanted(displayed, visits)
    found: list[NamedLoop] = []
    place = st.empty()
    for done, (each, parts) in enumerate(wanted):
        place.progress(done / len(wanted), plain(f"Finding walking loops: {done} of {len(wanted)}"))
        loop = area_loop(
            store,
            displayed.areas[each.hotspot_id],
            incident_filter=view.filter,
            minutes=displayed.settings.visit_minutes,
            parts=parts,
        )
        for_all_hours = {held.hotspot_id for held in found if not held.loop.hours}
        if loop is not None and (loop.hours or each.hotspot_id not in for_all_hours):
            name = f"{each.label} ({loop.hours})" if loop.hours else each.label
            found.append(NamedLoop(name, each.hotspot_id, loop))
    place.empty()
    return found


def _wanted(
    displayed: DisplayedPlan, visits: Sequence[PlannedVisit]
) -> list[tuple[Candidate, tuple[int, ...]]]:
    """Return each hotspot that is visited, by rank, with the part of the week of each visit."""
    one_day = len({each.day for each in visits}) == 1
    found: list[tuple[Candidate, tuple[int, ...]]] = []
    for candidate in displayed.candidates:
        parts = sorted(
            part_of(each.at + timedelta(minutes=each.minutes / 2))
            for each in visits
            if each.hotspot_id == candidate.hotspot_id
        )
        if one_day:
            found += [(candidate, (part,)) for part in dict.fromkeys(parts)]
        elif parts:
            found.append((candidate, tuple(parts)))
    return found


def choose(loops: Sequence[NamedLoop]) -> NamedLoop | None:
    """Draw the choice of the loop that the map shows; None where it shows all of them."""
    if not loops:
        st.info(
            "There is no walking loop: no streets are loaded, or none is near these hotspots. "
            "Streets are loaded on the page Import data."
        )
        return None
    names = {each.key: each.name for each in loops}
    _follow(loops)
    if state.value(CHOICE, ALL) not in (ALL, *names):
        state.put(CHOICE, ALL)
    st.selectbox(
        "Loop on the map, with its directions",
        [ALL, *names],
        format_func=lambda each: names.get(each, f"All {len(names)} loops"),
        key=CHOICE,
        on_change=_show_choice,
        label_visibility="collapsed",
    )
    return next((each for each in loops if each.key == state.value(CHOICE, ALL)), None)


def ask(hotspot_id: str) -> None:
    """Ask for the first loop of a hotspot, from the callback of what chose it."""
    state.put(_ASKED, hotspot_id)


def _follow(loops: Sequence[NamedLoop]) -> None:
    """Choose the loop that was asked for, where another hotspot's is shown."""
    asked = state.take(_ASKED)
    of_hotspot = [each.key for each in loops if each.hotspot_id == asked]
    if of_hotspot and state.value(CHOICE) not in of_hotspot:
        state.put(CHOICE, of_hotspot[0])


def _show_choice() -> None:
    ask_move(MAP, state.value(CHOICE, ALL))


def directions(choice: NamedLoop) -> None:
    """Draw the way of a loop, step by step."""
    loop = choice.loop
    st.markdown(f"**{plain(choice.name)}**")
    st.markdown(plain(f"Start at {loop.start}."))
    st.markdown("\n".join(f"1. {plain(str(step))}" for step in loop.steps))
    st.markdown(plain(f"You are back at the start. {loop.length_label}. {loop.quality}"))


def downloads(
    displayed: DisplayedPlan, loops: Sequence[NamedLoop], *, choice: NamedLoop | None
) -> None:
    """Draw what the loops follow from, and their files."""
    st.caption(
        plain(
            f"Loops by the incidents of the plan's view, table version "
            f"{queries.store().snapshot.version}; domestic and sexual ones have no place and take "
            "no part."
        )
    )
    files = [("This loop", [choice])] if choice is not None else []
    row = st.container(horizontal=True)
    for label, which in (*files, ("All loops shown", list(loops))):
        for ending in _FORMATS:
            offer(
                f"{label} as {_FORMATS[ending]}",
                partial(_file, displayed, queries.store(), which, ending),
                file_name=f"walking-loops-{displayed.settings.starts_on}{ending}",
                place=row,
                key=f"loops-{label}-{ending}",
            )


def _file(displayed: DisplayedPlan, store: Store, loops: Sequence[NamedLoop], ending: str) -> bytes:
    about = f"Walking loops of visits of {displayed.settings.visit_minutes} minutes"
    version = f"table version {store.snapshot.version}"
    return loops_file(store, loops, ending=ending, now=now(), about=f"{about}; {version}.")

"""The page that proposes a tasking: where from, what, and keeping it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.taskings.taskings import propose, taskings
from data.operations.wards.priorities import priorities
from geo.areas import area_label
from geo.naming.evidence import Place
from geo.naming.names import name_of_place
from models.tasking.proposal import blank, from_priority
from models.tasking.tasking import Decision
from models.wording.lists import list_label
from pages.components import propose_here, tasking_filters
from pages.components.area_choice import area_choice
from pages.components.propose_here import ProposedPlace
from pages.components.tasking_form import tasking_form
from pages.shell import queries, queries_today, saving, state
from pages.shell.messages import plain
from pages.shell.person import actor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from geo.areas import CheckedArea
    from models.tasking.tasking import Tasking
    from models.tasking.ward_priorities import WardPriority

_PRIORITY: Final = "propose_priority"
_LINKED: Final = "propose_linked"  # the priority that the address bar shows by our own doing


def priority(ops: Operations) -> WardPriority | None:
    """Draw the choice of a ward priority to answer, where there are any; a link can name one.

    The address bar then is a link to the priority and the hotspot, as far as there are any.
    """
    active = {each.priority_id: each for each in priorities(ops, active_only=True)}
    asked = state.address_bar().get("priority", "")
    if asked != state.value(_LINKED, "") and asked.isdigit() and int(asked) in active:
        state.put(_PRIORITY, int(asked))
        _begin_with(active[int(asked)])
    number = _choice(active) if active else None
    linked = "" if number is None else f"{number}"
    state.show_in_address_bar({**propose_here.carried(), "priority": linked})
    state.put(_LINKED, linked)
    return None if number is None else active[number]


def _choice(active: Mapping[int, WardPriority]) -> int | None:
    names = tasking_filters.ward_names()
    wishes = {number: each.draft for number, each in active.items()}
    number: int | None = st.selectbox(
        "Ward priority that it responds to, if any",
        list(active),
        index=None,
        key=_PRIORITY,
        format_func=lambda each: (
            f"{names.get(wishes[each].ward_code, wishes[each].ward_code)}: {wishes[each].title}"
        ),
        placeholder="None",
        on_change=lambda: _begin_with(active.get(state.value(_PRIORITY))),
    )
    return number


def _begin_with(priority: WardPriority | None) -> None:
    """Begin with the priority's whole ward; another area can be given."""
    if priority is not None and not propose_here.is_carried():
        state.put("propose-way", "ward")
        state.put("propose-ward", priority.draft.ward_code)


def place(
    ops: Operations, *, today: date, answers: WardPriority | None, map_place: DeltaGenerator
) -> ProposedPlace | None:
    """Draw the choice of the place: what was carried over, or an area that a person gives.

    Parameters
    ----------
    ops : Operations
    today : date
        Local.
    map_place : DeltaGenerator
        Where the map is drawn.
    answers : WardPriority or None
        Gives an area that a person gives its title and objective.

    Raises
    ------
    PlainError
        If there is no store, or the hotspot's view cannot be worked out.
    """
    view = propose_here.carried()
    hotspot = propose_here.place_of_view(view, today=today) if view else None
    if view and hotspot is None:
        st.warning(
            "The hotspot of this link is no longer found with these filters. Choose the area "
            "below, or another hotspot on the page Hotspots."
        )
    there = hotspot or propose_here.place_carried(
        ops, runs=lambda: queries_today.news(today).runs, today=today
    )
    if there is not None:
        propose_here.summary(there, map_place=map_place)
        st.button("Choose another area instead", on_click=propose_here.forget)
        return there
    if propose_here.is_carried() and not view:
        st.warning(
            "The short run is no longer listed on Today. Choose the area below, or another row "
            "there."
        )
    st.page_link("pages/intelligence/hotspots.py", label="Choose a hotspot on the page Hotspots")
    picked = area_choice(key="propose", map_place=map_place)
    if picked is None:
        return None
    record = (("area", picked.label),)
    if answers is None:
        start = blank(today)
        return ProposedPlace(picked.area, picked.origin, start, record, "propose-area")
    start = from_priority(title=answers.draft.title, why=answers.draft.why, today=today)
    key = f"propose-priority-{answers.priority_id}"
    return ProposedPlace(picked.area, "priority", start, record, key)


def answer(place: ProposedPlace | None) -> str:
    """Say what is proposed so far, in one sentence."""
    if place is None:
        return (
            "No area is chosen yet: draw it on the map, or give a place, a file or a ward. "
            "What, when and who then follow."
        )
    wards = queries.store().wards
    names = dict(zip(wards.codes, wards.names, strict=True))
    named = [names[code] for code in place.area.ward_codes]
    return (
        f"Proposed is an area of {area_label(place.area.shape)} in {list_label(named)}; say what, "
        "when and who."
    )


def form(place: ProposedPlace, *, answers: WardPriority | None, acting: Actor) -> Tasking | None:
    """Draw the form; keep the tasking when it is sent and return it."""
    version, name = queries.store().snapshot.version, acting.person.name
    st.caption(
        plain(
            f"It will be recorded as proposed by {name} on incidents of table version "
            f"{version}. Somebody then approves it. Approval fixes what its outcome is compared "
            "with."
        )
    )
    saves = saving.form(place.key)
    draft = tasking_form(
        place.prefilled,
        form=saves,
        area=place.area.shape,
        origin=place.origin,
        teams=sorted({each.draft.team for each in taskings(acting.ops) if each.draft.team}),
        priorities={},
        priority_id=None if answers is None else answers.priority_id,
        label="Propose this tasking",
    )
    if draft is None:
        return None
    kept: list[Tasking] = []

    def save() -> str:
        decision = Decision(place.view, place.hotspot_id, version, None, name, acting.now)
        given = draft()
        given = replace(given, near=given.near or _name(place.area))
        kept.append(propose(actor(), given, decision=decision, ward_codes=place.area.ward_codes))
        return f"{kept[0].reference} is proposed."

    return kept[0] if saves.save(save) else None


def _name(area: CheckedArea) -> str:
    """Return the name from the ground of an area for which nobody typed one."""
    wards = queries.store().wards
    names = dict(zip(wards.codes, wards.names, strict=True))
    ward = names[area.ward_codes[0]] if area.ward_codes else ""
    return name_of_place(queries.store().gazetteer, Place(area.shape, ward=ward))

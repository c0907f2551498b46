"""The first screen before a plan is made: the hotspots that teams would be sent to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.labels import with_labels
from geo.naming.words import sentence_case
from geo.screen.maps import hotspot_layers
from models.hotspots.methods import method_of
from models.tasking.patrol_coverage import peak_label
from models.wording.absence import NO_HOURS_LABELS
from pages.components import choice_list, legend, map_first, map_places
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.person import fragment
from pages.shell.stamp import one_version
from pages.tasking.plan_parts import plan_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.hotspots.methods import MethodSettings
    from models.incidents.detection import Detection
    from models.plans.query import PlanQuery
    from models.tasking.patrol_demand import Candidate

_MAP: Final = "planned"
_CHOSEN: Final = "plan_hotspot"


@fragment
@one_version()
def draw(
    detection: Detection,
    candidates: Sequence[Candidate],
    *,
    settings: MethodSettings,
    query: PlanQuery,
) -> None:
    """Draw the map and the list; a choice in either draws these alone."""
    ids = [each.hotspot_id for each in candidates]
    rows = {
        each.hotspot_id: (
            f"{each.rank}. {sentence_case(each.near or each.where)}",
            f"About {sum(each.incidents):,.1f} expected a week",
        )
        for each in candidates
    }
    choice_list.begin(_CHOSEN, rows)
    map_side, list_side = map_first.sides(_MAP)
    with map_side:
        _map(detection, ids, settings=settings)
    with list_side:
        choice_list.draw(
            "Hotspots that teams would be sent to", rows, key=_CHOSEN, on_choice=_choose_row
        )
        _card(candidates, query)


def _map(detection: Detection, ids: Sequence[str], *, settings: MethodSettings) -> None:
    theme = page_theme()
    frame = detection.hotspots.frame.head(len(ids))
    shapes = dict(zip(ids, frame.geometry, strict=True))
    show_map(
        queries.ground(theme, ward_codes=detection.selection.ward_codes),
        hotspot_layers(
            with_labels(frame),
            classes=legend.looks_of(method_of(settings), theme=theme),
            selected=state.value(_CHOSEN),
        ),
        key=_MAP,
        places=[*map_places.hotspot_places(frame), *map_places.tasking_places()],
        move=map_places.move_to(_MAP, shapes.get(map_places.asked_place(_MAP))),
        on_pick=partial(state.put, _CHOSEN),
    )


def _choose_row(hotspot_id: str) -> None:
    state.put(_CHOSEN, hotspot_id)
    map_places.ask_move(_MAP, hotspot_id)


def peak_of(candidate: Candidate) -> str:
    """Return the hours in which a hotspot may be visited, in words."""
    if candidate.hours_known:
        return peak_label(candidate.peak)
    return NO_HOURS_LABELS.get(candidate.hours_state, NO_HOURS_LABELS["not_known"])


def _card(candidates: Sequence[Candidate], query: PlanQuery) -> None:
    ids = [each.hotspot_id for each in candidates]
    at = ids.index(state.value(_CHOSEN))
    place = candidates[at]
    with st.container(key="chosen"):
        st.markdown(
            f"**{plain(place.label)}**  \n"
            f"{plain(f'About {sum(place.incidents):,.1f} incidents expected a week')}  \n"
            f"{plain(f'Visited in its peak hours: {peak_of(place)}')}"
        )
    with st.container(key="chosen_ways", horizontal=True, gap="small"):
        plan_form.make_button(query)
        map_first.steps(ids, at=at, what="hotspot", choose=_choose_row)

"""What a team sees in the street: what is on for it now, on the map and as the list that logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import streamlit as st

from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from data.services.visit_entries import person_mark
from data.settings import settings
from geo.errors import PlainError
from geo.palettes import class_styles
from geo.screen.maps import hotspot_layers
from models.tasking.duty import open_to_visits
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.on_now import on_now_sentence, standing_label, standing_taskings
from models.wording.days import span_label
from pages.components import map_first, map_places
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.shell import queries, queries_operations, state
from pages.shell.messages import plain
from pages.shell.person import fragment, person
from pages.shell.stamp import one_version
from pages.tasking.visit_parts import own_team, phone

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from models.tasking.on_now import Standing, StandingTasking
    from models.tasking.tasking import Tasking

_TASKING: Final = "visit_tasking"
_LOGGED: Final = "visit_logged"
_MAP: Final = "visit"
_CLASSES: Final[dict[Standing, tuple[str, str]]] = {
    "there": ("Team is there", "T"),
    "now": ("On now", "N"),
    "later": ("Later today", "L"),
    "over": ("Not now", "–"),
    "another_day": ("Not now", "–"),
}


@fragment
@one_version()
def draw() -> None:
    """Draw the answer, the map and the list; a choice in map or list draws these alone."""
    ops = queries_operations.operations()
    now = queries_operations.now()
    known = taskings(ops)
    there = {each.tasking_id: each for each in visits(ops, still_there=True)}
    offered = open_to_visits(known, now=now, there=there)
    linked = _linked(known)
    own_team.begin(linked.draft.team if linked in offered and linked else "")
    team = own_team.current()
    rows = standing_taskings(
        [each for each in offered if team in ("", each.draft.team)], there=there, now=now
    )
    selected = _selected(rows, linked=linked)
    with st.container(key="answer"):
        st.markdown(plain(on_now_sentence(rows, team=team, now=now)))
    if linked is not None and linked not in offered:
        _not_offered(linked)
    map_side, list_side = map_first.sides(_MAP)
    with list_side:
        teams = {each.draft.team for each in offered}
        own_team.choose(teams)
        with st.container(key="visit_list", height="stretch"):
            _nothing(rows, teams=teams)
            phone.draw(
                phone.PhoneFacts(
                    rows=rows,
                    person_mark=person_mark(ops, person().name),
                    team=team,
                    team_is_own=own_team.is_own(),
                    selected=selected,
                    now=now,
                    metric_crs=settings().metric_crs,
                ),
                on_choice=_choose,
                on_team=own_team.remembered,
                on_logged=lambda: state.put(_LOGGED, True),
            )
    with map_side:
        try:
            _map(rows, selected=selected)
        except PlainError as problem:  # visits are logged without a map of wards, too
            st.info(plain(str(problem)))
    chosen = next((row.tasking for row in rows if row.tasking.tasking_id == selected), None)
    state.show_in_address_bar(
        {
            "tasking": "" if chosen is None else f"{chosen.tasking_id}",
            own_team.LINK: team if own_team.is_own() else "",
        }
    )
    if state.take(_LOGGED):
        st.rerun()  # what stands below, too


def _linked(known: Sequence[Tasking]) -> Tasking | None:
    """Return the tasking that the address names."""
    asked = state.address_bar().get("tasking", "")
    return next((each for each in known if f"{each.tasking_id}" == asked), None)


def _selected(rows: Sequence[StandingTasking], *, linked: Tasking | None) -> int:
    """Return the tasking that is open in the list: the link's, the last chosen, or the first."""
    numbers = [row.tasking.tasking_id for row in rows]
    state.begin({_TASKING: linked.tasking_id if linked is not None else 0})
    if state.value(_TASKING) not in numbers:
        state.put(_TASKING, numbers[0] if numbers else 0)
    return int(state.value(_TASKING))


def _not_offered(tasking: Tasking) -> None:
    """Say why the tasking of a link cannot be visited now."""
    span = span_label(tasking.draft.starts_on, tasking.draft.ends_on)
    st.warning(
        plain(
            f"{tasking.reference} cannot be visited now: it is "
            f"{STATUS_LABELS[tasking.status].lower()} and runs {span}. Visits that were made in "
            "time can be uploaded below."
        )
    )


def _nothing(rows: Sequence[StandingTasking], *, teams: Collection[str]) -> None:
    """Say that nothing can be visited, where that is so."""
    if rows:
        return
    st.info(
        "No tasking of this team can be visited now. Choose another team, or all teams."
        if teams
        else "No tasking can be visited now: none is active between its first and its last day. "
        "Start one on its page."
    )


def _choose(number: int) -> None:
    state.put(_TASKING, number)
    map_places.ask_move(_MAP, f"{number}")


def _map(rows: Sequence[StandingTasking], *, selected: int) -> None:
    theme = page_theme()
    shapes = {f"{row.tasking.tasking_id}": row.tasking.draft.area for row in rows}
    wards = sorted({code for row in rows for code in row.tasking.ward_codes})
    layers = hotspot_layers(
        _frame(rows),
        classes=class_styles(dict(_CLASSES.values()), ordered=False, theme=theme),
        selected=f"{selected}",
    )
    show_map(
        queries.ground(theme, ward_codes=tuple(wards) or queries.home_wards()),
        layers,
        key=_MAP,
        places=map_places.tasking_places(),
        move=map_places.move_to(_MAP, shapes.get(map_places.asked_place(_MAP))),
        on_pick=lambda picked: state.put(_TASKING, int(picked)),
    )


def _frame(rows: Sequence[StandingTasking]) -> gpd.GeoDataFrame:
    """Return the taskings in as much of the one hotspot shape as a map needs."""
    return gpd.GeoDataFrame(
        {
            "hotspot_id": [f"{row.tasking.tasking_id}" for row in rows],
            "rank": range(1, len(rows) + 1),
            "near": [row.tasking.draft.title for row in rows],
            "tip_text": [standing_label(row) for row in rows],
            "hot_class": [_CLASSES[row.standing][0] for row in rows],
        },
        geometry=[row.tasking.draft.area for row in rows],
        crs=settings().metric_crs,
    )

"""The first screen of a plan: its visits on a map, in a list, and the chosen one below it.

Map, list and chosen visit are one fragment: a choice in either draws these alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.counting import counted
from geo.naming.words import sentence_case
from models.tasking.wording import day_of_week_label
from models.wording.days import day_label
from pages.components import choice_list, map_first
from pages.components.map_places import ask_move
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import fragment
from pages.shell.stamp import one_version
from pages.tasking.plan_parts import plan_loops
from pages.tasking.plan_parts.plan_map import MAP, draw_routes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.exports.walking_loops import NamedLoop
    from models.tasking.patrol_plan import PlannedVisit
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

ALL_TEAMS: Final = "All teams"
_WHOLE: Final = "All days"
_CHOSEN: Final = "plan_visit"
_TEAM, _DAY = "plan_team", "plan_day"


@fragment
@one_version()
def draw(displayed: DisplayedPlan, *, ward_codes: tuple[str, ...]) -> None:
    """Draw the map and the list; a choice in either draws these alone."""
    map_side, list_side = map_first.sides(MAP)
    with list_side:
        team, day = _choices(displayed)
        visits = sorted(
            (
                each
                for each in displayed.plan.visits
                if team in (ALL_TEAMS, each.team) and day in (_WHOLE, each.day)
            ),
            key=lambda each: (each.starts, each.team),
        )
        rows = _rows(displayed, visits)
        wanted = choice_list.begin(_CHOSEN, rows)
        chosen = next((each for each in visits if _key(each) == wanted), None)
        if chosen is None:
            st.info("There is no visit for this choice. Choose another team or day.")
        else:
            choice_list.draw(
                "Visits by time and team", rows, key=_CHOSEN, on_choice=partial(_choose, visits)
            )
        with_loops = plan_loops.asked()
        loops = plan_loops.visited_loops(displayed, visits) if with_loops else []
        loop = plan_loops.choose(loops) if with_loops else None
        _card(displayed, visits, chosen=chosen, loop=loop)
    with map_side:
        about = draw_routes(
            displayed,
            visits,
            loops=loops,
            loop_shown=loop,
            numbered=team != ALL_TEAMS and day != _WHOLE,
            ward_codes=ward_codes,
            selected=chosen.hotspot_id if chosen else None,
            on_pick=partial(_choose_place, visits),
        )
    st.caption(plain(" ".join(filter(None, (_counts(displayed, visits), about)))))
    if loops:
        plan_loops.downloads(displayed, loops, choice=loop)


def _choices(displayed: DisplayedPlan) -> tuple[str, date | str]:
    """Draw the choice of a team and of a day."""
    days = sorted({visit.day for visit in displayed.plan.visits})
    first = days[0] if days else _WHOLE
    names = [each.name for each in displayed.teams]
    state.begin({_DAY: first, _TEAM: ALL_TEAMS})
    if state.value(_DAY) not in (_WHOLE, *days):
        state.put(_DAY, first)
    if state.value(_TEAM) not in (ALL_TEAMS, *names):
        state.put(_TEAM, ALL_TEAMS)
    state.keep(_DAY, _TEAM)
    with st.container(key="plan_choices", horizontal=True, gap="small"):
        team = st.selectbox("Team", [ALL_TEAMS, *names], key=_TEAM, label_visibility="collapsed")
        day = st.selectbox(
            "Shift beginning on",
            [_WHOLE, *days],
            format_func=lambda each: each if isinstance(each, str) else day_of_week_label(each),
            key=_DAY,
            label_visibility="collapsed",
        )
    return str(team), day if isinstance(day, date) else _WHOLE


def _key(visit: PlannedVisit) -> str:
    return f"{visit.starts} {visit.team}"


def _choose(visits: Sequence[PlannedVisit], key: str) -> None:
    """Choose a visit, from the callback of its row; the map and its loop follow."""
    state.put(_CHOSEN, key)
    place = next(each.hotspot_id for each in visits if _key(each) == key)
    ask_move(MAP, place)
    plan_loops.ask(place)


def _choose_place(visits: Sequence[PlannedVisit], hotspot_id: str) -> None:
    """Choose the first visit to the hotspot that was clicked on the map, then the next ones."""
    there = [_key(each) for each in visits if each.hotspot_id == hotspot_id]
    if there:
        now = state.value(_CHOSEN)
        at = there.index(now) + 1 if now in there else 0
        state.put(_CHOSEN, there[at % len(there)])
        plan_loops.ask(hotspot_id)


def _rows(displayed: DisplayedPlan, visits: Sequence[PlannedVisit]) -> dict[str, tuple[str, str]]:
    """Return what the list says of each visit: when and where, and below it who and how."""
    known = {
        each.hotspot_id: f"{each.rank}. {sentence_case(each.near or each.where)}"
        for each in displayed.candidates
    }
    several = len({each.day for each in visits}) > 1
    return {
        _key(each): (
            f"{_when(each) if several else _clock(each)} · {known[each.hotspot_id]}",
            f"{each.team}{', in spare time' if each.in_spare_time else ''}"
            f"{', locked' if each.locked else ''}",
        )
        for each in visits
    }


def _when(visit: PlannedVisit) -> str:
    return f"{day_of_week_label(visit.at)} {_clock(visit)}"


def _clock(visit: PlannedVisit) -> str:
    ends = visit.at + timedelta(minutes=visit.minutes)
    return f"{visit.at:%H:%M}–{ends:%H:%M}"


def _card(
    displayed: DisplayedPlan,
    visits: Sequence[PlannedVisit],
    *,
    chosen: PlannedVisit | None,
    loop: NamedLoop | None,
) -> None:
    """Draw the chosen visit in a few lines, with the ways on: before, next, its directions."""
    if chosen is None:
        return
    keys = [_key(each) for each in visits]
    place = next(each for each in displayed.candidates if each.hotspot_id == chosen.hotspot_id)
    with st.container(key="chosen"):
        st.markdown(
            f"**{plain(place.label)}**  \n{plain(f'{chosen.team}, {_when(chosen)}')}  \n"
            f"{plain(_facts(displayed, chosen))}"
        )
    with st.container(key="chosen_ways", horizontal=True, gap="small"):
        if loop is not None:
            with st.popover("Directions", icon=":material/directions_walk:"):
                plan_loops.directions(loop)
        map_first.steps(
            keys,
            at=visits.index(chosen),
            what="visit",
            choose=partial(_choose, visits),
        )


def _facts(displayed: DisplayedPlan, visit: PlannedVisit) -> str:
    """Return what else is known of a visit: its part of those there, spare time, the way."""
    there = [each for each in displayed.plan.visits if each.hotspot_id == visit.hotspot_id]
    parts = [f"{there.index(visit) + 1} of {counted(len(there), 'visit')} there in this plan"]
    if visit.in_spare_time:
        parts.append("in spare time")
    if visit.locked:
        parts.append("locked")
    if visit.day != visit.at.date():
        parts.append(f"of the shift that begins on {day_of_week_label(visit.day)}")
    return " · ".join(parts)


def _counts(displayed: DisplayedPlan, visits: Sequence[PlannedVisit]) -> str:
    shifts = {(visit.team, visit.day) for visit in visits}
    paused = [each for each in displayed.plan.breaks if (each.team, each.day) in shifts]
    spare = sum(each.in_spare_time for each in visits)
    return (
        f"{counted(len(visits), 'visit')} in {counted(len(shifts), 'shift')}, {spare} of them in "
        f"spare time; {counted(len(paused), 'shift has', 'shifts have')} a break. Days from "
        f"{day_label(displayed.settings.starts_on)}, each from 06:00 to 06:00."
    )

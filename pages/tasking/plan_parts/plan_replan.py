"""Replan tonight: a team is off, or a new hotspot came; the rest of the plan is locked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import shapely
import streamlit as st

from data.exports.replan_words import loss_table, replan_words
from data.exports.spreadsheet import csv_bytes
from models.tasking.patrol_replan import PlanChange
from models.tasking.patrol_request import MOST_CANDIDATES
from models.tasking.replanned import ShiftOff
from models.tasking.wording import day_of_week_label
from models.wording.lists import list_label
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.offer import offer
from pages.shell.queries_operations import now
from pages.tasking.plan_parts import plan_keep, plan_week, queries_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.incidents.store import Store
    from models.hotspots.methods import MethodSettings
    from models.incidents.filters import IncidentFilter
    from models.plans.planning import PlanBasis
    from models.tasking.patrol_demand import Candidate
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

_ASKED: Final = "plan_replan"


def draw(
    displayed: DisplayedPlan,
    *,
    store: Store,
    incident_filter: IncidentFilter,
    method: MethodSettings,
) -> None:
    """Draw the question, and the plan that answers it with what it costs.

    Raises
    ------
    PlainError
    """
    st.header("Replan tonight", anchor=False)
    as_of = int(now().timestamp()) // 60
    gap = displayed.settings.gap_minutes
    basis = queries_plan.basis(incident_filter, method, top=MOST_CANDIDATES, gap_minutes=gap)
    fresh = _new_places(displayed, basis)
    _form(displayed, fresh, as_of=as_of)
    asked = _asked(displayed)
    if asked is None:
        return
    again = _replanned(displayed, asked, fresh=fresh, basis=basis, store=store)
    note(again)
    plan_week.draw(again, timezone=store.settings.timezone)
    st.header("Keep the new plan", anchor=False)
    st.caption(
        "It is saved as a plan of its own that names the one it replaces, which stays as it was "
        "made."
    )
    plan_keep.save(again)


def note(displayed: DisplayedPlan) -> None:
    """Say what a plan that was made again costs, and which ward loses; nothing of any other."""
    about = displayed.plan.replanned
    if about is None:
        return
    names = {each.hotspot_id: each.label for each in displayed.candidates}
    replaces = f"It replaces {about.replaces}. " if about.replaces else ""
    sentence = replan_words(
        displayed.plan,
        settings=displayed.settings,
        names=names,
        timezone=queries.store().settings.timezone,
    )
    st.markdown(plain(f"{replaces}{sentence}"))
    table = loss_table(about)
    if len(table):
        st.dataframe(
            table,
            hide_index=True,
            alt="What each ward loses and gains, in expected incidents",
            column_config={
                "ward": "Ward",
                "served_before": st.column_config.NumberColumn(
                    "In hours served before", format="%.2f"
                ),
                "lost": st.column_config.NumberColumn("Lost", format="%.2f"),
                "gained": st.column_config.NumberColumn("Gained", format="%.2f"),
                "served_now": st.column_config.NumberColumn("In hours served now", format="%.2f"),
            },
        )
        offer(
            "Losses by ward as CSV",
            partial(csv_bytes, table),
            file_name="patrol-plan-losses-by-ward.csv",
        )


def _new_places(displayed: DisplayedPlan, basis: PlanBasis) -> tuple[Candidate, ...]:
    """Return the hotspots of the picture at hand that touch none of the plan's."""
    there = shapely.union_all(list(displayed.areas.values()))
    last = max((each.rank for each in displayed.candidates), default=0)
    fresh = [
        each
        for each in basis.candidates
        if each.hotspot_id not in displayed.areas
        and not basis.areas[each.hotspot_id].intersects(there)
    ]
    room = MOST_CANDIDATES - len(displayed.candidates)
    return tuple(
        replace(each, rank=last + number) for number, each in enumerate(fresh[:room], start=1)
    )


def _form(displayed: DisplayedPlan, fresh: Sequence[Candidate], *, as_of: int) -> None:
    plan = displayed.plan
    left = [each for each in plan.visits if each.starts >= as_of]
    days = sorted({each.day for each in left})
    teams = [
        each.name for each in displayed.teams if any(visit.team == each.name for visit in left)
    ]
    st.caption(
        "Visits that have begun stay, and so do the shifts of the other teams. A team takes over "
        "hours that would be lost, or a new hotspot, if it can reach them; for that it gives up "
        "nothing but its own visits in spare time."
    )
    if not left:
        st.info("All visits of this plan are over: there is nothing left to plan again.")
        return
    labels = {each.hotspot_id: each.label for each in fresh}
    own = _identity(displayed)
    with st.form(f"plan-replan-{own}"):
        one, two = st.columns(2)
        off = one.multiselect(
            "Teams that are off", teams, placeholder="No team", key=f"plan-replan-off-{own}"
        )
        on = two.multiselect(
            "On the shifts that begin on",
            days,
            default=days[:1],
            format_func=day_of_week_label,
            key=f"plan-replan-days-{own}",
        )
        new = st.multiselect(
            "New hotspots to visit",
            list(labels),
            format_func=labels.__getitem__,
            key=f"plan-replan-new-{own}",
            placeholder="None" if labels else "Every hotspot of these filters is in the plan",
            help="Hotspots of the filters above that touch none of the plan's; what is expected "
            "there is counted by these filters. To find others, save the plan, open it and choose "
            "other filters.",
        )
        sent = st.form_submit_button(
            "Replan", type="primary", icon=":material/published_with_changes:"
        )
    if not sent:
        return
    going = {(each.team, each.day) for each in left}
    shifts = [[team, day.isoformat()] for team in off for day in on if (team, day) in going]
    idle = [team for team in off if not any((team, day) in going for day in on)]
    if idle or not (shifts or new):
        state.put(_ASKED, None)
        st.error(plain(_nothing(idle)))
    else:
        state.put(_ASKED, json.dumps({"of": own, "off": shifts, "new": new, "as_of": as_of}))


def _nothing(idle: Sequence[str]) -> str:
    """Say why there is nothing to plan again."""
    if idle:
        return (
            f"Nothing was planned again: {list_label(idle)} has no visit left on the chosen days. "
            "Choose other days, or take it out."
        )
    return (
        "Nothing was planned again: no team is off and no hotspot is new. Choose a team with the "
        "days on which its shifts begin, or a hotspot."
    )


def _identity(displayed: DisplayedPlan) -> str:
    return f"{displayed.record.plan_id if displayed.record else ''} {hash(displayed.plan.visits)}"


def _asked(displayed: DisplayedPlan) -> dict[str, Any] | None:
    """Return what was asked for of this plan."""
    kept = state.value(_ASKED)
    asked: dict[str, Any] = json.loads(kept) if kept else {}
    return asked if asked.get("of") == _identity(displayed) else None


def _replanned(
    displayed: DisplayedPlan,
    asked: dict[str, Any],
    *,
    fresh: Sequence[Candidate],
    basis: PlanBasis,
    store: Store,
) -> DisplayedPlan:
    moment = int(asked["as_of"])
    added = tuple(each for each in fresh if each.hotspot_id in asked["new"])
    earlier = displayed.plan.replanned.off if displayed.plan.replanned else ()
    off = tuple(ShiftOff(team, date.fromisoformat(day), moment) for team, day in asked["off"])
    candidates = (*displayed.candidates, *added)
    request = replace(displayed.request(timezone=store.settings.timezone), candidates=candidates)
    if added and request.ways is not None:
        ways = queries_plan.ways(
            candidates,
            travels=tuple(sorted({each.travel for each in displayed.teams})),
            detour=displayed.settings.detour,
        )
        request = replace(request, ways=ways)
    change = PlanChange(
        as_of=moment,
        off=(*earlier, *off),
        added=tuple(each.hotspot_id for each in added),
        replaces=displayed.record.reference if displayed.record else "",
    )
    return replace(
        displayed,
        plan=queries_plan.plan_again(request, displayed.plan, change=change),
        candidates=candidates,
        areas={
            **displayed.areas,
            **{each.hotspot_id: basis.areas[each.hotspot_id] for each in added},
        },
        record=None,
    )

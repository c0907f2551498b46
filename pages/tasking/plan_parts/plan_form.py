"""What a patrol plan is asked for: teams in a table, settings, and what must be in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from data.operations.taskings.plans import last_teams
from geo.streets.ways import TRAVELS
from models.plans.query import (
    PLAN_KEYS,
    PlanQuery,
    plan_query_parameters,
    read_plan_query,
    usual_plan_query,
)
from models.tasking.patrol_request import MOST_CANDIDATES, MOST_DAYS, OBJECTIVE_LABELS, OBJECTIVES
from models.tasking.team_rows import TEAM_COLUMNS, TeamFileError, team_rows, teams_of_rows
from models.tasking.teams import SPEEDS_KMH, TRAVEL_LABELS
from pages.shell import state
from pages.shell.messages import notes, plain
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.tasking.patrol_demand import Candidate

ASKED: Final = "plan_asked"
_ROUND: Final = "plan_form_round"


def asked() -> bool:
    """Tell whether a plan is asked for: by a button, or by the opened link."""
    by_button = state.value(ASKED)
    if by_button is not None:
        return bool(by_button)
    return any(key in state.opened_link() for key in PLAN_KEYS)


def ask_nothing() -> None:
    """Begin with the usual again, whatever was asked for before."""
    state.put(ASKED, "")
    state.put(_ROUND, state.value(_ROUND, 0) + 1)


def plan_query(*, today: date) -> PlanQuery:
    """Return what is asked for: by the form, else by the opened link, else the usual.

    The usual is next week with the teams of the plan that was saved last.
    """
    monday = today + timedelta(days=7 - today.weekday())
    by_button = state.value(ASKED)
    query = state.opened_link() if by_button is None else json.loads(by_button or "{}")
    found, problems = read_plan_query(query, starts_on=monday)
    notes(problems, heading="The link could not be read in full")
    return found if asked() else usual_plan_query(monday, teams=last_teams(operations()))


def ask(plan_query: PlanQuery) -> None:
    """Ask for another plan; the form then shows it."""
    state.put(ASKED, json.dumps(plan_query_parameters(plan_query)))
    state.put(_ROUND, state.value(_ROUND, 0) + 1)


def make_button(query: PlanQuery) -> None:
    """Draw the button that makes the plan as it is asked for."""
    if st.button(
        "Make the plan",
        type="primary",
        icon=":material/route:",
        on_click=partial(ask, query),
        key="plan-make",
    ):
        st.rerun()  # of the whole page, also from a fragment


def draw(now: PlanQuery, candidates: Sequence[Candidate]) -> bool:
    """Draw the form; it asks for a plan when it is sent, and tells so."""
    turn = state.value(_ROUND, 0)
    with st.form(f"plan-{turn}"):
        st.header("Teams and shifts", anchor=False)
        edited = _team_table(now, turn=turn)
        st.header("Settings", anchor=False)
        wanted = _settings(now)
        with st.expander("Requirements, ward minimums, search"):
            wanted = _requirements(wanted, candidates, turn=turn)
        sent = st.form_submit_button("Make the plan", type="primary", icon=":material/route:")
    if sent:
        try:
            teams = teams_of_rows(_rows(edited))
        except TeamFileError as problem:
            st.error(plain(str(problem)))
            st.stop()
        ask(replace(wanted, teams=teams))
    return bool(sent)


def _rows(edited: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): row[name] for name in row} for row in edited.to_dict("records")]


def _team_table(now: PlanQuery, *, turn: int) -> pd.DataFrame:
    speeds = ", ".join(f"{TRAVEL_LABELS[each].lower()} {SPEEDS_KMH[each]:g}" for each in TRAVELS)
    st.caption(
        "Each row is one shift; a team can have several. Write days as Mon-Fri or Sat, Sun; "
        "times as 14:00; days off as 2026-12-25. If the speed is left empty, it is, in km/h: "
        f"{plain(speeds)}. A shift of more than six hours has a break. The 15 minutes at "
        "either end are for getting ready and returning."
    )
    rows = pd.DataFrame(team_rows(now.teams), columns=list(TEAM_COLUMNS))
    edited: pd.DataFrame = st.data_editor(
        rows,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        key=f"plan-teams-{turn}",
        alt="Teams and their shifts (can be edited)",
        column_config={
            "team": st.column_config.TextColumn("Team", required=True),
            "days": st.column_config.TextColumn("Days"),
            "from": st.column_config.TextColumn("From", width=70),
            "to": st.column_config.TextColumn("To", width=70),
            "travel": st.column_config.SelectboxColumn("Travels by", options=list(TRAVELS)),
            "speed_kmh": st.column_config.TextColumn("km/h", width=60),
            "break_minutes": st.column_config.TextColumn("Break, min", width=80),
            "days_off": st.column_config.TextColumn("Days off"),
        },
    )
    return edited


def _settings(now: PlanQuery) -> PlanQuery:
    chosen = now.settings
    one, two, three = st.columns(3)
    starts_on = one.date_input("First day", chosen.starts_on, format="DD/MM/YYYY")
    days = two.number_input("Days", 1, MOST_DAYS, chosen.days)
    top = three.number_input("Hotspots, by rank", 1, MOST_CANDIDATES, min(now.top, MOST_CANDIDATES))
    minutes = one.number_input(
        "Minutes a visit", 5, 56, chosen.visit_minutes, help="10 to 16 are recommended (Koper)."
    )
    objective = two.selectbox(
        "Cover",
        OBJECTIVES,
        index=OBJECTIVES.index(chosen.objective),
        format_func=OBJECTIVE_LABELS.__getitem__,
    )
    seed = three.number_input(
        "Seed", 0, 999_999, chosen.seed, help="Another seed, other breaks and minutes."
    )
    settings = replace(
        chosen,
        starts_on=starts_on,
        days=int(days),
        visit_minutes=int(minutes),
        objective=objective,
        seed=int(seed),
        locked=(),
    )
    return replace(now, settings=settings, top=int(top))


def _requirements(now: PlanQuery, candidates: Sequence[Candidate], *, turn: int) -> PlanQuery:
    labels = {each.hotspot_id: each.label for each in candidates}
    chosen = now.settings
    ids = list(labels)
    must = st.multiselect(
        "Must be visited",
        ids,
        default=[each for each in chosen.must if each in ids],
        format_func=labels.__getitem__,
    )
    must_not = st.multiselect(
        "Must not be visited",
        ids,
        default=[each for each in chosen.must_not if each in ids],
        format_func=labels.__getitem__,
    )
    limit = st.number_input("Seconds to search, at most", 5, 300, int(chosen.time_limit_s))
    least = _ward_minimums(now, candidates, turn=turn)
    settings = replace(
        chosen, must=tuple(must), must_not=tuple(must_not), time_limit_s=float(limit)
    )
    return replace(now, settings=settings, least=least)


def _ward_minimums(
    now: PlanQuery, candidates: Sequence[Candidate], *, turn: int
) -> tuple[tuple[str, int], ...]:
    held = dict(now.least)
    wards = dict.fromkeys((each.ward_code, each.ward_name) for each in candidates)
    rows = [
        {"Ward": name or "Outside every ward", "Visits at least": held.get(code, 0)}
        for code, name in wards
    ]
    edited: Any = st.data_editor(
        pd.DataFrame(rows, columns=["Ward", "Visits at least"]),
        hide_index=True,
        disabled=["Ward"],
        key=f"plan-wards-{turn}",
        alt="Least number of visits for each ward (can be edited)",
        column_config={
            "Visits at least": st.column_config.NumberColumn(min_value=0, max_value=200, step=1)
        },
    )
    counts = [int(each or 0) for each in edited["Visits at least"].tolist()]
    return tuple((code, count) for (code, _), count in zip(wards, counts, strict=True) if count > 0)

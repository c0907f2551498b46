"""What a patrol plan is worth, where its teams go, and what it covers and leaves out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.patrol import hotspot_table, visit_table, ward_table
from data.exports.spreadsheet import csv_bytes
from geo.counting import counted
from models.tasking.patrol_request import OBJECTIVE_LABELS
from models.tasking.wording import day_of_week_label
from models.wording.days import day_label
from pages.components.map_places import show_row
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.offer import offer
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


def draw(displayed: DisplayedPlan, *, ward_codes: tuple[str, ...]) -> None:
    """Draw the figures, the map with its table, and the coverage."""
    st.header("The plan", anchor=False)
    _figures(displayed)
    st.caption(plain(_about(displayed)))
    _map_and_visits(displayed, ward_codes=ward_codes)
    _coverage(displayed)


def _about(displayed: DisplayedPlan) -> str:
    plan, settings = displayed.plan, displayed.settings
    last = settings.dates[-1]
    spare = sum(each.in_spare_time for each in plan.visits)
    stopped = "the requested gap was reached" if plan.proven else "the time allowed was up"
    return (
        f"{day_label(settings.starts_on)} to {day_label(last)}, days from 06:00 to 06:00 · "
        f"{counted(len(plan.visits), 'visit')} ({spare} in spare time) · "
        f"{OBJECTIVE_LABELS[settings.objective].lower()} · table "
        f"version {displayed.table_version} · seed {settings.seed} · the search ended because "
        f"{stopped}. Best possible means that no plan with these teams, hours, travel times "
        f"and requirements covers more. In each stretch that is served, visits are at most "
        f"{settings.gap_minutes} minutes apart. {displayed.travel_note}"
    )


def _figures(displayed: DisplayedPlan) -> None:
    plan = displayed.plan
    covered = plan.coverage
    box = st.container(key="figures")
    quiet = {"delta_color": "off", "delta_arrow": "off", "border": True}
    box.metric(
        "Expected incidents in hours served",
        f"{covered.incidents.share:.0%}",
        delta=f"{covered.incidents.covered:,.1f} of {covered.incidents.expected:,.1f} · spread "
        f"evenly {covered.incidents.even_share:.0%}",
        **quiet,  # type: ignore[arg-type]
    )
    harm = covered.harm
    box.metric(
        "Expected harm in hours served",
        f"{harm.share:.0%}" if harm.expected > 0 else "no weights",
        delta=f"spread evenly {harm.even_share:.0%}" if harm.expected > 0 else "not weighed",
        **quiet,  # type: ignore[arg-type]
    )
    kind = displayed.settings.objective
    unit = {"incidents": "incidents", "harm": "harm", "mix": "mix"}[kind]
    box.metric(
        "Best possible",
        f"{covered.best_share:.0%}",
        delta=f"at most {plan.bound:,.2f} of the {plain(unit)}; this plan {plan.value:,.2f}",
        **quiet,  # type: ignore[arg-type]
    )
    box.metric(
        "Gap to the best possible",
        f"at most {plan.gap:.1%}",
        delta=f"{plain(_over(plan.value, plan.greedy_value))} on greedy · {plan.seconds:.1f} s",
        **quiet,  # type: ignore[arg-type]
    )


def _over(value: float, other: float) -> str:
    return f"{value / other - 1:+.1%}" if other > 0 else "nothing"


@fragment
@one_version()
def _map_and_visits(displayed: DisplayedPlan, *, ward_codes: tuple[str, ...]) -> None:
    plan = displayed.plan
    days = sorted({visit.day for visit in plan.visits})
    state.begin({"plan_day": days[0] if days else _WHOLE})
    if state.value("plan_day") not in (_WHOLE, *days):
        state.put("plan_day", days[0] if days else _WHOLE)
    left, right = st.columns(2)
    names = [each.name for each in displayed.teams]
    team = left.selectbox("Team", [ALL_TEAMS, *names], key="plan_team")
    day = right.selectbox(
        "Shift beginning on",
        [_WHOLE, *days],
        format_func=lambda held: held if isinstance(held, str) else f"{held:%a} {day_label(held)}",
        key="plan_day",
    )
    visits = [
        visit
        for visit in plan.visits
        if team in (ALL_TEAMS, visit.team) and day in (_WHOLE, visit.day)
    ]
    with_loops = plan_loops.asked()
    loops = plan_loops.visited_loops(displayed, visits) if with_loops else []
    chosen = plan_loops.choose(loops) if with_loops else None
    table_side, map_side = st.container(key="plan_sides").columns([1, 1])
    with map_side:
        draw_routes(
            displayed,
            visits,
            loops=loops,
            loop_shown=chosen,
            numbered=team != ALL_TEAMS and day != _WHOLE,
            ward_codes=ward_codes,
        )
    with table_side:
        if chosen is not None:
            with st.container(key="plan_directions"):
                plan_loops.directions(chosen)
        _visits(displayed, visits, loops=loops, height_px=210 if chosen else 520)
    if loops:
        plan_loops.downloads(displayed, loops, choice=chosen)


def _visits(
    displayed: DisplayedPlan,
    visits: Sequence[PlannedVisit],
    *,
    loops: Sequence[NamedLoop],
    height_px: int,
) -> None:
    chosen = set(visits)
    timezone = queries.store().settings.timezone
    whole = visit_table(displayed.plan, candidates=displayed.candidates, timezone=timezone)
    kept = [visit in chosen for visit in displayed.plan.visits]
    table = whole[kept]
    known = {each.hotspot_id: each.label for each in displayed.candidates}
    ids = table["hotspot_id"].tolist()
    key = f"visits-{hash(tuple(table.index))}-{hash(tuple(ids))}"
    st.dataframe(
        pd.DataFrame(
            {
                "Team": table["team"],
                "Day": [
                    day_of_week_label(visit.at)
                    for visit in displayed.plan.visits
                    if visit in chosen
                ],
                "From": table["from"],
                "To": table["to"],
                "Hotspot": [known[each] for each in table["hotspot_id"]],
                "In spare time": ["yes" if each else "" for each in table["in_spare_time"]],
            }
        ),
        hide_index=True,
        height=height_px,
        width="stretch",
        alt="Visits by team and time",
        on_select=partial(show_row, key, ids, key=MAP, then=partial(plan_loops.choose_row, loops)),
        selection_mode="single-cell",
        key=key,
    )
    shifts = {(visit.team, visit.day) for visit in visits}
    paused = [each for each in displayed.plan.breaks if (each.team, each.day) in shifts]
    spare = sum(each.in_spare_time for each in visits)
    st.caption(
        f"{counted(len(visits), 'visit')} in {counted(len(shifts), 'shift')}, {spare} of them in "
        f"spare time; {counted(len(paused), 'shift has', 'shifts have')} a break."
    )


def _coverage(displayed: DisplayedPlan) -> None:
    coverage = displayed.plan.coverage
    st.subheader("What it covers, by ward", anchor=False)
    st.caption(
        "Incidents expected in this plan's hotspots during its days, and the share in hours when "
        "they are served. The presence of patrols does not prove that less happens."
    )
    wards = ward_table(coverage)
    st.dataframe(
        wards,
        hide_index=True,
        width="stretch",
        alt="Expected and covered by ward",
        column_config={
            "ward": "Ward",
            "hotspots": "Hotspots",
            "visits": "Visits",
            "expected_incidents": "Expected",
            "covered_incidents": "In hours served",
            "share_covered": st.column_config.NumberColumn("Share", format="percent"),
            "share_if_spread_evenly": st.column_config.NumberColumn(
                "If spread evenly", format="percent"
            ),
            "share_of_harm_covered": st.column_config.NumberColumn("Of harm", format="percent"),
        },
    )
    hotspots = hotspot_table(coverage)
    out = hotspots[hotspots["left_out"] != ""]
    st.subheader("Hotspots, and what is left out and why", anchor=False)
    st.caption(
        f"{len(out)} of {counted(len(hotspots), 'hotspot has', 'hotspots have')} no visit."
        if len(out)
        else "Every hotspot has visits; a share below 100 % means that no team serves some of "
        "its hours."
    )
    st.caption(
        "Visits in spare time are those in which less is expected by the hour than at an average "
        "hotspot in an average hour, or which go where another team is anyway. A hotspot gets no "
        "more visits through them than any hotspot above it."
    )
    st.dataframe(
        hotspots.drop(columns="hotspot_id"),
        hide_index=True,
        width="stretch",
        alt="Hotspots with their visits, and why some have none",
        column_config={
            "hotspot": "Hotspot",
            "peak_hours": "Peak hours",
            "visits": "Visits",
            "in_spare_time": "Of them in spare time",
            "expected_incidents": "Expected",
            "within_reach_of_a_shift": "A shift could serve",
            "covered_incidents": "In hours served",
            "share_covered": st.column_config.NumberColumn("Share", format="percent"),
            "left_out": "Left out because",
        },
    )
    row = st.container(horizontal=True)
    for label, table, name in (
        ("Coverage by ward as CSV", wards, "coverage-by-ward"),
        ("Hotspots as CSV", hotspots, "coverage-by-hotspot"),
    ):
        offer(label, partial(csv_bytes, table), file_name=f"patrol-plan-{name}.csv", place=row)

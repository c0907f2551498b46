"""What a patrol plan is worth, and what it covers and leaves out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from data.exports.patrol import hotspot_table, ward_table
from data.exports.spreadsheet import csv_bytes
from geo.counting import counted
from models.tasking.patrol_request import OBJECTIVE_LABELS
from models.wording.days import day_label
from pages.shell.messages import plain
from pages.shell.offer import offer

if TYPE_CHECKING:
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan


def how_we_know(displayed: DisplayedPlan) -> None:
    """Draw the plan's figures and what they rest on."""
    _figures(displayed)
    st.caption(plain(_about(displayed)))


def _about(displayed: DisplayedPlan) -> str:
    plan, settings = displayed.plan, displayed.settings
    last = settings.dates[-1]
    spare = sum(each.in_spare_time for each in plan.visits)
    best = "these teams, hours, travel times and requirements"
    if plan.replanned is not None:
        best = "the rest of the plan locked around the change"
    stopped = "the requested gap was reached" if plan.proven else "the time allowed was up"
    return (
        f"{day_label(settings.starts_on)} to {day_label(last)}, days from 06:00 to 06:00 · "
        f"{counted(len(plan.visits), 'visit')} ({spare} in spare time) · "
        f"{OBJECTIVE_LABELS[settings.objective].lower()} · table "
        f"version {displayed.table_version} · seed {settings.seed} · the search ended because "
        f"{stopped}. Best possible means that no plan with {best} covers more. In each stretch "
        f"that is served, visits are at most "
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


def coverage(displayed: DisplayedPlan) -> None:
    """Draw what a plan covers, by ward and by hotspot."""
    of_plan = displayed.plan.coverage
    st.header("By ward", anchor=False)
    st.caption(
        "Incidents expected in this plan's hotspots during its days, and the share in hours when "
        "they are served. The presence of patrols does not prove that less happens."
    )
    wards = ward_table(of_plan)
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
    hotspots = hotspot_table(of_plan)
    out = hotspots[hotspots["left_out"] != ""]
    st.header("Hotspots, and what is left out and why", anchor=False)
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

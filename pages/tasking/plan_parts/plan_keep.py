"""Saving a plan, proposing taskings from it, and taking it home."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from data.exports.calendar import to_ics
from data.exports.contents import SIMULATED
from data.exports.patrol import visits_csv
from data.operations.taskings import plans
from data.operations.taskings.taskings import propose_within
from geo.errors import PlainError
from models.plans.planning import drafts_of
from models.tasking.tasking import Decision
from models.wording.days import day_label
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from data.incidents.store import Store
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

OPENED = "plan_saved"
_TOLD = "plan_told"


def draw(displayed: DisplayedPlan, *, store: Store) -> None:
    """Draw what can be done with a plan."""
    st.header("Save it and use it", anchor=False)
    if told := state.take(_TOLD):
        st.success(plain(told))
    _downloads(displayed, store=store)
    if displayed.record is None:
        _save(displayed)
    else:
        _propose(displayed)


def _downloads(displayed: DisplayedPlan, *, store: Store) -> None:
    row = st.container(horizontal=True)
    stem = f"patrol-plan-{displayed.settings.starts_on}"
    row.download_button(
        "Visits as CSV",
        partial(_csv, displayed, store),
        file_name=f"{stem}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    row.download_button(
        "Calendar of all teams",
        partial(_ics, displayed, store, None),
        file_name=f"{stem}.ics",
        mime="text/calendar",
        on_click="ignore",
        icon=":material/event:",
    )
    team = st.selectbox("Calendar of one team", [each.name for each in displayed.teams])
    st.download_button(
        "Its calendar",
        partial(_ics, displayed, store, team),
        file_name=f"{stem}-team.ics",
        mime="text/calendar",
        on_click="ignore",
        icon=":material/event:",
    )


def _csv(displayed: DisplayedPlan, store: Store) -> bytes:
    return visits_csv(
        displayed.plan,
        candidates=displayed.candidates,
        table_version=displayed.table_version,
        seed=displayed.settings.seed,
        simulated=store.simulated,
    )


def _ics(displayed: DisplayedPlan, store: Store, team: str | None) -> bytes:
    about = f"Table version {displayed.table_version}, seed {displayed.settings.seed}."
    return to_ics(
        displayed.plan,
        candidates=displayed.candidates,
        timezone=store.settings.timezone,
        now=now(),
        about=f"{about} {SIMULATED}." if store.simulated else about,
        team=team,
    )


def _save(displayed: DisplayedPlan) -> None:
    with st.form("plan-save"):
        title = st.text_input(
            "Name of the plan",
            f"Patrols from {day_label(displayed.settings.starts_on)}",
            max_chars=120,
        )
        sent = st.form_submit_button("Save this plan", icon=":material/save:")
    if not sent:
        return
    try:
        record = plans.save_plan(
            actor(),
            displayed.plan,
            title=title,
            candidates=displayed.candidates,
            areas=displayed.areas,
            teams=displayed.teams,
            settings=displayed.settings,
            view=displayed.view,
            table_version=displayed.table_version,
        )
    except PlainError as problem:
        st.error(plain(str(problem)))
        return
    state.put(OPENED, record.plan_id)
    state.put(_TOLD, f"Saved as {record.reference}. Its link restores it.")
    st.rerun()


def _propose(displayed: DisplayedPlan) -> None:
    record = displayed.record
    if record is None:
        return
    drafts = drafts_of(
        displayed.plan,
        candidates=displayed.candidates,
        areas=displayed.areas,
        starts_on=displayed.settings.starts_on,
        days=displayed.settings.days,
        reference=record.reference,
    )
    with st.form("plan-propose"):
        titles = [f"{at + 1}. {each.title} ({each.team})" for at, each in enumerate(drafts)]
        chosen = st.multiselect("Propose a tasking for", titles, default=titles)
        sent = st.form_submit_button("Propose these taskings", icon=":material/add_task:")
    if sent and chosen:
        _keep(displayed, [titles.index(each) for each in chosen])
        state.put(_TOLD, f"{len(chosen)} taskings were proposed. They are on the board.")
        st.rerun()


def _keep(displayed: DisplayedPlan, chosen: list[int]) -> None:
    record = displayed.record
    if record is None:
        return
    acting = actor()
    made = drafts_of(
        displayed.plan,
        candidates=displayed.candidates,
        areas=displayed.areas,
        starts_on=displayed.settings.starts_on,
        days=displayed.settings.days,
        reference=record.reference,
    )
    by_area = {area.wkb: name for name, area in displayed.areas.items()}
    known = {each.hotspot_id: each for each in displayed.candidates}
    with acting.session() as session:
        for at in chosen:
            hotspot_id = by_area[made[at].area.wkb]
            decision = Decision(
                view=tuple(displayed.view.items()),
                hotspot_id=hotspot_id,
                table_version=displayed.table_version,
                seed=displayed.settings.seed,
                made_by=acting.person.name,
                made_at=acting.now,
            )
            ward = known[hotspot_id].ward_code
            propose_within(
                actor(), session, made[at], decision=decision, ward_codes=(ward,) if ward else ()
            )

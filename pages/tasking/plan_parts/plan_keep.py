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
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from data.access import Person
    from data.incidents.store import Store
    from pages.tasking.plan_parts.shown_plan import Shown

OPENED = "plan_saved"
_TOLD = "plan_told"


def draw(shown: Shown, *, store: Store, who: Person) -> None:
    """Draw what can be done with a plan."""
    st.header("Keep it and use it", anchor=False)
    if told := state.take(_TOLD):
        st.success(plain(told))
    _downloads(shown, store=store)
    if shown.record is None:
        _save(shown, who=who)
    else:
        _propose(shown, who=who)


def _downloads(shown: Shown, *, store: Store) -> None:
    row = st.container(horizontal=True)
    stem = f"patrol-plan-{shown.settings.starts_on}"
    row.download_button(
        "Visits as CSV",
        partial(_csv, shown, store),
        file_name=f"{stem}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    row.download_button(
        "Calendar of all teams",
        partial(_ics, shown, store, None),
        file_name=f"{stem}.ics",
        mime="text/calendar",
        on_click="ignore",
        icon=":material/event:",
    )
    team = st.selectbox("Calendar of one team", [each.name for each in shown.teams])
    st.download_button(
        "Its calendar",
        partial(_ics, shown, store, team),
        file_name=f"{stem}-team.ics",
        mime="text/calendar",
        on_click="ignore",
        icon=":material/event:",
    )


def _csv(shown: Shown, store: Store) -> bytes:
    return visits_csv(
        shown.plan,
        candidates=shown.candidates,
        table_version=shown.table_version,
        seed=shown.settings.seed,
        simulated=store.simulated,
    )


def _ics(shown: Shown, store: Store, team: str | None) -> bytes:
    about = f"Table version {shown.table_version}, seed {shown.settings.seed}."
    return to_ics(
        shown.plan,
        candidates=shown.candidates,
        timezone=store.settings.timezone,
        now=now(),
        about=f"{about} {SIMULATED}." if store.simulated else about,
        team=team,
    )


def _save(shown: Shown, *, who: Person) -> None:
    with st.form("plan-save"):
        title = st.text_input(
            "Name of the plan", f"Patrols from {shown.settings.starts_on:%-d %b %Y}", max_chars=120
        )
        sent = st.form_submit_button("Save this plan", icon=":material/save:")
    if not sent:
        return
    try:
        record = plans.save_plan(
            operations(),
            shown.plan,
            title=title,
            candidates=shown.candidates,
            areas=shown.areas,
            teams=shown.teams,
            settings=shown.settings,
            view=shown.view,
            table_version=shown.table_version,
            person=who,
            now=now(),
        )
    except PlainError as problem:
        st.error(plain(str(problem)))
        return
    state.put(OPENED, record.plan_id)
    state.put(_TOLD, f"Saved as {record.reference}. Its link restores it.")
    st.rerun()


def _propose(shown: Shown, *, who: Person) -> None:
    record = shown.record
    if record is None:
        return
    drafts = drafts_of(
        shown.plan,
        candidates=shown.candidates,
        areas=shown.areas,
        starts_on=shown.settings.starts_on,
        days=shown.settings.days,
        reference=record.reference,
    )
    with st.form("plan-propose"):
        titles = [f"{at + 1}. {each.title} ({each.team})" for at, each in enumerate(drafts)]
        chosen = st.multiselect("Propose a tasking for", titles, default=titles)
        sent = st.form_submit_button("Propose these taskings", icon=":material/add_task:")
    if sent and chosen:
        _keep(shown, [titles.index(each) for each in chosen], who=who)
        state.put(_TOLD, f"{len(chosen)} taskings were proposed. They are on the board.")
        st.rerun()


def _keep(shown: Shown, chosen: list[int], *, who: Person) -> None:
    record = shown.record
    if record is None:
        return
    moment = now()
    made = drafts_of(
        shown.plan,
        candidates=shown.candidates,
        areas=shown.areas,
        starts_on=shown.settings.starts_on,
        days=shown.settings.days,
        reference=record.reference,
    )
    by_area = {area.wkb: name for name, area in shown.areas.items()}
    known = {each.hotspot_id: each for each in shown.candidates}
    with operations().session(who, moment) as session:
        for at in chosen:
            hotspot_id = by_area[made[at].area.wkb]
            decision = Decision(
                view=tuple(shown.view.items()),
                hotspot_id=hotspot_id,
                table_version=shown.table_version,
                seed=shown.settings.seed,
                made_by=who.name,
                made_at=moment,
            )
            ward = known[hotspot_id].ward_code
            propose_within(
                session,
                made[at],
                decision=decision,
                ward_codes=(ward,) if ward else (),
                person=who,
                now=moment,
            )

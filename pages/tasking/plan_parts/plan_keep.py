"""Saving a plan, proposing taskings from it, and taking it home."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.calendar import to_ics
from data.exports.contents import SIMULATED
from data.exports.patrol import visits_csv
from data.operations.taskings import plans
from data.operations.taskings.from_plan import plan_drafts, propose_from_plan, taskings_from
from data.services.team_weeks import WeekPlan, team_week_file
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.wording import dosage_label
from models.wording.days import day_label
from pages.components import sections
from pages.components.tasking_cards import link
from pages.shell import saving, state
from pages.shell.messages import errors_as_messages, plain
from pages.shell.offer import offer, offer_in_name
from pages.shell.person import actor
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.access import Person
    from data.incidents.store import Store
    from data.operations.taskings.from_plan import TeamPlace
    from models.tasking.tasking import Tasking, TaskingDraft
    from pages.shell.saving import Typed
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

OPENED = "plan_saved"
ANCHOR: Final = "save-and-print"
_TAKES: Final = (
    "Sheets are drawn when they are asked for: a few seconds a page, and longer the first time, "
    "when their walks are looked for. You can go on meanwhile."
)


class NoPlaceError(PlainError, ValueError):
    """Taskings are to be proposed for no place."""

    def __init__(self) -> None:
        super().__init__("Nothing was proposed: no place is chosen. Choose one or more.")


def draw(displayed: DisplayedPlan, *, store: Store) -> None:
    """Draw what can be done with a plan."""
    st.header("Save it and use it", anchor=ANCHOR)
    saving.outcome()
    _downloads(displayed, store=store)
    if displayed.record is None:
        save(displayed)
    else:
        _propose(displayed)


def _downloads(displayed: DisplayedPlan, *, store: Store) -> None:
    row = st.container(horizontal=True)
    stem = f"patrol-plan-{displayed.settings.starts_on}"
    offer("Visits as CSV", partial(_csv, displayed, store), file_name=f"{stem}.csv", place=row)
    visited = {each.team for each in displayed.plan.visits}
    if visited:
        offer(
            "Calendar of all teams",
            partial(_ics, displayed, store, None),
            file_name=f"{stem}.ics",
            place=row,
            icon="event",
        )
    offer_in_name(
        "Sheets of all teams (PDF)",
        partial(_sheets, displayed, store, None),
        file_name=f"{stem}-sheets.pdf",
        place=row,
        icon="print",
        help="The week by team and day, then a page for each shift.",
    )
    st.caption(_TAKES)
    team = st.selectbox("One team", [each.name for each in displayed.teams])
    row = st.container(horizontal=True)
    offer_in_name(
        "Its sheets (PDF)",
        partial(_sheets, displayed, store, team),
        file_name=f"{stem}-team.pdf",
        place=row,
        icon="print",
        help="A page for each of its shifts: map with the walks, visits, what to look for, who "
        "else is near, room for notes.",
    )
    if team not in visited:
        st.caption(plain(f"{team} has no visit in this plan, so it has no calendar."))
        return
    offer(
        "Its calendar",
        partial(_ics, displayed, store, team),
        file_name=f"{stem}-team.ics",
        place=row,
        icon="event",
    )


def _csv(displayed: DisplayedPlan, store: Store) -> bytes:
    return visits_csv(
        displayed.plan,
        candidates=displayed.candidates,
        timezone=store.settings.timezone,
        table_version=displayed.table_version,
        seed=displayed.settings.seed,
        simulated=store.simulated,
    )


def _sheets(displayed: DisplayedPlan, store: Store, team: str | None, who: Person) -> bytes:
    week = WeekPlan(
        plan=displayed.plan,
        candidates=displayed.candidates,
        areas=displayed.areas,
        teams=displayed.teams,
        settings=displayed.settings,
        view=displayed.view,
        table_version=displayed.table_version,
        record=displayed.record,
    )
    return team_week_file(store, week, ops=operations(), person=who, now=now(), team=team)


def _ics(displayed: DisplayedPlan, store: Store, team: str | None) -> bytes:
    about = (
        f"Table version {displayed.table_version}, seed {displayed.settings.seed}. Travel times: "
        f"{displayed.travel_label}."
    )
    return to_ics(
        displayed.plan,
        candidates=displayed.candidates,
        timezone=store.settings.timezone,
        now=now(),
        about=f"{about} {SIMULATED}." if store.simulated else about,
        team=team,
    )


def save(displayed: DisplayedPlan) -> None:
    """Draw the form that saves a plan; one that was made again is called after what it replaces."""
    about = displayed.plan.replanned
    again = "-again" if about else ""
    form = saving.form(f"plan-save{again}", title=f"plan-title{again}")
    made: list[int] = []

    def keep(typed: Typed) -> str:
        record = plans.save_plan(
            actor(),
            displayed.plan,
            title=str(typed["title"] or ""),
            candidates=displayed.candidates,
            areas=displayed.areas,
            teams=displayed.teams,
            settings=displayed.settings,
            view=displayed.view,
            table_version=displayed.table_version,
        )
        made.append(record.plan_id)
        return f"Saved as {record.reference}. Its link restores it."

    with form.drawn():
        usual = f"Patrols from {day_label(displayed.settings.starts_on)}"
        if about:
            usual = f"{about.replaces or usual}, planned again"
        st.text_input(
            "Name of the plan", form.start("title", usual), max_chars=120, key=form.key("title")
        )
        form.button(
            "Save this plan",
            keep,
            then=lambda: _open(made[-1]),
            icon=":material/save:",
        )


def _open(plan_id: int) -> None:
    state.put(OPENED, plan_id)
    sections.go("plan", "map")


def _propose(displayed: DisplayedPlan) -> None:
    record = displayed.record
    if record is None:
        return
    ops = operations()
    with errors_as_messages(PlainError):
        saved = plans.saved_plan(ops, record.plan_id)
    drafts = plan_drafts(saved, timezone=ops.timezone.key)
    there = taskings_from(ops, record.plan_id)
    _proposed_already(there)
    left = {key: each for key, each in drafts.items() if key not in there}
    if not left:
        st.info("Every team of this plan has its taskings. The links above lead to them.")
        return
    st.caption(
        "One tasking for each team at each place, with that team's own visits, days and times. "
        "The number is the hotspot's rank."
    )
    labels = {_draft_label(each): key for key, each in left.items()}
    form = saving.form(f"plan-propose-{record.plan_id}", picked=f"plan-places-{record.plan_id}")

    def save(typed: Typed) -> str:
        if not typed["picked"]:
            raise NoPlaceError
        done = propose_from_plan(actor(), saved, places=[labels[each] for each in typed["picked"]])
        again = f" {len(done.there)} were there already." if done.there else ""
        return (
            f"{counted(len(done.made), 'tasking was', 'taskings were')} proposed.{again} See "
            "the board."
        )

    with form.drawn():
        st.multiselect(
            "Propose a tasking for",
            list(labels),
            default=[each for each in form.start("picked", list(labels)) if each in labels],
            key=form.key("picked"),
        )
        form.button("Propose these taskings", save, icon=":material/add_task:")


def _draft_label(draft: TaskingDraft) -> str:
    plan = draft.team_plan
    rank = f"Rank {plan.rank}: " if plan else ""
    return f"{rank}{draft.title.removeprefix('Patrols at ')} · {draft.team} · {dosage_label(draft)}"


def _proposed_already(there: Mapping[TeamPlace, Tasking]) -> None:
    """List what was made of the plan before, each with the way to it."""
    if not there:
        return
    with st.expander(f"Already proposed from this plan ({len(there)})", expanded=True):
        ranked = sorted(
            there.values(),
            key=lambda each: (
                each.draft.team_plan.rank if each.draft.team_plan else 0,
                each.draft.team,
            ),
        )
        for each in ranked:
            status = STATUS_LABELS[each.status].lower()
            link(each, label=f"{each.reference} · {_draft_label(each.draft)} · {status}")

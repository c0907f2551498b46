"""Logging a visit on a phone: arrived, leaving, saved; and correcting what was found.

Every tap is a callback that is kept in the operations store at once, so that a phone that loses
its page in between loses nothing: the visit stands there, arrived, until somebody leaves.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.visits.visits import arrive, correct_visit, leave, visits
from geo.errors import PlainError
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import FIND_LABELS, Finds
from models.tasking.wording import when_label
from models.wording.days import day_label, span_label
from pages.shell import queries_operations, state
from pages.shell.messages import plain
from pages.shell.person import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.operations.database import Operations
    from models.tasking.tasking import Tasking, Visit

_TASKING: Final = "visit_tasking"
_LEFT: Final = "visit_left_at"  # with the number of the visit
_PROBLEM: Final = "visit_problem"
_SAVED: Final = "visit_saved"
_MOST: Final = 999
_RECENT: Final = 8


def tasking_to_visit(offered: Sequence[Tasking]) -> Tasking:
    """Draw the choice among taskings that can be visited now; the address bar's comes first."""
    active = {each.tasking_id: each for each in offered}
    asked = state.address_bar().get("tasking", "")
    numbers = list(active)
    first = int(asked) if asked.isdigit() and int(asked) in active else numbers[0]
    if state.value(_TASKING) not in active:
        state.put(_TASKING, first)
    number: int = st.selectbox(
        "Tasking",
        numbers,
        key=_TASKING,
        format_func=lambda each: f"{active[each].reference} {active[each].draft.title}",
    )
    return active[number]


def not_offered(known: Sequence[Tasking], *, offered: Sequence[Tasking], asked: str) -> None:
    """Say why the tasking of a link cannot be visited now."""
    if not asked.isdigit() or any(each.tasking_id == int(asked) for each in offered):
        return
    for each in known:
        if each.tasking_id == int(asked):
            span = span_label(each.draft.starts_on, each.draft.ends_on)
            st.warning(
                plain(
                    f"{each.reference} cannot be visited now: it is "
                    f"{STATUS_LABELS[each.status].lower()} and runs {span}. Visits that were made "
                    "in time can be uploaded below."
                )
            )


def messages() -> None:
    """Say how the last change went."""
    for key, show in ((_PROBLEM, st.error), (_SAVED, st.success)):
        said = state.take(key)
        if said:
            show(plain(said))


def steps(tasking: Tasking, *, ops: Operations) -> None:
    """Draw the one step that comes next."""
    st.html(_STYLE)
    team = tasking.draft.team
    here = next(
        (
            each
            for each in visits(ops, tasking_id=tasking.tasking_id)
            if each.left_at is None and each.team == team
        ),
        None,
    )
    with st.container(key="visit-step"):
        if here is None:
            _arriving(tasking)
        elif state.value(f"{_LEFT}-{here.visit_id}") is None:
            _there(here, ops=ops)
        else:
            _leaving(here, ops=ops)


def corrections(taskings: Sequence[Tasking], *, ops: Operations) -> None:
    """Draw the latest visits of the taskings, each with a form to correct what it found.

    A form knows the version of the visit that it was drawn with.
    """
    known = {each.tasking_id: each for each in taskings}
    made = [each for each in visits(ops, tasking_ids=tuple(known)) if each.left_at is not None][
        ::-1
    ]
    if not made:
        return
    with st.expander("Correct a visit"):
        by_id = {each.visit_id: each for each in made[:_RECENT]}
        number = st.selectbox(
            f"The last {len(by_id)} visits",
            list(by_id),
            format_func=lambda each: _when(
                by_id[each], reference=known[by_id[each].tasking_id].reference, ops=ops
            ),
            key=f"correct-visit-{made[0].visit_id}",  # a new visit is the one offered first
        )
        visit = by_id[number]
        key = f"c{visit.visit_id}-{visit.version}"  # another version begins a new form
        with st.form(f"correct-{visit.visit_id}-{visit.version}"):
            _counters(visit.finds, visit.note, key=key)
            st.form_submit_button("Save the correction", on_click=_correct, args=(visit, key))


def _correct(visit: Visit, key: str) -> None:
    finds, note = _counted(key)
    try:
        correct_visit(actor(), visit.visit_id, finds=finds, note=note, version=visit.version)
    except PlainError as problem:
        typed = [f"{FIND_LABELS[name].lower()} {count}" for name, count in asdict(finds).items()]
        said = f"{', '.join(typed)}; note: {note or 'none'}"
        state.put(_PROBLEM, f"{problem} What you typed: {said}.")
    else:
        state.put(_SAVED, "The correction is saved; the history keeps the earlier entry.")


def _counted(key: str) -> tuple[Finds, str]:
    counts = {each.name: int(state.value(f"{key}-{each.name}", 0)) for each in fields(Finds)}
    return Finds(**counts), str(state.value(f"{key}-note") or "")


def _arriving(tasking: Tasking) -> None:
    draft = tasking.draft
    near = f" · near {draft.near}" if draft.near else ""
    st.markdown(plain(f"{draft.team} · {when_label(draft)}{near}"))
    st.button(
        "We have arrived",
        key="arrived",
        type="primary",
        icon=":material/login:",
        width="stretch",
        on_click=_arrive,
        args=(tasking,),
    )


def _there(here: Visit, *, ops: Operations) -> None:
    arrived = here.arrived_at.astimezone(ops.timezone)
    st.markdown(plain(f"{here.team} arrived at {arrived:%H:%M}."))
    st.button(
        "We are leaving",
        key="leaving",
        type="primary",
        icon=":material/logout:",
        width="stretch",
        on_click=lambda: state.put(
            f"{_LEFT}-{here.visit_id}", queries_operations.now().isoformat()
        ),
    )


def _leaving(here: Visit, *, ops: Operations) -> None:
    kept = f"{_LEFT}-{here.visit_id}"
    left = datetime.fromisoformat(state.value(kept))
    arrived = here.arrived_at.astimezone(ops.timezone)
    st.markdown(
        plain(
            f"{here.team}: {arrived:%H:%M} to {left:%H:%M}. What did you find? Leave 0 if nothing."
        )
    )
    with st.form("finds"):
        finds, note = _counters(Finds(), "", key=f"v{here.visit_id}")
        sent = st.form_submit_button(
            "Save the visit", type="primary", icon=":material/save:", width="stretch"
        )
    st.button("Still there: go back", on_click=state.put, args=(kept, None), width="stretch")
    if not sent:
        return
    try:
        leave(actor(), here.visit_id, finds=finds, note=note, at=left)
    except PlainError as problem:
        st.error(plain(str(problem)))
    else:
        state.put(kept, None)
        state.put(_SAVED, f"Saved: {arrived:%H:%M} to {left:%H:%M}.")
        st.rerun()


def _arrive(tasking: Tasking) -> None:
    try:
        arrive(actor(), tasking.tasking_id, team=tasking.draft.team)
    except PlainError as problem:
        state.put(_PROBLEM, str(problem))


def _counters(start: Finds, note: str, *, key: str) -> tuple[Finds, str]:
    with st.container(key=f"counters-{key}"):
        counts = {
            each.name: int(
                st.number_input(
                    FIND_LABELS[each.name],
                    0,
                    _MOST,
                    getattr(start, each.name),
                    key=f"{key}-{each.name}",
                )
            )
            for each in fields(Finds)
        }
    words = st.text_area("Note; no names of people", note, key=f"{key}-note", height=80)
    return Finds(**counts), words


def _when(visit: Visit, *, reference: str, ops: Operations) -> str:
    arrived = visit.arrived_at.astimezone(ops.timezone)
    return f"{day_label(arrived.date())}, {arrived:%H:%M}, {visit.team}, {reference}"


_STYLE: Final = """<style>
.st-key-visit-step [data-testid="stBaseButton-primary"],
.st-key-visit-step [data-testid="stBaseButton-primaryFormSubmit"] { min-height: 72px; }
.st-key-visit-step [data-testid="stBaseButton-primary"] p,
.st-key-visit-step [data-testid="stBaseButton-primaryFormSubmit"] p { font-size: 1.25rem;
  font-weight: 700; }
.st-key-visit-step [data-testid="stBaseButton-secondary"] { min-height: 48px; }
[class*="st-key-counters-"] [data-testid="stNumberInputContainer"] { min-height: 52px; }
[class*="st-key-counters-"] [data-testid="stNumberInputContainer"] button { width: 56px;
  min-width: 56px; }
[class*="st-key-counters-"] input { font-size: 1.2rem; min-height: 50px; }
@media (min-width: 700px) { [class*="st-key-counters-"] { display: grid; gap: .6rem;
  grid-template-columns: repeat(3, minmax(0, 1fr)); } }
</style>"""

"""Logging a visit on a phone: arrived, leaving, saved; and correcting what was found.

Every tap is a callback that is kept in the operations store at once, so that a phone that loses
its page in between loses nothing: the visit stands there, arrived, until somebody leaves.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.visits.visits import arrive, correct_visit, leave, visits
from geo.counting import counted
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import FIND_LABELS, Finds
from models.tasking.wording import when_label
from models.wording.days import day_label, span_label
from pages.shell import queries_operations, saving, state
from pages.shell.messages import plain
from pages.shell.person import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.operations.database import Operations
    from models.tasking.tasking import Tasking, Visit
    from pages.shell.saving import Form, Typed

_TASKING: Final = "visit_tasking"
_LEFT: Final = "visit_left_at"  # with the number of the visit
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


def steps(tasking: Tasking, *, ops: Operations) -> None:
    """Draw the one step that comes next.

    The address bar keeps when the team left, so that a phone that draws its page again keeps it.
    """
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
    link = {"tasking": f"{tasking.tasking_id}"}
    if here is not None:
        kept = f"{_LEFT}-{here.visit_id}"
        state.begin({kept: _left_by_link(here)})
        if left := state.value(kept):
            link["left"] = f"{here.visit_id}@{left}"
    state.show_in_address_bar(link)
    with st.container(key="visit-step"):
        if here is None:
            _arriving(tasking)
        elif state.value(f"{_LEFT}-{here.visit_id}") is None:
            _there(here, ops=ops)
        else:
            _leaving(here, ops=ops)


def _left_by_link(here: Visit) -> str | None:
    """Return when the team left by the opened link, if it says so of this visit."""
    number, _, left = state.opened_link().get("left", "").partition("@")
    if number != f"{here.visit_id}":
        return None
    try:
        at = datetime.fromisoformat(left)
    except ValueError:
        return None
    possible = at.tzinfo is not None and here.arrived_at <= at <= queries_operations.now()
    return left if possible else None


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
            f"The last {counted(len(by_id), 'visit')}",
            list(by_id),
            format_func=lambda each: _when(
                by_id[each], reference=known[by_id[each].tasking_id].reference, ops=ops
            ),
            key=f"correct-visit-{made[0].visit_id}",  # a new visit is the one offered first
        )
        visit = by_id[number]
        form = _finds_form(f"correct-{visit.visit_id}", key=f"c{visit.visit_id}-{visit.version}")
        with form.drawn():
            _counters(visit.finds, visit.note, form=form)
            form.button("Save the correction", partial(_correct, visit))


def _correct(visit: Visit, typed: Typed) -> str:
    finds, note = _counted(typed)
    correct_visit(actor(), visit.visit_id, finds=finds, note=note, version=visit.version)
    return "The correction is saved; the history keeps the earlier entry."


def _finds_form(name: str, *, key: str) -> Form:
    counts = {each.name: f"{key}-{each.name}" for each in fields(Finds)}
    return saving.form(name, **counts, note=f"{key}-note")


def _counted(typed: Typed) -> tuple[Finds, str]:
    counts = {each.name: int(typed[each.name] or 0) for each in fields(Finds)}
    return Finds(**counts), str(typed["note"] or "")


def _arriving(tasking: Tasking) -> None:
    draft = tasking.draft
    near = f" · {draft.near}" if draft.near else ""
    st.markdown(plain(f"{draft.team} · {when_label(draft)}{near}"))
    saving.form(f"arrive-{tasking.tasking_id}").button(
        "We have arrived",
        partial(_arrive, tasking),
        in_form=False,
        key="arrived",
        type="primary",
        icon=":material/login:",
        width="stretch",
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

    def save(typed: Typed) -> str:
        finds, note = _counted(typed)
        leave(actor(), here.visit_id, finds=finds, note=note, at=left)
        return f"Saved: {arrived:%H:%M} to {left:%H:%M}."

    form = _finds_form(f"leave-{here.visit_id}", key=f"v{here.visit_id}")
    with form.drawn():
        _counters(Finds(), "", form=form)
        form.button("Save the visit", save, type="primary", icon=":material/save:", width="stretch")
    st.button("Still there: go back", on_click=state.put, args=(kept, None), width="stretch")


def _arrive(tasking: Tasking, _: Typed) -> str:
    arrive(actor(), tasking.tasking_id, team=tasking.draft.team)
    return ""


def _counters(start: Finds, note: str, *, form: Form) -> None:
    with st.container(key=f"counters-{form.key('note')}"):
        for each in fields(Finds):
            st.number_input(
                FIND_LABELS[each.name],
                0,
                _MOST,
                form.start(each.name, getattr(start, each.name)),
                key=form.key(each.name),
            )
    st.text_area(
        "Note; no names of people", form.start("note", note), key=form.key("note"), height=80
    )


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

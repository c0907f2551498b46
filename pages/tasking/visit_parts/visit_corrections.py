"""Correcting what was found in a visit that was logged."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.visits.visits import correct_visit, visits
from geo.counting import counted
from models.tasking.tasking import FIND_LABELS, Finds
from models.wording.days import day_label
from pages.shell import saving
from pages.shell.person import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.operations.database import Operations
    from models.tasking.tasking import Tasking, Visit
    from pages.shell.saving import Form, Typed

_MOST: Final = 999
_RECENT: Final = 8


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
    st.html(_STYLE)
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
[class*="st-key-counters-"] [data-testid="stNumberInputContainer"] { min-height: 52px; }
[class*="st-key-counters-"] [data-testid="stNumberInputContainer"] button { width: 56px;
  min-width: 56px; }
[class*="st-key-counters-"] input { font-size: 1.2rem; min-height: 50px; }
@media (min-width: 700px) { [class*="st-key-counters-"] { display: grid; gap: .6rem;
  grid-template-columns: repeat(3, minmax(0, 1fr)); } }
</style>"""

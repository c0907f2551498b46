"""Reviews: did it work? Taskings that are due, any dated intervention, and what worked."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from data.operations.taskings.taskings import taskings
from geo.errors import PlainError
from pages.components import knowing, sections, tasking_filters
from pages.shell import queries, queries_operations, saving, state
from pages.shell.messages import errors_as_messages, notes
from pages.shell.person import person
from pages.tasking.reviews_parts import review_intervention, review_taskings, review_worked

PAGE, LOOK = "reviews", "look"
LOOKS: Final = {
    "taskings": "Taskings",
    "intervention": "Any dated intervention",
    "worked": "What worked",
}
SECTIONS: Final = {
    "taskings": {
        "due": "Due for review",
        "verdict": "Verdict",
        "course": "Months and hours",
        "record": "Visits and record",
    },
    "intervention": {
        "asked": "What is asked",
        "effect": "Verdict",
        "over-time": "Months and hours",
        "record-it": "Record it",
    },
    "worked": {"tactics": "By tactic", "wards": "By ward", "reviews": "Reviews on record"},
}


def look_at() -> None:
    """Begin a look with its first section: the address is that of the look before."""
    state.show_in_address_bar({LOOK: state.value(LOOK)})


def show_verdict(page: str, tasking_id: int) -> None:
    """Show the verdict on a tasking, from a callback."""
    state.put(review_taskings.CHOSEN, tasking_id)
    sections.go(page, "verdict")


with errors_as_messages(PlainError):
    who = person()
    who.must_be_officer("Reviews")
    store = queries.store()
    ops = queries_operations.operations()
    everything = taskings(ops)
    ward_names = tasking_filters.ward_names()
linked = state.opened_link().get(LOOK, "taskings")
state.begin({LOOK: linked if linked in LOOKS else "taskings"})
state.keep(LOOK)
look = state.value(LOOK)
page, parts = f"{PAGE}-{look}", SECTIONS[look]
unread = sections.begin(page, parts, led_to={"tasking": "verdict"} if look == "taskings" else None)
section = sections.current(page)
one = review_taskings.begin(everything, ops=ops, moment=queries_operations.now())
st.radio(
    "Look at",
    list(LOOKS),
    format_func=LOOKS.__getitem__,
    key=LOOK,
    horizontal=True,
    label_visibility="collapsed",
    on_change=look_at,
)
with sections.row():
    sections.draw(page, parts)
    if look == "taskings" and section != "due" and one is not None:
        review_taskings.chips(one)
notes(unread, heading="The link could not be read in full")
told = saving.outcome()
how_we_know = None
with errors_as_messages(PlainError):
    if look == "worked":
        pooled = review_worked.results(everything, ops=ops, ward_names=ward_names)
        if section == "reviews":
            review_worked.listed(pooled, ops=ops, ward_names=ward_names)
        else:
            {"tactics": review_worked.tactics, "wards": review_worked.wards}[section](pooled)
    elif look == "intervention":
        review_intervention.begin()
        if section == "asked":
            to_the_verdict = partial(sections.go, page, "effect")
            how_we_know = review_intervention.ask(everything, show=to_the_verdict)
        else:
            how_we_know = {
                "effect": review_intervention.effect,
                "over-time": review_intervention.course,
                "record-it": review_intervention.record,
            }[section](everything)
    elif section == "due":
        review_taskings.due(
            everything, moment=queries_operations.now(), show=partial(show_verdict, page)
        )
    elif one is None:
        review_taskings.none_yet()
    else:
        how_we_know = {
            "verdict": review_taskings.effect,
            "course": review_taskings.course,
            "record": review_taskings.record,
        }[section](one)
saving.leftover(told)
knowing.heading()
st.caption(
    "A review compares incidents before and after in the treated area, in a ring around it, and in "
    "places like it. The verdict comes first, and says so if nobody can tell."
)
if how_we_know:
    how_we_know()
of_one = look == "taskings" and section != "due" and one is not None
state.show_in_address_bar(
    {
        LOOK: look,
        **sections.address(page, parts),
        "tasking": str(state.value(review_taskings.CHOSEN)) if of_one else "",
    }
)

"""Reviews: did it work? Taskings that are due, any dated intervention, and what worked."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data.operations.taskings.taskings import taskings
from geo.errors import PlainError
from pages.components import tasking_filters
from pages.shell import queries, queries_operations, state
from pages.shell.messages import errors_as_messages
from pages.shell.person import person
from pages.tasking.reviews_parts import review_intervention, review_taskings, review_worked

LOOKS: Final = {
    "taskings": "Taskings",
    "intervention": "Any dated intervention",
    "worked": "What worked",
}

st.write(
    "Did it work? A review compares incidents before and after in the treated area, in a ring "
    "around it, and in places like it. The verdict comes first, and says so if nobody can tell."
)
with errors_as_messages(PlainError):
    who = person()
    who.must_be_officer("Reviews")
    store = queries.store()
    ops = queries_operations.operations()
    everything = taskings(ops)
    ward_names = tasking_filters.ward_names()
linked = state.opened_link().get("look", "taskings")
state.begin({"look": linked if linked in LOOKS else "taskings"})
look = st.radio("Look at", list(LOOKS), format_func=LOOKS.__getitem__, key="look", horizontal=True)

if look == "taskings":
    review_taskings.draw(everything, ops=ops)
elif look == "intervention":
    review_intervention.draw(everything)
else:
    review_worked.draw(everything, ops=ops, ward_names=ward_names)
tasking_id = state.value(review_taskings.CHOSEN)
state.show_in_address_bar(
    {"look": look, "tasking": str(tasking_id) if look == "taskings" and tasking_id else ""}
)

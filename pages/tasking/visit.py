"""Visit: three taps in the street: we have arrived, we are leaving, save what was found."""

from __future__ import annotations

import streamlit as st

from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from geo.errors import PlainError
from models.tasking.duty import open_to_visits
from pages.shell import queries_operations, saving, state
from pages.shell.messages import errors_as_messages
from pages.shell.person import person
from pages.tasking.visit_parts import visit_steps, visit_upload

with errors_as_messages(PlainError):
    who = person()
    who.must_be_officer("Logging a visit")
    ops = queries_operations.operations()
known = taskings(ops, statuses=("active", "completed"))
there = {each.tasking_id for each in visits(ops, still_there=True)}
offered = open_to_visits(known, now=queries_operations.now(), there=there)
told = saving.outcome()
asked = state.address_bar().get("tasking", "")
visit_steps.not_offered(taskings(ops), offered=offered, asked=asked)
if not offered:
    st.info(
        "No tasking can be visited now: none is active between its first and its last day. Start "
        "one on its page."
    )
else:
    chosen = visit_steps.tasking_to_visit(offered)
    visit_steps.steps(chosen, ops=ops)
visit_steps.corrections(known, ops=ops)
saving.leftover(told)
visit_upload.upload()

"""Visit: three taps in the street: we have arrived, we are leaving, save what was found."""

from __future__ import annotations

import streamlit as st

from data.operations.taskings.taskings import taskings
from geo.errors import PlainError
from pages.shell import queries_operations, state
from pages.shell.messages import errors_as_messages
from pages.shell.person import person
from pages.tasking.visit_parts import visit_steps, visit_upload

st.title("Visit")
with errors_as_messages(PlainError):
    who = person()
    who.must_be_officer("Logging a visit")
    ops = queries_operations.operations()
active = {each.tasking_id: each for each in taskings(ops, statuses=("active",))}
if not active:
    st.info("No tasking is active, so there is nothing to visit. Start one on its page.")
else:
    chosen = visit_steps.tasking_to_visit(active)
    state.show_in_address_bar({"tasking": str(chosen.tasking_id)})
    visit_steps.steps(chosen, ops=ops)
    visit_steps.corrections(chosen, ops=ops)
visit_upload.upload()

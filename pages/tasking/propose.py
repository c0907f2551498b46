"""Propose a tasking: from a hotspot, an area that is drawn or uploaded, or a ward priority."""

from __future__ import annotations

import streamlit as st

from geo.errors import PlainError
from pages.components import propose_here
from pages.components.tasking_cards import TASKING_PAGE
from pages.shell import saving
from pages.shell.messages import errors_as_messages
from pages.shell.person import actor
from pages.tasking.propose_parts import proposal

saving.outcome()
with errors_as_messages(PlainError):
    acting = actor()
    acting.must_be_officer("Proposing a tasking")
    answers = proposal.priority(acting.ops)
    st.header("Where", anchor=False)
    there = proposal.place(acting.ops, today=acting.today, answers=answers)
if there is not None:
    st.header("What, when and who", anchor=False)
    kept = proposal.form(there, answers=answers, acting=acting)
    if kept is not None:
        propose_here.forget()
        st.switch_page(TASKING_PAGE, query_params={"tasking": str(kept.tasking_id)})

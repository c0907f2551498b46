"""Propose a tasking: from a hotspot, an area that is drawn or uploaded, or a ward priority."""

from __future__ import annotations

import streamlit as st

from geo.errors import PlainError
from pages.components import map_first, propose_here
from pages.components.tasking_cards import TASKING_PAGE
from pages.shell import saving
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import actor
from pages.tasking.propose_parts import proposal

saving.outcome()
answer = st.container(key="answer")
map_side, form_side = map_first.sides("propose", other="Form")
kept = None
with form_side, st.container(key="side_form", height="stretch"), errors_as_messages(PlainError):
    acting = actor()
    acting.must_be_officer("Proposing a tasking")
    answers = proposal.priority(acting.ops)
    there = proposal.place(acting.ops, today=acting.today, answers=answers, map_place=map_side)
    with answer:
        st.markdown(plain(proposal.answer(there)))
    if there is not None:
        st.header("What, when and who", anchor=False)
        kept = proposal.form(there, answers=answers, acting=acting)
if kept is not None:
    propose_here.forget()
    st.switch_page(TASKING_PAGE, query_params={"tasking": str(kept.tasking_id)})

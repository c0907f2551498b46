"""Work beside the page: waited for, taken up again after a click, cancelled, and begun again."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

PAGE = """
import streamlit as st
from threading import Event
from pages.shell import state
from pages.shell.beside import CancelledError, beside, drop

def work(tell):
    state_of["runs"] += 1
    for step in range(state_of["steps"]):
        tell(step / state_of["steps"], f"step {step}")
        state_of["gate"].wait(5)
    return state_of["runs"]

if state.value("shared") is None:
    state.put("shared", {"runs": 0, "steps": 2, "gate": Event()})
    state.value("shared")["gate"].set()
state_of = state.value("shared")
if state.value("cancel"):
    state.take("cancel")
    jobs = state.value("jobs_beside")
    def work(tell):
        jobs["slot"].cancelled.set()  # as the button does
        tell(0.5, "half")
try:
    st.text(beside("slot", work, key=state.value("key", "one"), title="Counting", keep=True))
except CancelledError as cancelled:
    st.info(str(cancelled))
except ZeroDivisionError as fault:
    st.error(str(fault))
if st.button("Forget"):
    drop("slot")
"""


def opened() -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not app.exception
    return app


def test_an_answer_is_kept_until_another_thing_is_asked() -> None:
    app = opened()
    assert app.text[0].value == "1"
    assert app.run().text[0].value == "1"
    app.session_state["key"] = "two"
    assert app.run().text[0].value == "2"
    app.button[0].click().run()
    assert app.run().text[0].value == "3"


def test_cancelled_work_says_so_once_and_begins_again() -> None:
    app = opened()
    app.session_state["key"], app.session_state["cancel"] = "two", True
    app.run()
    assert [each.value for each in app.info] == ["Counting: cancelled. Nothing was stored."]
    assert app.run().text[0].value == "2"


def test_a_fault_of_the_work_is_raised_on_the_page() -> None:
    page = PAGE.replace('tell(step / state_of["steps"], f"step {step}")', "1 / 0")
    app = AppTest.from_string(page, default_timeout=60).run()
    assert [each.value for each in app.error] == ["division by zero"]

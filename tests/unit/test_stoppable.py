"""A count with its bar: done, stopped in between, and started again."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def counting() -> None:
    import streamlit as st

    from pages.shell.stoppable import stoppable

    with stoppable("Counting", key="this count") as tell:
        for step in range(3):
            tell(step / 2)
    st.write("Done")


def test_a_count_that_ends_leaves_no_bar_and_no_button() -> None:
    app = AppTest.from_function(counting).run()
    assert [each.value for each in app.markdown] == ["Done"]
    assert not app.button
    assert not app.get("progress")


def test_a_stopped_count_waits_until_it_is_started_again() -> None:
    app = AppTest.from_function(counting)
    app.session_state["stopped_count"] = "this count"
    app.run()
    assert [each.value for each in app.info] == [
        "Stopped before it was finished, so there is nothing to show."
    ]
    assert not app.markdown
    app.run()  # a click elsewhere does not start it
    assert not app.markdown
    app.button[0].click().run()
    assert [each.value for each in app.markdown] == ["Done"]
    assert not app.info
    app.run()
    assert [each.value for each in app.markdown] == ["Done"]


def test_another_count_is_not_held_up_by_one_that_was_stopped() -> None:
    app = AppTest.from_function(counting)
    app.session_state["stopped_count"] = "another count"
    assert [each.value for each in app.run().markdown] == ["Done"]

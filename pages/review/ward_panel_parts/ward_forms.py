"""Officers' forms on the ward panel: publishing, priorities, promises. A panel has none of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.wards.priorities import (
    add_priority,
    add_promise,
    change_priority,
    close_priority,
    close_promise,
)
from data.operations.wards.releases import withdraw
from data.services.ward_panel.publishing import publish_quarters, series_of, waiting
from geo.errors import PlainError
from models.calendar.quarters import quarter_from
from models.tasking.ward_priorities import (
    MOST_ACTIVE,
    PROMISE_LABELS,
    PriorityDraft,
    PromiseDraft,
)
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.tasking.ward_priorities import WardPriority
    from models.ward_panel.view import WardView

_SAID: Final = "ward_said"
_FAULT: Final = "ward_fault"
_WARNING: Final = (
    "Residents will read exactly what you write. Do not name any person, address or individual "
    "case."
)


def publishing() -> None:
    """Draw what waits to be published, with the button."""
    store, ops = queries.store(), operations()
    held = waiting(store, ops, now=now())
    due = [each for each in held if not each.why_not]
    if due:
        st.info(
            f"{len(due)} quarters are waiting to be published, the newest {due[-1].quarter}. "
            f"Once published, figures never change, even if data are imported or corrected later."
        )
        st.button(
            f"Publish {len(due)} quarters" if len(due) > 1 else f"Publish {due[0].quarter}",
            type="primary",
            on_click=_do,
            args=(
                lambda: publish_quarters(store, actor(), [each.quarter for each in due]),
                "The figures are published.",
            ),
        )


def not_due() -> None:
    """Say which quarters cannot be published yet, and why."""
    held = waiting(queries.store(), operations(), now=now())
    if lacking := [each for each in held if each.why_not]:
        with st.expander("Quarters that cannot be published yet"):
            st.markdown(
                "\n".join(f"- {plain(f'{each.quarter}: {each.why_not}.')}" for each in lacking)
            )


def messages() -> None:
    """Say how the last change went."""
    if said := state.take(_SAID):
        st.success(said)
    if fault := state.take(_FAULT):
        st.error(plain(fault))


def draw(view: WardView) -> None:
    """Draw the forms for the ward's priorities and promises."""
    st.header("For officers: write for the ward", anchor=False)
    st.caption(_WARNING)
    left, right = st.columns(2)
    with left:
        _new_priority(view)
        _active_priorities(view)
    with right:
        _new_promise(view)
        _close_promise(view)
    _withdrawal(view)
    not_due()


def _new_priority(view: WardView) -> None:
    active = sum(each.status == "active" for each in view.priorities)
    with (
        st.expander(f"Add a priority ({active} of {MOST_ACTIVE} are active)"),
        st.form("new priority", clear_on_submit=False),
    ):
        st.text_input("Priority, in a few words", key="ward_title", max_chars=120)
        st.text_area("Why: what the panel said", key="ward_why", max_chars=1000)
        st.date_input(
            "Raised on", "today", key="ward_raised", format="DD/MM/YYYY", max_value="today"
        )
        st.form_submit_button("Add the priority", on_click=_add_priority, args=(view.ward_code,))


def _active_priorities(view: WardView) -> None:
    for each in view.priorities:
        if each.status != "active":
            continue
        at = f"{each.priority_id}_{each.version}"  # another version begins a new form
        with st.expander(f"Change or close: {plain(each.draft.title)}"):
            with st.form(f"change priority {at}"):
                title, why = f"ward_title_{at}", f"ward_why_{at}"
                state.begin({title: each.draft.title, why: each.draft.why})
                st.text_input("Priority, in a few words", key=title, max_chars=120)
                st.text_area("Why: what the panel said", key=why, max_chars=1000)
                st.form_submit_button("Change the text", on_click=_reword, args=(each,))
            with st.form(f"close priority {at}"):
                st.text_area("Outcome", key=f"ward_outcome_{at}", max_chars=1000)
                st.form_submit_button("Close the priority", on_click=_end_priority, args=(each,))


def _new_promise(view: WardView) -> None:
    active = {each.priority_id: each for each in view.priorities if each.status == "active"}
    with st.expander("Add a promise"), st.form("new promise"):
        st.text_area("What is promised", key="ward_what", max_chars=1000)
        st.text_input("Who will keep it", key="ward_who", max_chars=120)
        st.date_input("By", "today", key="ward_due", format="DD/MM/YYYY")
        st.selectbox(
            "For the priority",
            [None, *active],
            format_func=lambda at: "None" if at is None else active[at].draft.title,
            key="ward_promise_for",
        )
        st.form_submit_button("Add the promise", on_click=_add_promise, args=(view.ward_code,))


def _close_promise(view: WardView) -> None:
    held = {each.promise_id: each for each in view.promises if each.status == "open"}
    if not held:
        return
    with st.expander("Record the outcome of a promise"), st.form("close promise"):
        st.selectbox(
            "Promise", held, format_func=lambda at: held[at].draft.what[:80], key="ward_promise"
        )
        st.radio(
            "It was",
            ("kept", "not_kept"),
            format_func=lambda each: PROMISE_LABELS[each],
            key="ward_kept",
            horizontal=True,
        )
        st.text_area("Outcome", key="ward_promise_outcome", max_chars=1000)
        versions = {at: each.version for at, each in held.items()}
        st.form_submit_button("Keep this", on_click=_end_promise, args=(versions,))


def _withdrawal(view: WardView) -> None:
    held = {each.quarter.key: each.quarter for each in reversed(view.quarters)}
    with st.expander("Withdraw figures that were wrong"), st.form("withdraw"):
        st.markdown(
            "The quarter will then be hidden from everybody, in every ward, and cannot be "
            "published again. Comparing a second version with the first would reveal the few "
            "incidents that differ."
        )
        st.selectbox(
            "Quarter", list(held), format_func=lambda key: str(held[key]), key="ward_withdrawn"
        )
        st.text_input("Why", key="ward_withdrawn_why", max_chars=300)
        st.form_submit_button("Withdraw this quarter for good", on_click=_withdraw)


def _withdraw() -> None:
    def change() -> None:
        withdraw(
            actor(),
            quarter_from(state.value("ward_withdrawn")),
            series=series_of(queries.store()),
            why=state.value("ward_withdrawn_why"),
        )

    _do(change, "The quarter is withdrawn.", clear=("ward_withdrawn_why",))


def _add_priority(ward_code: str) -> None:
    def change() -> None:
        draft = PriorityDraft(
            ward_code,
            state.value("ward_title"),
            state.value("ward_why"),
            state.value("ward_raised"),
        )
        add_priority(actor(), draft)

    _do(change, "The priority is added.", clear=("ward_title", "ward_why"))


def _reword(priority: WardPriority) -> None:
    at = f"{priority.priority_id}_{priority.version}"

    def change() -> None:
        change_priority(
            actor(),
            priority.priority_id,
            draft=replace(
                priority.draft,
                title=state.value(f"ward_title_{at}"),
                why=state.value(f"ward_why_{at}"),
            ),
            version=priority.version,
        )

    _do(change, "The text is changed.")


def _end_priority(priority: WardPriority) -> None:
    def change() -> None:
        close_priority(
            actor(),
            priority.priority_id,
            outcome=state.value(f"ward_outcome_{priority.priority_id}_{priority.version}"),
            closed_on=now().date(),
            version=priority.version,
        )

    _do(change, "The priority is closed and stays in the history.")


def _add_promise(ward_code: str) -> None:
    def change() -> None:
        draft = PromiseDraft(
            ward_code,
            state.value("ward_what"),
            state.value("ward_who"),
            state.value("ward_due"),
            state.value("ward_promise_for"),
        )
        add_promise(actor(), draft)

    _do(change, "The promise is added.", clear=("ward_what", "ward_who"))


def _end_promise(versions: dict[int, int]) -> None:
    def change() -> None:
        number = state.value("ward_promise")
        close_promise(
            actor(),
            number,
            status=state.value("ward_kept"),
            outcome=state.value("ward_promise_outcome"),
            closed_on=now().date(),
            version=versions[number],
        )

    _do(change, "The outcome of the promise is saved.", clear=("ward_promise_outcome",))


def _do(change: Callable[[], None], said: str, clear: tuple[str, ...] = ()) -> None:
    """Make a change, and keep what to say about it; what was typed stays when it is refused."""
    try:
        change()
    except PlainError as problem:
        state.put(_FAULT, str(problem))
        return
    state.put(_SAID, said)
    for key in clear:
        state.put(key, "")

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
from data.services.ward_panel.population import NoHomeWardsError
from data.services.ward_panel.publishing import (
    before_publishing,
    publish_quarters,
    revise_quarter,
    waiting,
    withdraw_quarter,
)
from geo.counting import counted
from models.calendar.quarters import quarter_from
from models.tasking.ward_priorities import (
    MOST_ACTIVE,
    PROMISE_LABELS,
    PriorityDraft,
    PromiseDraft,
)
from models.ward_panel.answers import publishing_answer
from pages.components import answer
from pages.shell import queries, saving
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from data.services.ward_panel.publishing import Waiting
    from models.tasking.ward_priorities import WardPriority
    from models.ward_panel.view import WardView
    from pages.shell.saving import Form, Typed

_WARNING: Final = (
    "Residents will read exactly what you write. Do not name any person, address or individual "
    "case."
)


def publishing_label() -> str:
    """Return what the section is called, with how many quarters wait in it."""
    due = len(_due())
    return f"Publishing ({due:,} waiting)" if due else "Publishing"


def _due() -> list[Waiting]:
    held = waiting(queries.store(), operations(), now=now())
    return [each for each in held if not each.why_not]


def publishing_section(view: WardView) -> None:
    """Draw what waits, and the forms that revise and withdraw what is published."""
    active = sum(each.status == "active" for each in view.priorities)
    answer.draw(publishing_answer(waiting=len(_due()), active=active))
    publishing()
    _revision(view)
    _withdrawal(view)
    not_due()


def publishing() -> None:
    """Draw what waits to be published, with the button."""
    store = queries.store()
    due = _due()
    if store.settings.borough_code not in store.snapshot.borough_codes:
        st.warning(plain(str(NoHomeWardsError.of(store))))
    if not due:
        return
    st.info(
        f"{counted(len(due), 'quarter is', 'quarters are')} waiting to be published, the newest "
        f"{plain(str(due[-1].quarter))}."
        if len(due) > 1
        else plain(f"{due[0].quarter} is waiting to be published.")
    )
    st.warning(
        "Before you publish\n\n"
        + "\n".join(f"- {plain(words)}" for words in before_publishing(store))
    )

    def publish(_: Typed) -> str:
        publish_quarters(store, actor(), [each.quarter for each in due])
        return "The figures are published."

    saving.form("publish").button(
        plain(
            f"Publish {counted(len(due), 'quarter')}"
            if len(due) > 1
            else f"Publish {due[0].quarter}"
        ),
        publish,
        in_form=False,
        type="primary",
        key="publish",
    )


def not_due() -> None:
    """Say which quarters cannot be published yet, and why."""
    held = waiting(queries.store(), operations(), now=now())
    if lacking := [each for each in held if each.why_not]:
        with st.expander("Quarters that cannot be published yet"):
            st.markdown(
                "\n".join(f"- {plain(f'{each.quarter}: {each.why_not}.')}" for each in lacking)
            )


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


def _new_priority(view: WardView) -> None:
    active = sum(each.status == "active" for each in view.priorities)
    form = saving.form(
        f"new priority {view.ward_code}", title="ward_title", why="ward_why", raised="ward_raised"
    )

    def add(typed: Typed) -> str:
        draft = PriorityDraft(
            view.ward_code, typed["title"] or "", typed["why"] or "", typed["raised"]
        )
        add_priority(actor(), draft)
        return "The priority is added."

    with st.expander(f"Add a priority ({active} of {MOST_ACTIVE} are active)"), form.drawn():
        _priority_texts(form, title="", why="")
        st.date_input(
            "Raised on",
            form.start("raised", "today"),
            key=form.key("raised"),
            format="DD/MM/YYYY",
            max_value="today",
        )
        form.button("Add the priority", add)


def _priority_texts(form: Form, *, title: str, why: str) -> None:
    st.text_input(
        "Priority, in a few words",
        form.start("title", title),
        key=form.key("title"),
        max_chars=120,
    )
    st.text_area(
        "Why: what the panel said", form.start("why", why), key=form.key("why"), max_chars=1000
    )


def _active_priorities(view: WardView) -> None:
    for each in view.priorities:
        if each.status == "active":
            with st.expander(f"Change or close: {plain(each.draft.title)}"):
                _reword(each)
                _end_priority(each)


def _reword(priority: WardPriority) -> None:
    at = f"{priority.priority_id}_{priority.version}"  # another version begins a new form
    form = saving.form(
        f"change priority {priority.priority_id}", title=f"ward_title_{at}", why=f"ward_why_{at}"
    )

    def change(typed: Typed) -> str:
        draft = replace(priority.draft, title=typed["title"] or "", why=typed["why"] or "")
        change_priority(actor(), priority.priority_id, draft=draft, version=priority.version)
        return "The text is changed."

    with form.drawn():
        _priority_texts(form, title=priority.draft.title, why=priority.draft.why)
        form.button("Change the text", change)


def _end_priority(priority: WardPriority) -> None:
    at = f"{priority.priority_id}_{priority.version}"
    form = saving.form(f"close priority {priority.priority_id}", outcome=f"ward_outcome_{at}")

    def close(typed: Typed) -> str:
        acting = actor()
        close_priority(
            acting,
            priority.priority_id,
            outcome=typed["outcome"] or "",
            closed_on=acting.now.date(),
            version=priority.version,
        )
        return "The priority is closed and stays in the history."

    with form.drawn():
        st.text_area("Outcome", form.start("outcome"), key=form.key("outcome"), max_chars=1000)
        form.button("Close the priority", close)


def _new_promise(view: WardView) -> None:
    active = {each.priority_id: each for each in view.priorities if each.status == "active"}
    form = saving.form(
        f"new promise {view.ward_code}",
        what="ward_what",
        who="ward_who",
        due="ward_due",
        answers="ward_promise_for",
    )

    def add(typed: Typed) -> str:
        draft = PromiseDraft(
            view.ward_code,
            typed["what"] or "",
            typed["who"] or "",
            typed["due"],
            typed["answers"],
        )
        add_promise(actor(), draft)
        return "The promise is added."

    with st.expander("Add a promise"), form.drawn():
        st.text_area("What is promised", form.start("what"), key=form.key("what"), max_chars=1000)
        st.text_input("Who will keep it", form.start("who"), key=form.key("who"), max_chars=120)
        st.date_input("By", form.start("due", "today"), key=form.key("due"), format="DD/MM/YYYY")
        st.selectbox(
            "For the priority",
            [None, *active],
            format_func=lambda at: "None" if at is None else active[at].draft.title,
            key=form.key("answers"),
        )
        form.button("Add the promise", add)


def _close_promise(view: WardView) -> None:
    held = {each.promise_id: each for each in view.promises if each.status == "open"}
    if not held:
        return
    form = saving.form(
        f"close promise {view.ward_code}",
        number="ward_promise",
        status="ward_kept",
        outcome="ward_promise_outcome",
    )

    def close(typed: Typed) -> str:
        acting = actor()
        close_promise(
            acting,
            typed["number"],
            status=typed["status"],
            outcome=typed["outcome"] or "",
            closed_on=acting.now.date(),
            version=held[typed["number"]].version,
        )
        return "The outcome of the promise is saved."

    with st.expander("Record the outcome of a promise"), form.drawn():
        st.selectbox(
            "Promise",
            held,
            format_func=lambda at: held[at].draft.what[:80],
            key=form.key("number"),
        )
        st.radio(
            "It was",
            ("kept", "not_kept"),
            format_func=lambda each: PROMISE_LABELS[each],
            key=form.key("status"),
            horizontal=True,
        )
        st.text_area("Outcome", form.start("outcome"), key=form.key("outcome"), max_chars=1000)
        form.button("Keep this", close)


def _revision(view: WardView) -> None:
    """Draw the form that replaces a quarter's figures, where any may be replaced."""
    held = {
        each.quarter.key: each.quarter
        for each in reversed(view.quarters)
        if each.revision == 1 and each.method == "changing"
    }
    if not held:
        return
    form = saving.form("revise", quarter="ward_revised", why="ward_revised_why")

    def revise(typed: Typed) -> str:
        quarter = quarter_from(typed["quarter"])
        revise_quarter(queries.store(), actor(), quarter, why=typed["why"] or "")
        return "The quarter is revised."

    with st.expander("Revise figures after a correction"), form.drawn():
        st.markdown(
            "The quarter is counted again, and every figure of every ward is changed by chance "
            "again, so that the two versions do not show which incidents were corrected. A quarter "
            "can be revised once. Residents will read why."
        )
        st.selectbox(
            "Quarter", list(held), format_func=lambda key: str(held[key]), key=form.key("quarter")
        )
        st.text_input("Why", form.start("why"), key=form.key("why"), max_chars=300)
        form.button("Revise this quarter", revise)


def _withdrawal(view: WardView) -> None:
    held = {each.quarter.key: each.quarter for each in reversed(view.quarters)}
    form = saving.form("withdraw", quarter="ward_withdrawn", why="ward_withdrawn_why")

    def hide(typed: Typed) -> str:
        quarter = quarter_from(typed["quarter"])
        withdraw_quarter(queries.store(), actor(), quarter, why=typed["why"] or "")
        return "The quarter is withdrawn."

    with st.expander("Withdraw figures that were wrong"), form.drawn():
        st.markdown(
            "The quarter will then be hidden from everybody, in every ward, and cannot be "
            "published again."
        )
        st.selectbox(
            "Quarter", list(held), format_func=lambda key: str(held[key]), key=form.key("quarter")
        )
        st.text_input("Why", form.start("why"), key=form.key("why"), max_chars=300)
        form.button("Withdraw this quarter for good", hide)

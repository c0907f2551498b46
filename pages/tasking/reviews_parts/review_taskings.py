"""Reviewing a tasking: choose one that is due, look at what it did, record the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from data.exports.spreadsheet import csv_bytes
from data.operations.reviews.reviews import record_tasking_review, review_of
from data.operations.visits.visits import visits
from geo.errors import PlainError
from models.tasking.dosage import dosage
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import TACTIC_LABELS
from models.tasking.wording import overdue_words
from models.wording.days import day_words, span_words
from pages.components.dosage_chart import dosage_chart
from pages.shell import state
from pages.shell.messages import notes, plain, shown_errors
from pages.shell.queries_operations import now
from pages.tasking.reviews_parts import queries_reviews, review_result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.access import Person
    from data.operations.database import Operations
    from models.reviews.shape import Review
    from models.tasking.kept_review import KeptReview
    from models.tasking.tasking import Tasking

CHOSEN: Final = "review_tasking"
_RECORDED: Final = "review_recorded"
_PROBLEM: Final = "review_problem"
_ORDER: Final = ("completed", "active", "reviewed")


def draw(taskings: Sequence[Tasking], *, ops: Operations, who: Person) -> None:
    """Draw the list, the choice, the review and the form that records it."""
    today = now().date()
    _due(taskings, today=today)
    offered = sorted(
        (each for each in taskings if each.status in _ORDER),
        key=lambda each: (_ORDER.index(each.status), each.draft.ends_on, each.tasking_id),
    )
    if not offered:
        st.info(
            "No tasking can be reviewed yet: a review needs one that was approved and worked. "
            "Start one on the Board, or review any other dated intervention above."
        )
        return
    by_id = {each.tasking_id: each for each in offered}
    linked = state.opened_link().get("tasking", "")
    first = int(linked) if linked.isdigit() and int(linked) in by_id else offered[0].tasking_id
    state.begin({CHOSEN: first})
    if state.value(CHOSEN) not in by_id:
        state.put(CHOSEN, offered[0].tasking_id)
    chosen = by_id[
        st.selectbox(
            "Which tasking", list(by_id), key=CHOSEN, format_func=lambda at: _label(by_id[at])
        )
    ]
    _one(chosen, taskings=taskings, ops=ops, who=who, today=today)


def _one(
    chosen: Tasking,
    *,
    taskings: Sequence[Tasking],
    ops: Operations,
    who: Person,
    today: date,
) -> None:
    st.header(plain(f"{chosen.reference} {chosen.draft.title}"), anchor=False)
    if said := state.take(_RECORDED):
        st.success(plain(said))
    if problem := state.take(_PROBLEM):
        st.error(plain(problem))
    kept = review_of(ops, chosen.tasking_id)
    if kept is not None:
        on_record(kept)
        st.markdown("**Worked out again on the data as they are now:**")
    until: Any = st.date_input(
        "Judged on the days up to",
        chosen.draft.ends_on,
        min_value=chosen.draft.starts_on,
        max_value=max(today, chosen.draft.ends_on),
        format="DD/MM/YYYY",
        key=f"until-{chosen.reference}",
        help="Its end, unless the data end earlier or a longer time is to be judged",
    )
    with shown_errors(PlainError):
        found = queries_reviews.tasking_review(chosen, taskings=taskings, until=until)
    if chosen.status == "active":
        st.caption("It is still active; this is how it looks so far.")
    review_result.draw(found, title=chosen.draft.title, key=chosen.reference)
    _dosage(chosen, ops=ops, today=today)
    if chosen.status == "completed":
        _form(chosen, found=found, ops=ops, who=who)
    elif chosen.status == "active":
        st.caption("It can be recorded once the tasking is completed.")


def on_record(kept: KeptReview) -> None:
    """Draw a review as it was recorded."""
    st.subheader("On record", anchor=False)
    st.write(plain(kept.headline))
    st.write(plain(f"{kept.reviewer}, {day_words(kept.reviewed_on)}: {kept.words}"))
    st.caption(
        plain(
            f"{span_words(kept.after.first, kept.after.last)} against "
            f"{span_words(kept.before.first, kept.before.last)}: {kept.treated.before:,} before, "
            f"{kept.treated.after:,} after in the treated area · table version {kept.table_version}"
        )
    )
    notes(kept.doubts, heading="Why nobody could tell")


def _due(taskings: Sequence[Tasking], *, today: date) -> None:
    due = [each for each in taskings if each.status == "completed"]
    st.subheader(f"Due for review: {len(due)}", anchor=False)
    if not due:
        st.write("Every completed tasking has its review.")
        return
    table = pd.DataFrame(
        [
            {
                "Tasking": f"{each.reference} {each.draft.title}",
                "Tactic": TACTIC_LABELS[each.draft.tactic],
                "Dates": span_words(each.draft.starts_on, each.draft.ends_on),
                "Team": each.draft.team,
                "Overdue": overdue_words(each, today=today) or "no",
            }
            for each in due
        ]
    )
    st.dataframe(table, hide_index=True, alt="Completed taskings that have no review yet")
    st.download_button(
        "List as CSV",
        csv_bytes(table),
        file_name=f"reviews-due-{today}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _dosage(chosen: Tasking, *, ops: Operations, today: date) -> None:
    st.subheader("Dosage: what was done of what was planned", anchor=False)
    until = min(today, chosen.draft.ends_on)
    made = visits(ops, tasking_id=chosen.tasking_id)
    given = dosage(chosen, made, until=until, timezone=ops.timezone)
    st.write(
        plain(
            f"{given.visits:,} visits of {given.planned_visits:,.0f} planned, {given.minutes:,} "
            f"minutes of {given.planned_minutes:,.0f}; {given.inside_hours:,} visits began in the "
            "tasking's hours."
        )
    )
    if not given.visits:
        notes(
            ["No visit is logged. Whatever changed, nothing shows that the work was done."],
            heading="Read this with the verdict",
        )
    dosage_chart(given, name=f"Visits of {chosen.reference}")


def _form(chosen: Tasking, *, found: Review, ops: Operations, who: Person) -> None:
    st.subheader("Record the review", anchor=False)
    key = f"words-{chosen.reference}"
    with st.form(f"record-{chosen.reference}"):
        st.text_area(
            "In your words: what was done, what else happened there, what follows (needed)",
            key=key,
            max_chars=4000,
        )
        st.caption(
            "Recorded with it: the figures above, the verdict, the table version, your name and "
            "the time. A later import does not change it. The tasking becomes reviewed."
        )
        if st.form_submit_button("Record the review", type="primary"):
            _record(chosen, found, ops=ops, who=who, words=state.value(key, ""))
            st.rerun()


def _record(chosen: Tasking, found: Review, *, ops: Operations, who: Person, words: str) -> None:
    try:
        record_tasking_review(ops, chosen, found=found, words=words, person=who, now=now())
    except PlainError as problem:
        state.put(_PROBLEM, str(problem))
    else:
        state.put(_RECORDED, f"The review of {chosen.reference} is on record.")


def _label(tasking: Tasking) -> str:
    return f"{STATUS_LABELS[tasking.status]}: {tasking.reference} {tasking.draft.title}"

"""Reviewing a tasking: choose one that is due, look at what it did, record the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from data.exports.spreadsheet import csv_bytes
from data.operations.reviews.reviews import record_tasking_review, review_of
from data.operations.visits.visits import visits
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.dosage import dosage, own_day
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import TACTIC_LABELS
from models.tasking.wording import overdue_label
from models.wording.days import day_label, span_label
from pages.components.dosage_chart import dosage_chart
from pages.shell import saving, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.offer import offer
from pages.shell.person import actor
from pages.shell.queries_operations import now
from pages.tasking.reviews_parts import queries_reviews, review_result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.operations.database import Operations
    from models.reviews.shape import Review
    from models.tasking.recorded_review import RecordedReview
    from models.tasking.tasking import Tasking
    from pages.shell.saving import Typed

CHOSEN: Final = "review_tasking"
_ORDER: Final = ("completed", "active", "reviewed")


def draw(taskings: Sequence[Tasking], *, ops: Operations) -> None:
    """Draw the list, the choice, the review and the form that records it."""
    moment = now()
    _due(taskings, moment=moment)
    offered = sorted(
        (each for each in taskings if each.status in _ORDER),
        key=lambda each: (_ORDER.index(each.status), each.draft.ends_on, each.tasking_id),
    )
    if not offered:
        st.info(
            "No tasking can be reviewed yet: a review needs one that was approved and active. "
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
    _one(chosen, taskings=taskings, ops=ops, moment=moment)


def _one(
    tasking: Tasking,
    *,
    taskings: Sequence[Tasking],
    ops: Operations,
    moment: datetime,
) -> None:
    st.header(plain(f"{tasking.reference} {tasking.draft.title}"), anchor=False)
    told = saving.outcome()
    kept = review_of(ops, tasking.tasking_id)
    if kept is not None:
        on_record(kept)
        st.markdown("**Worked out again on the data as they are now:**")
    until: Any = st.date_input(
        "Last day included",
        tasking.draft.ends_on,
        min_value=tasking.draft.starts_on,
        max_value=max(moment.date(), tasking.draft.ends_on),
        format="DD/MM/YYYY",
        key=f"until-{tasking.reference}",
        help="The tasking's last day, unless the data end earlier or you want to review a longer "
        "time",
    )
    with errors_as_messages(PlainError):
        found = queries_reviews.tasking_review(tasking, taskings=tuple(taskings), until=until)
    if tasking.status == "active":
        st.caption("The tasking is still active; this is the position so far.")
    review_result.draw(found, title=tasking.draft.title, key=tasking.reference)
    _dosage(tasking, ops=ops, moment=moment)
    if tasking.status == "completed":
        _form(tasking, review=found)
    elif tasking.status == "active":
        st.caption("You can record the review once the tasking is completed.")
    saving.leftover(told)


def on_record(review: RecordedReview) -> None:
    """Draw a review as it was recorded."""
    st.subheader("On record", anchor=False)
    st.write(plain(review.headline))
    st.write(plain(f"{review.reviewer}, {day_label(review.reviewed_on)}: {review.comment}"))
    st.caption(
        plain(
            f"{span_label(review.after.first, review.after.last)} against "
            f"{span_label(review.before.first, review.before.last)}: {review.treated.before:,} "
            f"before, {review.treated.after:,} after in the treated area · table version "
            f"{review.table_version}"
        )
    )
    notes(review.doubts, heading="Why nobody could tell")


def _due(taskings: Sequence[Tasking], *, moment: datetime) -> None:
    due = [each for each in taskings if each.status == "completed"]
    st.header(f"Due for review: {len(due)}", anchor=False)
    if not due:
        st.write("Every completed tasking has its review.")
        return
    table = pd.DataFrame(
        [
            {
                "Tasking": f"{each.reference} {each.draft.title}",
                "Tactic": TACTIC_LABELS[each.draft.tactic],
                "Dates": span_label(each.draft.starts_on, each.draft.ends_on),
                "Team": each.draft.team,
                "Overdue": overdue_label(each, now=moment) or "no",
            }
            for each in due
        ]
    )
    st.dataframe(table, hide_index=True, alt="Completed taskings that have no review yet")
    offer("List as CSV", lambda: csv_bytes(table), file_name=f"reviews-due-{moment.date()}.csv")


def _dosage(tasking: Tasking, *, ops: Operations, moment: datetime) -> None:
    st.subheader("Dosage: visits made against visits planned", anchor=False)
    until = min(own_day(tasking.draft, moment), tasking.draft.ends_on)
    made = visits(ops, tasking_id=tasking.tasking_id)
    given = dosage(tasking, made, until=until, timezone=ops.timezone)
    st.write(
        plain(
            f"{counted(given.visits, 'visit')} of {given.planned_visits:,.0f} planned, "
            f"{given.minutes:,} "
            f"minutes of {given.planned_minutes:,.0f}; {counted(given.inside_hours, 'visit')} "
            "began in the tasking's hours."
        )
    )
    if not given.visits:
        notes(
            ["No visit is logged. Whatever changed, nothing shows that the work was done."],
            heading="Read this with the verdict",
        )
    dosage_chart(given, name=f"Visits of {tasking.reference}")


def _form(tasking: Tasking, *, review: Review) -> None:
    st.subheader("Record the review", anchor=False)

    def record(typed: Typed) -> str:
        """Record the review that the form was drawn with, of that version of the tasking."""
        record_tasking_review(actor(), tasking, review=review, comment=str(typed["words"] or ""))
        return f"The review of {tasking.reference} is on record."

    form = saving.form(f"record-{tasking.reference}", words=f"words-{tasking.reference}")
    with form.drawn():
        st.text_area(
            "In your own words: what was done, what else happened there, and what happens next "
            "(required)",
            form.start("words"),
            key=form.key("words"),
            max_chars=4000,
        )
        st.caption(
            "The record includes the figures above, the verdict, the table version, your name "
            "and the time. A later import does not change it. The tasking's status becomes "
            "reviewed."
        )
        form.button("Record the review", record, type="primary")


def _label(tasking: Tasking) -> str:
    return f"{STATUS_LABELS[tasking.status]}: {tasking.reference} {tasking.draft.title}"

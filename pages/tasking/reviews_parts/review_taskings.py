"""Reviewing a tasking: what is due, the verdict on one, its course, and the record of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.review_answer import due_answer, visits_answer
from data.exports.spreadsheet import csv_bytes
from data.operations.reviews.reviews import record_tasking_review, review_of
from data.operations.visits.visits import visits
from models.tasking.dosage import dosage, own_day
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import TACTIC_LABELS
from models.tasking.wording import overdue_label
from models.wording.days import day_label, span_label
from pages.components import answer, place_list
from pages.components.dosage_chart import dosage_chart
from pages.shell import saving, state
from pages.shell.messages import notes, plain
from pages.shell.offer import offer
from pages.shell.person import actor
from pages.tasking.reviews_parts import queries_reviews, review_result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from data.operations.database import Operations
    from models.reviews.shape import Review
    from models.tasking.recorded_review import RecordedReview
    from models.tasking.tasking import Tasking
    from pages.shell.saving import Typed

CHOSEN: Final = "review_tasking"
_ORDER: Final = ("completed", "active", "reviewed")
_ROW_PX: Final = 38
_TALLEST_PX: Final = 700


@dataclass(frozen=True, slots=True)
class TaskingReview:
    """A tasking that can be reviewed, all others, and the moment it is looked at."""

    tasking: Tasking
    taskings: Sequence[Tasking]
    ops: Operations
    moment: datetime

    @property
    def until_key(self) -> str:
        """The key of the last day that its review includes."""
        return f"until-{self.tasking.reference}"

    def review(self) -> Review:
        """Return its review up to the chosen day.

        Raises
        ------
        PlainError
            If it cannot be reviewed; the message says why.
        """
        return queries_reviews.tasking_review(
            self.tasking, taskings=tuple(self.taskings), until=state.value(self.until_key)
        )


def begin(
    taskings: Sequence[Tasking], *, ops: Operations, moment: datetime
) -> TaskingReview | None:
    """Return the tasking that is chosen; None where there is none to review."""
    by_id = {each.tasking_id: each for each in _offered(taskings)}
    if not by_id:
        return None
    linked, first = state.opened_link().get("tasking", ""), next(iter(by_id))
    state.begin({CHOSEN: int(linked) if linked.isdigit() else first})
    if state.value(CHOSEN) not in by_id:
        state.put(CHOSEN, first)
    one = TaskingReview(by_id[state.value(CHOSEN)], taskings, ops, moment)
    state.begin({one.until_key: one.tasking.draft.ends_on})
    state.keep(CHOSEN, one.until_key)
    return one


def _offered(taskings: Sequence[Tasking]) -> list[Tasking]:
    return sorted(
        (each for each in taskings if each.status in _ORDER),
        key=lambda each: (_ORDER.index(each.status), each.draft.ends_on, each.tasking_id),
    )


def chips(one: TaskingReview) -> None:
    """Draw the chips of the tasking that is reviewed, and of the last day that is included."""
    by_id = {each.tasking_id: each for each in _offered(one.taskings)}
    with st.popover(plain(f"{one.tasking.reference} {one.tasking.draft.title}"), key="chip_which"):
        st.selectbox(
            "Which tasking", list(by_id), key=CHOSEN, format_func=lambda at: _label(by_id[at])
        )
    first, last = one.tasking.draft.starts_on, one.tasking.draft.ends_on
    until = state.value(one.until_key)
    with st.popover(plain(f"Up to {day_label(until)}"), key="chip_until"):
        st.date_input(
            "Last day included",
            min_value=first,
            max_value=max(one.moment.date(), last),
            format="DD/MM/YYYY",
            key=one.until_key,
            help="The tasking's last day, unless the data end earlier or you want to review a "
            "longer time",
        )


def none_yet() -> None:
    """Say that no tasking can be reviewed."""
    st.info(
        "No tasking can be reviewed yet: a review needs one that was approved and active. "
        "Start one on the Board, or review any other dated intervention above."
    )


def effect(one: TaskingReview) -> Callable[[], None]:
    """Draw the verdict on a tasking; return what is said under *How we know*."""
    review = one.review()
    review_result.effect(review, title=one.tasking.draft.title, key=one.tasking.reference)
    if one.tasking.status == "active":
        st.caption("The tasking is still active; this is the position so far.")
    return partial(review_result.how_we_know, review)


def course(one: TaskingReview) -> Callable[[], None]:
    """Draw the months and hours of a tasking; return what is said under *How we know*."""
    review = one.review()
    review_result.course(review)
    return partial(review_result.how_we_know, review)


def record(one: TaskingReview) -> Callable[[], None]:
    """Draw the visits of a tasking, its review on record, or the form that records it."""
    tasking = one.tasking
    _dosage(tasking, ops=one.ops, moment=one.moment)
    kept = review_of(one.ops, tasking.tasking_id)
    if kept is not None:
        on_record(kept)
    review = one.review()
    if tasking.status == "completed":
        _form(tasking, review=review)
    elif tasking.status == "active":
        st.caption("You can record the review once the tasking is completed.")
    return partial(review_result.how_we_know, review)


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


def due(taskings: Sequence[Tasking], *, moment: datetime, show: Callable[[int], None]) -> None:
    """Draw what waits for its review; a click on one shows its verdict.

    Parameters
    ----------
    taskings : sequence of Tasking
        All of them.
    moment : datetime
    show : callable
        Called with the tasking's number, before the page is drawn again.
    """
    answer.draw(due_answer(taskings, now=moment))
    waiting = [each for each in _offered(taskings) if each.status == "completed"]
    st.header(f"Due for review: {len(waiting):,}", anchor=False)
    if not waiting:
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
            for each in waiting
        ]
    )
    columns, cells = place_list.of_table(table, name="Tasking", wide={"Tasking": 18, "Overdue": 20})
    ids = [str(each.tasking_id) for each in waiting]
    with st.container(height=min(_ROW_PX * (len(waiting) + 1), _TALLEST_PX), border=False):
        place_list.draw(
            "Completed taskings that have no review yet",
            columns=columns,
            rows=list(zip(ids, cells, strict=True)),
            marked="",
            key=f"reviews-due-{'-'.join(ids)}",
            choose=lambda number: show(int(number)),
        )
    st.caption("Choose a tasking to see its verdict.")
    offer("List as CSV", lambda: csv_bytes(table), file_name=f"reviews-due-{moment.date()}.csv")


def _dosage(tasking: Tasking, *, ops: Operations, moment: datetime) -> None:
    until = min(own_day(tasking.draft, moment), tasking.draft.ends_on)
    made = visits(ops, tasking_id=tasking.tasking_id)
    given = dosage(tasking, made, until=until, timezone=ops.timezone)
    answer.draw(visits_answer(given))
    st.subheader("Dosage: visits made against visits planned", anchor=False)
    if not given.visits:
        notes(
            ["Whatever changed, no visit on record shows that the work was done."],
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
            "The record includes the figures and the verdict of Verdict, the table version, your "
            "name and the time. A later import does not change it. The tasking's status becomes "
            "reviewed."
        )
        form.button("Record the review", record, type="primary")


def _label(tasking: Tasking) -> str:
    return f"{STATUS_LABELS[tasking.status]}: {tasking.reference} {tasking.draft.title}"

"""Reviewing any dated intervention: a camera, an order, target hardening, a licensing change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from data.operations.reviews.reviews import record_intervention_review
from geo.errors import PlainError
from models.calendar.periods import Period
from models.incidents.filters import HoursFilter
from models.incidents.view import HOURS_LABELS
from models.reviews.fixing import Choice
from models.tasking.recorded_review import INTERVENTION_LABELS, Intervention
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from pages.components.area_choice import area_choice
from pages.shell import queries, saving
from pages.shell.messages import errors_as_messages
from pages.shell.person import actor
from pages.tasking.reviews_parts import queries_reviews, review_result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.incidents.filters import HoursKind, IncidentFilter
    from models.reviews.shape import Review
    from models.tasking.tasking import Tasking
    from pages.components.area_choice import PickedArea
    from pages.shell.saving import Typed

_CHOICES: Final[dict[str, Choice]] = {
    "figures": Choice(),
    "not": Choice(by_figures=False),
}
_CHOICE_WORDS: Final = {
    "figures": "Its figures of the year before (they were high)",
    "not": "Reasons other than its figures (everywhere, at random, or another reason)",
}
_HOURS: Final[tuple[HoursKind, ...]] = ("all", "nights", "nte")
_USUAL_DAYS: Final = 91


def draw(taskings: Sequence[Tasking]) -> None:
    """Draw the questions, the review and the form that records it."""
    st.write(
        "Give the area, the first and last day, and what is counted. The days are compared with "
        "the same days of an earlier year, and the area with places of the same shape that were "
        "as busy."
    )
    told = saving.outcome()
    st.header("Where", anchor=False)
    picked = area_choice(key="intervention")
    st.header("When, and what is counted", anchor=False)
    after = _period()
    chosen = _filter()
    why = st.selectbox(
        "The place was chosen because of", list(_CHOICES), format_func=_CHOICE_WORDS.__getitem__,
        key="intervention_choice",
        help="A place chosen because its figures are high falls by itself, so those figures are "
            "left out",
    )  # fmt: skip
    if picked is None:
        st.info("Choose an area above. Its review then appears here.")
        return
    if after is None:
        return
    with errors_as_messages(PlainError):
        found = queries_reviews.intervention_review(
            picked.area.shape,
            after=after,
            incident_filter=chosen,
            choice=_CHOICES[why],
            taskings=tuple(taskings),
        )
    st.header("What changed", anchor=False)
    review_result.draw(found, title=picked.label, key="intervention")
    _form(picked, found)
    saving.leftover(told)


def _period() -> Period | None:
    last = queries.store().default_filter().period.last
    left, right = st.columns(2)
    first: Any = left.date_input(
        "From the day it began",
        last - timedelta(days=_USUAL_DAYS - 1),
        format="DD/MM/YYYY",
        key="intervention_from",
        min_value=date(1990, 1, 1),
        max_value=last,
    )
    end: Any = right.date_input(
        "Last day included",
        last,
        format="DD/MM/YYYY",
        key="intervention_to",
        min_value=date(1990, 1, 1),
        max_value=last,
    )
    if end < first:
        st.error("The last day is before the first. Choose a later last day.")
        return None
    return Period(first, end)


def _filter() -> IncidentFilter:
    left, right = st.columns(2)
    kinds = left.multiselect(
        "Kinds of incident",
        list(CATEGORIES),
        format_func=CATEGORY_LABELS.__getitem__,
        placeholder="All of them",
        key="intervention_kinds",
    )
    hours = right.selectbox(
        "Hours", list(_HOURS), format_func=HOURS_LABELS.__getitem__, key="intervention_hours"
    )
    return replace(
        queries.store().default_filter(), categories=tuple(kinds), hours=HoursFilter(kind=hours)
    )


def _form(picked: PickedArea, review: Review) -> None:
    st.subheader("Record the review", anchor=False)

    def record(typed: Typed) -> str:
        asked = review.question
        done = Intervention(
            title=str(typed["title"] or ""),
            kind=typed["kind"],
            area=asked.treated,
            fixed=asked.fixed,
            period=asked.after,
            ward_codes=picked.area.ward_codes,
            chosen_on=asked.choice.rests_on(asked.after),
            by_figures=asked.choice.by_figures,
        )
        words = str(typed["words"] or "")
        kept = record_intervention_review(actor(), done, review=review, comment=words)
        return f"The review of {kept.title} is on record."

    fields = {each: f"intervention_{each}" for each in ("title", "kind", "words")}
    form = saving.form("record-intervention", **fields)
    kinds = list(INTERVENTION_LABELS)
    with form.drawn():
        st.text_input("Title: what was done, and where", form.start("title"), key=form.key("title"))
        st.selectbox(
            "Kind of intervention",
            kinds,
            index=kinds.index(form.start("kind", kinds[0])),
            format_func=INTERVENTION_LABELS.__getitem__,
            key=form.key("kind"),
        )
        st.text_area(
            "In your own words (required)",
            form.start("words"),
            key=form.key("words"),
            max_chars=4000,
        )
        form.button("Record the review", record, type="primary")

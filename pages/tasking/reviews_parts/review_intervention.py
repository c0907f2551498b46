"""Reviewing any dated intervention: a camera, an order, target hardening, a licensing change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import shapely
import streamlit as st

from data.exports.review_answer import verdict_answer
from data.operations.reviews.reviews import record_intervention_review
from geo.areas import checked_area
from geo.errors import PlainError
from models.calendar.periods import Period
from models.incidents.filters import HoursFilter
from models.incidents.view import HOURS_LABELS
from models.reviews.fixing import Choice
from models.tasking.recorded_review import INTERVENTION_LABELS, Intervention
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from pages.components import answer
from pages.components.area_choice import area_choice
from pages.shell import queries, saving, state
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import actor
from pages.tasking.reviews_parts import queries_reviews, review_result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.areas import CheckedArea
    from models.incidents.filters import HoursKind, IncidentFilter
    from models.reviews.shape import Review
    from models.tasking.tasking import Tasking
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
_FROM, _TO = "intervention_from", "intervention_to"
_KINDS, _HOURS_KEY, _WHY = "intervention_kinds", "intervention_hours", "intervention_choice"
_AREA, _PICKED = "intervention", "intervention_picked"
_OF_AREA: Final = ("way", "place", "radius", "crs", "layer", "which", "ward")


class NothingAskedError(PlainError, LookupError):
    """A review was asked for without an area or its days."""

    def __init__(self) -> None:
        super().__init__("Nothing is asked yet. Choose an area and its days.")


def begin() -> None:
    """Keep what was asked while another section is drawn."""
    last = queries.store().default_filter().period.last
    state.begin(
        {
            _FROM: last - timedelta(days=_USUAL_DAYS - 1),
            _TO: last,
            _KINDS: [],
            _HOURS_KEY: _HOURS[0],
            _WHY: next(iter(_CHOICES)),
        }
    )
    state.keep(_FROM, _TO, _KINDS, _HOURS_KEY, _WHY, *(f"{_AREA}-{each}" for each in _OF_AREA))


def ask(taskings: Sequence[Tasking], *, show: Callable[[], None]) -> Callable[[], None] | None:
    """Draw the questions, above them the answer; return what is said under *How we know*.

    Parameters
    ----------
    taskings : sequence of Tasking
    show : callable
        Shows the verdict, before the page is drawn again.
    """
    place = st.container()
    st.write(
        "Give the area, the first and last day, and what is counted. The days are compared with "
        "the same days of an earlier year, and the area with places of the same shape that were "
        "as busy."
    )
    st.header("When, and what is counted", anchor=False)
    _questions()
    st.header("Where", anchor=False)
    _choose_area()
    with place:
        if _period() is None:
            st.error("The last day is before the first. Choose a later last day.")
            return None
        if _picked() is None:
            st.info("Choose an area below. The verdict then stands here.")
            return None
        with errors_as_messages(PlainError):
            label, review = _review(taskings)
        answer.draw(verdict_answer(review, title=label))
        st.button("See the verdict", on_click=show, type="primary", key="intervention_see")
    return partial(review_result.how_we_know, review)


def effect(taskings: Sequence[Tasking]) -> Callable[[], None] | None:
    """Draw the verdict; return what is said under *How we know*."""
    if not _asked():
        return None
    label, review = _review(taskings)
    review_result.effect(review, title=label, key="intervention")
    return partial(review_result.how_we_know, review)


def course(taskings: Sequence[Tasking]) -> Callable[[], None] | None:
    """Draw the months and hours; return what is said under *How we know*."""
    if not _asked():
        return None
    _, review = _review(taskings)
    review_result.course(review)
    return partial(review_result.how_we_know, review)


def record(taskings: Sequence[Tasking]) -> Callable[[], None] | None:
    """Draw the form that records the review; return what is said under *How we know*."""
    if not _asked():
        return None
    label, review = _review(taskings)
    answer.draw(verdict_answer(review, title=label))
    _form(review)
    return partial(review_result.how_we_know, review)


def _asked() -> bool:
    if _picked() is not None and _period() is not None:
        return True
    st.info("Nothing is asked yet. Choose an area and its days under What is asked.")
    return False


def _choose_area() -> None:
    """Draw the choice of the area; its outline is kept, so that other sections have it."""
    picked = area_choice(key=_AREA)
    if picked is not None:
        state.put(_PICKED, (shapely.to_wkt(picked.area.shape, rounding_precision=3), picked.label))
    elif state.value(f"{_AREA}-way") != "upload":
        state.put(_PICKED, None)
    elif kept := state.value(_PICKED):  # a file is not kept by its field
        st.caption(plain(f"In use: {kept[1]}."))


def _picked() -> tuple[CheckedArea, str] | None:
    """Return the area that is asked about and how it was chosen."""
    kept = state.value(_PICKED)
    if not kept:
        return None
    area = checked_area(shapely.from_wkt(kept[0]), wards=queries.store().wards.frame)
    return area, kept[1]


def _review(taskings: Sequence[Tasking]) -> tuple[str, Review]:
    picked, after = _picked(), _period()
    if picked is None or after is None:
        raise NothingAskedError
    review = queries_reviews.intervention_review(
        picked[0].shape,
        after=after,
        incident_filter=_filter(),
        choice=_CHOICES[state.value(_WHY)],
        taskings=tuple(taskings),
    )
    return picked[1], review


def _period() -> Period | None:
    first, last = state.value(_FROM), state.value(_TO)
    return Period(first, last) if first <= last else None


def _filter() -> IncidentFilter:
    return replace(
        queries.store().default_filter(),
        categories=tuple(state.value(_KINDS)),
        hours=HoursFilter(kind=state.value(_HOURS_KEY)),
    )


def _questions() -> None:
    last = queries.store().default_filter().period.last
    for place, label, key in zip(
        st.columns(2), ("From the day it began", "Last day included"), (_FROM, _TO), strict=True
    ):
        place.date_input(
            label, format="DD/MM/YYYY", key=key, min_value=date(1990, 1, 1), max_value=last
        )
    left, middle, right = st.columns(3)
    left.multiselect(
        "Kinds of incident",
        list(CATEGORIES),
        format_func=CATEGORY_LABELS.__getitem__,
        placeholder="All of them",
        key=_KINDS,
    )
    middle.selectbox("Hours", list(_HOURS), format_func=HOURS_LABELS.__getitem__, key=_HOURS_KEY)
    right.selectbox(
        "The place was chosen because of",
        list(_CHOICES),
        format_func=_CHOICE_WORDS.__getitem__,
        key=_WHY,
        help="A place chosen because its figures are high falls by itself, so those figures are "
        "left out",
    )


def _form(review: Review) -> None:
    st.subheader("Record the review", anchor=False)
    picked = _picked()
    ward_codes = () if picked is None else picked[0].ward_codes

    def record(typed: Typed) -> str:
        asked = review.question
        done = Intervention(
            title=str(typed["title"] or ""),
            kind=typed["kind"],
            area=asked.treated,
            fixed=asked.fixed,
            period=asked.after,
            ward_codes=ward_codes,
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

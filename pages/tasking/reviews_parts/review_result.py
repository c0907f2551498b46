"""What a review found, on the page: the verdict in plain words first, then what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.review_answer import course_answer, verdict_answer
from data.exports.reviews import (
    before_after_table,
    counting_rule_label,
    interval_table,
    review_csv,
    review_json,
)
from geo.counting import counted
from geo.palettes import AREA_COLOURS
from geo.screen.area_layers import MapArea
from models.tasking.verdict import z_label
from models.wording.days import day_label
from pages.components import answer, charts
from pages.components.area_map import show_areas
from pages.components.theme import page_theme
from pages.shell import queries
from pages.shell.messages import notes, plain
from pages.shell.offer import offer
from pages.shell.queries_operations import now
from pages.tasking.reviews_parts.review_charts import intervals

if TYPE_CHECKING:
    from geo.palettes import AreaKind, Theme
    from geo.screen.area_layers import AreaRole
    from models.reviews.shape import Review

_GREY: Final[dict[Theme, str]] = {"light": "#5b6773", "dark": "#a9b5bf"}  # neither area's colour
_SHOWN: Final[dict[str, tuple[AreaRole, str]]] = {
    "displacement": ("ring", "Ring"),
    "displacement_comparison": ("comparison-ring", "Its ring"),
    "comparison": ("comparison", "Comparison area"),
    "treated": ("chosen", "Treated area"),
}


def effect(review: Review, *, title: str, key: str) -> None:
    """Draw the verdict and what it rests on: before and after, how sure, and where.

    Parameters
    ----------
    review : Review
    title : str
        Of the tasking or intervention.
    key : str
        Letters that tell this review from others of the page.
    """
    answer.draw(verdict_answer(review, title=title))
    for sentence in review.verdict.sentences:
        st.write(plain(sentence))
    notes(review.verdict.doubts, heading="Why nobody can tell from these figures")
    notes(review.notes, heading="Read this with the figures")
    _before_and_after(review)
    left, right = st.columns([1, 1])
    with left:
        if review.complete:
            intervals(interval_table(review), key=key)
        else:
            st.subheader("How sure", anchor=False)
            st.write("Not worked out: the data do not cover both periods, or give only months.")
    with right:
        st.subheader("Where", anchor=False)
        show_areas(
            [
                MapArea(review.question.areas[name], role, label)
                for name, (role, label) in _SHOWN.items()
            ],
            key=f"review-{key}",
        )
    _files(review, title=title)


def course(review: Review) -> None:
    """Draw the treated and the comparison area month by month, and the hours before and after."""
    answer.draw(course_answer(review))
    _months(review)
    _hours(review)


def how_we_know(review: Review) -> None:
    """Say what is compared, how the comparison was chosen, and the figures in standard errors."""
    treated = review.counts["treated"]
    st.caption(
        plain(
            f"{review.question.after} against {review.before.period} · "
            f"{counting_rule_label(review.question.filter, rule=queries.store().night_rule)} · "
            f"{counted(treated.before + treated.after, 'incident')} in the treated area · "
            f"table version {review.version}"
        )
    )
    st.caption(plain(review.question.fixed.note))
    if review.complete:
        st.caption(plain(z_label(review.outcome)))


def _before_and_after(review: Review) -> None:
    st.subheader("Before and after", anchor=False)
    table = before_after_table(review)
    st.dataframe(
        table,
        hide_index=True,
        alt="Incidents before and after in the four areas",
        column_config={
            "Before": st.column_config.NumberColumn(format="localized"),
            "After": st.column_config.NumberColumn(format="localized"),
            "One counts as": st.column_config.NumberColumn(
                help="Incidents in a busier comparison area count for less, in a quieter one for "
                "more"
            ),
        },
    )
    st.caption(
        plain(
            f"Before: {review.before.period}, {review.before.period.days} days. After: "
            f"{review.question.after}, {review.question.after.days} days."
        )
    )


def _months(review: Review) -> None:
    months = review.months
    if not any(months.known):
        return
    st.subheader("Month by month", anchor=False)
    table = pd.DataFrame(
        {
            "Month": [f"{month:%b %Y}" for month in months.months],
            "Treated area": [
                int(n) if known else None
                for n, known in zip(months.treated, months.known, strict=True)
            ],
            "Comparison, weighted": [
                round(float(n), 1) if known else None
                for n, known in zip(months.comparison, months.known, strict=True)
            ],
        }
    )
    start = review.question.after.first
    month = f"{start:%b %Y}"
    inside = month in set(table["Month"])
    charts.lines(
        table,
        unit="Incidents a month",
        name=f"Treated and comparison area by month; the work started on {day_label(start)}",
        ordered=True,
        colours=[_colour("treated"), _colour("comparison")],
        mark=charts.LineMark(month, f"Start: {day_label(start)}") if inside else None,
    )
    st.caption(
        f"The vertical line marks the month of the start, {day_label(start)}. "
        "The colours are those of the map."
        if inside
        else f"The start, {day_label(start)}, is not in the months for which there are data."
    )
    with st.expander("The same as a table"):
        st.dataframe(table, hide_index=True, alt="Treated and comparison area, month by month")


def _hours(review: Review) -> None:
    hours = review.time_of_day
    st.subheader("Time of day, treated area", anchor=False)
    if not (hours.before.sum() or hours.after.sum()):
        st.write("No incident here has a known hour, so nothing can be said about hours.")
        return
    table = pd.DataFrame({"Hour": range(24), "After": hours.after, "Before": hours.before})
    charts.lines(
        table,
        unit="Incidents",
        name="Incidents by hour, before and after",
        ordered=False,
        colours=[_colour("treated"), _GREY[page_theme()]],
    )
    left_out = sum(hours.untimed)
    words = (
        f"Left out: {counted(left_out, 'incident')} whose hour is not known." if left_out else ""
    )
    if hours.in_hours is not None and hours.outside is not None:
        words = (
            f"In the hours worked: {hours.in_hours[0]:,} before, {hours.in_hours[1]:,} after. "
            f"Outside them: {hours.outside[0]:,} before, {hours.outside[1]:,} after. {words}"
        )
    partly = (
        "" if review.complete else " The data do not cover both periods: do not compare the lines."
    )
    st.caption(plain(f"{words} The two periods have {_days(review)} days.{partly}"))
    with st.expander("The same as a table"):
        st.dataframe(table, hide_index=True, alt="Incidents by hour, before and after")


def _colour(kind: AreaKind) -> str:
    return AREA_COLOURS[kind][page_theme()]


def _days(review: Review) -> str:
    before, after = review.before.period.days, review.question.after.days
    return f"{before}" if before == after else f"{before} and {after}"


def _files(review: Review, *, title: str) -> None:
    store = queries.store()
    stem = f"review-{review.question.after.first}-{review.question.after.last}"
    row = st.container(horizontal=True)
    offer(
        "Before and after as CSV",
        lambda: review_csv(store, review),
        file_name=f"{stem}.csv",
        place=row,
    )
    offer(
        "All figures as JSON",
        lambda: review_json(store, review, title=title, now=now()),
        file_name=f"{stem}.json",
        place=row,
    )

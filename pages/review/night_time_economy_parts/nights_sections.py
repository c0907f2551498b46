"""The sections of the night-time economy page on nights and hours, and what all of it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import streamlit as st

from data.exports import nights as tables
from data.exports.night_answer import hours_answer, nights_answer
from geo.counting import counted
from geo.palettes import OKABE_ITO
from models.calendar.night_rule import NIGHT_WINDOWS
from models.nights.kinds import KIND_LABELS
from models.nights.premises import clock_label
from models.nights.review import closings_by_hour
from models.wording.days import day_label
from pages.components import charts
from pages.components.theme import page_theme
from pages.review.night_time_economy_parts import queries_nights
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from models.nights.history import NightHistory
    from models.nights.review import NightReview
    from pages.review.night_time_economy_parts.nights_page import NightsPage

_LINES: Final = {
    "light": ("#1d5b79", "#a35f13", "#5c5c5c"),
    "dark": ("#5aa9cf", "#e0a458", "#c3cbd3"),
}
_DASHES: Final = ([1, 0], [6, 3], [2, 2])
_CLOSING: Final = {"light": OKABE_ITO["reddish purple"], "dark": OKABE_ITO["reddish purple"]}
_HEIGHT: Final = 300
_COMMON_CLOSINGS: Final = 3
_NO_INCIDENT: Final = (
    "There is no night-time-economy incident in the chosen wards on the nights of this period. "
    "Choose a longer period or more wards."
)


def notes_of(review: NightReview, history: NightHistory) -> tuple[str, ...]:
    """Return what every reader must know of the figures."""
    said = [
        f"{history.rule.sentence()} This page uses the filters for period, wards and sources. It "
        f"ignores those for comparison, categories and hours."
    ]
    when = "at night"
    if history.rule.window != "night":
        when = "in these hours"
        said.append(
            "Night-time areas are found in the whole night, and their standing is of the whole "
            "night; all counts on this page are of these hours."
        )
    if review.span.missing:
        count = len(review.span.missing)
        nights = ", ".join(f"{day:%a} {day_label(day)}" for day in review.span.missing[:3])
        more = f" and {count - 3:,} more" if count > 3 else ""
        verb = "night is" if count == 1 else "nights are"
        said.append(
            f"{count:,} {verb} left out, because the data do not reach the next morning: {nights}"
            f"{more}. All rates use the remaining nights."
        )
    out = {what: number for what, number in review.untimed.items() if number}
    if out:
        known = ", ".join(f"{number:,} say only {what}" for what, number in out.items())
        said.append(
            f"Of these kinds {counted(sum(out.values()), 'incident', 'incidents')} in the chosen "
            f"wards {'is' if sum(out.values()) == 1 else 'are'} left out, because nobody can tell "
            f"whether they happened {when}: {known}."
        )
    if review.marked_elsewhere:
        said.append(
            f"{counted(review.marked_elsewhere, 'incident is', 'incidents are')} marked as "
            f"night-time economy by their source but did not happen {when}: they are not counted."
        )
    if review.sensitive:
        said.append(
            f"{review.sensitive:,} of the incidents are domestic or sexual. They are in the "
            f"totals of nights and hours, but never on a map and in no figure of an area, a place "
            f"or premises; the share of an area is of the other incidents."
        )
    for night, hours in review.changed:
        said.append(
            f"On the night of {day_label(night)} the clocks change: it has {hours:g} hours."
        )
    return tuple(said)


def nights(page: NightsPage) -> Callable[[], None]:
    """Draw Friday, Saturday and the rest of the week, then the parts of the night."""
    review = page.review
    if not review.rate.incidents:
        st.info(_NO_INCIDENT)
        return lambda: None
    _answer(nights_answer(review))
    _figures(review)
    st.header("Friday, Saturday and the rest of the week")
    charts.rates(
        [each.group.label for each in review.groups],
        now=[(each.rate.per_night, each.rate.low, each.rate.high) for each in review.groups],
        before=[
            (each.last_year.per_night, each.last_year.low, each.last_year.high)
            for each in review.groups
            if each.change_last_year is not None
        ],
        unit="Incidents a night, with the 95 % interval",
        name="Incidents a night on Fridays, Saturdays and other nights",
    )
    frame = tables.nights_frame(review)
    _table(frame, name="Nights side by side")
    page.download("Nights", frame, stem="by-night")
    st.header("Parts of the night")
    parts = tables.windows_frame(
        [queries_nights.review(page.filter, each) for each in NIGHT_WINDOWS]
    )
    _table(parts, name="Parts of the night side by side")
    page.download("Parts of the night", parts, stem="by-part", all_parts=True)
    return _how_nights_are_counted


def _how_nights_are_counted() -> None:
    st.caption(
        "Rates are for each night, so one night can be compared fairly with five. Changes are "
        "adjusted for the mix of weekdays. “May be chance” means that the 95 % interval includes "
        "no change. It allows for nights that vary by more than chance; of rows in which nothing "
        "changed, at most one in twenty is not marked so."
    )
    st.caption(
        "The parts overlap, so do not add up rows. They differ in length, so compare incidents an "
        "hour. "
        "Not known: incidents of the same kinds that may or may not have happened in these hours; "
        "they are not counted. Each hour belongs to the day on which the night starts: 02:00 on "
        "Sunday is Saturday night."
    )


def hours(page: NightsPage) -> Callable[[], None]:
    """Draw the night hour by hour with the times at which premises close, then by weekday."""
    review = page.review
    if not review.rate.incidents:
        st.info(_NO_INCIDENT)
        return lambda: None
    closing = closings_by_hour(review, page.history)
    frame = tables.hours_frame(review, page.history, closing=closing)
    _answer(hours_answer(frame))
    st.header("Hour by hour")
    _curve(frame)
    st.caption(plain(_closings(page, some=bool(sum(closing)))))
    _table(frame, name="Incidents by hour of night", folded=True)
    page.download("Hours", frame, stem="by-hour")
    st.header("Every night of the week")
    charts.hour_of_night(
        review.curve, hours=frame["Hour"].tolist(), name="Incidents by night and hour"
    )
    return _how_hours_are_counted


def _closings(page: NightsPage, *, some: bool) -> str:
    held = page.premises
    if held is None:
        return "Load licensed premises under Premises to see when they close."
    if not some:
        return f"{held.label} have no closing hour in the chosen wards."
    common = sorted(page.review.closings, key=lambda pair: -pair[1])[:_COMMON_CLOSINGS]
    words = ", ".join(f"{clock_label(minute)} ({number:,})" for minute, number in common)
    return (
        f"Bars: premises of the chosen wards that close in the hour ({held.label}). Most close at "
        f"{words}."
    )


def _how_hours_are_counted() -> None:
    st.caption(
        "Incidents known only to lie within a span of hours are spread over those hours. Each hour "
        "belongs to the day on which the night starts: 02:00 on Sunday is Saturday night."
    )


def _answer(text: str) -> None:
    with st.container(key="answer"):
        st.markdown(plain(text))


def _figures(review: NightReview) -> None:
    """Draw the strip of figures."""
    strip = st.container(key="figures")
    rate = review.rate
    strip.metric(
        "Incidents on nights",
        f"{rate.incidents:,}",
        delta=f"{counted(rate.nights, 'night')}",
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
    strip.metric(
        "A night",
        f"{rate.per_night:.1f}",
        delta=plain(f"95 % interval {rate.low:.1f} to {rate.high:.1f}"),
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
    for label, each in (("last year", review.last_year), ("the period before", review.before)):
        words, _, doubt = tables.change_description(each.change).partition(" (")
        strip.metric(
            f"A night, against {label}",
            plain(words),
            delta=plain(f"{doubt.rstrip(')').capitalize()}. {each.period}".removeprefix(". ")),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )


def _table(frame: pd.DataFrame, *, name: str, folded: bool = False) -> None:
    place = st.expander("The same as a table") if folded else st.container()
    with place:
        st.dataframe(
            frame,
            hide_index=True,
            alt=f"{name}, as a table",
            column_config={
                label: st.column_config.NumberColumn(format="localized")
                for label in ("Incidents", *KIND_LABELS.values())
                if label in frame
            },
        )


def _curve(frame: pd.DataFrame) -> None:
    """Draw up to three lines, each with a dash of its own, over bars of closing times."""
    theme = page_theme()
    series = [name for name in frame.columns if name.endswith(", a night")]
    order = frame["Hour"].tolist()
    long = frame.melt("Hour", series, var_name="Line", value_name="n")
    long["Line"] = long["Line"].str.removesuffix(", a night")
    names = [name.removesuffix(", a night") for name in series]
    across = alt.X("Hour:O", sort=order, title=None, axis=alt.Axis(labelAngle=0))
    lines = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=across,
            y=alt.Y("n:Q", axis=alt.Axis(title="Incidents an hour, each night", orient="left")),
            color=alt.Color(
                "Line:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(_LINES[theme][: len(names)])),
                legend=alt.Legend(
                    orient="top", symbolType="stroke", symbolStrokeWidth=3, padding=0
                ),
            ),
            strokeDash=alt.StrokeDash(
                "Line:N",
                legend=None,
                scale=alt.Scale(domain=names, range=list(_DASHES[: len(names)])),
            ),
            tooltip=["Hour", "Line:N", alt.Tooltip("n:Q", title="Incidents an hour")],
        )
    )
    chart: alt.LayerChart | alt.Chart = lines
    if frame["Premises that close"].any():
        bars = (
            alt.Chart(frame)
            .mark_bar(color=_CLOSING[theme], opacity=0.35, width={"band": 0.5})
            .encode(
                x=across,
                y=alt.Y(
                    "Premises that close:Q",
                    axis=alt.Axis(title="Premises that close", orient="right", grid=False),
                ),
                tooltip=["Hour", "Premises that close:Q"],
            )
        )
        chart = alt.layer(bars, lines).resolve_scale(y="independent")
    st.altair_chart(
        chart.properties(height=_HEIGHT),
        width="stretch",
        alt="Incidents by hour of night on Fridays, Saturdays and other nights, with closing times",
    )

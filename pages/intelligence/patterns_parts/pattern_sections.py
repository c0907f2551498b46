"""The sections of the page Patterns: each a chart, the same as a table, and a download."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import patterns as tables
from data.exports.labels import (
    RUNS_RULE,
    by_chance_label,
    hours_description,
    runs_gap_label,
    window_description,
)
from data.exports.pattern_answer import (
    hours_answer,
    kinds_answer,
    places_answer,
    runs_answer,
)
from geo.counting import counted
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from pages.components import answer, charts
from pages.intelligence.patterns_parts import street_sections
from pages.shell import queries, state
from pages.shell.messages import plain
from pages.shell.offer import offer

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from data.incidents.store import Store
    from models.calendar.night_rule import NightRule
    from models.calendar.periods import Period
    from models.hotspots.concentration import Concentration
    from models.incidents.filters import IncidentFilter
    from models.incidents.patterns import Patterns
    from models.incidents.runs import Runs


_NO_HOUR: Final = (
    "No incident of this filter has a known hour, so nothing can be said about hours. Import an "
    "extract with times, or choose another source."
)


@dataclass(frozen=True, slots=True)
class PatternsPage:
    """What a section draws, and the filters in words that its file names."""

    store: Store
    filter: IncidentFilter
    patterns: Patterns
    filters: str

    def download(self, name: str, frame: pd.DataFrame, *, period: Period | None = None) -> None:
        """Draw the button that downloads a table as CSV."""
        days = period or self.patterns.selection.now.period
        offer(
            f"{name} as CSV",
            partial(tables.patterns_csv, self.store, frame, period=days, filters=self.filters),
            file_name=f"patterns-{name.lower()}-{days.first}-{days.last}.csv",
        )


def hours(page: PatternsPage) -> Callable[[], None]:
    """Draw the week, and how much of it falls into the hours after school."""
    week = page.patterns.week
    if week.timed:
        answer.draw(hours_answer(page.patterns))
        st.header("Hour and weekday")
        charts.hour_by_weekday(week.matrix, name="Incidents by weekday and hour")
        school = window_description(
            "on Mondays to Fridays from 15:00 to 18:00", page.patterns.school
        )
        st.write(plain(school))
    else:
        st.info(_NO_HOUR)
    st.caption(plain(hours_description(week)))
    page.download("Hours", tables.hours_frame(page.patterns))
    return lambda: None


def nights(page: PatternsPage) -> Callable[[], None]:
    """Draw the nights hour by hour, as lines and as every night of the week."""
    patterns = page.patterns
    if not patterns.week.timed:
        st.info(_NO_HOUR)
        return lambda: None
    rule, name = patterns.rule, "Incidents by hour of night"
    frame = tables.nights_frame(patterns)
    answer.draw(window_description("on Friday and Saturday nights", patterns.review_nights))
    st.header("Hour by hour")
    charts.lines(frame.iloc[:, :3], unit="Incidents an hour", name=name, ordered=True)
    peak = f"at night from {rule.of_window('peak').hours_label}"
    st.write(plain(window_description(peak, patterns.peak_nights)))
    levy = f"in Late Night Levy hours, {rule.of_window('levy').hours_label}"
    st.write(plain(window_description(levy, patterns.levy_nights)))
    _table(frame, name=name)
    page.download("Nights", frame)
    st.header("Every night of the week")
    charts.hour_of_night(
        patterns.nights, hours=frame["Hour"].tolist(), name="Incidents by night and hour"
    )
    return partial(_how_nights_are_counted, rule)


def _how_nights_are_counted(rule: NightRule) -> None:
    st.caption(
        f"A night runs from {plain(rule.hours_label)} and belongs to the day on which it starts: "
        "02:00 on Sunday is Saturday night. This shows all incidents of the filter, not only those "
        "of the night-time economy."
    )


def months_and_kinds(page: PatternsPage) -> Callable[[], None]:
    """Draw the months against last year next to the mix of kinds."""
    months = page.patterns.months
    answer.draw(kinds_answer(page.patterns))
    left, right = st.columns(2)
    with left:
        st.header("Months against last year")
        charts.months_against_last_year(
            months.months,
            months.counts,
            months.year_before,
            known=months.known,
            known_before=months.known_before,
            name="Incidents a month against the same month a year earlier",
        )
        page.download("Months", tables.months_frame(months))
    with right:
        st.header("Kinds")
        mix = tables.kinds_frame(page.patterns)
        charts.bars(mix["Kind"].tolist(), mix["Incidents"].tolist(), unit="Incidents", name="Kinds")
        _table(mix, name="Incidents by kind")
        page.download("Kinds", mix)
    return lambda: None


def places(page: PatternsPage) -> Callable[[], None]:
    """Draw in how few cells, and on how few streets, a quarter and half of the incidents fall."""
    held = page.patterns.concentration
    if held is None:
        st.info("None of these incidents may be given a place. Choose other categories.")
        return lambda: None
    answer.draw(places_answer(held))
    st.header("How few places")
    curve = tables.concentration_frame(held)
    charts.lines(curve, unit="Share of incidents, %", name="Concentration curve", ordered=False)
    left_out = page.patterns.selection.now.sensitive
    if left_out:
        st.caption(f"{left_out:,} domestic or sexual incidents are never given a place.")
    _table(curve, name="Concentration curve")
    page.download("Concentration", curve)
    how_streets = street_sections.on_streets(page)
    return partial(_how_places_are_counted, held, how_streets)


def _how_places_are_counted(places: Concentration, how_streets: str) -> None:
    st.caption(
        f"Generalised Gini: {places.generalised_gini:.2f}, where 0 means spread as evenly as that "
        "many incidents can be, and 1 means all in one place. From the busiest cell to the last, "
        "including empty cells. Chance alone groups some incidents together, and more so in "
        "shorter periods."
    )
    if how_streets:
        st.caption(plain(how_streets))


def runs(page: PatternsPage, *, kind: str) -> Callable[[], None]:
    """Draw the runs of the last fortnight of one kind, which is chosen here.

    Parameters
    ----------
    page : PatternsPage
    kind : str
        Key of the choice.
    """
    sudden = queries.runs(page.filter, category=state.value(kind))
    answer.draw(runs_answer(sudden))
    st.header("Runs in the last fortnight")
    kinds = kinds_of(page.filter)
    st.selectbox("Runs of", kinds, key=kind, format_func=CATEGORY_LABELS.__getitem__)
    _runs(page, sudden)
    return partial(_how_runs_are_judged, sudden)


def kinds_of(incident_filter: IncidentFilter) -> list[str]:
    """Return the kinds whose runs can be asked for."""
    return [name for name in CATEGORIES if name in (incident_filter.categories or CATEGORIES)]


def _runs(page: PatternsPage, sudden: Runs) -> None:
    """List the runs of one kind in the last fortnight that are more than chance."""
    listed = tables.runs_frame(sudden)
    if len(listed):
        st.dataframe(listed, hide_index=True, alt="Runs, the most surprising first")
        page.download("Runs", listed, period=sudden.period)
    elif sudden.runs:
        st.info("No run is more than chance would bring. Choose another kind, or a later period.")
    else:
        st.info(
            f"No three of the {counted(sudden.incidents, 'incident')} of these days happened "
            "within 400 m of one of them. Choose another kind, or a later period."
        )
    if sudden.unjudged:
        st.info(
            "The data do not cover the year before, so it is not known what is usual there: these "
            "are groups of three or more, and nobody can say whether they are more than chance."
        )
    if sudden.gaps:
        st.warning(plain(runs_gap_label(sudden)))
    left_out = f" Left out: {sudden.undated:,} of that year whose day is not known."
    never = f" Left out: {sudden.sensitive:,} domestic or sexual, which are never given a place."
    st.caption(
        plain(
            f"{sudden.period}: {counted(sudden.incidents, 'incident')}."
            f"{left_out if sudden.undated else ''}{never if sudden.sensitive else ''}"
        )
    )


def _how_runs_are_judged(sudden: Runs) -> None:
    st.caption(
        plain(
            f"{by_chance_label(sudden.by_chance)} {RUNS_RULE} Usual: the average of 14 days there "
            "over the year before. Chance: how often a run as surprising, of this kind, comes up "
            "anywhere on this ground."
        )
    )


def _table(frame: pd.DataFrame, *, name: str) -> None:
    with st.expander("The same as a table"):
        st.dataframe(frame, hide_index=True, alt=f"{name}, as a table")

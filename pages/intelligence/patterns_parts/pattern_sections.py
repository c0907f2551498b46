"""The sections of the page Patterns: each a chart, the same as a table, and a download."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from data.exports import patterns as tables
from data.exports.labels import (
    RUNS_RULE,
    by_chance_label,
    hours_description,
    runs_gap_label,
    window_description,
)
from geo.counting import counted
from pages.components import charts
from pages.shell.messages import plain
from pages.shell.offer import offer

if TYPE_CHECKING:
    import pandas as pd

    from data.incidents.store import Store
    from models.calendar.periods import Period
    from models.incidents.patterns import Patterns
    from models.incidents.runs import Runs


@dataclass(frozen=True, slots=True)
class PatternsPage:
    """What a section draws, and the filters in words that its file names."""

    store: Store
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


def hours(page: PatternsPage) -> None:
    """Draw the week, and how much of it falls into the hours after school."""
    week = page.patterns.week
    st.header("Hour and weekday")
    if week.timed:
        charts.hour_by_weekday(week.matrix, name="Incidents by weekday and hour")
        school = window_description(
            "on Mondays to Fridays from 15:00 to 18:00", page.patterns.school
        )
        st.write(plain(school))
    else:
        st.info(
            "No incident of this filter has a known hour, so nothing can be said about hours. "
            "Import an "
            "extract with times, or choose another source."
        )
    st.caption(plain(hours_description(week)))
    page.download("Hours", tables.hours_frame(page.patterns))


def nights(page: PatternsPage) -> None:
    """Draw the nights hour by hour; nothing where no hour is known."""
    if not page.patterns.week.timed:
        return
    st.header("Nights")
    rule, name = page.patterns.rule, "Incidents by hour of night"
    frame = tables.nights_frame(page.patterns)
    charts.lines(frame.iloc[:, :3], unit="Incidents an hour", name=name, ordered=True)
    st.write(
        plain(window_description("on Friday and Saturday nights", page.patterns.review_nights))
    )
    peak = f"at night from {rule.of_window('peak').hours_label}"
    st.write(plain(window_description(peak, page.patterns.peak_nights)))
    levy = f"in Late Night Levy hours, {rule.of_window('levy').hours_label}"
    st.write(plain(window_description(levy, page.patterns.levy_nights)))
    st.caption(
        f"A night runs from {plain(rule.hours_label)} and belongs to the day on which it starts: "
        "02:00 on Sunday is Saturday night. This shows all incidents of the filter, not only those "
        "of the night-time economy."
    )
    _table(frame, name=name)
    page.download("Nights", frame)


def months_and_kinds(page: PatternsPage) -> None:
    """Draw the months against last year next to the mix of kinds."""
    months = page.patterns.months
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


def concentration(page: PatternsPage) -> None:
    """Draw in how few cells a quarter and half of the incidents fall, and the curve."""
    places = page.patterns.concentration
    if places is None:
        return
    st.header("How few places")
    left_out = page.patterns.selection.now.sensitive
    st.write(
        f"Half of {counted(places.incidents, 'incident falls', 'incidents fall')} in "
        f"{places.places_half:,} of "
        f"{counted(places.places, 'cell')} of 150 m ({places.share_half:.1%}), a quarter in "
        f"{places.places_quarter:,} "
        f"({places.share_quarter:.1%}). Generalised Gini: {places.generalised_gini:.2f}, where 0 "
        f"means spread as evenly as that many incidents can be, and 1 means all in one place."
    )
    curve = tables.concentration_frame(places)
    charts.lines(curve, unit="Share of incidents, %", name="Concentration curve", ordered=False)
    st.caption(
        "From the busiest cell to the last, including empty cells. Chance alone groups some "
        "incidents together, and more so in shorter periods."
        + (f" {left_out:,} domestic or sexual incidents are never given a place." * bool(left_out))
    )
    _table(curve, name="Concentration curve")
    page.download("Concentration", curve)


def runs(page: PatternsPage, sudden: Runs) -> None:
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
    left_out = f"Left out: {sudden.undated:,} of that year whose day is not known. "
    never = f"Left out: {sudden.sensitive:,} domestic or sexual, which are never given a place. "
    st.caption(
        plain(
            f"{sudden.period}: {counted(sudden.incidents, 'incident')}. "
            f"{by_chance_label(sudden.by_chance)} "
            f"{RUNS_RULE} Usual: the average of 14 days there over the year before. Chance: how "
            "often a run as surprising, of this kind, comes up anywhere on this ground. "
            f"{left_out if sudden.undated else ''}{never if sudden.sensitive else ''}"
        )
    )


def _table(frame: pd.DataFrame, *, name: str) -> None:
    with st.expander("The same as a table"):
        st.dataframe(frame, hide_index=True, alt=f"{name}, as a table")

"""One indicator in one quarter: its figure, the year before, the change, and what to know of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.calendar.months import Month
from models.calendar.quarters import Quarter, a_year_before, days_of, twelve_months_to, year_label
from models.indicators.performance import (
    Change,
    Figure,
    change_of_counts,
)
from models.performance.beginning import QuarterInputs, months_of, partial, with_target
from models.performance.counts import covering, figure, home_borough
from models.performance.other_rows import operations_row, typed_row
from models.performance.pack import ComparedFigure, IndicatorRow
from models.performance.varying import incident_dispersion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from models.indicators.catalogue import Indicator
    from models.performance.counts import IndicatorTally

ROLLING: Final = 25  # totals of twelve months that are shown: two years and one month


def row_of(inputs: QuarterInputs, indicator: Indicator) -> IndicatorRow:
    """Return the row of one indicator."""
    if indicator.kind == "incident":
        return _incident_row(inputs, indicator)
    if indicator.kind == "operations":
        return operations_row(inputs, indicator)
    return typed_row(inputs, indicator)


def compared_figure(
    inputs: QuarterInputs, tally: IndicatorTally, *, borough: int, name: str
) -> ComparedFigure:
    """Return what a borough has of an indicator in the quarter, against the year before."""
    known = _known_months(inputs, tally, borough)
    months, compared = months_of(inputs.quarter, known)
    now, before, change, _ = _compared(inputs, tally, borough, months, compared, known)
    people = inputs.residents.get(inputs.dataset.snapshot.borough_codes[borough])
    per_1000 = now.value / people * 1000 if now is not None and people else None
    return ComparedFigure(name, now, before, change, per_1000=per_1000)


def _incident_row(inputs: QuarterInputs, indicator: Indicator) -> IndicatorRow:
    tally = inputs.counts.tallies[indicator.key]
    home = home_borough(inputs.dataset)
    known = _known_months(inputs, tally, home)
    months, compared = months_of(inputs.quarter, known)
    now, before, change, notes = _compared(inputs, tally, home, months, compared, known)
    if not months:
        notes = (_why_no_months(inputs, indicator, tally),)
    row = with_target(inputs, indicator, change=change, now=now)
    return replace(
        row,
        before=before,
        months=months if now is not None else (),
        compared=compared if change is not None else (),
        rolling=_rolling(inputs, tally, home, known) if now is not None else (),
        sources=_sources(inputs, tally, home, months=months, compared=compared),
        boroughs=_boroughs(inputs, tally, home) if tally.count_rule.place == "borough" else (),
        notes=(*notes, *(partial(inputs, months, compared) if now is not None else ())),
    )


def _known_months(
    inputs: QuarterInputs, tally: IndicatorTally, borough: int
) -> Callable[[date], frozenset[str] | None]:
    kept: dict[date, frozenset[str] | None] = {}

    def known(month: date) -> frozenset[str] | None:
        if month not in kept:
            kept[month] = covering(
                inputs.dataset,
                inputs.counts,
                tally,
                borough=borough,
                month=month,
                today=inputs.today,
            )
        return kept[month]

    return known


def _compared(
    inputs: QuarterInputs,
    tally: IndicatorTally,
    borough: int,
    months: tuple[date, ...],
    compared: tuple[date, ...],
    known: Callable[[date], frozenset[str] | None],
) -> tuple[Figure | None, Figure | None, Change | None, tuple[str, ...]]:
    if not months:
        return None, None, None, ()
    now, notes = figure(inputs.counts, tally, borough=borough, months=months)
    if not now.trusted:
        return None, None, None, notes or (_untrusted(now),)
    if now.unknown:
        notes = (*notes, _at_least(now))
    notes = (*notes, *_unplaced(inputs, tally, borough, months))
    if not compared:
        return now, None, None, notes
    earlier = tuple(a_year_before(month) for month in compared)
    before, _ = figure(inputs.counts, tally, borough=borough, months=earlier)
    same, _ = figure(inputs.counts, tally, borough=borough, months=compared)
    if not (before.trusted and same.trusted):
        return now, None, None, (*notes, f"A year earlier: {_untrusted(before)}")
    change = change_of_counts(
        same,
        before,
        days_now=days_of(compared),
        days_before=days_of(earlier),
        dispersion=incident_dispersion(inputs, tally, borough=borough, known=known),
    )
    return now, before, change, notes


def _unplaced(
    inputs: QuarterInputs, tally: IndicatorTally, borough: int, months: tuple[date, ...]
) -> tuple[str, ...]:
    """Say how many incidents a figure for areas leaves out, as they are never given a place."""
    first = inputs.counts.months.start
    at = [Month.of(month).index - first for month in months]
    count = int(tally.unplaced[borough, [each for each in at if each >= 0]].sum())
    if not count:
        return ()
    return (
        f"{count:,} domestic or sexual incidents of the borough that are of this kind are left "
        "out: such incidents are never counted within an area.",
    )


def _untrusted(figure: Figure) -> str:
    return (
        f"There is no figure: of {counted(figure.unknown, 'incident')} it is not known whether "
        "they count "
        f"(a flag, the hour or the kind of offence is missing), against {figure.value:,.0f} that "
        "do. Ask the source for what is missing."
    )


def _at_least(figure: Figure) -> str:
    return (
        f"At least {figure.value:,.0f}: of {figure.unknown:,} more incidents it is not known "
        "whether they count (a flag, the hour or the kind of offence is missing). The interval "
        "allows for all of them."
    )


def _why_no_months(inputs: QuarterInputs, indicator: Indicator, tally: IndicatorTally) -> str:
    year = year_label(inputs.quarter.year)
    if tally.count_rule.place == "asb_hotspots" and _unfixed(inputs.quarter, tally):
        return f"The ASB hotspots of {year} are not fixed yet. Fix them on this page."
    if tally.count_rule.place == "nte_areas" and tally.unfixed:
        return "No night-time-economy areas are kept yet. Keep them on the page Night-time economy."
    if home_borough(inputs.dataset) < 0:
        return f"The wards in use hold none of {inputs.dataset.borough_name}."
    if inputs.quarter.months[0] > inputs.today:
        return "The quarter has not begun."
    if not tally.boroughs[home_borough(inputs.dataset)].any():
        return f"No source loaded holds incidents of {indicator.name.lower()} for the borough."
    return "No month of this quarter is complete in the data."


def _unfixed(quarter: Quarter, tally: IndicatorTally) -> bool:
    return Month.of(quarter.months[0]).index in tally.unfixed


def _rolling(
    inputs: QuarterInputs,
    tally: IndicatorTally,
    borough: int,
    known: Callable[[date], frozenset[str] | None],
) -> tuple[tuple[date, float | None], ...]:
    """Return totals of twelve months; None where one is not complete or the sources change."""
    last = Month.of(inputs.quarter.months[2]).index
    totals: list[tuple[date, float | None]] = []
    for end in (Month(number).first for number in range(last - ROLLING + 1, last + 1)):
        twelve = twelve_months_to(end)
        found = {known(month) for month in twelve}
        total = None
        if len(found) == 1 and None not in found:
            whole, _ = figure(inputs.counts, tally, borough=borough, months=twelve)
            total = whole.value if whole.trusted else None
        totals.append((end, total))
    while totals and totals[-1][1] is None:
        totals.pop()  # months still to come
    return tuple(totals)


def _sources(
    inputs: QuarterInputs,
    tally: IndicatorTally,
    home: int,
    *,
    months: Sequence[date],
    compared: Sequence[date],
) -> tuple[ComparedFigure, ...]:
    """Return each source by itself, where there are several."""
    if tally.count_rule.measure != "incidents" or home < 0:
        return ()
    at = [Month.of(month).index - inputs.counts.months.start for month in months]
    same = [Month.of(month).index - inputs.counts.months.start for month in compared]
    year_before = [index - 12 for index in same if index >= 12]
    listed = []
    for name, monthly in zip(inputs.counts.rows.sources, tally.sources, strict=True):
        if monthly.any():
            before = Figure(int(monthly[year_before].sum())) if year_before else None
            listed.append(ComparedFigure(name, Figure(int(monthly[at].sum())), before, None))
    return tuple(listed) if len(listed) > 1 else ()


def _boroughs(
    inputs: QuarterInputs, tally: IndicatorTally, home: int
) -> tuple[ComparedFigure, ...]:
    """Return each borough that has a figure, the home one first; none where it is alone."""
    names = inputs.dataset.snapshot.borough_names
    ordered = sorted(range(len(names)), key=lambda borough: borough != home)
    found = [compared_figure(inputs, tally, borough=each, name=names[each]) for each in ordered]
    known = tuple(each for each in found if each.now is not None)
    return known if len(known) > 1 else ()

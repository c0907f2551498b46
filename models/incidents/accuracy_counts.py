"""From a filter to the counts that a back-test is made on.

The incidents tested are those of the chosen wards, so that the answer is about the ground that the
patrols cover. Two more things that the store holds are evidence for a forecast: the same kind of
incident around the wards, and every other kind within them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from geo.errors import PlainError
from models.calendar.periods import Period
from models.forecast.cells import (
    PERIODS_PER_YEAR,
    Step,
    cell_counts,
    known_periods,
    period_starts,
)
from models.forecast.surroundings import with_others, with_surroundings
from models.hotspots.study_area import in_study_area
from models.incidents.coverage import gaps_of
from models.incidents.filters import HoursFilter
from models.incidents.selection import coverage_of
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.forecast.cells import CellCounts
    from models.hotspots.inputs import StudyArea
    from models.incidents.coverage import Coverage
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection

_LISTED: Final = 12
_LONGEST_YEARS: Final = 0.25  # three months


class HorizonError(PlainError, ValueError):
    """The time to forecast is not one that can be tested."""


class OnlyMonthsError(PlainError, ValueError):
    """A back-test by week was asked for on data that give only the month."""

    def __init__(self, sources: Sequence[str]) -> None:
        super().__init__(
            f"No week can be tested: the data of {', '.join(sources)} give only the month of an "
            "incident. Test by month instead."
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """How long ahead is forecast, and on which cells.

    Attributes
    ----------
    step : {"week", "month"}
    horizon : int
        Weeks or months ahead, at most three months.
    cell_m : float
        Side of a cell in metres, 75 to 400.
    """

    step: Step = "month"
    horizon: int = 1
    cell_m: float = 150.0

    def __post_init__(self) -> None:
        longest = int(PERIODS_PER_YEAR[self.step] * _LONGEST_YEARS)
        if not 1 <= self.horizon <= longest:
            message = (
                f"The horizon is out of range: {self.horizon} {self.step}s ahead. Choose 1 to "
                f"{longest}."
            )
            raise HorizonError(message)
        if not 75 <= self.cell_m <= 400:
            message = f"The cell size is out of range: {self.cell_m:g} m. Choose 75 to 400 m."
            raise HorizonError(message)


def history_of(
    dataset: Dataset, incident_filter: IncidentFilter, *, terms: Terms
) -> tuple[CellCounts, tuple[str, ...], int]:
    """Count by cell and period from the first data to the end of the filter's period.

    Returns
    -------
    tuple of CellCounts, notes, and the table version
        The counts are of the chosen wards, with what was recorded around them and the incidents of
        other kinds.

    Raises
    ------
    OnlyMonthsError
        By week, on data that give only the month.
    """
    sources, notes = _sources(dataset, incident_filter, step=terms.step)
    covered = _covered(dataset, replace(incident_filter, sources=sources))
    first = min((each.first for each in covered), default=incident_filter.period.first)
    end = max((each.last for each in covered), default=incident_filter.period.last)
    last = min(end, incident_filter.period.last)
    span = Period(min(first, last), last)
    selection = dataset.select(
        replace(incident_filter, period=span, comparison="none", sources=sources)
    )
    area = dataset.area(selection.ward_codes, sources=sources)
    inside = in_study_area(selection.incidents, area)
    incidents = selection.incidents.take(inside)
    starts = period_starts(span.first, span.last, step=terms.step)
    known = known_periods(starts, gaps_of(covered, span), step=terms.step)
    counts = cell_counts(
        incidents.easting,
        incidents.northing,
        starts_minute=incidents.starts_minute,
        land=area.land,
        starts=starts,
        step=terms.step,
        cell_m=terms.cell_m,
    )
    beyond = selection.incidents.take(~inside)
    counts = with_surroundings(
        replace(counts, known=known),
        beyond.easting,
        beyond.northing,
        starts_minute=beyond.starts_minute,
        observed=area.observed,
    )
    counts = _with_others(counts, dataset, selection=selection, area=area)
    off = ~np.isin(counts.grid.cells(incidents.easting, incidents.northing), counts.cells)
    if off.any():
        what = (
            f"{counted(int(off.sum()), 'incident')} given to the chosen wards from just outside "
            "them"
        )
        notes = (*notes, f"{what} lie in no cell of theirs and are left out.")
    return counts, (*notes, *_missing(counts), *selection.notes), selection.version


def _with_others(
    counts: CellCounts, dataset: Dataset, *, selection: Selection, area: StudyArea
) -> CellCounts:
    """Return the counts with what the filter's categories and hours leave out in the same wards."""
    every = replace(selection.filter, categories=(), hours=HoursFilter())
    if every == selection.filter:
        return counts
    of_all = dataset.select(every).incidents
    incidents = of_all.take(in_study_area(of_all, area))
    told = with_others(
        counts,
        incidents.easting,
        incidents.northing,
        starts_minute=incidents.starts_minute,
    )
    if told.others is None:
        return counts
    others = told.others - counts.counts  # every incident of the filter is among all of them
    others.setflags(write=False)
    return replace(told, others=others if others.any() else None)


def _missing(counts: CellCounts) -> tuple[str, ...]:
    """Say which periods the data do not cover, so that they are neither history nor tested."""
    missing = [
        start for start, known in zip(counts.starts, counts.is_known, strict=True) if not known
    ]
    if not missing:
        return ()
    if counts.step == "month":
        listed = ", ".join(f"{start:%b %Y}" for start in missing[:_LISTED])
    else:
        listed = ", ".join(f"that of {day_label(start)}" for start in missing[:_LISTED])
    more = f" and {len(missing) - _LISTED} more" if len(missing) > _LISTED else ""
    number = f"1 {counts.step} is" if len(missing) == 1 else f"{len(missing)} {counts.step}s are"
    return (
        f"{number} not covered by the data of every source ({listed}{more}) and left out: missing "
        "is not empty, so they are neither forecast nor counted as history.",
    )


def _sources(
    dataset: Dataset, incident_filter: IncidentFilter, *, step: Step
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sources that can be tested, empty for all, and what was left out and why."""
    if step == "month":
        return incident_filter.sources, ()
    covered = _covered(dataset, incident_filter)
    monthly = sorted({each.source for each in covered if each.monthly})
    timed = sorted({each.source for each in covered} - set(monthly))
    if not monthly:
        return incident_filter.sources, ()
    if not timed:
        raise OnlyMonthsError(monthly)
    left_out = dataset.select(
        replace(incident_filter, sources=tuple(monthly), comparison="none")
    ).now.in_wards
    note = (
        f"{counted(left_out, 'incident of the period is', 'incidents of the period are')} left "
        f"out: {', '.join(monthly)} give only the month, and this is a test by week."
    )
    return tuple(timed), (note,)


def _covered(dataset: Dataset, incident_filter: IncidentFilter) -> tuple[Coverage, ...]:
    wards = dataset.select(incident_filter).chosen_wards
    return coverage_of(dataset.snapshot, wards, sources=incident_filter.sources)

"""From a filter to its patterns: hours, nights, months, kinds, concentration and sudden runs.

The pages, the command line and a notebook all make these calls. Every figure is of the chosen
wards, and says what it leaves out. Hours, months and kinds are totals of whole wards, so domestic
and sexual incidents are in them; concentration and runs have a place and are without them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from models.calendar.days import MINUTES_PER_DAY, day_of_minute
from models.calendar.months import month_starts
from models.calendar.periods import Period, whole_month
from models.hotspots.aoristic import AoristicWeek, aoristic_week_of
from models.hotspots.concentration import Concentration, cell_counts, concentration
from models.hotspots.micro_time import MicroTimeSettings, Run, runs
from models.hotspots.study_area import in_study_area
from models.hotspots.week_windows import (
    SCHOOL_WINDOW,
    DailyWindow,
    WindowShare,
    night_curve,
    window_share,
)
from models.incidents.precisions import TIME_PRECISIONS
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.calendar.night_rule import NightRule
    from models.hotspots.inputs import Incidents, StudyArea
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import PeriodIncidents, Selection

LONGEST_SPAN_DAYS: Final = 7
_MONTHS: Final = 12
_YEAR: Final = timedelta(days=364)
_COARSE_M: Final = 100


class DayUnknownError(PlainError, ValueError):
    """Runs were asked for, and no incident says on which day it happened."""

    def __init__(self, undated: int) -> None:
        self.undated = undated
        super().__init__(
            f"No incident has a known day, so no run of days can be seen: none of the {undated:,} "
            "says on which day it happened (published street-level data give the month alone). "
            "Import the "
            "council's or the police's own extract, or choose another kind of incident."
        )


@dataclass(frozen=True, slots=True)
class Months:
    """Twelve months against the same months a year earlier.

    Attributes
    ----------
    months : tuple of date
        First days.
    counts, year_before : int64 arrays of shape (12,)
    known, known_before : tuple of bool
        Whether the data cover each month; a month they do not cover is unknown and not empty.
    """

    months: tuple[date, ...]
    counts: NDArray[np.int64]
    year_before: NDArray[np.int64]
    known: tuple[bool, ...]
    known_before: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One category's incidents now and in the comparison period; None where not compared."""

    category: str
    incidents: int
    share: float
    before: int | None


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the incidents of a filter have in common.

    Attributes
    ----------
    selection : Selection
    incidents : int
        In the chosen wards.
    week : AoristicWeek
    rule : NightRule
        What a night is.
    nights : float64 array of shape (7, hours of a night)
        By the day on which the night starts, Monday first, and hour.
    review_nights, peak_nights, levy_nights : WindowShare
        The review's nights, the peak part of every night, and its Late Night Levy hours.
    school : WindowShare
    months : Months
    kinds : tuple of Kind
        Largest first, none empty in both periods.
    concentration : Concentration or None
        Over the cells of the chosen wards, of the incidents that may have a place; None without.
    """

    selection: Selection
    incidents: int
    week: AoristicWeek
    rule: NightRule
    nights: NDArray[np.float64]
    review_nights: WindowShare
    peak_nights: WindowShare
    levy_nights: WindowShare
    school: WindowShare
    months: Months
    kinds: tuple[Kind, ...]
    concentration: Concentration | None


@dataclass(frozen=True, slots=True)
class PlacedRun:
    """A run with where it is in words, and its position to the nearest 100 m."""

    run: Run
    ward: str
    street: str
    easting: int
    northing: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one kind in the last days of a period.

    Attributes
    ----------
    period : Period
        The days looked at.
    category : str
    runs : tuple of PlacedRun
    incidents : int
        Incidents of the chosen wards in those days that took part.
    undated : int
        Of the year and those days: known by month alone, or only to lie in a span of more than a
        week.
    gaps : tuple of Period
        Stretches of those days that the data do not cover: no run there is not none.
    sensitive : int
        Domestic and sexual incidents of the chosen wards in those days, which take no part.
    """

    period: Period
    category: str
    runs: tuple[PlacedRun, ...]
    incidents: int
    undated: int
    gaps: tuple[Period, ...]
    sensitive: int


def patterns(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    area: StudyArea | None = None,
) -> Patterns:
    """Return the patterns of a filter.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
    area : StudyArea, optional
        `Dataset.area` of the chosen wards, where the caller keeps it.
    """
    night = dataset.night_rule
    selection = dataset.select(incident_filter)
    ground = area or dataset.area(selection.ward_codes)
    mine = _mine(selection.now.all_incidents, ground)
    placed = _mine(selection.incidents, ground)
    week = aoristic_week_of(mine)
    return Patterns(
        selection=selection,
        incidents=len(mine),
        week=week,
        rule=night,
        nights=night_curve(week.weights, rule=night),
        review_nights=_nightly_share(week, night, nights=night.review_nights),
        peak_nights=_nightly_share(week, night.of_window("peak")),
        levy_nights=_nightly_share(week, night.of_window("levy")),
        school=window_share(week.weights, SCHOOL_WINDOW),
        months=_months(dataset, incident_filter),
        kinds=_kinds(mine, selection, ground),
        concentration=concentration(cell_counts(placed, ground)) if len(placed) else None,
    )


def runs_in_fortnight(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    category: str,
    settings: MicroTimeSettings | None = None,
) -> Runs:
    """Return the runs of one kind in the last days of a filter's period.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its categories and its comparison take no part.
    category : str
        Of `CATEGORIES`.
    settings : MicroTimeSettings, optional

    Raises
    ------
    DayUnknownError
        If there are incidents of that kind and none says its day.
    MicroTimeError
        If there are too many.
    """
    used = settings or MicroTimeSettings()
    last = incident_filter.period.last
    recent = Period(last - timedelta(days=used.days - 1), last)
    wide = Period(recent.first - _YEAR, last)
    selection = dataset.select(
        replace(incident_filter, period=wide, categories=(category,), comparison="none")
    )
    incidents, left_out = _of_known_day(dataset, selection.now, selection=selection)
    if left_out and not len(incidents):
        raise DayUnknownError(left_out)
    begin, end = recent.minutes
    gaps = selection.now.gaps
    found = runs(incidents, end_minute=end, settings=used, gaps=gaps) if len(incidents) else ()
    return Runs(
        period=recent,
        category=category,
        runs=tuple(_placed(run, incidents, dataset=dataset) for run in found),
        incidents=int((incidents.starts_minute >= begin).sum()),
        undated=left_out,
        gaps=tuple(
            Period(max(each.first, recent.first), each.last)
            for each in gaps
            if each.last >= recent.first
        ),
        sensitive=_sensitive_since(begin, dataset, selection),
    )


def _nightly_share(
    week: AoristicWeek, rule: NightRule, *, nights: tuple[int, ...] = tuple(range(7))
) -> WindowShare:
    """Return the part of the week's incidents in the rule's hours on some nights."""
    window = DailyWindow(rule.start_hour, rule.end_hour or 24, rule.start_days(nights))
    return window_share(week.weights, window)


def _sensitive_since(minute: int, dataset: Dataset, selection: Selection) -> int:
    part = selection.now
    mine = np.append(selection.chosen_wards, False)[part.all_incidents.ward]
    recent = part.all_incidents.starts_minute >= minute
    return int((mine & recent & dataset.snapshot.sensitive[part.all_rows]).sum())


def _mine(incidents: Incidents, area: StudyArea) -> Incidents:
    return incidents.take(in_study_area(incidents, area))


def _months(dataset: Dataset, incident_filter: IncidentFilter) -> Months:
    months = month_starts(incident_filter.period.last, months=2 * _MONTHS)
    parts = [
        dataset.select(replace(incident_filter, period=whole_month(month), comparison="none")).now
        for month in months
    ]
    counts = np.array([part.in_wards for part in parts], dtype=np.int64)
    known = tuple(part.complete for part in parts)
    return Months(
        months=months[_MONTHS:],
        counts=counts[_MONTHS:],
        year_before=counts[:_MONTHS],
        known=known[_MONTHS:],
        known_before=known[:_MONTHS],
    )


def _kinds(mine: Incidents, selection: Selection, area: StudyArea) -> tuple[Kind, ...]:
    now = np.bincount(mine.category, minlength=len(CATEGORIES))
    before = None
    if selection.compared is not None:
        then = _mine(selection.compared.all_incidents, area)
        before = np.bincount(then.category, minlength=len(CATEGORIES))
    return tuple(
        Kind(
            category=CATEGORIES[at],
            incidents=int(now[at]),
            share=float(now[at]) / max(len(mine), 1),
            before=None if before is None else int(before[at]),
        )
        for at in np.argsort(-now, kind="stable")
        if now[at] or (before is not None and before[at])
    )


def _of_known_day(
    dataset: Dataset, part: PeriodIncidents, *, selection: Selection
) -> tuple[Incidents, int]:
    """Return the chosen wards' incidents whose day is known, and how many others there are."""
    incidents = part.incidents
    mine = np.append(selection.chosen_wards, False)[incidents.ward]
    by_month = dataset.snapshot.time_precision[part.rows] == TIME_PRECISIONS.index("month")
    length = incidents.ends_minute - incidents.starts_minute
    unknown = by_month | (length > LONGEST_SPAN_DAYS * MINUTES_PER_DAY)
    return incidents.take(mine & ~unknown), int((mine & unknown).sum())


def _placed(run: Run, incidents: Incidents, *, dataset: Dataset) -> PlacedRun:
    members = incidents.take(run.members)
    names = dataset.snapshot.ward_names
    streets = Counter(members.streets[at] for at in members.street if at >= 0)
    return PlacedRun(
        run=run,
        ward=names[int(np.bincount(members.ward).argmax())],
        street=min(streets, key=lambda name: (-streets[name], name)) if streets else "",
        easting=round(run.easting / _COARSE_M) * _COARSE_M,
        northing=round(run.northing / _COARSE_M) * _COARSE_M,
        first=_day(run.first_minute),
        last=_day(run.last_minute),
    )


def _day(minute: int) -> date:
    return day_of_minute(minute)

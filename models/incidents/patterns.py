"""From a filter to its patterns: hours, nights, months, kinds and concentration.

The pages, the command line and a notebook all make these calls. Every figure is of the chosen
wards, and says what it leaves out. Hours, months and kinds are totals of whole wards, so domestic
and sexual incidents are in them; concentration has a place and is without them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.months import month_starts
from models.calendar.periods import whole_month
from models.hotspots.aoristic import AoristicWeek, aoristic_week_of
from models.hotspots.concentration import Concentration, cell_counts, concentration
from models.hotspots.study_area import in_study_area
from models.hotspots.week_windows import (
    SCHOOL_WINDOW,
    DailyWindow,
    WindowShare,
    night_curve,
    window_share,
)
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from models.calendar.night_rule import NightRule
    from models.hotspots.inputs import Incidents, StudyArea
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection

_MONTHS: Final = 12


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
    ground = area or dataset.area(selection.ward_codes, sources=incident_filter.sources)
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


def _nightly_share(
    week: AoristicWeek, rule: NightRule, *, nights: tuple[int, ...] = tuple(range(7))
) -> WindowShare:
    """Return the part of the week's incidents in the rule's hours on some nights."""
    window = DailyWindow(rule.start_hour, rule.end_hour or 24, rule.start_days(nights))
    return window_share(week.weights, window)


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

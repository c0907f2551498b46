"""From a filter to ranked hotspots, and from one hotspot to what is known about it.

`data.services.detection` calls this with what a store holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from models.calendar.months import Month, month_starts, monthly_counts
from models.calendar.periods import Period, whole_month
from models.hotspots import methods
from models.hotspots.aoristic import aoristic_week_of
from models.hotspots.guard import guard_of
from models.hotspots.naming import named_hotspots
from models.hotspots.risk_surface import (
    OWN_BASES,
    Base,
    MissingBaseError,
    RelativeRiskSettings,
    of_incidents,
)
from models.hotspots.study_area import WardTotals, in_study_area, ward_totals
from models.incidents.coming import with_expected
from models.incidents.selection import coverage_of
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from geo.streets.segments import Segments
    from models.hotspots.aoristic import AoristicWeek
    from models.hotspots.guard import Guard
    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.methods import MethodSettings
    from models.hotspots.shape import Hotspots
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection

_TREND_MONTHS = 12
_CARD_CELL_M = 25.0


class UnknownHotspotError(PlainError, LookupError):
    """A hotspot was asked for that these settings do not find."""

    def __init__(self, hotspot_id: str) -> None:
        super().__init__(
            f"Unknown hotspot {hotspot_id!r}: these filters and settings do not find it. Choose "
            "one from the list."
        )


class BaseNotCoveredError(MissingBaseError):
    """The base is the comparison period, and the data do not cover both periods alike."""

    def __init__(self, period: Period) -> None:
        PlainError.__init__(
            self,
            f"No base: the data do not cover {period} in the same way as the period chosen, so "
            "relative risk would compare the data and not the places. Choose another base, or "
            "months and sources that are complete in both.",
        )


@dataclass(frozen=True, slots=True)
class Detection:
    """What a filter and a method show.

    Attributes
    ----------
    selection : Selection
    area : StudyArea
    totals : WardTotals
        All incidents by ward and outside, the domestic and sexual ones too, which are in no
        hotspot; they add up to all incidents selected.
    hotspots : Hotspots
    notes : tuple of str
        What every reader must know, of the selection and of the method.
    """

    selection: Selection
    area: StudyArea
    totals: WardTotals
    hotspots: Hotspots
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HotspotDetail:
    """What is known about one hotspot.

    Attributes
    ----------
    row : Series
        Its row of the hotspot shape.
    categories : tuple of (str, int)
        Incidents by category, largest first, none empty.
    week : AoristicWeek
        Incidents by hour of the week, intervals spread over their hours; those known by day or
        month alone are left out and counted.
    months : tuple of date
        First days of the twelve months that end with the period's last.
    counts, year_before : int64 arrays of shape (12,)
        Incidents in each of those months, and in the same month a year earlier, under the same
        filter.
    known, known_before : tuple of bool
        Whether the data cover each of those months, and each a year earlier.
    guard : Guard
        What its incidents cannot bear: streets, hours.
    """

    row: pd.Series
    categories: tuple[tuple[str, int], ...]
    week: AoristicWeek
    months: tuple[date, ...]
    counts: NDArray[np.int64]
    year_before: NDArray[np.int64]
    known: tuple[bool, ...]
    known_before: tuple[bool, ...]
    guard: Guard


def detect(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    method: MethodSettings | None = None,
    area: StudyArea | None = None,
    base: Base | None = None,
    streets: Segments | None = None,
) -> Detection:
    """Find and rank hotspots under a filter.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
    method : KdeSettings or DbscanSettings, optional
        Its settings, which also choose the method; kernel density without them.
    area : StudyArea, optional
        `Dataset.area` of the chosen wards, where the caller keeps it.
    base : Base, optional
        What relative risk compares with where its settings name a loaded base.
    streets : Segments, optional
        Of the loaded streets, for the method that puts incidents on them.

    Raises
    ------
    MissingBaseError
        If relative risk has nothing to compare with.
    MissingStreetsError
        If the method needs streets and none are given.
    """
    selection = dataset.select(incident_filter)
    ground = area or dataset.area(selection.ward_codes, sources=incident_filter.sources)
    before = selection.compared
    hotspots = methods.detect(
        selection.incidents,
        ground,
        settings=method,
        base=_base(dataset, selection, method=method, loaded=base),
        streets=streets,
        comparison=(
            "not_covered" if selection.change_state == "not_covered" else selection.comparison
        ),
        period=selection.now.observed,
        comparison_period=None if before is None else before.period,
    )
    hotspots = with_expected(dataset, selection, hotspots, area=ground)
    hotspots = named_hotspots(
        hotspots, selection.incidents, area=ground, gazetteer=dataset.gazetteer
    )
    return Detection(
        selection=selection,
        area=ground,
        totals=ward_totals(selection.now.all_incidents, ground),
        hotspots=hotspots,
        notes=(*selection.notes, *hotspots.notes),
    )


def _base(
    dataset: Dataset,
    selection: Selection,
    *,
    method: MethodSettings | None,
    loaded: Base | None,
) -> Base | None:
    """Return what relative risk compares with: incidents of the same wards, or what is loaded."""
    if not isinstance(method, RelativeRiskSettings):
        return None
    if method.base == "all":
        wide = replace(selection.filter, categories=(), comparison="none")
        return of_incidents(dataset.select(wide).incidents, kind="all", label="all incidents")
    if method.base not in OWN_BASES:
        if loaded is None:
            raise MissingBaseError
        return loaded
    if selection.before is None:
        raise MissingBaseError
    if selection.comparison is None:
        raise BaseNotCoveredError(selection.before.period)
    words = f"the incidents of {selection.before.period}"
    return of_incidents(selection.comparison, kind="before", label=words)


def detail(dataset: Dataset, detection: Detection, *, hotspot_id: str) -> HotspotDetail:
    """Return what is known about one hotspot of a detection.

    Raises
    ------
    UnknownHotspotError
        If the detection holds no such hotspot.
    """
    frame = detection.hotspots.frame
    found = frame[frame["hotspot_id"] == hotspot_id]
    if found.empty:
        raise UnknownHotspotError(hotspot_id)
    index = PolygonIndex.of([found.geometry.iloc[0]], cell_m=_CARD_CELL_M)
    inside = _inside(detection.selection.incidents, index, area=detection.area)
    categories = np.bincount(inside.category, minlength=len(CATEGORIES))
    order = np.argsort(-categories, kind="stable")
    months = month_starts(detection.selection.now.period.last, months=2 * _TREND_MONTHS)
    span = Period(months[0], Month.of(months[-1]).last)
    wide = replace(detection.selection.filter, period=span, comparison="none")
    history = _inside(dataset.select(wide).incidents, index, area=detection.area)
    counts = monthly_counts(history.starts_minute, months)
    known = tuple(_covered(dataset, detection, month) for month in months)
    return HotspotDetail(
        row=found.iloc[0],
        categories=tuple((CATEGORIES[at], int(categories[at])) for at in order if categories[at]),
        week=aoristic_week_of(inside),
        months=months[_TREND_MONTHS:],
        counts=counts[_TREND_MONTHS:],
        year_before=counts[:_TREND_MONTHS],
        known=known[_TREND_MONTHS:],
        known_before=known[:_TREND_MONTHS],
        guard=guard_of(inside),
    )


def _inside(incidents: Incidents, index: PolygonIndex, *, area: StudyArea) -> Incidents:
    within = index.locate(incidents.easting, incidents.northing) == 0
    return incidents.take(within & in_study_area(incidents, area))


def _covered(dataset: Dataset, detection: Detection, month: date) -> bool:
    """Tell whether the data cover a month in the boroughs and sources of the detection."""
    relevant = coverage_of(
        dataset.snapshot,
        detection.selection.chosen_wards,
        sources=detection.selection.filter.sources,
    )
    period = whole_month(month)
    return bool(relevant) and not any(each.shortfall(period) for each in relevant)

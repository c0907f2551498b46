"""The ground that a review rests on: where, which data cover it, and counts in areas.

The ground is the wards of the boroughs that the treated area touches and of the home borough. A
source counts towards what is covered only if it holds incidents of the chosen kinds there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from geo.shapes import polygonal
from models.calendar.months import month_positions, month_starts
from models.calendar.periods import Period, whole_month
from models.tasking.before_period import overlap
from models.tasking.displacement import RING_M
from models.tasking.spots import Matching
from models.wording.categories import CATEGORIES
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.incidents.coverage import Coverage
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import PeriodIncidents

MATCHING_MONTHS: Final = 36
_FEWEST_MONTHS: Final = 3


class NoHistoryError(PlainError, LookupError):
    """The data hold too little of the time before to match anything on it."""

    def __init__(self, start: date, *, months: int) -> None:
        super().__init__(
            "Too little history to match a comparison area: the data of the chosen kinds and "
            f"sources hold {months} complete months before {day_label(start)}, and at least "
            f"{_FEWEST_MONTHS} are needed. Choose a later start, other kinds or sources, or "
            "import earlier months."
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a review counts, and under which filter.

    Attributes
    ----------
    dataset : Dataset
    filter : IncidentFilter
        Its wards are those of the ground; its period is not used.
    land : Polygon or MultiPolygon
        Union of those wards, in the metric CRS.
    coverage : tuple of Coverage
        What the sources of the chosen kinds cover in the treated area's boroughs.
    """

    dataset: Dataset
    filter: IncidentFilter
    land: Polygon | MultiPolygon
    coverage: tuple[Coverage, ...]

    def covered(self, period: Period) -> bool:
        """Tell whether the data cover a period."""
        return bool(self.coverage) and not self.gaps(period)

    def gaps(self, period: Period) -> tuple[str, ...]:
        """Say what of a period the data do not cover."""
        if not self.coverage:
            return ("there are no incidents of the chosen kinds and sources in these boroughs",)
        by_shortfall: dict[str, list[str]] = {}
        for each in self.coverage:
            shortfall = each.shortfall(period)
            if shortfall:
                by_shortfall.setdefault(shortfall, []).append(each.source)
        return tuple(
            f"of {period} the data of {', '.join(dict.fromkeys(sources))} do not hold all: {said}"
            for said, sources in by_shortfall.items()
        )

    def part(self, period: Period) -> PeriodIncidents:
        """Return the incidents of a period, on all of the ground and around it."""
        return self.dataset.select(replace(self.filter, period=period, comparison="none")).now


def ground_of(
    dataset: Dataset, treated: Polygon | MultiPolygon, *, incident_filter: IncidentFilter
) -> Ground:
    """Return the ground for a treated area.

    Parameters
    ----------
    dataset : Dataset
    treated : Polygon or MultiPolygon
        In the store's metric CRS.
    incident_filter : IncidentFilter
        Kinds, hours and sources; its period and wards are not used.
    """
    frame = dataset.wards.frame
    shapes = frame.geometry.to_numpy()
    near = shapely.intersects(shapes, shapely.buffer(treated, RING_M))
    boroughs = set(frame["borough_code"][near].dropna())
    known = frame["borough_code"].isin(boroughs | {dataset.borough_code}).to_numpy()
    taken = near | known
    codes = tuple(frame["ward_code"][taken])
    of_area = replace(incident_filter, wards=codes)
    return Ground(
        dataset=dataset,
        filter=of_area,
        land=polygonal(shapely.union_all(shapes[taken])),
        coverage=_coverage(dataset, of_area, boroughs=boroughs or {None}),
    )


def matching_of(ground: Ground, *, start: date, excluded: Sequence[Period]) -> Matching:
    """Return the incidents of the complete months before a start, some periods left out.

    Parameters
    ----------
    ground : Ground
    start : date
        First day of the period after.
    excluded : sequence of Period
        Periods that measure, and so may not choose; months that share a day with one are left out.

    Raises
    ------
    NoHistoryError
        If fewer than three months are left.
    """
    last = start.replace(day=1) - timedelta(days=1)
    months = month_starts(last, months=MATCHING_MONTHS)
    spans = [whole_month(month) for month in months]
    taken = tuple(
        at
        for at, span in enumerate(spans)
        if not any(overlap(span, each) for each in excluded) and ground.covered(span)
    )
    if len(taken) < _FEWEST_MONTHS:
        raise NoHistoryError(start, months=len(taken))
    incidents = ground.part(Period(spans[taken[0]].first, spans[taken[-1]].last)).incidents
    month = month_positions(incidents.starts_minute, months)
    held = np.isin(month, taken)
    return Matching(incidents.easting[held], incidents.northing[held], month[held], taken)


def inside(area: Polygon | MultiPolygon, part: PeriodIncidents) -> NDArray[np.bool_]:
    """Tell which incidents of a period lie in an area, whatever their ward."""
    index = PolygonIndex.of([area])
    return np.asarray(index.locate(part.incidents.easting, part.incidents.northing) == 0)


def count_in(areas: Sequence[Polygon | MultiPolygon], part: PeriodIncidents) -> NDArray[np.int64]:
    """Count the incidents of a period in each of some areas that do not overlap."""
    found = PolygonIndex.of(list(areas)).locate(part.incidents.easting, part.incidents.northing)
    return np.bincount(found[found >= 0], minlength=len(areas))


def _coverage(
    dataset: Dataset, incident_filter: IncidentFilter, *, boroughs: set[str | None]
) -> tuple[Coverage, ...]:
    held = dataset.snapshot
    wanted = [
        at
        for at, name in enumerate(CATEGORIES)
        if name in (incident_filter.categories or CATEGORIES)
    ]
    of_kind = np.isin(held.incidents.category, wanted)
    sources = {held.sources[at] for at in np.unique(held.source[of_kind])}
    return tuple(
        each
        for each in held.coverage
        if each.borough in boroughs
        and each.source in sources
        and (not incident_filter.sources or each.source in incident_filter.sources)
    )

"""What to expect at each hotspot in the month after the period, with a 90 % interval.

Only what lies before the end of the period is looked at. `models.statistics.expected_counts` has
the rule; here it is given the months of the period and those before it, which had no part in
drawing the hotspots, and the totals of the chosen wards. Months that the data do not cover are
passed over. Where the period does not end with a month, the coming 28 days and stretches of 28 days
take the place of months.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.polygon_index import PolygonIndex
from models.calendar.days import first_minute
from models.calendar.months import Month, is_month_end
from models.calendar.periods import Period, whole_month
from models.hotspots.study_area import in_study_area
from models.incidents.precisions import TIME_PRECISIONS
from models.incidents.selection import coverage_of
from models.statistics.expected_counts import LEAST_HELD_BACK, coming_total, expected_counts
from models.wording.expected import count_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.shape import Hotspots
    from models.incidents.dataset import Dataset
    from models.incidents.selection import Selection
    from models.statistics.expected_counts import ExpectedCounts
    from models.wording.expected import ExpectedState

MOST_HELD_BACK: Final = 12
_DAYS: Final = 28
_LOOKED_BACK: Final = 24 + 12 + 3  # months: totals that are forecast, and what that is done from
_MOSTLY: Final = 0.3  # more than this without a known day: stretches of days cannot be counted
_CELL_M: Final = 25.0


@dataclass(frozen=True, slots=True)
class Stretches:
    """The coming month, and the months up to the end of the period; or stretches of 28 days.

    Attributes
    ----------
    coming : Period
    past : tuple of Period
        In order of time; the last one ends with the period.
    year : int
        How many make a year.
    """

    coming: Period
    past: tuple[Period, ...]
    year: int

    @classmethod
    def before_the_end_of(cls, period: Period) -> Stretches:
        """Return the stretches that end with a period and the one that follows it."""
        if is_month_end(period.last):
            month = Month.of(period.last)
            past = [whole_month(month.later(back).first) for back in range(1 - _LOOKED_BACK, 1)]
            return cls(whole_month(month.later(1).first), tuple(past), year=12)
        days = timedelta(days=_DAYS)
        ends = [period.last - back * days for back in range(_LOOKED_BACK - 1, -2, -1)]
        spans = [Period(end - days + timedelta(days=1), end) for end in ends]
        return cls(spans[-1], tuple(spans[:-1]), year=13)


def with_expected(
    dataset: Dataset, selection: Selection, hotspots: Hotspots, *, area: StudyArea
) -> Hotspots:
    """Return hotspots that say what to expect at each in the coming month, or why they do not.

    Parameters
    ----------
    dataset : Dataset
    selection : Selection
        That they were drawn on.
    hotspots : Hotspots
    area : StudyArea
        The chosen wards.
    """
    if hotspots.frame.empty:
        return hotspots
    stretches = Stretches.before_the_end_of(selection.now.period)
    state, expected = _expected(dataset, selection, hotspots, area=area, stretches=stretches)
    told = replace(hotspots, expected_state=state, coming=stretches.coming)
    if expected is None:
        return told
    when = coming_label(stretches.coming)
    words = [
        f"expected in {when}: {count_label(mean, low, high)} (90 % interval)"
        for mean, low, high in zip(expected.mean, expected.low, expected.high, strict=True)
    ]
    frame = hotspots.frame.assign(
        expected=expected.mean,
        expected_low=expected.low,
        expected_high=expected.high,
        reasons=[
            (*reasons, said) for reasons, said in zip(hotspots.frame["reasons"], words, strict=True)
        ],
    )
    return replace(told, frame=frame)


def coming_label(coming: Period) -> str:
    """Return what to call the coming month, "Jan 2026", or the coming days."""
    return f"{coming.first:%b %Y}" if coming.whole_months else f"{coming}"


def _expected(
    dataset: Dataset,
    selection: Selection,
    hotspots: Hotspots,
    *,
    area: StudyArea,
    stretches: Stretches,
) -> tuple[ExpectedState, ExpectedCounts | None]:
    now = selection.now
    if not now.complete:
        return "not_covered", None
    if stretches.year != 12 and _known_by_month(dataset, selection):
        return "days_not_known", None
    covered = _covered(dataset, selection, stretches.past)
    before = np.array([each.last < now.period.first for each in stretches.past])
    held_back = np.flatnonzero(before & covered)[-MOST_HELD_BACK:]
    if len(held_back) < LEAST_HELD_BACK or not covered[-LEAST_HELD_BACK:].all():
        return "too_short", None
    span = Period(stretches.past[0].first, now.period.last)
    history = dataset.select(replace(selection.filter, period=span, comparison="none")).incidents
    history = history.take(in_study_area(history, area))
    stretch = _stretch_of(history, stretches.past)
    totals = np.bincount(stretch, minlength=len(stretches.past)).astype(np.float64)
    looked_at = np.sort(np.concatenate([held_back, np.flatnonzero(~before & covered)]))
    expected = expected_counts(
        _counts(hotspots, history, stretch=stretch, wanted=looked_at),
        totals=totals[looked_at],
        picked_on=~before[looked_at],
        coming=coming_total(np.where(covered, totals, np.nan), year=stretches.year),
    )
    return "given", expected


def _covered(
    dataset: Dataset, selection: Selection, stretches: tuple[Period, ...]
) -> NDArray[np.bool_]:
    relevant = coverage_of(
        dataset.snapshot, selection.chosen_wards, sources=selection.filter.sources
    )
    return np.array([not any(each.shortfall(period) for each in relevant) for period in stretches])


def _known_by_month(dataset: Dataset, selection: Selection) -> bool:
    precision = dataset.snapshot.time_precision[selection.now.rows]
    by_month = precision == TIME_PRECISIONS.index("month")
    return bool(len(by_month)) and float(by_month.mean()) > _MOSTLY


def _stretch_of(incidents: Incidents, stretches: tuple[Period, ...]) -> NDArray[np.int64]:
    """Return the position of each incident's stretch; all lie in one."""
    starts = np.array([first_minute(each.first) for each in stretches])
    return np.searchsorted(starts, incidents.starts_minute, side="right").astype(np.int64) - 1


def _counts(
    hotspots: Hotspots,
    history: Incidents,
    *,
    stretch: NDArray[np.int64],
    wanted: NDArray[np.intp],
) -> NDArray[np.int64]:
    """Count each hotspot's incidents in some stretches; shape (hotspots, wanted)."""
    polygons = hotspots.frame.geometry.tolist()
    column = np.full(stretch.max(initial=0) + 1, -1, dtype=np.int64)
    column[wanted[wanted < len(column)]] = np.arange((wanted < len(column)).sum())
    rows = np.flatnonzero(column[stretch] >= 0)
    index = PolygonIndex.of(polygons, cell_m=_CELL_M)
    inside = index.locate(history.easting[rows], history.northing[rows])
    cell = inside * len(wanted) + column[stretch[rows]]
    counts = np.bincount(cell[inside >= 0], minlength=len(polygons) * len(wanted))
    return counts.reshape(len(polygons), len(wanted))

"""From a filter to a back-test: how each way of choosing cells would have done on the store's data.

The filter's period is what is tested; all that the sources hold before it is history. Only
incidents of the chosen wards count, so the answer is about the ground that the patrols cover.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from models.calendar.periods import Period, years_back
from models.forecast.baselines import BASELINES
from models.forecast.cells import (
    PERIODS_PER_YEAR,
    Step,
    cell_counts,
    known_periods,
    last_day,
    period_starts,
)
from models.forecast.evaluation import BacktestPlan, Origin, Score, origins, roll, scores, winner
from models.forecast.risk import RiskModel
from models.hotspots.study_area import in_study_area
from models.incidents.coverage import gaps_of
from models.incidents.selection import coverage_of
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.forecast.baselines import Forecaster
    from models.forecast.cells import CellCounts
    from models.incidents.coverage import Coverage
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter

DEFAULT_SHARE: Final = 0.02
STEPS: Final[dict[str, Step]] = {"weeks": "week", "months": "month"}
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


@dataclass(frozen=True, slots=True)
class BackTest:
    """What a back-test found.

    Attributes
    ----------
    filter : IncidentFilter
    terms : Terms
    scores : tuple of Score
        By method, the simplest first, then by share of the area.
    origins : tuple of Origin
        One for each forecast, in order of time.
    methods : tuple of str
        Names of the methods, in the order of `Origin.hits`.
    shares : tuple of float
        In the order of `Origin.hits`.
    cells : int
        Cells of the study area.
    tested, history : Period
        What was forecast, and what the data hold before it.
    notes : tuple of str
        What every reader must know.
    version : int
        Table version.
    """

    filter: IncidentFilter
    terms: Terms
    scores: tuple[Score, ...]
    origins: tuple[Origin, ...]
    methods: tuple[str, ...]
    shares: tuple[float, ...]
    cells: int
    tested: Period
    history: Period
    notes: tuple[str, ...]
    version: int

    def winner(self, share: float = DEFAULT_SHARE) -> Score:
        """Return the best method's score at a share of the area; of equals the simplest."""
        return winner(self.scores, share=share)


def at_least_a_year(incident_filter: IncidentFilter) -> IncidentFilter:
    """Return the filter with the year that ends with its period, where the period is shorter."""
    start = years_back(incident_filter.period.last) + timedelta(days=1)
    if incident_filter.period.first <= start:
        return incident_filter
    return replace(incident_filter, period=Period(start, incident_filter.period.last))


def methods() -> tuple[Forecaster, ...]:
    """Return the methods that are compared, the simplest first."""
    return (*BASELINES, RiskModel())


def backtest(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    terms: Terms | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> BackTest:
    """Test every method on a filter's incidents.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its period is tested, as far as whole periods with a year of history before them go.
    terms : Terms, optional
        A month ahead without them.
    progress : callable, optional
        Told the share done and what is being done; may raise to stop.

    Raises
    ------
    TooLittleHistoryError
        If fewer than three forecasts can be tested.
    OnlyMonthsError
        By week, on data that give only the month.
    """
    used = terms or Terms()
    counts, notes, version = _history(dataset, incident_filter, terms=used)
    plan = BacktestPlan(
        horizon=used.horizon,
        first=sum(start < incident_filter.period.first for start in counts.starts),
    )
    compared = methods()
    ahead = origins(counts, plan=plan)
    found: list[Origin] = []
    for origin in roll(counts, methods=compared, plan=plan, rng=np.random.default_rng(1)):
        found.append(origin)
        if progress is not None:
            words = f"Forecast {len(found)} of {len(ahead)}: from {day_label(origin.start)}"
            progress(len(found) / len(ahead), words)
    last = last_day(counts)
    tested = Period(counts.starts[ahead[0]], last)
    return BackTest(
        filter=incident_filter,
        terms=used,
        scores=scores(counts, found, methods=compared, plan=plan, rng=np.random.default_rng(2)),
        origins=tuple(found),
        methods=tuple(method.name for method in compared),
        shares=plan.shares,
        cells=len(counts.cells),
        tested=tested,
        history=Period(counts.starts[0], last),
        notes=(*notes, *_left_untested(incident_filter, tested)),
        version=version,
    )


def verdict(backtest: BackTest, *, share: float = DEFAULT_SHARE) -> tuple[str, ...]:
    """Say in plain words which way of choosing won, and by how much.

    Parameters
    ----------
    backtest : BackTest
    share : float
        One of the shares tested.

    Returns
    -------
    tuple of str
        Whole sentences.
    """
    best = backtest.winner(share)
    told = [
        f"Patrols in the {best.cells} cells ({share:.0%} of the area) that this points to would "
        f"have been where {best.hits:,} of {best.incidents:,} incidents happened "
        f"({best.hit_rate.value:.1%}): {best.pai.value:.1f} times as many as in cells picked "
        f"blindly. The best cells in hindsight held {best.hits / best.pei.value:,.0f}."
        if best.hits
        else "No incident fell in the cells that any of the ways chose."
    ]
    lead = best.against_last_year
    if best.method == "last_12_months":
        told.append(
            "Nothing tried here did better than going where it was over the last 12 months, so "
            "that is what to use."
        )
    elif best.hits:
        size = f"{lead.value - 1:+.0%} (95 % interval {lead.low - 1:+.0%} to {lead.high - 1:+.0%})"
        sure = "more than chance" if lead.low > 1 else "not more than chance could do"
        told.append(
            f"Against going where it was over the last 12 months that is {size}, which is {sure}."
        )
    return tuple(told)


def window_verdict(backtest: BackTest, *, share: float, months: int) -> str:
    """Compare, in a sentence, the two windows that hotspots can be drawn from.

    Parameters
    ----------
    backtest : BackTest
    share : float
        One of the shares tested.
    months : int
        The window that pages open on.
    """
    of = {each.method: each for each in backtest.scores if each.share == share}
    year, last = of["last_12_months"], of["last_period"]
    if year.hits == last.hits:
        better = "Neither window is better"
    else:
        better = (
            f"The better window is the last {'12 months' if year.hits > last.hits else 'period'}"
        )
    return (
        f"{better} here: the busiest cells of the last 12 months held {year.hits:,} of "
        f"{year.incidents:,} later incidents, those of the last period alone {last.hits:,}. Pages, "
        f"lists and commands draw hotspots from the last {months} complete months unless a period "
        "is chosen; HOTSPOT_WINDOW_MONTHS changes that for everybody."
    )


def _history(
    dataset: Dataset, incident_filter: IncidentFilter, *, terms: Terms
) -> tuple[CellCounts, tuple[str, ...], int]:
    """Count by cell and period from the first data to the end of the filter's period."""
    sources, notes = _sources(dataset, incident_filter, step=terms.step)
    covered = _covered(dataset, replace(incident_filter, sources=sources))
    first = min((each.first for each in covered), default=incident_filter.period.first)
    end = max((each.last for each in covered), default=incident_filter.period.last)
    last = min(end, incident_filter.period.last)
    span = Period(min(first, last), last)
    selection = dataset.select(
        replace(incident_filter, period=span, comparison="none", sources=sources)
    )
    area = dataset.area(selection.ward_codes)
    incidents = selection.incidents.take(in_study_area(selection.incidents, area))
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
    counts = replace(counts, known=known)
    off = ~np.isin(counts.grid.cells(incidents.easting, incidents.northing), counts.cells)
    if off.any():
        what = f"{int(off.sum()):,} incidents given to the chosen wards from just outside them"
        notes = (*notes, f"{what} lie in no cell of theirs and are left out.")
    return counts, (*notes, *_missing(counts), *selection.notes), selection.version


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
        f"{left_out:,} incidents of the period are left out: {', '.join(monthly)} give only the "
        "month, and this is a test by week."
    )
    return tuple(timed), (note,)


def _covered(dataset: Dataset, incident_filter: IncidentFilter) -> tuple[Coverage, ...]:
    wards = dataset.select(incident_filter).chosen_wards
    return coverage_of(dataset.snapshot, wards, sources=incident_filter.sources)


def _left_untested(incident_filter: IncidentFilter, tested: Period) -> tuple[str, ...]:
    if (tested.first - incident_filter.period.first).days < 7:
        return ()
    return (
        f"The test begins on {day_label(tested.first)} and not on "
        f"{day_label(incident_filter.period.first)}: each forecast needs a year of history before "
        "it, and forecasts are counted back from the newest data.",
    )

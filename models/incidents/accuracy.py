"""From a filter to a back-test: how each way of choosing cells would have done on the store's data.

The filter's period is what is reported; all that the sources hold before it is history. Which way
to use is chosen on forecasts before that period, or on its older half where there are too few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models.calendar.periods import Period, years_back
from models.forecast.baselines import BASELINES
from models.forecast.cells import last_day
from models.forecast.choice import LEAST_TO_CHOOSE, choose, split
from models.forecast.evaluation import BacktestPlan, roll
from models.forecast.measures import scores
from models.forecast.self_exciting import SelfExciting
from models.forecast.surroundings import with_places
from models.incidents.accuracy_counts import Terms, history_of
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from models.forecast.baselines import Forecaster
    from models.forecast.choice import Choice, Split
    from models.forecast.evaluation import Origin
    from models.forecast.measures import Score
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter

DEFAULT_SHARE: Final = 0.02
WITH_PLACES: Final = SelfExciting(
    name="forecast_places", label="Our forecast with places", use_places=True
)


@dataclass(frozen=True, slots=True)
class BackTest:
    """What a back-test found.

    Attributes
    ----------
    filter : IncidentFilter
    terms : Terms
    scores : tuple of Score
        By method, the simplest first, then by share of the area; of `origins` alone.
    origins : tuple of Origin
        One for each forecast that is reported, in order of time.
    choosing : tuple of Origin
        The forecasts before those, on which the way to use was chosen; empty where too few.
    too_few : int
        How many forecasts there were for choosing where that was too few; else 0.
    choices : tuple of Choice
        The way to use, by share of the area.
    methods : tuple of str
        Names of the methods, in the order of `Origin.hits`.
    shares : tuple of float
        In the order of `Origin.hits`.
    cells : int
        Cells of the study area.
    tested, history : Period
        What was forecast and is reported, and what the data hold.
    notes : tuple of str
        What every reader must know.
    version : int
        Table version.
    """

    filter: IncidentFilter
    terms: Terms
    scores: tuple[Score, ...]
    origins: tuple[Origin, ...]
    choosing: tuple[Origin, ...]
    too_few: int
    choices: tuple[Choice, ...]
    methods: tuple[str, ...]
    shares: tuple[float, ...]
    cells: int
    tested: Period
    history: Period
    notes: tuple[str, ...]
    version: int

    def choice(self, share: float = DEFAULT_SHARE) -> Choice:
        """Return the way to use at a share of the area, and why.

        Raises
        ------
        LookupError
            If that share was not tested.
        """
        for each in self.choices:
            if each.share == share:
                return each
        message = f"No score for {share:.1%} of the area; test that share"
        raise LookupError(message)

    def score(self, method: str, *, share: float = DEFAULT_SHARE) -> Score:
        """Return a method's score at a share of the area, on the forecasts that are reported."""
        return next(each for each in self.scores if each.method == method and each.share == share)

    def to_use(self, share: float = DEFAULT_SHARE) -> Score:
        """Return the score, on the forecasts that are reported, of the way to use."""
        return self.score(self.choice(share).method, share=share)


def at_least_a_year(incident_filter: IncidentFilter) -> IncidentFilter:
    """Return the filter with the year that ends with its period, where the period is shorter."""
    start = years_back(incident_filter.period.last) + timedelta(days=1)
    if incident_filter.period.first <= start:
        return incident_filter
    return replace(incident_filter, period=Period(start, incident_filter.period.last))


def methods(*, places: bool = False) -> tuple[Forecaster, ...]:
    """Return the methods that are compared, the simplest first; with places, our forecast twice."""
    own = (SelfExciting(), WITH_PLACES) if places else (SelfExciting(),)
    return (*BASELINES, *own)


def backtest(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    terms: Terms | None = None,
    places: Sequence[NDArray[np.object_]] = (),
    progress: Callable[[float, str], None] | None = None,
) -> BackTest:
    """Test every method on a filter's incidents.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its period is reported, as far as whole periods with a year of history before them go.
    terms : Terms, optional
        A month ahead without them.
    places : sequence of object arrays
        Shapes of places by kind. Where there are any, our forecast is also tried with how near a
        cell is to each kind, as one more way that has to earn its place.
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
    counts, notes, version = history_of(dataset, incident_filter, terms=used)
    plan = BacktestPlan(
        horizon=used.horizon,
        first=sum(start < incident_filter.period.first for start in counts.starts),
    )
    counts = with_places(counts, places)
    compared = methods(places=counts.nearness is not None)
    parts = split(counts, plan=plan)
    ahead = (*parts.choosing, *parts.reporting)
    done: list[Origin] = []
    for origin in roll(counts, at=ahead, methods=compared, plan=plan):
        done.append(origin)
        if progress is not None:
            label = f"Forecast {len(done)} of {len(ahead)}: from {day_label(origin.start)}"
            progress(len(done) / len(ahead), label)
    choosing, reported = done[: len(parts.choosing)], done[len(parts.choosing) :]
    last = last_day(counts)
    tested = Period(reported[0].start, last)
    return BackTest(
        filter=incident_filter,
        terms=used,
        scores=scores(counts, reported, methods=compared, plan=plan),
        origins=tuple(reported),
        choosing=tuple(choosing),
        too_few=0 if choosing else parts.earlier,
        choices=choose(choosing, methods=compared, plan=plan),
        methods=tuple(method.name for method in compared),
        shares=plan.shares,
        cells=len(counts.cells),
        tested=tested,
        history=Period(counts.starts[0], last),
        notes=(*notes, *_left_untested(incident_filter, tested, parts=parts)),
        version=version,
    )


def _left_untested(
    incident_filter: IncidentFilter, tested: Period, *, parts: Split
) -> tuple[str, ...]:
    if (tested.first - incident_filter.period.first).days < 7:
        return ()
    halved = (
        f", and as fewer than {LEAST_TO_CHOOSE} could be made before the period, its older "
        f"forecasts are for choosing the way to use"
        if parts.choosing and parts.earlier < LEAST_TO_CHOOSE
        else ""
    )
    return (
        f"What is reported begins on {day_label(tested.first)} and not on "
        f"{day_label(incident_filter.period.first)}: each forecast needs a year of history before "
        f"it, forecasts are counted back from the newest data{halved}.",
    )

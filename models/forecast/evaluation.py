"""How well each way of choosing where to go would have done: a back-test with a rolling origin.

At each origin every method sees the periods before it and names the cells it would patrol: as
many as the share of area allows. What then happened decides. Origins are one horizon apart, so
every incident is counted once. Where several cells have the score at which the choice ends, each
counts in part: hits are what a draw among them would give on average, and no draw is made.

The measures are in `measures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from models.forecast.cells import TooLittleHistoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.forecast.baselines import Forecaster
    from models.forecast.cells import CellCounts

SHARES: Final = (0.01, 0.02, 0.05)
USUAL: Final = "last_12_months"  # the baseline that others are measured against
_LEAST_ORIGINS: Final = 3


@dataclass(frozen=True, slots=True)
class BacktestPlan:
    """What is tested.

    Attributes
    ----------
    horizon : int
        Periods forecast at each origin.
    first : int
        Index of the first period that may be tested; at least a year of history comes before it.
    shares : tuple of float
        Shares of the area that patrols can cover.
    """

    horizon: int
    first: int
    shares: tuple[float, ...] = SHARES


@dataclass(frozen=True, slots=True)
class Origin:
    """What came of one origin.

    Attributes
    ----------
    start : date
        First day of the periods forecast.
    incidents, before : float
        Incidents in all cells in the periods forecast, and in the year before.
    best : float64 array of shape (shares,)
        Incidents in the cells that hindsight would have chosen.
    hits, hits_before : float64 arrays of shape (methods, shares)
        Incidents in each method's cells, in the periods forecast and in the year before; of cells
        that tie at the end of the choice, a part.
    alone : float64 array of shape (methods, shares)
        Those of `hits` that lie in cells, or parts of cells, which the last 12 months' counts do
        not choose; 0 where these are not among the methods.
    """

    start: date
    incidents: float
    before: float
    best: NDArray[np.float64]
    hits: NDArray[np.float64]
    hits_before: NDArray[np.float64]
    alone: NDArray[np.float64]


def origins(counts: CellCounts, *, plan: BacktestPlan) -> tuple[int, ...]:
    """Return the indices of the first period of each forecast, in order.

    They are counted back from the last period, so that the newest data are tested. One whose
    outcome lies in periods that the data do not cover is left out, and a year of history is a year
    of covered periods.

    Raises
    ------
    TooLittleHistoryError
        If fewer than three forecasts fit after a year of history.
    """
    first = max(plan.first, counts.year)
    found = tuple(
        origin
        for origin in reversed(range(counts.periods - plan.horizon, first - 1, -plan.horizon))
        if spans_known(counts, origin, horizon=plan.horizon)
    )
    if len(found) < _LEAST_ORIGINS:
        covered = int(counts.is_known.sum())
        missing = counts.periods - covered
        without = f" ({missing} in between are not covered)" if missing else ""
        message = (
            f"Too little history for a back-test: {covered} {counts.step}s of data{without} and "
            f"these test dates leave {counted(len(found), 'forecast')} of {plan.horizon} "
            f"{counts.step}{'s' * (plan.horizon > 1)} after a year of history, and at least "
            f"{_LEAST_ORIGINS} are needed. Choose a longer period to test, a shorter horizon, or "
            "import more history."
        )
        raise TooLittleHistoryError(message)
    return found


def spans_known(counts: CellCounts, origin: int, *, horizon: int) -> bool:
    """Tell whether the data cover what an origin forecasts and a year before it."""
    known = counts.is_known
    return bool(known[origin : origin + horizon].all() and known[:origin].sum() >= counts.year)


def roll(
    counts: CellCounts,
    *,
    at: Sequence[int],
    methods: Sequence[Forecaster],
    plan: BacktestPlan,
) -> Iterator[Origin]:
    """Test the methods, one origin after the other, so that the caller can stop or show progress.

    Parameters
    ----------
    counts : CellCounts
    at : sequence of int
        The origins: indices of the first period of each forecast.
    methods : sequence of Forecaster
    plan : BacktestPlan

    Yields
    ------
    Origin
    """
    sizes = cells_per_share(counts, shares=plan.shares)
    for origin in at:
        history = counts.before(origin)
        outcome = counts.counts[origin : origin + plan.horizon].sum(axis=0)
        before = history.latest(counts.year)
        chosen = np.stack(
            [
                parts_of_best(method.scores(history, horizon=plan.horizon), sizes=sizes)
                for method in methods
            ]
        )
        usual = [number for number, method in enumerate(methods) if method.name == USUAL]
        beyond = np.maximum(chosen - chosen[usual[0]], 0.0) if usual else np.zeros_like(chosen)
        yield Origin(
            start=counts.starts[origin],
            incidents=float(outcome.sum()),
            before=float(before.sum()),
            best=np.cumsum(np.sort(outcome)[::-1])[np.array(sizes) - 1],
            hits=chosen @ outcome,
            hits_before=chosen @ before,
            alone=beyond @ outcome,
        )


def parts_of_best(scores: NDArray[np.float64], *, sizes: Sequence[int]) -> NDArray[np.float64]:
    """Return the cells with the highest scores; of those that tie at the end, a part.

    Parameters
    ----------
    scores : float64 array of shape (cells,)
    sizes : sequence of int
        How many cells are chosen; each 1 to the number of cells.

    Returns
    -------
    float64 array of shape (sizes, cells)
        How often each cell is chosen by draws among those that tie, 0 to 1.
    """
    number = np.array(sizes)[:, None]
    last = np.sort(scores)[::-1][number - 1]
    above, level = scores > last, scores == last
    part = (number - above.sum(axis=1, keepdims=True)) / level.sum(axis=1, keepdims=True)
    return np.asarray(above + level * part, dtype=np.float64)


def cells_per_share(counts: CellCounts, *, shares: Sequence[float]) -> tuple[int, ...]:
    """Return how many cells make up each share of the area: the nearest number, at least one."""
    return tuple(max(round(share * len(counts.cells)), 1) for share in shares)

"""How well each way of choosing where to go would have done: a back-test with a rolling origin.

At each origin every method sees the periods before it and names the cells it would patrol: as many
as the share of area allows. What then happened decides. Origins are one horizon apart, so every
incident is counted once. Ties are broken at random, the same way for all methods.

Measures, with n the incidents in the chosen cells, N all incidents, a the chosen cells and A all
cells: hit rate n/N; PAI = (n/N)/(a/A); PEI = PAI / the best PAI that any choice of a cells could
have had; RRI = PAI / the PAI of the same cells in the year before. Over many origins n, N and the
best n are summed first, so a quiet month weighs less than a busy one. Intervals: 95 %, percentile
bootstrap over origins.

Sources: S. Chainey, L. Tompson and S. Uhlig, "The utility of hotspot mapping for predicting spatial
patterns of crime", Security Journal 21 (2008), for the PAI; J. M. Hunt, "Do crime hot spots move?"
(dissertation, American University, 2016), for the PEI; N. Levine, "The 'hottest' part of a hotspot:
comments on the utility of hotspot mapping", Security Journal 21 (2008), for the RRI; B. Efron and
R. Tibshirani, "An Introduction to the Bootstrap" (1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.forecast.cells import TooLittleHistoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.forecast.baselines import Forecaster
    from models.forecast.cells import CellCounts

FORMULAS: Final[tuple[tuple[str, str, str], ...]] = (
    ("Hit rate", "n / N", "Share of the incidents that fell in the chosen cells."),
    (
        "PAI",
        "(n / N) / (a / A)",
        "How many times more incidents the chosen cells held than their share of the area. 1 is no "
        "better than picking cells blindly.",
    ),
    (
        "PEI",
        "PAI / the best possible PAI",
        "How much of what was possible was reached: 1 would be choosing with hindsight.",
    ),
    (
        "RRI",
        "PAI / PAI of the same cells in the year before",
        "Whether the chosen cells stayed as busy as they had been: 1 is yes, less is cooling.",
    ),
)
SHARES: Final = (0.01, 0.02, 0.05)
USUAL: Final = "last_12_months"  # the baseline that others are measured against
_LEAST_ORIGINS: Final = 3
_RESAMPLES: Final = 1000


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
        Incidents in each method's cells, in the periods forecast and in the year before.
    """

    start: date
    incidents: float
    before: float
    best: NDArray[np.float64]
    hits: NDArray[np.float64]
    hits_before: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; all three are NaN where it is not defined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """How one method did at one share of the area.

    Attributes
    ----------
    method, label : str
    share : float
        Share of the area asked for.
    cells : int
        Cells chosen at each origin, nearest to it.
    hits, incidents : int
        n and N, over all origins.
    hit_rate, pai, pei, rri : Estimate
    against_last_year : Estimate
        This method's PAI over that of the last 12 months' counts, on the same origins.
    """

    method: str
    label: str
    share: float
    cells: int
    hits: int
    incidents: int
    hit_rate: Estimate
    pai: Estimate
    pei: Estimate
    rri: Estimate
    against_last_year: Estimate


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
    known = counts.is_known
    found = tuple(
        origin
        for origin in reversed(range(counts.periods - plan.horizon, first - 1, -plan.horizon))
        if known[origin : origin + plan.horizon].all() and known[:origin].sum() >= counts.year
    )
    if len(found) < _LEAST_ORIGINS:
        covered = int(known.sum())
        missing = counts.periods - covered
        without = f" ({missing} in between are not covered)" if missing else ""
        message = (
            f"Too little history for a back-test: {covered} {counts.step}s of data{without} and "
            f"these test dates leave {len(found)} forecasts of {plan.horizon} "
            f"{counts.step}{'s' * (plan.horizon > 1)} after a year of history, and at least "
            f"{_LEAST_ORIGINS} are needed. Choose a longer period to test, a shorter horizon, or "
            "import more history."
        )
        raise TooLittleHistoryError(message)
    return found


def roll(
    counts: CellCounts,
    *,
    methods: Sequence[Forecaster],
    plan: BacktestPlan,
    rng: np.random.Generator,
) -> Iterator[Origin]:
    """Test the methods, one origin after the other, so that the caller can stop or show progress.

    Parameters
    ----------
    counts : CellCounts
    methods : sequence of Forecaster
    plan : BacktestPlan
    rng : Generator
        Breaks ties; the same for all methods.

    Yields
    ------
    Origin

    Raises
    ------
    TooLittleHistoryError
        As `origins`.
    """
    sizes = cells_per_share(counts, shares=plan.shares)
    for origin in origins(counts, plan=plan):
        history = counts.before(origin)
        lottery = rng.random(len(counts.cells))
        outcome = counts.counts[origin : origin + plan.horizon].sum(axis=0)
        before = history.latest(counts.year)
        best = np.cumsum(np.sort(outcome)[::-1])
        chosen = [
            np.lexsort((lottery, -method.scores(history, horizon=plan.horizon)))
            for method in methods
        ]
        ends = np.array(sizes) - 1
        yield Origin(
            start=counts.starts[origin],
            incidents=float(outcome.sum()),
            before=float(before.sum()),
            best=best[ends],
            hits=np.array([np.cumsum(outcome[order])[ends] for order in chosen]),
            hits_before=np.array([np.cumsum(before[order])[ends] for order in chosen]),
        )


def cells_per_share(counts: CellCounts, *, shares: Sequence[float]) -> tuple[int, ...]:
    """Return how many cells make up each share of the area: the nearest number, at least one."""
    return tuple(max(round(share * len(counts.cells)), 1) for share in shares)


def scores(
    counts: CellCounts,
    results: Sequence[Origin],
    *,
    methods: Sequence[Forecaster],
    plan: BacktestPlan,
    rng: np.random.Generator,
) -> tuple[Score, ...]:
    """Sum up a back-test.

    Parameters
    ----------
    counts : CellCounts
    results : sequence of Origin
        What `roll` yielded, at least one.
    methods : sequence of Forecaster
        As given to `roll`.
    plan : BacktestPlan
    rng : Generator
        Resamples the origins.

    Returns
    -------
    tuple of Score
        By method, in their order, then by share.
    """
    drawn = rng.integers(0, len(results), size=(_RESAMPLES, len(results)))
    draws = np.vstack((np.arange(len(results)), drawn))  # the first is the sample itself
    # Sums over the origins of each draw; shape (draws, methods, shares) or (draws, shares).
    hits = _sums([each.hits for each in results], draws)
    earlier = _sums([each.hits_before for each in results], draws)
    best = _sums([each.best for each in results], draws)
    total = _sums([np.array(each.incidents) for each in results], draws)
    before = _sums([np.array(each.before) for each in results], draws)
    names = [method.name for method in methods]
    usual = hits[:, names.index(USUAL)] if USUAL in names else np.full_like(best, np.nan)
    sizes = cells_per_share(counts, shares=plan.shares)
    summed: list[Score] = []
    for at, method in enumerate(methods):
        for of, share in enumerate(plan.shares):
            part = hits[:, at, of]
            rate = _ratio(part, total)
            rate_before = _ratio(earlier[:, at, of], before)
            summed.append(
                Score(
                    method=method.name,
                    label=method.label,
                    share=share,
                    cells=sizes[of],
                    hits=int(part[0]),
                    incidents=int(total[0]),
                    hit_rate=_estimate(rate),
                    pai=_estimate(rate / (sizes[of] / len(counts.cells))),
                    pei=_estimate(_ratio(part, best[:, of])),
                    rri=_estimate(_ratio(rate, rate_before)),  # the area falls out
                    against_last_year=_estimate(_ratio(part, usual[:, of])),
                )
            )
    return tuple(summed)


def winner(summed: Sequence[Score], *, share: float) -> Score:
    """Return the score of the method with most hits at a share; of equals the first, the simplest.

    Raises
    ------
    LookupError
        If that share was not tested.
    """
    at_share = [each for each in summed if each.share == share]
    if not at_share:
        message = f"No score for {share:.1%} of the area; test that share"
        raise LookupError(message)
    return max(at_share, key=lambda each: each.hits)


def _sums(values: Sequence[NDArray[np.float64]], draws: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(np.array(values)[draws].sum(axis=1), dtype=np.float64)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _estimate(values: NDArray[np.float64]) -> Estimate:
    """Return the sample's own value and the middle 95 % of its resamples."""
    resampled = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]) or not len(resampled):
        return Estimate(float("nan"), float("nan"), float("nan"))
    low, high = np.quantile(resampled, (0.025, 0.975))
    return Estimate(float(values[0]), float(low), float(high))

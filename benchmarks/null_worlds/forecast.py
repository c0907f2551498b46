"""How often a way of choosing cells is called better where all ways are equal.

In these worlds the past says nothing about which cell is next: all cells have one rate, or rates as
unlike as real ones that change places every month. Whatever cells a way picks, it can expect as
many hits as any other.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from geo.grid import Grid
from models.forecast.baselines import BASELINES, LastPeriod, LastYear
from models.forecast.cells import CellCounts
from models.forecast.choice import choose, split
from models.forecast.evaluation import BacktestPlan, roll
from models.forecast.measures import scores
from models.forecast.self_exciting import SelfExciting

if TYPE_CHECKING:
    from models.forecast.baselines import Forecaster

METHODS: Final = (*BASELINES, SelfExciting())
_ROWS, _COLUMNS = 20, 30
_SHARE: Final = 0.02
_A_MONTH: Final = 0.4  # incidents of a cell


def equal_ways(
    rng: np.random.Generator, *, months: int, unlike: float, a_month: float = _A_MONTH
) -> CellCounts:
    """Draw counts of 600 cells whose rates, if unlike, change places every month.

    Parameters
    ----------
    rng : Generator
    months : int
    unlike : float
        Log standard deviation of the rates.
    a_month : float
        Incidents of a cell in a month, on average.
    """
    cells = _ROWS * _COLUMNS
    rates = rng.lognormal(0, unlike, (months, cells))
    rates *= a_month / rates.mean(axis=1, keepdims=True)
    starts = tuple(date(2020 + month // 12, month % 12 + 1, 1) for month in range(months))
    grid = Grid(left=0.0, bottom=0.0, cell_m=150.0, columns=_COLUMNS, rows=_ROWS)
    return CellCounts(
        grid, np.arange(cells), rng.poisson(rates).astype(np.float64), starts, "month"
    )


def another_to_use(
    rng: np.random.Generator, *, choosing: int, unlike: float, a_month: float = _A_MONTH
) -> Tally:
    """Say whether a way other than the last 12 months is named as the one to use at any share."""
    counts = equal_ways(rng, months=12 + choosing + 3, unlike=unlike, a_month=a_month)
    plan = BacktestPlan(horizon=1, first=12 + choosing)
    at = split(counts, plan=plan).choosing
    results = list(roll(counts, at=at, methods=METHODS, plan=plan))
    choices = choose(results, methods=METHODS, plan=plan)
    return Tally(int(any(each.reason == "better" for each in choices)))


def told_apart(
    rng: np.random.Generator, *, way: Forecaster, forecasts: int, unlike: float
) -> Tally:
    """Say whether a way's interval against the last 12 months leaves out 1."""
    counts = equal_ways(rng, months=12 + forecasts, unlike=unlike)
    plan = BacktestPlan(horizon=1, first=12, shares=(_SHARE,))
    ways = (LastYear(), way)
    results = list(roll(counts, at=range(12, 12 + forecasts), methods=ways, plan=plan))
    ratio = scores(counts, results, methods=ways, plan=plan)[1].against_last_year
    return Tally(int(ratio.above_one or ratio.below_one))


CLAIMS: Final = (
    Claim(
        "another way than the last 12 months is the way to use",
        "Accuracy, `hotspots backtest`",
        "600 cells alike, chosen on 8 forecasts",
        0.025,
        partial(another_to_use, choosing=8, unlike=0.0),
    ),
    Claim(
        "another way than the last 12 months is the way to use",
        "Accuracy, `hotspots backtest`",
        "600 cells alike, chosen on 24 forecasts",
        0.025,
        partial(another_to_use, choosing=24, unlike=0.0),
    ),
    *(
        Claim(
            "another way than the last 12 months is the way to use",
            "Accuracy, `hotspots backtest`",
            f"600 cells alike with {number} incidents a month in all, chosen on 8 forecasts",
            0.025,
            partial(another_to_use, choosing=8, unlike=0.0, a_month=number / 600),
        )
        for number in (12, 60)
    ),
    Claim(
        "another way than the last 12 months is the way to use",
        "Accuracy, `hotspots backtest`",
        "600 unlike cells that change places, chosen on 8 forecasts",
        0.025,
        partial(another_to_use, choosing=8, unlike=1.0),
    ),
    Claim(
        "the better window is the last period, or the last 12 months",
        "Accuracy",
        "600 cells alike, 12 forecasts",
        0.05,
        partial(told_apart, way=LastPeriod(), forecasts=12, unlike=0.0),
    ),
    Claim(
        "hits of our forecast against the last 12 months: an interval without 1",
        "Accuracy, `hotspots backtest`",
        "600 cells alike, 12 forecasts",
        0.05,
        partial(told_apart, way=SelfExciting(), forecasts=12, unlike=0.0),
    ),
)

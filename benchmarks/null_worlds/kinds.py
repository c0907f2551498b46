"""How often a morning on which nothing is going on marks a kind, and how often a real rise.

The days of each kind vary by more than chance (negative binomial), have their weekdays and their
seasons; the morning is any of the year.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from models.today.kinds import KINDS_LEVEL, SPAN_DAYS, kinds_of_days

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.today.kinds import NewOfKind

A_DAY: Final = np.array([40.0, 25, 8, 3, 2, 9, 7, 4, 0.5, 5, 12, 15])


def means(rng: np.random.Generator, *, season: float) -> NDArray[np.float64]:
    """Return the mean of every kind on every day to a morning at some time of the year."""
    day = np.arange(SPAN_DAYS) + rng.integers(364)
    weekday = 1 + 0.3 * np.isin(day % 7, (4, 5))
    year = 1 + season * np.sin(2 * np.pi * day / 364)
    return np.asarray(A_DAY[:, np.newaxis] * weekday * year, dtype=np.float64)


def marked(
    rng: np.random.Generator, mean: NDArray[np.float64], *, bunching: float
) -> tuple[NewOfKind, ...]:
    """Draw the days and judge the last; `bunching` is their variance beyond chance over mean²."""
    shape = 1 / bunching if bunching else np.inf
    rate = mean * rng.gamma(shape, 1 / shape, mean.shape) if bunching else mean
    return kinds_of_days(rng.poisson(rate), known=np.ones(mean.shape, dtype=np.bool_))


def any_mark(rng: np.random.Generator, *, season: float, bunching: float) -> Tally:
    """Say whether any kind is marked, by day or week, above or below."""
    kinds = marked(rng, means(rng, season=season), bunching=bunching)
    marks = {mark for each in kinds for mark in (each.day_mark, each.week_mark)}
    return Tally(int(bool(marks & {"more", "fewer"})))


def _claim(world: str, *, season: float, bunching: float) -> Claim:
    return Claim(
        "New incidents: any kind marked as more or fewer than usual",
        "Today",
        world,
        KINDS_LEVEL,
        partial(any_mark, season=season, bunching=bunching),
    )


CLAIMS: Final = (
    _claim("12 kinds, days by chance alone", season=0.0, bunching=0.0),
    _claim("12 kinds, days vary by 45 % beyond chance", season=0.0, bunching=0.2),
    _claim("the same, with seasons of ±25 %", season=0.25, bunching=0.2),
    _claim("days vary by 70 %, seasons of ±40 %", season=0.4, bunching=0.5),
)

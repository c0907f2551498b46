"""How often a row of a review of nights is up or down where nights bring the same in both periods.

Four rows (all nights, Friday, Saturday and other nights) against the month before and the same
month last year; Fridays and Saturdays bring twice as many. Nights vary by chance alone or by more.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from models.nights.counting import NightTally, change, dispersion, tally
from models.statistics.dispersion import INDEPENDENT

LEVEL: Final = 0.05
_GROUPS: Final = ((0, 1, 2, 3, 4, 5, 6), (4,), (5,), (0, 1, 2, 3, 6))


def rows(
    rng: np.random.Generator, *, a_night: float, variance: float, plain: bool = False
) -> Tally:
    """Draw a month of nights and one before it, and count the rows that are up or down."""
    spans = [np.arange(first, first + 30) for first in (20_000, 20_364)]
    tallies = [_tally(rng, nights, a_night=a_night, variance=variance) for nights in spans]
    varying = INDEPENDENT if plain else dispersion(*tallies)
    ratios = []
    for group in _GROUPS:
        inside = np.isin(np.arange(7), group)
        before, now = (
            NightTally(np.where(inside, each.nights, 0), np.where(inside, each.incidents, 0))
            for each in tallies
        )
        ratios.append(change(now, before, varying=varying))
    return Tally(sum(each.verdict != "cannot tell" for each in ratios), len(ratios))


def place(rng: np.random.Generator, *, a_night: float, variance: float) -> Tally:
    """Draw a year of nights at one place and the year before it, as a licensing paper has them."""
    before, now = (
        _tally(rng, np.arange(first, first + 365), a_night=a_night, variance=variance)
        for first in (20_000, 20_365)
    )
    ratio = change(now, before, varying=dispersion(now, before))
    return Tally(int(ratio.verdict != "cannot tell"), 1)


def _tally(
    rng: np.random.Generator, nights: np.ndarray, *, a_night: float, variance: float
) -> NightTally:
    mean = a_night * np.where(np.isin((nights + 3) % 7, (4, 5)), 2.0, 1.0)
    counts = (
        rng.poisson(mean)
        if variance <= 1
        else rng.negative_binomial(mean / (variance - 1), 1 / variance)
    )
    return tally(np.repeat(nights, counts), nights=nights)


def _claim(world: str, *, a_night: float, variance: float) -> Claim:
    return Claim(
        "Up, or down, on last year or the period before (each row)",
        "Night-time economy, its paper",
        world,
        LEVEL,
        partial(rows, a_night=a_night, variance=variance),
    )


def _place_claim(world: str, *, a_night: float, variance: float) -> Claim:
    return Claim(
        "More, or fewer, than the year before (one place)",
        "The licensing paper",
        world,
        LEVEL,
        partial(place, a_night=a_night, variance=variance),
    )


CLAIMS: Final = (
    _claim("2 incidents a night, independent", a_night=2.0, variance=1.0),
    _claim("20 incidents a night, independent", a_night=20.0, variance=1.0),
    _claim("2 a night, nights vary by 2 times chance", a_night=2.0, variance=2.0),
    _claim("20 a night, nights vary by 3 times chance", a_night=20.0, variance=3.0),
    _place_claim("0.1 incidents a night, independent", a_night=0.1, variance=1.0),
    _place_claim("0.1 a night, nights vary by 2 times chance", a_night=0.1, variance=2.0),
    _place_claim("2 a night at a place, nights vary by 2 times chance", a_night=2.0, variance=2.0),
)

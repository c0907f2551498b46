"""How often a hotspot gets a busiest window where its incidents are spread evenly over the week."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from models.hotspots.temporal import HOURS_PER_WEEK, LEVEL, hour_of_week_counts, peak_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

INCIDENTS: Final = (10, 20, 50, 200)


def hours_of(
    rng: np.random.Generator, incidents: int, *, busy: tuple[int, ...] = (), times: float = 1.0
) -> NDArray[np.int64]:
    """Draw incidents by hour of the week; `busy` hours are some times as busy as others."""
    rate = np.ones(HOURS_PER_WEEK)
    rate[list(busy)] = times
    drawn = rng.choice(HOURS_PER_WEEK, incidents, p=rate / rate.sum())
    return hour_of_week_counts(drawn.astype(np.int16))


def any_window(rng: np.random.Generator, *, incidents: int, spread_over: int = 0) -> Tally:
    """Say whether a window stands out; with `spread_over` hours known of each incident."""
    counts = hours_of(rng, incidents).astype(np.float64)
    if spread_over:
        counts = np.mean([np.roll(counts, hour) for hour in range(spread_over)], axis=0)
    return Tally(int(peak_window(counts) is not None))


def _claim(world: str, *, incidents: int, spread_over: int = 0) -> Claim:
    return Claim(
        "Busiest Fri–Sat 22:00–02:00 (any hours stand out)",
        "Hotspots, their card and papers; Nights; patrol plan",
        world,
        LEVEL,
        partial(any_window, incidents=incidents, spread_over=spread_over),
    )


CLAIMS: Final = (
    *(_claim(f"{each} incidents at any hour of the week", incidents=each) for each in INCIDENTS),
    _claim("50 incidents, each known to four hours", incidents=50, spread_over=4),
)

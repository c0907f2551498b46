"""How often a source whose times are all real is said to have dates that lost their time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from models.incidents.midnight import LEVEL, midnight_heap

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SOURCES: Final = 20  # asked in each world, so that a rare alarm is seen at all


def real_times(rng: np.random.Generator, *, rows: int, rounded: float) -> NDArray[np.int64]:
    """Draw minutes of the day with a night's peak at midnight, a share of them to the full hour."""
    at_night = rng.random(rows) < 0.5
    minute = np.where(at_night, rng.normal(0, 180, rows), rng.uniform(0, 1440, rows))
    minute = np.mod(np.floor(minute), 1440).astype(np.int64)
    full = rng.random(rows) < rounded
    return np.where(full, np.mod(np.round(minute / 60).astype(np.int64) * 60, 1440), minute)


def heaps(rng: np.random.Generator, *, rows: int, rounded: float) -> Tally:
    """Count the sources of which a heap at midnight is reported."""
    found = [midnight_heap(real_times(rng, rows=rows, rounded=rounded)) for _ in range(_SOURCES)]
    return Tally(sum(each is not None for each in found), _SOURCES)


CLAIMS: Final = tuple(
    Claim(
        "More times of exactly 00:00 than chance brings",
        "Import data, Data quality, hotspots midnights",
        f"{rows:,} real times, busiest at midnight, {rounded:.0%} on the hour",
        LEVEL,
        partial(heaps, rows=rows, rounded=rounded),
    )
    for rows, rounded in ((200, 0.34), (5000, 0.34), (5000, 0.05))
)

"""Incidents of known day at places unlike one another, with nothing that bunches them in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.hotspots.inputs import Incidents

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY: Final = 24 * 60
SIDE_M: Final = 5000.0
_SPOT_M: Final = 25.0


@dataclass(frozen=True, slots=True)
class Bustle:
    """What a made borough of 25 km² is like.

    Attributes
    ----------
    incidents : float
        To be expected in all.
    unlike : float
        Log standard deviation of the rates of its places, 100 m across.
    season : float
        How far the busiest season is above the mean, as a share; the same everywhere.
    spots : int
        Addresses on which all incidents lie; 0 for anywhere.
    """

    incidents: float
    unlike: float = 1.0
    season: float = 0.0
    spots: int = 0


def dated_points(rng: np.random.Generator, kind: Bustle, *, days: int) -> Incidents:
    """Draw incidents in order of time; the first day is day 0."""
    across = 50
    rate = rng.lognormal(0, kind.unlike, across * across)
    drawn = int(rng.poisson(kind.incidents))
    cell = rng.choice(across * across, drawn, p=rate / rate.sum())
    wide = SIDE_M / across
    easting = (cell % across + rng.random(drawn)) * wide
    northing = (cell // across + rng.random(drawn)) * wide
    if kind.spots:
        at = rng.integers(kind.spots, size=drawn)
        easting, northing = (rng.random(kind.spots) * SIDE_M for _ in range(2))
        easting, northing = (np.round(each[at] / _SPOT_M) * _SPOT_M for each in (easting, northing))
    year = 1 + kind.season * np.sin(np.arange(days) / 364 * 2 * np.pi)
    day = np.sort(rng.choice(days, drawn, p=year / year.sum()))
    return points(easting, northing, minute=day * DAY + 12 * 60)


def points(
    easting: NDArray[np.float64], northing: NDArray[np.float64], *, minute: NDArray[np.int64]
) -> Incidents:
    """Return incidents of one kind, in order of their time."""
    order = np.argsort(minute, kind="stable")
    n = len(minute)
    return Incidents(
        easting=easting[order],
        northing=northing[order],
        starts_minute=minute[order],
        hour_of_week=np.full(n, -1, dtype=np.int16),
        category=np.zeros(n, dtype=np.int8),
        ward=np.zeros(n, dtype=np.int16),
        harm=np.full(n, np.nan, dtype=np.float32),
        snapped=np.zeros(n, dtype=np.bool_),
        street=np.full(n, -1, dtype=np.int32),
    )

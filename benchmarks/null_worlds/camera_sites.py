"""How often the interval of what new sites will have in sight leaves out what they will have.

Incidents happen at addresses that differ and stay as they are, or everywhere alike, in weeks that
differ by more than chance. Sites are chosen on 35 weeks and tested on 17 others. How much they have
in sight in the long run is known, since the world is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.ground import evenly, incidents_of, square_ground
from models.incidents.camera_sites import qualify, seen_by, share_by_week, sight_of
from models.tasking.covering import maximum_cover

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL: Final = 0.05
SIGHT_M: Final = 100.0
NEW: Final = 5
_WEEK: Final = 7 * 24 * 60
_OLDER, _WEEKS = 35, 52
_CROSSINGS: Final = 600


@dataclass(frozen=True, slots=True)
class Addresses:
    """How many addresses there are, how unlike they are, and how much weeks differ."""

    number: int
    incidents: int
    unlike: float  # shape of the gamma distribution of their rates; small is unlike
    weeks: float  # shape of that of the weeks


def left_out(rng: np.random.Generator, *, world: Addresses) -> Tally:
    """Draw a world, choose sites, and say whether the interval misses their long-run share."""
    ground = square_ground()
    at = evenly(rng, world.number, ground)
    rate = rng.gamma(world.unlike, size=world.number)
    number = rng.poisson(world.incidents)
    address = rng.choice(world.number, size=number, p=rate / rate.sum())
    busy = rng.gamma(world.weeks, size=_WEEKS)
    week = rng.choice(_WEEKS, size=number, p=busy / busy.sum())
    minute = week * _WEEK + rng.integers(0, _WEEK, number)
    incidents = incidents_of(at[address], ground.area, starts_minute=minute)
    older = incidents.starts_minute < _OLDER * _WEEK
    old, later = incidents.take(older), incidents.take(~older)
    crossings = evenly(rng, _CROSSINGS, ground)
    crossings = crossings[ground_inside(crossings)]
    reach = sight_of(crossings, old, sight_m=SIGHT_M)
    fit = np.flatnonzero(qualify(reach, old))
    cover = maximum_cover(reach[fit], np.ones(len(old)), sites=NEW)
    sites = fit[list(cover.sites)]
    if not len(sites):
        return Tally(0, 0)
    told = share_by_week(later, seen_by(sight_of(crossings, later, sight_m=SIGHT_M), sites))
    every = incidents_of(at, ground.area)
    truth = float(rate[seen_by(sight_of(crossings, every, sight_m=SIGHT_M), sites)].sum())
    return Tally(int(not told.low <= truth / rate.sum() <= told.high))


def ground_inside(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points lie on the square's land."""
    west, south, east, north = square_ground().area.land.bounds
    return np.asarray((xy > (west, south)).all(axis=1) & (xy < (east, north)).all(axis=1))


def _claim(words: str, world: Addresses) -> Claim:
    return Claim(
        "so much would have been in sight of new cameras (the interval leaves it out)",
        "Places, hotspots cameras",
        words,
        LEVEL,
        partial(left_out, world=world),
    )


CLAIMS: Final = (
    _claim("3,000 at addresses all alike", Addresses(3_000, 3_000, 1000.0, 1000.0)),
    _claim("3,000 at unlike addresses", Addresses(2_000, 3_000, 0.3, 1000.0)),
    _claim("6,000, unlike addresses and weeks", Addresses(1_500, 6_000, 0.3, 10.0)),
)

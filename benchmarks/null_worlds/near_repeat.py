"""How often a year without any near-repeats has a band of raised risk, and a list of places.

Incidents lie at addresses unlike one another and have a season that the whole ground shares; when
one happens has nothing to do with where the others are.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.dated_points import DAY, Bustle, dated_points
from models.hotspots.near_repeat import NearRepeatSettings, knox

if TYPE_CHECKING:
    import numpy as np

    from models.hotspots.near_repeat import KnoxTable

DAYS: Final = 364
LEVEL: Final = 0.05


def table_of(rng: np.random.Generator, *, kind: Bustle, permutations: int = 999) -> KnoxTable:
    """Draw a world and count its near pairs."""
    incidents = dated_points(rng, kind, days=DAYS)
    return knox(
        incidents.easting,
        incidents.northing,
        day=incidents.starts_minute // DAY,
        settings=NearRepeatSettings(permutations=permutations),
        rng=rng,
    )


def any_raised(rng: np.random.Generator, *, kind: Bustle, permutations: int = 999) -> Tally:
    """Say whether any band is called raised risk; the follow-up list is empty without one."""
    return Tally(int(table_of(rng, kind=kind, permutations=permutations).raised.any()))


def _claim(world: str, kind: Bustle) -> Claim:
    return Claim(
        "Risk is raised (any band), so the follow-up list names places",
        "Near-repeat, tactical assessment, brief",
        world,
        LEVEL,
        partial(any_raised, kind=kind),
    )


CLAIMS: Final = (
    _claim("600 at 2,000 addresses in a year", Bustle(600, spots=2000)),
    _claim("600 anywhere, places unlike, a season of ±40 %", Bustle(600, season=0.4)),
    _claim("1,500 anywhere, places unlike", Bustle(1500)),
)

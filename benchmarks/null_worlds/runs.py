"""How often a fortnight in which nothing is going on lists a run, and how often one that is real.

Each world has as many kinds of incident as the product, from a few to some thousands a year, at
places unlike one another. In half of them all kinds have a season.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.dated_points import DAY, SIDE_M, Bustle, dated_points, points
from models.hotspots.micro_time import RUN_LEVEL, Run, runs
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents

DAYS: Final = 364 + 14
A_YEAR: Final = (6000, 3000, 1500, 1200, 900, 700, 500, 400, 250, 120, 60, 30)


def standing_out(incidents: Incidents) -> list[Run]:
    """Return the runs of the last fortnight that are listed."""
    return [each for each in runs(incidents, end_minute=DAYS * DAY) if each.stands_out]


def any_run(rng: np.random.Generator, *, season: float = 0.0, spots: int = 0) -> Tally:
    """Draw all kinds and say whether a run of any is listed."""
    listed = 0
    for incidents in A_YEAR[: len(CATEGORIES)]:
        kind = Bustle(incidents, season=season, spots=spots)
        listed += len(standing_out(dated_points(rng, kind, days=DAYS)))
    return Tally(int(listed > 0))


def planted(rng: np.random.Generator, *, extra: int, a_year: float) -> bool:
    """Plant so many within 150 m in ten days, and say whether a run there is listed."""
    nothing = dated_points(rng, Bustle(a_year), days=DAYS)
    centre = rng.uniform(500, SIDE_M - 500, 2)
    far, turn = 150 * np.sqrt(rng.random(extra)), rng.uniform(0, 2 * np.pi, extra)
    day = rng.integers(DAYS - 10, DAYS, extra)
    world = points(
        np.append(nothing.easting, centre[0] + far * np.cos(turn)),
        np.append(nothing.northing, centre[1] + far * np.sin(turn)),
        minute=np.append(nothing.starts_minute, day * DAY + 12 * 60),
    )
    return any(
        np.hypot(each.easting - centre[0], each.northing - centre[1]) <= 400
        for each in standing_out(world)
    )


_SENTENCE: Final = "Short runs this fortnight (any listed, of any kind)"
_READ_ON: Final = "Today, Patterns, tactical assessment"
CLAIMS: Final = (
    Claim(_SENTENCE, _READ_ON, "12 kinds, 30 to 6,000 a year", RUN_LEVEL, any_run),
    Claim(
        _SENTENCE,
        _READ_ON,
        "the same, a season of ±40 % everywhere",
        RUN_LEVEL,
        partial(any_run, season=0.4),
    ),
    Claim(
        _SENTENCE,
        _READ_ON,
        "the same, all at 800 addresses",
        RUN_LEVEL,
        partial(any_run, spots=800),
    ),
)

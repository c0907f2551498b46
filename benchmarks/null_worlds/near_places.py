"""How often incidents are said to be more, or fewer, near places that have no effect on them.

Incidents lie unevenly: in one busy centre, in several quarters of different size, in series at one
address. Places lie evenly or in clumps of their own. Neither knows of the other, so whatever lies
near a place is there by chance. Places that are put where the city is busy are no such world: there
is more near them, and no figure can tell that from a cause.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.ground import (
    SIDE_M,
    evenly,
    in_series,
    incidents_of,
    square_ground,
    ward_ground,
)
from geo.nearby import PlaceGroup, ground_points
from models.incidents.near_places import NEAR_M, near_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.null_worlds.ground import Ground, Lay, Places

LEVEL: Final = 0.05
_CLUMP_M: Final = 200.0
_OF_A_CLUMP: Final = 6


@lru_cache(maxsize=2)
def _points(ground: Ground) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return ground_points(ground.area.land)


def busy_centre(rng: np.random.Generator, number: int, ground: Ground) -> Places:
    """Lay half of the incidents evenly and half around the middle of the ground."""
    middle = ground.area.land.centroid
    busy = rng.normal((middle.x, middle.y), SIDE_M / 12, (number // 2, 2))
    return np.concatenate((evenly(rng, number - number // 2, ground), busy))


def busy_quarters(rng: np.random.Generator, number: int, ground: Ground) -> Places:
    """Lay a third of the incidents evenly and the rest around eight middles, near and wide."""
    middles = evenly(rng, 8, ground)
    spread = rng.uniform(100.0, 600.0, 8)
    weight = rng.dirichlet(np.ones(8))
    of = rng.choice(8, size=2 * number // 3, p=weight)
    busy = middles[of] + rng.normal(size=(len(of), 2)) * spread[of, None]
    return np.concatenate((evenly(rng, number - len(of), ground), busy))


def in_clumps(rng: np.random.Generator, number: int, ground: Ground) -> Places:
    """Lay places in clumps of six, as shops and bus stops lie."""
    middles = evenly(rng, max(number // _OF_A_CLUMP, 2), ground)
    return middles[rng.integers(len(middles), size=number)] + rng.normal(0, _CLUMP_M, (number, 2))


def told_apart(
    rng: np.random.Generator,
    *,
    ground: Ground,
    incidents: tuple[int, Lay],
    places: tuple[int, Lay],
) -> Tally:
    """Draw a world and say whether the interval of the ratio leaves out 1."""
    at = places[1](rng, places[0], ground)
    shapes = np.asarray(shapely.points(at))
    names = np.full(len(shapes), "", dtype=object)
    laid = incidents_of(incidents[1](rng, incidents[0], ground), ground.area)
    found = near_kind(
        laid.take(laid.ward >= 0),
        PlaceGroup("other", "Other places", names, shapes),
        exposure=_points(ground),
        land=ground.area.land,
        near_m=NEAR_M,
    )
    if found.ratio is None:
        return Tally(0, 0)
    return Tally(int(found.ratio.verdict != "cannot tell"))


def _claim(
    world: str, ground: Ground, incidents: tuple[int, Lay], places: tuple[int, Lay]
) -> Claim:
    return Claim(
        "so many times elsewhere near a kind of place (the interval leaves out 1)",
        "Places, card of a hotspot, here",
        world,
        LEVEL,
        partial(told_apart, ground=ground, incidents=incidents, places=places),
    )


def _claims() -> tuple[Claim, ...]:
    square, wards = square_ground(), ward_ground()
    return (
        _claim("2,000 evenly, 40 places evenly", square, (2_000, evenly), (40, evenly)),
        _claim("2,000 in series, 60 places in clumps", square, (2_000, in_series), (60, in_clumps)),
        _claim("a busy centre, 60 in clumps", square, (2_000, busy_centre), (60, in_clumps)),
        _claim("busy quarters, 60 in clumps", square, (2_000, busy_quarters), (60, in_clumps)),
        _claim("busy quarters, 300 evenly", square, (2_000, busy_quarters), (300, evenly)),
        _claim("300 in busy quarters, 40 evenly", square, (300, busy_quarters), (40, evenly)),
        _claim("busy quarters of wards, 30 evenly", wards, (5_000, busy_quarters), (30, evenly)),
    )


CLAIMS: Final = _claims()

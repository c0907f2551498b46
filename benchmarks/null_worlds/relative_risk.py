"""How often *Relative to a base* shows a hotspot where the risk is the same everywhere.

Half of the incidents lie evenly and half around one busy centre, and so does the base: incidents of
all kinds, those of an earlier period, or premises, from which the incidents are then drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.ground import SIDE_M, evenly, incidents_of, square_ground
from models.hotspots.methods import detect
from models.hotspots.risk_surface import Base, RelativeRiskSettings

if TYPE_CHECKING:
    from benchmarks.null_worlds.ground import Places
    from models.hotspots.risk_surface import BaseChance

_SPREAD_M = 300.0
_MORE_OF_ALL = 2  # incidents of other kinds for each of the kind that is looked at
_PREMISES = 3_000


def _places(rng: np.random.Generator, number: int) -> Places:
    """Lay half of some places evenly and half around the centre of the square ground."""
    ground = square_ground()
    west, south, _, _ = ground.area.land.bounds
    busy = rng.normal((west + SIDE_M / 2, south + SIDE_M / 2), _SPREAD_M, (number // 2, 2))
    return np.concatenate((evenly(rng, number - number // 2, ground), busy))


def _world(rng: np.random.Generator, number: int, chance: BaseChance) -> tuple[Places, Places]:
    """Draw incidents and their base."""
    if chance == "known":
        premises = _places(rng, _PREMISES)
        return premises[rng.integers(0, len(premises), int(rng.poisson(number)))], premises
    incidents = _places(rng, int(rng.poisson(number)))
    if chance == "count":
        return incidents, _places(rng, int(rng.poisson(number)))
    return incidents, np.concatenate((incidents, _places(rng, _MORE_OF_ALL * number)))


_WORDS: dict[BaseChance, str] = {
    "part": "all incidents as the base",
    "count": "an earlier period as the base",
    "known": "premises as the base",
}


def _claim(number: int, chance: BaseChance) -> Claim:
    def of_world(rng: np.random.Generator) -> Tally:
        area = square_ground().area
        places, base = _world(rng, number, chance)
        frame = detect(
            incidents_of(places, area),
            area,
            settings=RelativeRiskSettings(least_incidents=1),
            base=Base(base[:, 0], base[:, 1], label="the base", chance=chance),
        ).frame
        return Tally(int(len(frame) > 0))

    return Claim(
        sentence="a hotspot above its base",
        read_on="Hotspots, Relative to a base",
        world=f"{number:,} incidents, the same risk everywhere, {_WORDS[chance]}",
        level=0.05,
        of_world=of_world,
    )


CLAIMS: tuple[Claim, ...] = tuple(
    _claim(number, chance) for number in (300, 3_000) for chance in _WORDS
)

"""How often an assessment lists a hotspot, or a kind, as changed where nothing did.

The hotspots are the densest places of the last year, at places unlike one another: what is picked
for its high count has by chance more than the year before.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.review_worlds import Sort, hottest, made_world
from models.hotspots.changes import LEVEL, change_for_all_ground
from models.statistics.dispersion import USUAL
from models.statistics.rates import rate_ratio

if TYPE_CHECKING:
    from models.statistics.rates import RateRatio

_NOW, _BEFORE = range(24, 36), range(12, 24)
_MOST: Final = 15
KINDS: Final = np.array([600.0, 400, 120, 60, 40, 150, 70, 90, 12, 20, 200, 250])


def hotspot_changes(rng: np.random.Generator, *, kind: Sort) -> list[RateRatio]:
    """Compare a world's densest places of the last year with the year before.

    The months of a made world grow, so each year is measured by all of its incidents.
    """
    world = made_world(rng, kind)
    spots = hottest(world, _NOW, most=_MOST)
    days = {
        "days_now": float(np.isin(world.month, _NOW).sum()),
        "days_before": float(np.isin(world.month, _BEFORE).sum()),
    }
    counts = zip(world.counts(spots, _NOW), world.counts(spots, _BEFORE), strict=True)
    return [
        change_for_all_ground(
            int(now),
            int(before),
            **days,
            share_of_area=spot.area / world.ground.area,
        )
        for spot, (now, before) in zip(spots, counts, strict=True)
    ]


def any_named(rng: np.random.Generator, *, kind: Sort) -> Tally:
    """Say whether any hotspot is named as up or down by more than chance."""
    changes = hotspot_changes(rng, kind=kind)
    return Tally(int(any(each.verdict != "cannot tell" for each in changes)))


def kinds_called(rng: np.random.Generator, *, variance: float) -> Tally:
    """Count the kinds called up or down; `variance` is that of a count over its mean."""
    now, before = (
        rng.poisson(KINDS)
        if variance <= 1
        else rng.negative_binomial(KINDS / (variance - 1), 1 / variance)
        for _ in range(2)
    )
    ratios = [
        rate_ratio(int(n), int(was), dispersion=USUAL) for n, was in zip(now, before, strict=True)
    ]
    return Tally(sum(each.verdict != "cannot tell" for each in ratios), len(ratios))


_SORTS: Final = (
    ("the 15 densest places, about 240 incidents each", Sort()),
    ("the same, a quarter as many", Sort(total=375)),
    ("the 15 densest of places much alike", Sort(unlike=0.3)),
)
CLAIMS: Final = (
    *(
        Claim(
            "Up, or down, by more than chance, hotspots by rank: any",
            "Tactical assessment",
            world,
            LEVEL,
            partial(any_named, kind=kind),
        )
        for world, kind in _SORTS
    ),
    *(
        Claim(
            "▲ up or ▼ down (each kind)",
            "Tactical assessment",
            f"12 kinds of 12 to 600 incidents, counts vary by {variance:g} times chance",
            LEVEL,
            partial(kinds_called, variance=variance),
        )
        for variance in (1.0, 2.0)
    ),
)

"""How often *More than chance* shows a hotspot where chance alone is at work.

The worlds are even: on a square, on real wards with their edge cells, on map points, rounded, in
series at one place, and weighed by harm. ``python -m benchmarks.null_worlds.gi_star [WORLDS]``
prints the power as well: how often a planted place is found, by the normal tail of z alone with
Benjamini and Hochberg's control (as it was) and by the test as it is.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import shapely

from benchmarks.measuring import print_table
from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.ground import (
    evenly,
    in_series,
    incidents_of,
    on_map_points,
    rounded,
    square_ground,
    ward_ground,
)
from models.hotspots.cells import cells_of
from models.hotspots.gi_star import GiStarSettings, adjusted_in, gi_star
from models.hotspots.methods import detect
from models.hotspots.significance import two_sided_p

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.null_worlds.ground import Ground, Lay
    from models.hotspots.gi_star import Confidence

_HARMS = np.array([2, 7, 20, 180, 1200, 4000], dtype=np.float32)
_HARM_SHARES = np.array([0.4, 0.25, 0.2, 0.1, 0.04, 0.01])


def _world(
    number: int,
    lay: Lay,
    *,
    ground: Callable[[], Ground] = square_ground,
    confidence: Confidence = "95",
    by_harm: bool = False,
) -> Callable[[np.random.Generator], Tally]:
    settings = GiStarSettings(
        confidence=confidence, weight="harm" if by_harm else "count", least_incidents=3
    )

    def said(rng: np.random.Generator) -> Tally:
        here = ground()
        harm = rng.choice(_HARMS, number, p=_HARM_SHARES) if by_harm else None
        incidents = incidents_of(lay(rng, number, here), here.area, harm=harm)
        return Tally(int(len(detect(incidents, here.area, settings=settings).frame) > 0))

    return said


_LEVELS: dict[Confidence, float] = {"90": 0.10, "95": 0.05, "99": 0.01}


def _claim(
    number: int,
    what: str,
    lay: Lay,
    *,
    ground: Callable[[], Ground] = square_ground,
    confidence: Confidence = "95",
    by_harm: bool = False,
) -> Claim:
    return Claim(
        sentence=f"a hotspot with at least {confidence} % confidence",
        read_on="Hotspots, More than chance",
        world=f"{number:,} incidents, {what}",
        level=_LEVELS[confidence],
        of_world=_world(number, lay, ground=ground, confidence=confidence, by_harm=by_harm),
    )


CLAIMS: tuple[Claim, ...] = (
    *(_claim(number, "even", evenly) for number in (75, 200, 400, 1_000, 2_500, 10_000)),
    _claim(1_000, "even", evenly, confidence="90"),
    _claim(1_000, "even", evenly, confidence="99"),
    *(
        _claim(number, "even over real wards", evenly, ground=ward_ground)
        for number in (100, 1_000, 10_000)
    ),
    *(_claim(number, "on 400 map points", on_map_points(400)) for number in (400, 10_000)),
    *(_claim(number, "rounded to 100 m", rounded(100)) for number in (400, 10_000)),
    *(_claim(number, "in series at one place", in_series) for number in (200, 1_000, 10_000)),
    *(_claim(number, "even, by harm", evenly, by_harm=True) for number in (200, 2_500)),
)


def with_planted(
    rng: np.random.Generator, number: int, *, extra: int, radius_m: float
) -> list[bool]:
    """Plant incidents at one place and return whether the old tail finds it, and the new."""
    ground = square_ground()
    area = ground.area
    centre = np.array([535_400.0, 183_400.0])
    planted = centre + rng.uniform(-radius_m, radius_m, (extra, 2))
    places = np.concatenate((evenly(rng, number, ground), planted))
    incidents = incidents_of(places, area)
    cells = cells_of(area, cell_m=150.0)
    z = gi_star(cells.grid.counts(*places.T), cells.member)
    old = adjusted_in(two_sided_p(z), cells.tested, control="benjamini_hochberg") < 0.05
    at = int(cells.grid.cells(*centre[:, None])[0])
    settings = GiStarSettings(confidence="95", least_incidents=3)
    frame = detect(incidents, area, settings=settings).frame
    near = frame.geometry.distance(shapely.Point(*centre)) < cells.grid.cell_m
    return [bool((old & (z > 0)).ravel()[at]), bool(near.any())]


def power(worlds: int) -> None:
    """Print how often a planted place is found, before and now."""
    rows = []
    for number in (60, 200, 1_000, 5_000):
        for times in (3, 5, 10, 20):
            expected = number * 9 * 150**2 / 4830**2
            extra = round((times - 1) * expected)
            if not 3 <= extra <= 300:
                continue
            found = [
                with_planted(np.random.default_rng([2, world]), number, extra=extra, radius_m=100)
                for world in range(worlds)
            ]
            old, new = np.mean(found, axis=0)
            rows.append([f"{number:,}", f"{times}", f"{extra}", f"{old:.0%}", f"{new:.0%}"])
    header = ["incidents", "times the average", "planted", "normal tail", "as it is"]
    print_table("How often a planted place of 200 m is found", header, rows)


if __name__ == "__main__":
    power(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

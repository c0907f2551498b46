"""How often *Emerging* shows a class where nothing goes on, or a change where nothing changes.

Worlds of twelve months. In the even ones there is no structure at all: no class is true. In the
others eight places, or every place, have rates of their own that never change: only *persistent*
is true of them. ``python -m benchmarks.null_worlds.emerging [WORLDS]`` prints the power: which
class a planted place comes out as.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from benchmarks.measuring import print_table
from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.ground import (
    SIDE_M,
    evenly,
    in_series,
    incidents_of,
    on_map_points,
    square_ground,
    ward_ground,
)
from models.calendar.periods import Period
from models.hotspots.emerging import EmergingSettings
from models.hotspots.methods import detect

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.null_worlds.ground import Ground, Lay, Places
    from models.hotspots.inputs import Incidents

YEAR = Period(date(2025, 11, 1), date(2026, 10, 31))
MONTHS = 12
_ACROSS = 32
_HOT_PLACES = (100, 140, 333, 500, 612, 777, 900, 950)
_CENTRE = np.array([535_000.0, 183_000.0])
_REACH_M = 60.0


def _unlike(weights: NDArray[np.float64]) -> Lay:
    """Lay incidents on 32 × 32 squares of the square ground by some weights."""

    def lay(rng: np.random.Generator, number: int, ground: Ground) -> Places:
        west, south, _, _ = ground.area.land.bounds
        square = rng.choice(len(weights), number, p=weights / weights.sum())
        at = np.column_stack((square % _ACROSS, square // _ACROSS)) + rng.random((number, 2))
        return at * (SIDE_M / _ACROSS) + (west, south)

    return lay


def hot_places() -> Lay:
    """Lay incidents evenly but for eight squares with 25 times the rate of the others."""
    weights = np.ones(_ACROSS**2)
    weights[list(_HOT_PLACES)] = 25
    return _unlike(weights)


def every_place_unlike() -> Lay:
    """Lay incidents by rates that differ from square to square, log-normally."""
    return _unlike(np.random.default_rng(5).lognormal(0, 1, _ACROSS**2))


def world(
    rng: np.random.Generator,
    a_month: int,
    lay: Lay = evenly,
    *,
    ground: Ground,
    planted: Callable[[int], float] = lambda _: 0.0,
    growth: float = 1.0,
) -> Incidents:
    """Draw a year; `planted` gives the extra incidents to be expected at one place each month.

    `growth` is how many times as many incidents as in the first month the last has, everywhere.
    """
    start, end = YEAR.minutes
    edges = np.linspace(start, end, MONTHS + 1).astype(np.int64)
    usual = np.linspace(1.0, growth, MONTHS)
    places, starts = [], []
    for month in range(MONTHS):
        extra = int(rng.poisson(planted(month)))
        number = int(rng.poisson(a_month * usual[month]))
        places.append(lay(rng, number, ground))
        places.append(_CENTRE + rng.normal(0, _REACH_M, (extra, 2)))
        starts.append(rng.integers(edges[month], edges[month + 1], number + extra))
    return incidents_of(np.concatenate(places), ground.area, starts_minute=np.concatenate(starts))


def _claim(
    a_month: int,
    what: str,
    lay: Lay,
    *,
    kind: Literal["class", "change"] = "class",
    ground: Callable[[], Ground] = square_ground,
    growth: float = 1.0,
) -> Claim:
    settings = EmergingSettings(least_incidents=3)

    def of_world(rng: np.random.Generator) -> Tally:
        here = ground()
        incidents = world(rng, a_month, lay, ground=here, growth=growth)
        frame = detect(incidents, here.area, settings=settings, period=YEAR).frame
        said = set(frame["hot_class"]) - ({"persistent"} if kind == "change" else set())
        return Tally(int(bool(said)))

    return Claim(
        sentence="any class" if kind == "class" else "new, growing, fading or on and off",
        read_on="Hotspots, Emerging",
        world=f"12 months of {a_month:,} incidents, {what}",
        level=0.05,
        of_world=of_world,
    )


_STEADY = "places hot and steady"
_UNLIKE = "every place unlike and steady"
CLAIMS: tuple[Claim, ...] = (
    *(_claim(number, "even", evenly) for number in (20, 60, 200, 1_000)),
    _claim(200, "even over real wards", evenly, ground=ward_ground),
    _claim(200, "in series at one place", in_series),
    _claim(200, "on map points new each month", on_map_points(400)),
    *(_claim(number, _STEADY, hot_places(), kind="change") for number in (20, 60, 200, 1_000)),
    *(_claim(number, _UNLIKE, every_place_unlike(), kind="change") for number in (60, 200, 1_000)),
    _claim(200, f"{_STEADY}, all growing threefold", hot_places(), kind="change", growth=3.0),
)

PLANTED: tuple[tuple[str, Callable[[int], float]], ...] = (
    ("10 in the last month", lambda month: 10.0 * (month == MONTHS - 1)),
    ("20 in the last month", lambda month: 20.0 * (month == MONTHS - 1)),
    ("10 a month in the last three", lambda month: 10.0 * (month >= MONTHS - 3)),
    ("growing from 0 to 15 a month", lambda month: 15 * month / (MONTHS - 1)),
    ("growing from 5 to 30 a month", lambda month: 5 + 25 * month / (MONTHS - 1)),
    ("8 every month", lambda _: 8.0),
    ("falling from 30 to 5 a month", lambda month: 30 - 25 * month / (MONTHS - 1)),
    ("12 a month, then none for four", lambda month: 12.0 * (month < MONTHS - 4)),
)


def class_of(rng: np.random.Generator, a_month: int, planted: Callable[[int], float]) -> str:
    """Return the class of the ground where a place was planted; "none" without one."""
    ground = square_ground()
    incidents = world(rng, a_month, ground=ground, planted=planted)
    frame = detect(incidents, ground.area, settings=EmergingSettings(), period=YEAR).frame
    here = frame[frame.geometry.intersects(shapely.Point(*_CENTRE))]
    return str(here["hot_class"].iloc[0]) if len(here) else "none"


def power(worlds: int) -> None:
    """Print what a planted place comes out as."""
    rows = []
    for a_month in (60, 200, 600):
        for name, planted in PLANTED:
            classes = Counter(
                class_of(np.random.default_rng([6, number]), a_month, planted)
                for number in range(worlds)
            )
            told = ", ".join(f"{each} {n / worlds:.0%}" for each, n in classes.most_common())
            rows.append([f"{a_month}", name, told])
    print_table("A planted place of 120 m", ["a month, elsewhere", "planted", "class"], rows)


if __name__ == "__main__":
    power(int(sys.argv[1]) if len(sys.argv) > 1 else 100)

"""How often a review of nights calls an area emerging, growing or falling where nothing changed.

Two years of nights over one borough's wards: eight places that are busy at night, some just busy
enough to be found, on even ground, at rates that never change, and incidents by day. Run as
``python -m benchmarks.null_worlds.nights [WORLDS]`` it prints the power: how often a place that is
new, or grows, in the last year is found.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import shapely

from benchmarks.measuring import print_table
from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.ground import evenly, incidents_of, ward_ground
from models.calendar.days import MINUTES_PER_DAY, day_number
from models.calendar.night_rule import NightRule
from models.incidents.coverage import Coverage
from models.nights.area_search import night_areas_on
from models.nights.areas import standings
from models.nights.history import NightHistory
from models.nights.kinds import KindRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.null_worlds.ground import Ground, Places
    from models.hotspots.inputs import Incidents
    from models.nights.standing import StandingName

LAST = date(2026, 10, 31)
YEAR = 365
_FIRST_NIGHT = day_number(LAST) - 2 * YEAR + 1
_REACH_M = 70.0
# Incidents a year at each of the places: the weakest are found in some worlds and not in others.
BUSY = (40.0, 50.0, 60.0, 80.0, 100.0, 150.0, 250.0, 400.0)


def _centres(ground: Ground) -> Places:
    """Return places on the land, the last of them for what is planted."""
    inside = shapely.buffer(ground.area.land, -200)
    west, south, east, north = inside.bounds
    rng = np.random.default_rng(3)
    found: list[Places] = []
    while len(found) < len(BUSY) + 1:
        at = rng.uniform((west, south), (east, north))
        near = any(np.hypot(*(at - other)) < 600 for other in found)
        if not near and inside.contains(shapely.Point(*at)):
            found.append(at)
    return np.array(found)


def history_of(
    rng: np.random.Generator,
    *,
    a_year: int,
    by_day: int,
    planted: tuple[float, float] = (0.0, 0.0),
    growth: float = 1.0,
) -> NightHistory:
    """Draw two years of nights and days.

    Parameters
    ----------
    rng : Generator
    a_year, by_day : int
        Incidents on even ground a year, by night and by day.
    planted : tuple of float
        Incidents at one more place, by night, in the year before and in the last year.
    growth : float
        How many times as many incidents, everywhere and at all hours, the last year has.
    """
    ground = ward_ground()
    centres = _centres(ground)
    night_places, nights, day_places, days = [], [], [], []
    for number, times in enumerate((1.0, growth)):
        rates = np.array([*BUSY, planted[number]]) * times
        counts = rng.poisson(rates)
        spots = np.repeat(centres, counts, axis=0)
        even = evenly(rng, int(rng.poisson(a_year * times)), ground)
        at = np.concatenate((spots + rng.normal(0, _REACH_M, spots.shape), even))
        # By day these places are a little busier than other ground, as real ones are.
        busy = np.repeat(centres, rng.poisson(rates * 0.4), axis=0)
        calm = evenly(rng, int(rng.poisson(by_day * times)), ground)
        by_light = np.concatenate((busy + rng.normal(0, _REACH_M, busy.shape), calm))
        first = _FIRST_NIGHT + number * YEAR
        night_places.append(at)
        nights.append(rng.integers(first, first + YEAR, len(at)))
        day_places.append(by_light)
        days.append(rng.integers(first, first + YEAR, len(by_light)))
    night = np.concatenate(nights)
    order = np.argsort(night, kind="stable")
    at_night = _incidents(np.concatenate(night_places)[order], night[order], ground, hour=21)
    every_day = np.concatenate((night[order], *days))
    whole = np.argsort(every_day, kind="stable")
    everything = np.concatenate((np.concatenate(night_places)[order], *day_places))[whole]
    every = _incidents(everything, every_day[whole], ground, hour=12)
    return _history(at_night, night[order], every, every_day[whole])


def _incidents(places: Places, day: NDArray[np.int64], ground: Ground, *, hour: int) -> Incidents:
    return incidents_of(places, ground.area, starts_minute=day * MINUTES_PER_DAY + hour * 60)


def _history(
    night: Incidents, nights: NDArray[np.int64], every: Incidents, days: NDArray[np.int64]
) -> NightHistory:
    n = len(night)
    none = np.zeros(n, dtype=np.bool_)
    covered = Coverage(
        source="made",
        borough="",
        rows=len(every),
        first=date(2024, 10, 1),
        last=date(2026, 11, 30),
        last_complete_month=date(2026, 11, 1),
        missing_months=(),
        monthly=False,
        silence_days=1,
    )
    return NightHistory(
        incidents=night,
        night=nights,
        borough=np.zeros(n, dtype=np.int16),
        injury=np.full(n, -1, dtype=np.int8),
        sensitive=none,
        kinds=KindRows(none, none),
        plain=~none,
        every=every,
        every_day=days,
        unknown=every.take(slice(0, 0)),
        unknown_precision=np.zeros(0, dtype=np.int8),
        marked_elsewhere=np.zeros(0, dtype=np.int64),
        covered=(covered,),
        rule=NightRule(),
    )


def names_of(history: NightHistory) -> list[StandingName]:
    """Return what a review calls each area that it finds."""
    detected = night_areas_on(ward_ground().area, history, last=LAST)
    return [each.name for each in standings(history, detected, detected.areas)]


def _claim(name: StandingName, *, a_year: int, growth: float = 1.0) -> Claim:
    def of_world(rng: np.random.Generator) -> Tally:
        history = history_of(rng, a_year=a_year, by_day=2 * a_year, growth=growth)
        return Tally(int(name in names_of(history)))

    more = "" if growth == 1 else f", all growing {growth:g} times"
    return Claim(
        sentence=f"a night-time area is {name}",
        read_on="Night-time economy",
        world=f"two years of {a_year:,} incidents by night, nothing changed{more}",
        level=0.05,
        of_world=of_world,
    )


_NAMES: tuple[StandingName, ...] = ("emerging", "growing", "falling")
CLAIMS: tuple[Claim, ...] = (
    *(_claim(name, a_year=number) for number in (600, 3_000) for name in _NAMES),
    _claim("growing", a_year=600, growth=1.5),
)


def found_as(rng: np.random.Generator, planted: tuple[float, float]) -> str:
    """Return what the ground of a planted place is called; "not found" where it is no area."""
    history = history_of(rng, a_year=1_000, by_day=2_000, planted=planted)
    detected = night_areas_on(ward_ground().area, history, last=LAST)
    judged = standings(history, detected, detected.areas)
    at = shapely.Point(*_centres(ward_ground())[-1])
    for area, standing in zip(detected.areas, judged, strict=True):
        if area.polygon.distance(at) < _REACH_M:
            return str(standing.name)
    return "not found"


def power(worlds: int) -> None:
    """Print what a planted place is called."""
    rows = []
    cases: list[tuple[float, float]] = [(0, 40), (0, 80), (0, 200), (20, 100), (60, 120), (80, 40)]
    for planted in cases:
        names = Counter(
            found_as(np.random.default_rng([7, world]), planted) for world in range(worlds)
        )
        told = ", ".join(f"{name} {n / worlds:.0%}" for name, n in names.most_common())
        rows.append([f"{planted[0]:g}", f"{planted[1]:g}", told])
    print_table("A place busy at night", ["year before", "last year", "called"], rows)


if __name__ == "__main__":
    power(int(sys.argv[1]) if len(sys.argv) > 1 else 100)

"""Draw the incidents that are planted: the places of `data.demo.truth` and near-repeat chains."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from data.demo.clock import clock, draw_minutes, pick
from data.demo.places import ADDRESS_WEIGHTS, ADDRESSES, HOME_BOROUGHS, JITTER_M
from data.demo.simulated import FIRST_CHAIN, SimulatedIncidents, joined
from data.demo.truth import PLANTED, PLANTED_LAST
from models.calendar.days import EPOCH, MINUTES_PER_DAY, day_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from data.demo.places import DemoPlaces
    from data.demo.truth import Phase, PlantedPlace

CHAINS_PER_YEAR: Final = 50
CHAIN_LENGTHS: Final = (3, 4, 5, 6)
CHAIN_REACH_M: Final = 100.0
CHAIN_LONGEST_GAP_DAYS: Final = 6
ROUNDING_M: Final = 1.0


def _phases(place: PlantedPlace, *, last: date) -> Iterator[Phase]:
    """Yield a place's phases; a season comes again each year until `last`.

    What lasts to the end of the planted years goes on after them, at the rate that it had reached.
    """
    yield from place.phases
    if place.kind != "seasonal":
        return
    season = place.phases[-1]
    for year in range(season.first.year + 1, last.year + 1):
        yield replace(
            season,
            first=season.first.replace(year=year),
            last=season.last.replace(year=year),
            per_week_from=season.per_week_to,
        )


def _daily_rates(place: PlantedPlace, *, first: date, days: int) -> NDArray[np.float64]:
    """Return the incidents expected on each day, shape (days,)."""
    start = day_number(first)
    day = np.arange(start, start + days)
    rates = np.zeros(days)
    for phase in _phases(place, last=first + timedelta(days=days - 1)):
        opens, closes = day_number(phase.first), day_number(phase.last)
        done = np.minimum((day - opens) / max(closes - opens, 1), 1.0)
        weekly = phase.per_week_from + (phase.per_week_to - phase.per_week_from) * done
        open_now = (day >= opens) & ((day <= closes) | (phase.last == PLANTED_LAST))
        rates += np.where(open_now, weekly / len(place.days), 0.0)
    weekday = (day + EPOCH.weekday()) % 7
    return np.where(np.isin(weekday, place.days), rates, 0.0)


def _around(
    places: DemoPlaces, place: PlantedPlace, *, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw addresses inside a planted circle, likelier towards its middle."""
    inside = places.within(
        place.easting, place.northing, radius_m=place.radius_m - JITTER_M - ROUNDING_M
    )
    apart = np.hypot(
        places.address_easting.ravel()[inside] - place.easting,
        places.address_northing.ravel()[inside] - place.northing,
    )
    weights = np.exp(-0.5 * (apart / (0.5 * place.radius_m)) ** 2)
    weights *= ADDRESS_WEIGHTS[inside % ADDRESSES]
    return np.asarray(inside[pick(weights, count=count, rng=rng)], dtype=np.int64)


def planted_places(
    places: DemoPlaces,
    *,
    keys: tuple[str, ...],
    first: date,
    days: int,
    rng: np.random.Generator,
) -> SimulatedIncidents:
    """Draw the incidents of each planted place; `keys` are the streams' keys in order."""
    parts = []
    start = day_number(first)
    for number, place in enumerate(PLANTED):
        each_day = rng.poisson(_daily_rates(place, first=first, days=days))
        day = np.repeat(np.arange(days), each_day) + start
        count = len(day)
        length = (place.end_hour - place.start_hour) * 60
        # The mean of two draws: busiest in the middle of the hours, never outside them.
        within = (rng.integers(0, length, count) + rng.integers(0, length, count)) // 2
        offences = np.array([keys.index(key) for key in place.offences])
        parts.append(
            SimulatedIncidents(
                stream=offences[rng.integers(0, len(offences), count)],
                address=_around(places, place, count=count, rng=rng),
                minute=day * MINUTES_PER_DAY + place.start_hour * 60 + within,
                label=np.full(count, number),
            )
        )
    return joined(parts)


def chains(
    places: DemoPlaces,
    *,
    keys: tuple[str, ...],
    first: date,
    days: int,
    rng: np.random.Generator,
    runs_on: bool = False,
) -> SimulatedIncidents:
    """Draw near-repeat chains: a burglary of a home, and others nearby in the days after it.

    Each follows the one before it by 1 to `CHAIN_LONGEST_GAP_DAYS` days and lies within
    `CHAIN_REACH_M` of the first. No chain runs past the last day, unless `runs_on`.
    """
    stream = keys.index("residential_burglary")
    longest = (max(CHAIN_LENGTHS) - 1) * CHAIN_LONGEST_GAP_DAYS
    homes = places.weights["prime"] * np.isin(places.borough, HOME_BOROUGHS)
    parts = []
    for number in range(round(CHAINS_PER_YEAR * days / 365.25)):
        count = int(rng.choice(CHAIN_LENGTHS))
        start = int(rng.integers(0, days if runs_on else days - longest - 1))
        gaps = rng.integers(1, CHAIN_LONGEST_GAP_DAYS + 1, count)
        day = start + np.concatenate([[0], np.cumsum(gaps[1:])]) + day_number(first)
        origin = int(places.addresses(pick(homes, count=1, rng=rng), rng=rng)[0])
        near = places.within(
            float(places.address_easting.ravel()[origin]),
            float(places.address_northing.ravel()[origin]),
            radius_m=CHAIN_REACH_M - 2 * (JITTER_M + ROUNDING_M),
        )
        others = near[rng.integers(0, len(near), count - 1)]
        hour = draw_minutes(
            count,
            first=EPOCH,
            hours=clock("working_day", night=False),
            days=np.ones(7),
            rng=rng,
        )
        parts.append(
            SimulatedIncidents(
                stream=np.full(count, stream),
                address=np.concatenate([[origin], others]),
                minute=day * MINUTES_PER_DAY + hour % MINUTES_PER_DAY,
                label=np.full(count, FIRST_CHAIN + number),
            )
        )
    return joined(parts)

"""Draw simulated incidents: the three years that never change, and one month at a time after them.

The three years are one block. Each later month is a block of its own with its own stream of chance,
drawn whole however little of it has passed: what happened in it does not depend on the day on which
anybody looks.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from data.demo.clock import clock, day_weights, draw_minutes, pick
from data.demo.geography import HACKNEY, TOWER_HAMLETS
from data.demo.places import ADDRESSES, HOME_BOROUGHS, DemoPlaces
from data.demo.planting import chains, planted_places
from data.demo.rates import BUFFER_SHARE, HACKNEY_RATIO, Stream, streams
from data.demo.simulated import BACKGROUND, SimulatedIncidents, joined
from models.calendar.days import MINUTES_PER_DAY, day_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from numpy.typing import NDArray

    from data.demo.rates import Season

DAYS_PER_YEAR: Final = 365.25
# What happens among the young around school is drawn this long before the bell that it follows.
BELL_MINUTES: Final = 20
_SCHOOL_DAY: Final = (7 * 60, 18 * 60)


@dataclass(frozen=True, slots=True)
class Block:
    """Days that are drawn together.

    Attributes
    ----------
    first : date
    days : int
    runs_on : bool
        Whether a chain that begins in it may go on after its last day.
    """

    first: date
    days: int
    runs_on: bool = False

    @property
    def end_minute(self) -> int:
        """Local minutes since 1970 at which it is over."""
        return (day_number(self.first) + self.days) * MINUTES_PER_DAY


def month_block(first: date) -> Block:
    """Return the block of a calendar month."""
    return Block(first, monthrange(first.year, first.month)[1], runs_on=True)


def _share_of(borough: str) -> float:
    """Return a borough's rate against Tower Hamlets' own; "" is the neighbours' margin."""
    if borough:
        return {TOWER_HAMLETS: 1.0, HACKNEY: HACKNEY_RATIO}[borough]
    return (1.0 + HACKNEY_RATIO) * BUFFER_SHARE / (1.0 - BUFFER_SHARE)


def _background(
    places: DemoPlaces,
    stream: Stream,
    *,
    borough: str,
    planted: int,
    block: Block,
    level: float,
    here: dict[str, NDArray[np.bool_]],
    rng: np.random.Generator,
) -> SimulatedIncidents:
    """Draw one offence in one borough, `planted` of whose incidents are there already."""
    expected = stream.yearly * _share_of(borough) * block.days / DAYS_PER_YEAR * level - planted
    count = int(rng.poisson(max(expected, 0.0)))
    weights = places.weights[stream.field] * np.where(places.night, stream.night_factor, 1.0)
    postcode = pick(np.where(here[borough], weights, 0.0), count=count, rng=rng)
    by_day = _by_day(block.first, block.days, stream.season, stream.yearly_change)
    minute = np.zeros(count, dtype=np.int64)
    keeps_night = places.night[postcode] & (stream.night_factor > 1.0)
    for night in (False, True):
        such = np.flatnonzero(keeps_night == night)
        minute[such] = draw_minutes(
            len(such),
            first=block.first,
            hours=clock(stream.profile, night=night),
            days=by_day,
            rng=rng,
        )
    return SimulatedIncidents(
        stream=np.zeros(count, dtype=np.int64),
        address=places.addresses(postcode, rng=rng),
        minute=minute,
        label=np.full(count, BACKGROUND),
    )


@lru_cache(maxsize=64)
def _by_day(first: date, days: int, season: Season, yearly_change: float) -> NDArray[np.float64]:
    """Return `day_weights`, which many offences have in common."""
    return day_weights(first, days, season=season, yearly_change=yearly_change)


def level_after(base: Block, block: Block) -> Callable[[Stream], float]:
    """Return how high an offence's rate is in a later block, by season and growth, against `base`.

    The three years have a level of 1 over all, with the seasons and the growth inside them.
    """
    skipped = day_number(block.first) - day_number(base.first)

    def level(stream: Stream) -> float:
        usual, here = (
            _by_day(each.first, each.days, stream.season, stream.yearly_change).mean()
            for each in (base, block)
        )
        grown = (1 + stream.yearly_change) ** (skipped / DAYS_PER_YEAR)
        return float(here * grown / usual)

    return level


def draw_block(
    places: DemoPlaces,
    block: Block,
    *,
    rng: np.random.Generator,
    level: Callable[[Stream], float] = lambda _: 1.0,
) -> SimulatedIncidents:
    """Draw what is planted in a block, then the rest, and sort by local time.

    A night that begins on the last day is whole: some of its incidents lie after the block's end.
    """
    listed = streams()
    keys = tuple(stream.key for stream in listed)
    parts = [
        planted_places(places, keys=keys, first=block.first, days=block.days, rng=rng),
        chains(
            places,
            keys=keys,
            first=block.first,
            days=block.days,
            runs_on=block.runs_on,
            rng=rng,
        ),
    ]
    here = {borough: places.borough == borough for borough in HOME_BOROUGHS}
    here[""] = ~np.isin(places.borough, HOME_BOROUGHS)
    postcode = np.concatenate([part.address for part in parts]) // ADDRESSES
    of_stream = np.concatenate([part.stream for part in parts])
    planted = {
        borough: np.bincount(of_stream[inside[postcode]], minlength=len(listed))
        for borough, inside in here.items()
    }
    planted[""][:] = 0  # the margin has its own rate on top of the little that is planted in it
    for number, stream in enumerate(listed):
        of_level = level(stream)
        for borough in (*HOME_BOROUGHS, ""):
            part = _background(
                places,
                stream,
                borough=borough,
                planted=int(planted[borough][number]),
                block=block,
                level=of_level,
                here=here,
                rng=rng,
            )
            parts.append(replace(part, stream=part.stream + number))
    return _after_the_bell(by_time(joined(parts)), youth=keys.index("youth_violence"))


def _after_the_bell(simulated: SimulatedIncidents, *, youth: int) -> SimulatedIncidents:
    """Move what happens around school so that it peaks at nine and between three and six.

    The order stays as it was, so that nothing else that is drawn for an incident changes with it.
    """
    of_day = simulated.minute % MINUTES_PER_DAY
    moved = (simulated.stream == youth) & (simulated.label == BACKGROUND)
    moved &= (of_day >= _SCHOOL_DAY[0]) & (of_day < _SCHOOL_DAY[1])
    return replace(simulated, minute=simulated.minute + np.where(moved, BELL_MINUTES, 0))


def by_time(simulated: SimulatedIncidents) -> SimulatedIncidents:
    """Sort by local time; what falls on one minute keeps its order."""
    return simulated.take(np.argsort(simulated.minute, kind="stable"))

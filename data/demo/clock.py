"""When simulated incidents happen: the hour of the week, the day of the year, and the clocks.

A time is drawn in two steps: a quarter of an hour of the week from the offence's profile, then a
day with that weekday from the season. All of it is local wall-clock time; `to_utc` turns it into
the instants the contract wants. The hour that the clocks skip in March gets nothing (its incidents
move on by an hour), and the hour that comes twice on the night in October shares its incidents.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.demo.rates import PROFILES, SEASONS
from models.calendar.days import MINUTES_PER_DAY, day_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from data.demo.rates import Bump, Season

QUARTERS_PER_DAY: Final = 96
QUARTERS_PER_WEEK: Final = 672
TIMEZONE: Final = "Europe/London"
# What a night-time area adds to an offence's own profile: this share of its incidents follows the
# night, so that about a third of such an area's crime falls between 22:00 and 03:00.
NIGHT_SHARE: Final = 0.15


def profile_weights(bumps: Sequence[Bump]) -> NDArray[np.float64]:
    """Return the share of each quarter of an hour of the week, Monday 00:00 first, shape (672,)."""
    hour = (np.arange(QUARTERS_PER_WEEK) + 0.5) / 4
    weights = np.ones(QUARTERS_PER_WEEK)
    for bump in bumps:
        for day in bump.days:
            apart = np.abs(hour - (24 * day + bump.hour) % 168)
            apart = np.minimum(apart, 168 - apart)
            weights += bump.weight * np.exp(-0.5 * (apart / bump.spread_h) ** 2)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def clock(profile: str, *, night: bool) -> NDArray[np.float64]:
    """Return an offence's hours, shape (672,), as they are in a night-time area or elsewhere."""
    usual = profile_weights(PROFILES[profile])
    if not night:
        return usual
    return (1 - NIGHT_SHARE) * usual + NIGHT_SHARE * profile_weights(PROFILES["night"])


def is_term(day: date) -> bool:
    """Tell whether schools are open on a weekday; the holidays are the usual weeks, not a calendar.

    Two weeks at Christmas, one in the middle of February, two in early April, one at the end of
    May, six from late July and one at the end of October.
    """
    holidays = (
        ((1, 1), (1, 3)),
        ((2, 13), (2, 19)),
        ((4, 1), (4, 14)),
        ((5, 25), (5, 31)),
        ((7, 22), (9, 2)),
        ((10, 24), (10, 31)),
        ((12, 20), (12, 31)),
    )
    at = (day.month, day.day)
    return day.weekday() < 5 and not any(start <= at <= end for start, end in holidays)


def day_weights(
    first: date, days: int, *, season: Season, yearly_change: float
) -> NDArray[np.float64]:
    """Return how likely each day is against the others of its weekday, shape (days,)."""
    dates = [first + timedelta(days=number) for number in range(days)]
    month = np.array([SEASONS[season][day.month - 1] for day in dates])
    if season == "school":
        month = np.array([float(is_term(day)) for day in dates])
    growth = (1 + yearly_change) ** (np.arange(days) / 365.25)
    return np.asarray(month * growth, dtype=np.float64)


def pick(
    weights: NDArray[np.float64], *, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw `count` positions with the given weights, with replacement."""
    running = np.cumsum(weights)
    found = np.searchsorted(running, rng.random(count) * running[-1], side="right")
    return np.asarray(np.minimum(found, len(weights) - 1), dtype=np.int64)


def draw_minutes(
    count: int,
    *,
    first: date,
    hours: NDArray[np.float64],
    days: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw local times.

    Parameters
    ----------
    count : int
        How many.
    first : date
        The day that `days` begins with.
    hours : float64 array of shape (672,)
        Weight of each quarter of an hour of the week.
    days : float64 array of shape (number of days,)
        Weight of each day; a weekday on which all are 0 gets its incidents on any such day.

    Returns
    -------
    int64 array of shape (count,)
        Local wall-clock minutes since 1970-01-01 00:00, in no order.
    """
    quarter = pick(hours, count=count, rng=rng)
    weekday_of = (np.arange(len(days)) + first.weekday()) % 7
    day = np.zeros(count, dtype=np.int64)
    for weekday in range(7):
        chosen = np.flatnonzero(quarter // QUARTERS_PER_DAY == weekday)
        such = np.flatnonzero(weekday_of == weekday)
        weights = days[such] if days[such].any() else np.ones(len(such))
        day[chosen] = such[pick(weights, count=len(chosen), rng=rng)]
    start = day_number(first)
    minute = quarter % QUARTERS_PER_DAY * 15 + rng.integers(0, 15, count)
    return np.asarray((day + start) * MINUTES_PER_DAY + minute, dtype=np.int64)


def to_utc(
    minutes: NDArray[np.int64], *, rng: np.random.Generator, timezone: str = TIMEZONE
) -> NDArray[np.int64]:
    """Turn local wall-clock minutes since 1970 into UTC minutes since 1970, shape (n,).

    A time that does not exist moves on by an hour; one that happens twice is either, at random.
    """
    local = pd.DatetimeIndex((minutes * 60).astype("datetime64[s]"))
    summer = rng.random(len(minutes)) < 0.5
    placed = local.tz_localize(timezone, ambiguous=summer, nonexistent=pd.Timedelta(hours=1))
    seconds = placed.tz_convert(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.asarray(seconds // 60, dtype=np.int64)

"""Nights instead of calendar days: which night an incident belongs to, and how nights compare.

A night runs from 18:00 to 06:00, or as a borough's settings say (`NightRule`), and belongs to the
day on which it starts, so 02:00 on Sunday is part of Saturday night. A part of the night is counted
in the same way, with a rule of its hours (`NightRule.of_window`). A day is counted in days since
1970-01-01.

**Certain or left out.** An incident belongs to a night when its hour is known and lies in it, or
when it is known only to lie in an interval and the whole interval lies inside one night. An
interval that reaches out of a night, a day and a month are undecided: they are left out, and
counted. So every incident is in exactly one night, certainly in none, or undecided.

**Rates a night.** One Friday is not five other nights: everything is compared a night, with the
exact interval of a Poisson count. Two periods are compared after their mix of nights is put right:
each night weighs what nights of its weekday bring in both periods together, so a month with five
Saturdays is not "up" on one with four (indirect standardisation). The night on which the clocks
change is one night; its real length counts wherever a rate is by the hour.

Sources: F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936); for the
ratio see `models.statistics.rates`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.days import MINUTES_PER_DAY, day_number, day_of
from models.calendar.night_rule import NOON_HOUR
from models.calendar.week import WEEKDAYS
from models.hotspots.aoristic import UNTIMED, aoristic_week
from models.hotspots.week_windows import night_curve
from models.statistics.dispersion import INDEPENDENT, USUAL, Dispersion, drawn_towards
from models.statistics.intervals import poisson_interval
from models.statistics.rates import RateRatio, rate_ratio

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from models.calendar.clock_changes import ClockChanges
    from models.calendar.night_rule import NightRule
    from models.calendar.periods import Period
    from models.hotspots.inputs import Incidents
    from models.hotspots.temporal import PeakWindow

NO_NIGHT: Final = int(np.iinfo(np.int64).min)
_MONDAY_SHIFT: Final = 3  # 1970-01-01 was a Thursday
_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class NightsOf:
    """Which night each of n incidents belongs to.

    Attributes
    ----------
    night : int64 array of shape (n,)
        Day on which its night starts; `NO_NIGHT` where it is in none or undecided.
    unknown : bool array of shape (n,)
        Where it is undecided.
    """

    night: NDArray[np.int64]
    unknown: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NightTally:
    """Nights, and the incidents in them, by weekday of the night; Monday first.

    Attributes
    ----------
    nights, incidents : int64 arrays of shape (7,)
    squares : int64 array of shape (7,), optional
        Squares of the incidents of each night, added up: how nights of a weekday differ. Without
        it, incidents are taken to be independent.
    """

    nights: NDArray[np.int64]
    incidents: NDArray[np.int64]
    squares: NDArray[np.int64] | None = None

    @property
    def total(self) -> int:
        """All incidents."""
        return int(self.incidents.sum())

    @property
    def all_nights(self) -> int:
        """All nights."""
        return int(self.nights.sum())


@dataclass(frozen=True, slots=True)
class NightRate:
    """Incidents a night with the exact 95 % interval; NaN without a night."""

    nights: int
    incidents: int
    per_night: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NightGroup:
    """Nights that are looked at together: Friday nights, Saturday nights, the rest.

    Attributes
    ----------
    label : str
    weekdays : tuple of int
        Monday is 0.
    """

    label: str
    weekdays: tuple[int, ...]


def night_minutes(rule: NightRule) -> int:
    """Return how long a night is on the wall clock, in minutes."""
    return rule.hours * 60


def nights_of(incidents: Incidents, *, rule: NightRule) -> NightsOf:
    """Return the night of each incident, and where it is undecided.

    Parameters
    ----------
    incidents : Incidents
        Length n.
    rule : NightRule
        From when to when a night lasts.
    """
    length = night_minutes(rule)
    since = incidents.starts_minute - rule.starts_after_hours * 60
    night, within = since // MINUTES_PER_DAY, since % MINUTES_PER_DAY
    hour_known = incidents.hour_of_week >= 0
    untimed = ~hour_known & (incidents.ends_minute == UNTIMED)
    spread = np.where(hour_known | untimed, 0, incidents.ends_minute - incidents.starts_minute)
    inside = ~untimed & (within < length) & (within + spread <= length)
    inside |= hour_known & (within < length)
    in_the_day = ~untimed & (within >= length) & (within + spread <= MINUTES_PER_DAY)
    return NightsOf(
        night=np.where(inside, night, NO_NIGHT), unknown=untimed | ~(inside | in_the_day)
    )


def nights_in(period: Period) -> NDArray[np.int64]:
    """Return the nights that start on the days of a period, ascending."""
    return np.arange(day_number(period.first), day_number(period.last) + 1, dtype=np.int64)


def weekday_of(nights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the weekday on which nights start; Monday is 0."""
    return (nights + _MONDAY_SHIFT) % _DAYS


def night_hours(
    nights: NDArray[np.int64], *, rule: NightRule, changes: ClockChanges
) -> NDArray[np.float64]:
    """Return how many hours of each night really pass: one less in spring, one more in autumn."""
    start = nights * MINUTES_PER_DAY + rule.starts_after_hours * 60
    passed = changes.utc_minutes(start + night_minutes(rule)) - changes.utc_minutes(start)
    return np.asarray(passed / 60.0, dtype=np.float64)


def tally(of_incidents: NDArray[np.int64], *, nights: NDArray[np.int64]) -> NightTally:
    """Count incidents by the weekday of their night.

    Parameters
    ----------
    of_incidents : int64 array of shape (n,)
        Night of each incident; those in none of `nights` are not counted.
    nights : int64 array of shape (k,)
        The nights of the period, ascending.
    """
    there = np.isin(of_incidents, nights)
    each = np.bincount(np.searchsorted(nights, of_incidents[there]), minlength=len(nights))
    squares = np.bincount(weekday_of(nights), weights=each**2, minlength=_DAYS)
    return NightTally(
        nights=np.bincount(weekday_of(nights), minlength=_DAYS).astype(np.int64),
        incidents=np.bincount(weekday_of(of_incidents[there]), minlength=_DAYS).astype(np.int64),
        squares=squares.astype(np.int64),
    )


def dispersion(*tallies: NightTally) -> Dispersion:
    """Return by how much nights of one weekday and one period vary, over chance; at least 1."""
    apart, by_chance, freedom = 0.0, 0.0, 0
    for each in tallies:
        some = each.nights > 1
        if each.squares is None:
            return INDEPENDENT
        nights, counts = each.nights[some], each.incidents[some]
        apart += float((each.squares[some] - counts**2 / nights).sum())
        by_chance += float((counts * (nights - 1) / nights).sum())
        freedom += int((nights - 1).sum())
    if not by_chance:
        return USUAL
    return drawn_towards(Dispersion(apart / by_chance, float(freedom)), USUAL)


def night_groups(rule: NightRule) -> tuple[NightGroup, ...]:
    """Return each of the review's nights by itself, and the other nights together."""
    each = tuple(NightGroup(f"{WEEKDAYS[day]} night", (day,)) for day in rule.review_nights)
    rest = tuple(day for day in range(_DAYS) if day not in rule.review_nights)
    return (*each, NightGroup("Other nights", rest)) if rest else each


def rate_of(tally: NightTally, *, weekdays: tuple[int, ...] = tuple(range(_DAYS))) -> NightRate:
    """Return the incidents a night on some weekdays, with the exact 95 % interval."""
    days = list(weekdays)
    return night_rate(int(tally.incidents[days].sum()), nights=int(tally.nights[days].sum()))


def night_rate(incidents: int, *, nights: int) -> NightRate:
    """Return incidents a night with the exact (Garwood) 95 % interval."""
    if not nights:
        return NightRate(0, incidents, math.nan, math.nan, math.nan)
    low, high = poisson_interval(incidents)
    return NightRate(nights, incidents, incidents / nights, low / nights, high / nights)


def exposures(now: NightTally, before: NightTally) -> tuple[float, float]:
    """Return how many nights each period is worth, adjusted for its mix of weekdays.

    In nights of the average night of both periods together; equal to the plain numbers of nights
    where both have the same mix, or where nothing happened.
    """
    nights = now.nights + before.nights
    counts = now.incidents + before.incidents
    if not counts.sum() or not nights.sum():
        return float(now.all_nights), float(before.all_nights)
    rate = np.divide(counts, nights, out=np.zeros(_DAYS), where=nights > 0)
    rate = rate / (counts.sum() / nights.sum())
    return float((now.nights * rate).sum()), float((before.nights * rate).sum())


def change(
    now: NightTally,
    before: NightTally,
    *,
    weights: tuple[NightTally, NightTally] | None = None,
    confidence: float = 0.95,
    varying: Dispersion = INDEPENDENT,
) -> RateRatio:
    """Return how many times as many incidents a night there are as before, adjusted for weekdays.

    Parameters
    ----------
    now, before : NightTally
    weights : tuple of NightTally, optional
        Tallies of a larger place over the same nights, now and before, which say what nights of a
        weekday are worth: steadier than a small area's own. Their own without it.
    confidence : float
        Level of the interval, 0 to 1.
    varying : Dispersion
        By how much more than chance nights vary (`dispersion`).

    Returns
    -------
    RateRatio
        NaN throughout where either period has no night.
    """
    ours, theirs = exposures(*(weights or (now, before)))
    if not (ours > 0 and theirs > 0):
        return RateRatio(ratio=math.nan, low=math.nan, high=math.nan)
    return rate_ratio(
        now.total,
        before.total,
        exposure_now=ours,
        exposure_before=theirs,
        confidence=confidence,
        dispersion=varying,
    )


def hour_curve(incidents: Incidents, *, rule: NightRule) -> NDArray[np.float64]:
    """Return incidents by weekday of the night and hour; rows add up to the night's incidents.

    Parameters
    ----------
    incidents : Incidents
        That each belong to a night (`nights_of`). Intervals are spread over the hours they cover;
        an incident whose hour is known counts in that hour.
    rule : NightRule

    Returns
    -------
    float64 array of shape (7, hours of a night)
    """
    known = incidents.hour_of_week >= 0
    ends = np.where(known, incidents.starts_minute, incidents.ends_minute)
    week = aoristic_week(incidents.starts_minute, ends, changes=incidents.clock_changes)
    return night_curve(week.weights, rule=rule)


def peak_label(window: PeakWindow) -> str:
    """Return a window of the week by the nights it belongs to: "Thu–Sun nights 00:00–04:00".

    After midnight a window belongs to the night of the day before.
    """
    after_midnight = window.start_hour < NOON_HOUR
    first = (window.first_day - int(after_midnight)) % _DAYS
    days, hours = str(replace(window, first_day=first)).rsplit(" ", 1)
    if days.startswith("Every day"):
        return f"{days.replace('Every day', 'Every night')} {hours}"
    return f"{days} {'night' if window.days == 1 else 'nights'} {hours}"


def changed_nights(
    nights: NDArray[np.int64], *, rule: NightRule, changes: ClockChanges
) -> tuple[tuple[date, float], ...]:
    """Return the nights whose real length is not that of the wall clock, with their hours."""
    hours = night_hours(nights, rule=rule, changes=changes)
    usual = night_minutes(rule) / 60
    return tuple(
        (day_of(int(night)), float(length))
        for night, length in zip(nights, hours, strict=True)
        if length != usual
    )

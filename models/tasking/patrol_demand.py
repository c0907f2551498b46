"""What is expected at a hotspot in each hour of the week, and which of its hours are its peak.

**Expected.** The hotspot's own aoristic week, divided by the weeks that were counted, and smoothed
over five neighbouring hours (weights 1, 2, 3, 2, 1), since a hotspot's single hours are small
numbers. Smoothing keeps the total. Incidents whose hour is not known give no hour; they are left
out and counted.

**Peak hours.** The hours in which a hotspot expects at least as much as in its average hour, in
runs of at least the longest time between two visits; a plan serves it in these alone.

**Hours not known.** Where more than 30 % of a hotspot's incidents have no hour, or fewer than ten
have one, no hour is claimed: all its incidents are spread evenly over the week, it may be visited
at any hour of a shift, and the plan says so.

Sources: J. H. Ratcliffe, "Aoristic analysis", International Journal of Geographical Information
Science 14 (2000); C. Koper, "Just enough police presence", Justice Quarterly 12 (1995).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.naming.words import with_ward
from models.hotspots.temporal import HOURS_PER_WEEK, LEAST_TIMED_INCIDENTS
from models.tasking.teams import DAY, wall_minute
from models.wording.absence import HoursState  # noqa: TC001 - pydantic reads it in saved plans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.calendar.clock_changes import ClockChanges

KERNEL: Final = (1 / 9, 2 / 9, 3 / 9, 2 / 9, 1 / 9)
DAY_BEGINS: Final = 6 * 60  # the plan's days run from 06:00 to 06:00, so that a night is one piece
_TAIL: Final = DAY  # minutes past the last day that are kept for shifts that run on
_MONDAY_SHIFT: Final = 3 * DAY  # 1970-01-01 was a Thursday
_EVEN: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hotspot that a plan may visit.

    Attributes
    ----------
    hotspot_id : str
    rank : int
    near : str
        A place name that may be shown; may be empty.
    ward_code, ward_name : str
        The ward that holds most of it; empty outside every ward.
    easting, northing : float
        A point inside it, metres.
    incidents, harm : tuple of float, 168 each
        Expected in each hour of the week; 0 is Monday 00:00.
    peak : tuple of bool, 168
        The hours in which it may be visited.
    hours_known : bool
        False where the hours stand for no more than an even spread.
    hours_state : HoursState
        Why, where they do.
    untimed : int
        Incidents left out of its hours as theirs is not known; 0 where hours are not claimed.
    """

    hotspot_id: str
    rank: int
    near: str
    ward_code: str
    ward_name: str
    easting: float
    northing: float
    incidents: tuple[float, ...]
    harm: tuple[float, ...]
    peak: tuple[bool, ...]
    hours_known: bool = True
    untimed: int = 0
    hours_state: HoursState = "peak"

    @property
    def label(self) -> str:
        """What people call it: its rank and where it is."""
        return f"{self.rank}. {self.where}"

    @property
    def where(self) -> str:
        """Where it is, in words: its name from the ground, and its ward."""
        return with_ward(self.near, self.ward_name) or self.hotspot_id


@dataclass(frozen=True, slots=True)
class HotspotWeek:
    """What a hotspot expects in each hour of the week, from what was counted.

    Attributes
    ----------
    incidents, harm : float64 arrays of shape (168,)
        A week's.
    peak : bool array of shape (168,)
    hours_known : bool
    untimed : int
        Left out.
    hours_state : HoursState
        "peak" where the hours are known, else why they are not claimed.
    """

    incidents: NDArray[np.float64]
    harm: NDArray[np.float64]
    peak: NDArray[np.bool_]
    hours_known: bool
    untimed: int
    hours_state: HoursState


def smoothed(week: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return hours of the week smoothed over five neighbours, round the end of the week.

    Parameters
    ----------
    week : float64 array of shape (168,)

    Returns
    -------
    float64 array of shape (168,)
        With the same total.
    """
    parts = [weight * np.roll(week, at - 2) for at, weight in enumerate(KERNEL)]
    return np.asarray(np.sum(parts, axis=0))


def peak_hours(week: NDArray[np.float64], *, least_hours: int = 2) -> NDArray[np.bool_]:
    """Return the hours at least as busy as the average one, in runs of at least `least_hours`.

    Parameters
    ----------
    week : float64 array of shape (168,)
        Expected in each hour.
    least_hours : int
        Shorter runs are left out; a run may pass the end of the week.

    Returns
    -------
    bool array of shape (168,)
        None where nothing is expected; all where all hours are alike.
    """
    total = float(week.sum())
    if total <= 0:
        return np.zeros(HOURS_PER_WEEK, dtype=np.bool_)
    busy = week >= total / HOURS_PER_WEEK - _EVEN
    if busy.all():
        return busy
    first = int(np.flatnonzero(~busy)[0])
    turned = np.roll(busy, -first)
    kept = turned.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], turned, [False]]).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2):
        kept[begin:end] = end - begin >= least_hours
    return np.roll(kept, first)


def hotspot_week(
    timed: NDArray[np.float64],
    timed_harm: NDArray[np.float64],
    *,
    untimed: int,
    untimed_harm: float,
    weeks: float,
    least_hours: int = 2,
) -> HotspotWeek:
    """Return what a hotspot expects in each hour of the week.

    Parameters
    ----------
    timed, timed_harm : float64 arrays of shape (168,)
        Its aoristic week, counted and weighed by harm.
    untimed, untimed_harm : int, float
        Incidents whose hour is not known, and their harm.
    weeks : float
        How many weeks were counted; above 0.
    least_hours : int
        Of a run of peak hours.
    """
    known = float(timed.sum())
    share = untimed / (known + untimed) if known + untimed else 1.0
    if known < LEAST_TIMED_INCIDENTS - _EVEN or share > 0.3 + _EVEN:
        even = np.full(HOURS_PER_WEEK, 1 / HOURS_PER_WEEK / weeks)
        return HotspotWeek(
            incidents=even * (known + untimed),
            harm=even * (float(timed_harm.sum()) + untimed_harm),
            peak=np.full(HOURS_PER_WEEK, known + untimed > 0),
            hours_known=False,
            untimed=0,
            hours_state="not_known" if share > 0.3 + _EVEN else "too_few",
        )
    incidents = smoothed(timed) / weeks
    return HotspotWeek(
        incidents=incidents,
        harm=smoothed(timed_harm) / weeks,
        peak=peak_hours(incidents, least_hours=least_hours),
        hours_known=True,
        untimed=untimed,
        hours_state="peak",
    )


@dataclass(frozen=True, slots=True)
class Demand:
    """Candidates minute by minute over the plan's days.

    Row h is candidate h; column m is minute `first` + m of UTC since 1970.

    Attributes
    ----------
    first : int
    incidents, harm : float64 arrays of shape (candidates, minutes + 1)
        Expected before each minute, added up, so that a span is a difference. Nothing is expected
        before 06:00 of the first day and after 06:00 on the day after the last.
    peak : bool array of shape (candidates, minutes)
        Whether it may be visited; also before and after the plan's days.
    """

    first: int
    incidents: NDArray[np.float64]
    harm: NDArray[np.float64]
    peak: NDArray[np.bool_]


def demand_of(
    candidates: Sequence[Candidate], *, starts_on: date, days: int, changes: ClockChanges
) -> Demand:
    """Lay the candidates' weeks out over the days of a plan, on the local clock.

    Parameters
    ----------
    candidates : sequence of Candidate
    starts_on : date
        The first day.
    days : int
    changes : ClockChanges
        Of the local clock.
    """
    wall = wall_minute(starts_on, 0)
    first = int(changes.utc_minutes(np.array([wall]))[0])
    minutes = first + np.arange(days * DAY + _TAIL)
    local = minutes + changes.offsets[np.searchsorted(changes.at_utc, minutes, side="right")]
    hours = ((local + _MONDAY_SHIFT) // 60) % HOURS_PER_WEEK
    begins, ends = wall + DAY_BEGINS, wall + DAY_BEGINS + days * DAY
    counts = ((local >= begins) & (local < ends)) / 60.0

    def added_up(weeks: list[tuple[float, ...]]) -> NDArray[np.float64]:
        rates = np.array(weeks, dtype=np.float64).reshape(-1, HOURS_PER_WEEK)[:, hours] * counts
        return np.concatenate([np.zeros((len(rates), 1)), np.cumsum(rates, axis=1)], axis=1)

    peaks = np.array([each.peak for each in candidates], dtype=np.bool_)
    return Demand(
        first=first,
        incidents=added_up([each.incidents for each in candidates]),
        harm=added_up([each.harm for each in candidates]),
        peak=peaks.reshape(-1, HOURS_PER_WEEK)[:, hours],
    )

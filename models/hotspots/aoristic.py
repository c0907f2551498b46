"""The hour-of-week weights of incidents whose time is only known to lie between two ends.

Each incident weighs one. Known to the minute or the hour, it counts in its hour. Known to lie in an
interval, it is spread evenly over the minutes of the interval that really passed, so the hour that
the clocks skip in spring gets nothing and the one that comes twice in autumn counts twice. Longer
than a week, it says nothing about hours: each hour gets 1/168. Known by day or month alone, it is
left out and counted.

An even spread is an assumption: it draws the weights towards the middle of long intervals, and
shows when things can have happened, not when they did.

Source: J. H. Ratcliffe, "Aoristic analysis: the spatial interpretation of unspecific temporal
events", International Journal of Geographical Information Science 14 (2000).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from models.calendar.clock_changes import NO_CHANGES
from models.hotspots.temporal import hour_of_week_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.calendar.clock_changes import ClockChanges
    from models.hotspots.inputs import Incidents

UNTIMED: Final = -1  # `ends_minute` of an incident known by day or month alone
_WEEK: Final = 7 * 24 * 60
_MONDAY_SHIFT: Final = 3 * 24 * 60  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class AoristicWeek:
    """Incidents over the hours of the week.

    ``weights.sum() == timed`` but for rounding, and ``timed + untimed`` is every incident given.

    Attributes
    ----------
    weights : float64 array of shape (168,)
        Incidents in each hour; 0 is Monday 00:00, local time.
    in_one_hour : int
        Known to the minute or the hour, or without an end, and counted in the hour of their start.
    spread : int
        Spread over an interval of up to a week.
    over_a_week : int
        Longer than 168 hours: 1/168 in each hour.
    untimed : int
        Known by day or month alone, and left out.
    """

    weights: NDArray[np.float64]
    in_one_hour: int
    spread: int
    over_a_week: int
    untimed: int

    @property
    def timed(self) -> int:
        """How many incidents the weights add up to."""
        return self.in_one_hour + self.spread + self.over_a_week

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The weights by weekday and hour, shape (7, 24), Monday first."""
        return self.weights.reshape(7, 24)


def aoristic_week_of(incidents: Incidents) -> AoristicWeek:
    """Return the aoristic week of incidents; see `aoristic_week`.

    Those with an hour and no interval count in their `hour_of_week`.
    """
    in_one_hour = (incidents.ends_minute == incidents.starts_minute) & (incidents.hour_of_week >= 0)
    rest = ~in_one_hour
    found = aoristic_week(
        incidents.starts_minute[rest], incidents.ends_minute[rest], changes=incidents.clock_changes
    )
    return replace(
        found,
        weights=found.weights + hour_of_week_counts(incidents.hour_of_week[in_one_hour]),
        in_one_hour=found.in_one_hour + int(in_one_hour.sum()),
    )


def aoristic_week(
    starts_minute: NDArray[np.int64],
    ends_minute: NDArray[np.int64],
    *,
    changes: ClockChanges = NO_CHANGES,
) -> AoristicWeek:
    """Spread incidents over the hours of the week in which they can have happened.

    Parameters
    ----------
    starts_minute, ends_minute : int64 arrays of shape (n,)
        Local wall-clock minutes since 1970-01-01 00:00. The end is not part of the interval; an end
        equal to the start is a moment, and `UNTIMED` (−1) says that no hour is known.
    changes : ClockChanges
        When the clocks change over the span of the data; never, without it.

    Returns
    -------
    AoristicWeek

    Raises
    ------
    ValueError
        If an end lies before its start; the import rejects such rows.
    """
    untimed = ends_minute == UNTIMED
    moment = ends_minute == starts_minute
    weights = np.bincount(hours_of_week(starts_minute[moment]), minlength=168).astype(np.float64)
    interval = ~(untimed | moment)
    starts, ends = starts_minute[interval], ends_minute[interval]
    if (ends < starts).any():
        message = (
            f"{counted(int((ends < starts).sum()), 'incident ends', 'incidents end')} before they "
            "start"
        )
        raise ValueError(message)
    from_utc, to_utc = changes.utc_minutes(starts), changes.utc_minutes(ends)
    brief = to_utc - from_utc <= _WEEK
    long = int((~brief).sum())
    weights += long / 168
    if brief.any():
        weights += _spread(from_utc[brief], to_utc[brief], changes=changes)
    return AoristicWeek(
        weights=weights,
        in_one_hour=int(moment.sum()),
        spread=len(starts) - long,
        over_a_week=long,
        untimed=int(untimed.sum()),
    )


def hours_of_week(wall_minute: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the hour of the week of wall-clock minutes: 0 is Monday 00:00, to 167."""
    return ((wall_minute + _MONDAY_SHIFT) // 60) % 168


def _spread(
    from_utc: NDArray[np.int64], to_utc: NDArray[np.int64], *, changes: ClockChanges
) -> NDArray[np.float64]:
    """Return the summed weights of intervals of at most a week, cut where the clocks change."""
    # An end in an hour that the clocks skip comes before its start; then the start's minute counts.
    to_utc = np.maximum(to_utc, from_utc + 1)
    per_minute = 1.0 / (to_utc - from_utc)
    first = np.searchsorted(changes.at_utc, from_utc, side="right")
    last = np.searchsorted(changes.at_utc, to_utc, side="left")
    whole = first == last
    shift = changes.offsets[first[whole]] + _MONDAY_SHIFT
    week = _hours(from_utc[whole] + shift, to_utc[whole] + shift, per_minute=per_minute[whole])
    if whole.all():
        return week
    from_utc, to_utc, per_minute = from_utc[~whole], to_utc[~whole], per_minute[~whole]
    edges = np.concatenate([[from_utc.min()], changes.at_utc, [to_utc.max()]])
    for piece in range(int(first[~whole].min()), int(last[~whole].max()) + 1):
        begins = np.maximum(from_utc, edges[piece])
        stops = np.minimum(to_utc, edges[piece + 1])
        rows = stops > begins
        offset = changes.offsets[piece] + _MONDAY_SHIFT
        week += _hours(begins[rows] + offset, stops[rows] + offset, per_minute=per_minute[rows])
    return week


def _hours(
    begins: NDArray[np.int64], stops: NDArray[np.int64], *, per_minute: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum rates over wall-clock stretches by hour of the week, counted from a Monday 00:00.

    How often a stretch covers a minute of the week is the Mondays it passes, plus one if the minute
    lies before its stop in the week, less one if it lies before its begin.
    """
    passed = float((per_minute * (stops // _WEEK - begins // _WEEK)).sum())
    before = np.bincount(stops % _WEEK, weights=per_minute, minlength=_WEEK)
    before -= np.bincount(begins % _WEEK, weights=per_minute, minlength=_WEEK)
    # A minute m lies before every stop and begin that comes after it.
    covered = passed + before.sum() - np.cumsum(before)
    return np.asarray(np.maximum(covered.reshape(168, 60).sum(axis=1), 0.0))

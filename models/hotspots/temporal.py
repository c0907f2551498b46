"""When incidents happen in the week, and the window of a shift's length that stands out most.

A window is the same block of hours on a run of days: Friday and Saturday 22:00 to 02:00, or Monday
to Friday 15:00 to 19:00, or every day. It may pass midnight and then belongs to the day on which it
starts. Simply taking the window with most incidents would always answer "every day", so windows are
weighed as a scan statistic does: by how unlikely it is that an even spread over the week would put
so many incidents into so few hours. For windows on the same number of days this is the one that
holds most incidents.

With a thousand windows to look through, one always seems busy. So a window is only said to stand
out where the best window of as many incidents spread evenly would be as far from even in at most
one case in twenty (by drawing them so, which allows for the search).

Source: M. Kulldorff, "A spatial scan statistic", Communications in Statistics 26 (1997), with time
in the place of space.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.week import WEEKDAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.wording.absence import HoursState

HOURS_PER_WEEK: Final = 168
DEFAULT_SHIFT_HOURS: Final = 4
LEAST_TIMED_INCIDENTS: Final = 10
LEVEL: Final = 0.05  # of even spreads in which a window is said to stand out
_EVEN_SPREADS: Final = 1999
# What chance gives hardly depends on the number, so these few stand for all.
_LADDER: Final = (10, 15, 20, 30, 50, 100, 200, 1000)


@dataclass(frozen=True, slots=True)
class PeakWindow:
    """A block of hours on a run of days.

    Attributes
    ----------
    first_day : int
        0 is Monday; the day on which the first block starts.
    days : int
        Length of the run, 1 to 7; 7 is every day.
    start_hour, hours : int
        Start of the block on each of the days, and its length.
    incidents : float
        Timed incidents inside; a fraction where intervals are spread over their hours.
    share : float
        `incidents` as a share of all timed incidents, 0 to 1.
    """

    first_day: int
    days: int
    start_hour: int
    hours: int
    incidents: float
    share: float

    @property
    def hours_of_week(self) -> NDArray[np.intp]:
        """The hours of the week inside, 0 is Monday 00:00; shape (days × hours,)."""
        day = (self.first_day + np.arange(self.days)) * 24 + self.start_hour
        hours = (day[:, np.newaxis] + np.arange(self.hours)) % HOURS_PER_WEEK
        return hours.ravel().astype(np.intp)

    def __str__(self) -> str:
        end = (self.start_hour + self.hours) % 24
        return f"{self._day_names()} {self.start_hour:02d}:00–{end:02d}:00"

    def _day_names(self) -> str:
        if self.days == len(WEEKDAYS):
            return "Every day"
        if self.days == len(WEEKDAYS) - 1:
            return f"Every day but {WEEKDAYS[(self.first_day + self.days) % 7][:3]}"
        first = WEEKDAYS[self.first_day][:3]
        last = WEEKDAYS[(self.first_day + self.days - 1) % 7][:3]
        return first if self.days == 1 else f"{first}–{last}"


def hour_of_week_counts(hour_of_week: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the incidents in each hour of the week.

    Parameters
    ----------
    hour_of_week : int16 array of shape (n,)
        0 (Monday 00:00) to 167; −1 where the hour is not known, which counts nowhere.

    Returns
    -------
    int64 array of shape (168,)
    """
    # One bin in front takes the unknown hours, which is faster than leaving them out first.
    return np.bincount(hour_of_week.astype(np.int64) + 1, minlength=HOURS_PER_WEEK + 1)[1:]


def peak_window(
    counts: NDArray[np.int64] | NDArray[np.float64], *, hours: int = DEFAULT_SHIFT_HOURS
) -> PeakWindow | None:
    """Return the window of the week that stands out most, or None where none does.

    Parameters
    ----------
    counts : int64 or float64 array of shape (168,)
        Incidents in each hour of the week, counted or aoristic.
    hours : int
        Length of a shift, 1 to 23.

    Returns
    -------
    PeakWindow or None
        None under `LEAST_TIMED_INCIDENTS` timed incidents, or when they lie no further from even
        than chance alone would bring them. Of equal windows the one on more days, then the one that
        starts earliest in the week, counted from Monday 00:00.

    Raises
    ------
    ValueError
        If `hours` is not between 1 and 23.
    """
    if not 1 <= hours <= 23:
        message = f"A shift cannot last {hours} hours; it lasts 1 to 23"
        raise ValueError(message)
    total = round(float(counts.sum()), 6)  # weights add up to whole incidents but for rounding
    if total < LEAST_TIMED_INCIDENTS:
        return None
    starts, lengths, members = _windows(hours)
    inside = members @ counts.astype(np.float64)
    expected = total * lengths * hours / HOURS_PER_WEEK
    excess = np.round(_excess(inside, expected, total=total), 9)
    best = int(np.argmax(excess))
    if excess[best] <= _excess_by_chance(total, hours=hours):
        return None
    return PeakWindow(
        first_day=int(starts[best]) // 24,
        days=int(lengths[best]),
        start_hour=int(starts[best]) % 24,
        hours=hours,
        incidents=float(inside[best]),
        share=float(inside[best]) / total,
    )


def hours_state(peak: PeakWindow | None, *, timed: float, unknown: bool) -> HoursState:
    """Return whether a window stands out, or why none is given.

    Parameters
    ----------
    peak : PeakWindow or None
    timed : float
        Incidents with a known hour or interval.
    unknown : bool
        Whether the hour of so many others is not known that no hours are claimed.
    """
    if unknown:
        return "not_known"
    if peak is not None:
        return "peak"
    return "too_few" if round(timed, 6) < LEAST_TIMED_INCIDENTS else "even"


def _excess(
    inside: NDArray[np.float64], expected: NDArray[np.float64], *, total: float
) -> NDArray[np.float64]:
    """Return the Poisson log-likelihood ratio of each window; zero where it has no excess."""
    outside = total - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = inside * np.log(inside / expected)
        rest = np.where(outside > 0, outside * np.log(outside / (total - expected)), 0.0)
    return np.where(inside > expected, ratio + rest, 0.0)


def _excess_by_chance(total: float, *, hours: int) -> float:
    """Return what the best window of an even spread exceeds in at most `LEVEL` of cases."""
    at = bisect_right(_LADDER, total)
    return max(_excess_of_even(each, hours) for each in _LADDER[at - 1 : at + 1])


@lru_cache(maxsize=23 * len(_LADDER))
def _excess_of_even(total: int, hours: int) -> float:
    # A fixed seed, so that the same incidents always get the same answer.
    even = np.full(HOURS_PER_WEEK, 1 / HOURS_PER_WEEK)
    counts = np.random.default_rng(total).multinomial(total, even, size=_EVEN_SPREADS)
    _, lengths, members = _windows(hours)
    inside = counts.astype(np.float64) @ members.T
    best = _excess(inside, total * lengths * hours / HOURS_PER_WEEK, total=total).max(axis=1)
    return float(np.quantile(best, 1 - LEVEL, method="higher"))


@lru_cache(maxsize=24)
def _windows(
    hours: int,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return each candidate's first hour of the week, its number of days, and its 168 members."""
    starts: list[int] = []
    lengths: list[int] = []
    for days in range(7, 0, -1):
        first_hours = range(24) if days == len(WEEKDAYS) else range(HOURS_PER_WEEK)
        starts.extend(first_hours)
        lengths.extend([days] * len(first_hours))
    members = np.zeros((len(starts), HOURS_PER_WEEK))
    for row, (start, days) in enumerate(zip(starts, lengths, strict=True)):
        blocks = start + 24 * np.arange(days)[:, np.newaxis] + np.arange(hours)
        members[row, blocks.ravel() % HOURS_PER_WEEK] = 1.0
    members.setflags(write=False)
    return np.array(starts), np.array(lengths), members

"""Windows of the week that people plan by: nights out and the way home from school.

A night runs past midnight and belongs to the day on which it starts: 02:00 on Sunday is part of
Saturday night. All of it works on the 168 hours of the week, counted or aoristic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.calendar.night_rule import NightRule

_DAYS: Final = 7


class WindowError(PlainError, ValueError):
    """A window of the week is not one."""


@dataclass(frozen=True, slots=True)
class DailyWindow:
    """The same hours on several days of the week.

    Attributes
    ----------
    start_hour, end_hour : int
        0 to 23 and 1 to 24. A window that ends at or before its start runs into the next day.
    days : tuple of int
        Days on which it starts, 0 being Monday.
    """

    start_hour: int
    end_hour: int
    days: tuple[int, ...]

    def __post_init__(self) -> None:
        if not (0 <= self.start_hour <= 23 and 1 <= self.end_hour <= 24):
            message = (
                f"Unknown hours {self.start_hour} to {self.end_hour}: a window starts from 0 to "
                "23 and ends from 1 to 24. Change them."
            )
            raise WindowError(message)
        if not self.days or not set(self.days) <= set(range(_DAYS)):
            message = (
                f"Unknown days {self.days}: a window is on some of the days 0 (Monday) to 6. "
                "Change them."
            )
            raise WindowError(message)

    @property
    def hours(self) -> int:
        """Length on one day; a window that ends on the hour it starts is a whole day."""
        return (self.end_hour - self.start_hour - 1) % 24 + 1

    @property
    def hours_of_week(self) -> NDArray[np.intp]:
        """The hours of the week inside, in order of its days; shape (days × hours,)."""
        starts = np.array(self.days)[:, np.newaxis] * 24 + self.start_hour
        return ((starts + np.arange(self.hours)) % 168).ravel().astype(np.intp)


SCHOOL_WINDOW: Final = DailyWindow(start_hour=15, end_hour=18, days=(0, 1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class WindowShare:
    """What part of the week's incidents falls into a window.

    Attributes
    ----------
    incidents : float
        Inside; a fraction where intervals are spread.
    share : float
        Of all with a known time, 0 to 1; NaN where there is none.
    times_even : float
        How many times what an even spread over the week would give; NaN where there is none.
    """

    incidents: float
    share: float
    times_even: float


def window_share(weights: NDArray[np.float64], window: DailyWindow) -> WindowShare:
    """Return the part of the week's incidents in a window.

    Parameters
    ----------
    weights : float64 array of shape (168,)
        Incidents in each hour of the week.
    window : DailyWindow
    """
    hours = np.unique(window.hours_of_week)
    total = float(weights.sum())
    inside = float(weights[hours].sum())
    if total <= 0:
        return WindowShare(incidents=0.0, share=float("nan"), times_even=float("nan"))
    share = inside / total
    return WindowShare(incidents=inside, share=share, times_even=share / (len(hours) / 168))


def night_curve(weights: NDArray[np.float64], *, rule: NightRule) -> NDArray[np.float64]:
    """Return the incidents of each night, hour by hour.

    Parameters
    ----------
    weights : float64 array of shape (168,)
        Incidents in each hour of the week.
    rule : NightRule
        From when to when a night lasts.

    Returns
    -------
    float64 array of shape (7, hours of a night)
        The first row is the night that starts on Monday; the first column the hour it starts.
    """
    night = DailyWindow(rule.start_hour, rule.end_hour or 24, rule.start_days())
    return weights[night.hours_of_week].reshape(_DAYS, night.hours)

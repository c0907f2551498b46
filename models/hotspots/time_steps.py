"""Cutting a stretch of time into equal periods, to see what grows and what fades.

The length suits the span: days for a fortnight, weeks for a quarter, 28 days for two years (so that
each period has every weekday four times), 91 days for longer. Where that gives fewer than ten
periods the next shorter length is taken. Periods are counted back from the end, so the newest is
always whole; days left over at the start are not used. A period that the data do not cover is
missing and not empty: it is left out. Where the data know only the month, calendar months take the
place of 28 days and quarters that of 91.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.days import MINUTES_PER_DAY, day_of_minute, first_minute
from models.calendar.months import Month
from models.calendar.periods import Period
from models.hotspots.cells import TooLittleDataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents

LEAST_STEPS: Final = 10
_DAYS: Final[tuple[tuple[int, int], ...]] = ((14, 1), (91, 7), (731, 28))  # span up to, step
_LONGEST_DAYS: Final = 91
_MONTHS_BEFORE_QUARTERS: Final = 24
_MOSTLY_BY_MONTH: Final = 0.3  # of all incidents
_SOME_BY_MONTH: Final = 0.1  # of those without an hour; a thirtieth falls on a first anyway


class TooShortError(TooLittleDataError):
    """A period is too short to be cut into ten."""

    def __init__(self, count: int, *, unit: str) -> None:
        known = " (these data know only the month)" if unit == "calendar months" else ""
        super().__init__(
            what=f"{unit} in the period{known}",
            count=count,
            least=LEAST_STEPS,
            advice="Choose a longer period.",
        )


@dataclass(frozen=True, slots=True)
class TimeSteps:
    """Equal periods, oldest first.

    Attributes
    ----------
    edges : int64 array of shape (periods + 1,)
        Where each begins, in local minutes since 1970, and where the last ends.
    label : str
        What one is called: "28 days", "one calendar month".
    """

    edges: NDArray[np.int64]
    label: str

    def __len__(self) -> int:
        return len(self.edges) - 1

    def outside(self, gaps: Sequence[Period]) -> NDArray[np.bool_]:
        """Tell which of the periods share no day with a gap; shape (periods,)."""
        clear = np.ones(len(self), dtype=np.bool_)
        for gap in gaps:
            start, end = gap.minutes
            clear &= (self.edges[1:] <= start) | (self.edges[:-1] >= end)
        return clear

    @property
    def first(self) -> date:
        """First day of the first period."""
        return day_of_minute(int(self.edges[0]))

    def of(self, starts_minute: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the period of each time, −1 before the first and after the last."""
        step = np.searchsorted(self.edges, starts_minute, side="right") - 1
        return np.where(step < len(self), step, -1).astype(np.int64)


def span_of(incidents: Incidents) -> Period:
    """Return the period from the first incident's day to the last one's; there is at least one."""
    first, last = int(incidents.starts_minute.min()), int(incidents.starts_minute.max())
    return Period(day_of_minute(first), day_of_minute(last))


def without_ends(period: Period, gaps: Sequence[Period]) -> Period:
    """Return a period without the gaps that it begins or ends with.

    Raises
    ------
    TooShortError
        If all of it is a gap.
    """
    first, last = period.first, period.last
    for gap in sorted(gaps):
        if gap.first <= first <= gap.last:
            first = gap.last + timedelta(days=1)
    for gap in sorted(gaps, reverse=True):
        if gap.first <= last <= gap.last:
            last = gap.first - timedelta(days=1)
    if first > last:
        raise TooShortError(0, unit="days with data")
    return Period(first, last)


def time_steps(period: Period, *, by_month: bool = False) -> TimeSteps:
    """Cut a period into steps.

    Parameters
    ----------
    period : Period
        Both days included.
    by_month : bool
        True where the data know only the month.

    Raises
    ------
    TooShortError
        If it is too short for ten steps.
    """
    return _months(period) if by_month else _days(period)


def _days(period: Period) -> TimeSteps:
    by_span = next((step for span, step in _DAYS if period.days <= span), _LONGEST_DAYS)
    lengths = [step for _, step in _DAYS if step <= by_span] + [by_span]
    step = next((each for each in reversed(lengths) if period.days // each >= LEAST_STEPS), 0)
    if not step:
        raise TooShortError(period.days, unit="days")
    back = step * np.arange(period.days // step, -1, -1, dtype=np.int64)
    edges = period.minutes[1] - back * MINUTES_PER_DAY
    return TimeSteps(edges, "1 day" if step == 1 else f"{step} days")


def _months(period: Period) -> TimeSteps:
    first, last = (Month.of(each).index for each in (period.first, period.last))
    if period.first.day > 1:
        first += 1
    months = last - first + 1
    step = 3 if months > max(_MONTHS_BEFORE_QUARTERS, 3 * LEAST_STEPS - 1) else 1
    if months // step < LEAST_STEPS:
        raise TooShortError(max(months, 0), unit="calendar months")
    starts = last + 1 - step * np.arange(months // step, -1, -1)
    edges = [first_minute(Month(int(at)).first) for at in starts]
    words = "one calendar month" if step == 1 else "three calendar months"
    return TimeSteps(np.array(edges, dtype=np.int64), words)


@dataclass(frozen=True, slots=True)
class MonthOnly:
    """Which incidents seem to be known only to the month, and what follows from it.

    Attributes
    ----------
    incidents : bool array of shape (n,)
        No hour, and the first minute of a month.
    steps_by_month : bool
        So many that time can only be cut into months.
    leave_out : bool
        Fewer, but more than chance puts on the first: they fit into no shorter period.
    """

    incidents: NDArray[np.bool_]
    steps_by_month: bool
    leave_out: bool


def month_only(incidents: Incidents) -> MonthOnly:
    """Tell which incidents are known only to the month."""
    starts = incidents.starts_minute
    days = (starts // MINUTES_PER_DAY).astype("datetime64[D]")
    on_first = days == days.astype("datetime64[M]").astype("datetime64[D]")
    untimed = incidents.hour_of_week < 0
    seem = untimed & on_first & (starts % MINUTES_PER_DAY == 0)
    mostly = bool(seem.sum() > _MOSTLY_BY_MONTH * len(starts))
    some = bool(seem.sum() > _SOME_BY_MONTH * untimed.sum())
    return MonthOnly(seem, steps_by_month=mostly, leave_out=some and not mostly)

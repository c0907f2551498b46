"""Which period stands for "before", so that a place is not measured on what it was chosen for.

A hotspot is tasked because it was high lately, and what is high partly by chance falls by itself
(regression to the mean). So the figures that chose the place take no part in judging it: the period
before is the same days of an earlier year, the latest that lies wholly outside the time on which
the choice rests and that the data cover; where no such year is covered, the days just before that
time. Only where neither is covered is it the latest year after all, and the verdict then cannot
call a fall a success.

Periods of whole months move by calendar years; others by 52 weeks, so that weekdays stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models.calendar.months import Month
from models.calendar.periods import Period, years_back

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_YEARS: Final = 5
CHOICE_DAYS: Final = 365  # what a choice rests on where nothing says so
_YEAR: Final = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Before:
    """The period before, and how it was chosen.

    Attributes
    ----------
    period : Period
    years : int or None
        How many years earlier; 0 for the days just before the time of the choice; None for a period
        that a person chose.
    chosen_on_it : bool
        True where the place was chosen on figures of this period.
    """

    period: Period
    years: int | None
    chosen_on_it: bool

    @property
    def explanation(self) -> str:
        """How it was chosen, in plain words."""
        if self.years is None:
            how = "a period chosen by hand"
        elif self.years == 0:
            how = "the days before the time on which the choice of the place rests"
        elif self.years == 1:
            how = "the same days a year earlier"
        else:
            how = f"the same days {self.years} years earlier"
        if self.chosen_on_it:
            return f"{how}, although the place was chosen on figures of that time"
        return how


def choice_before(start: Period) -> Period:
    """Return the year before a period starts: what a choice rests on where nothing says so."""
    last = start.first - timedelta(days=1)
    return Period(last - timedelta(days=CHOICE_DAYS - 1), last)


def before_period(
    after: Period, *, chosen_on: Period | None, covered: Callable[[Period], bool]
) -> Before:
    """Return the period to measure against.

    Parameters
    ----------
    after : Period
        The period of the tasking or intervention.
    chosen_on : Period or None
        The time on whose figures the place was chosen; None where figures did not choose it.
    covered : callable
        Tells whether the data cover a period.
    """
    for years in range(1, MOST_YEARS + 1):
        earlier = earlier_year(after, years=years)
        if _apart(earlier, chosen_on) and covered(earlier):
            return Before(earlier, years, chosen_on_it=False)
    just = _days_before(after, chosen_on)
    if covered(just):
        return Before(just, 0, chosen_on_it=False)
    last_year = earlier_year(after, years=1)
    if covered(last_year):
        return Before(last_year, 1, chosen_on_it=not _apart(last_year, chosen_on))
    directly = _days_before(after, None)
    return Before(directly, 0, chosen_on_it=not _apart(directly, chosen_on))


def earlier_year(after: Period, *, years: int) -> Period:
    """Return the same days so many years earlier."""
    if after.whole_months:
        last = years_back(after.last, years=years)
        return Period(years_back(after.first, years=years), Month.of(last).last)
    return Period(after.first - years * _YEAR, after.last - years * _YEAR)


def overlap(one: Period, other: Period | None) -> bool:
    """Tell whether two periods share a day."""
    return not _apart(one, other)


def _apart(one: Period, other: Period | None) -> bool:
    return other is None or one.last < other.first or one.first > other.last


def _days_before(after: Period, chosen_on: Period | None) -> Period:
    """Return the period of equal length that ends before `after` and before the choice's time."""
    end = after.first if chosen_on is None else min(after.first, chosen_on.first)
    last = end - timedelta(days=1)
    if after.whole_months and end.day == 1:
        more = Month.of(after.last).index - Month.of(after.first).index
        return Period(Month.of(last).later(-more).first, last)
    return Period(last - timedelta(days=after.days - 1), last)

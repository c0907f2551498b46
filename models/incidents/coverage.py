"""What span of time the data of each source cover, so that half a month is not read as a fall.

Coverage is given by borough as well, because a source is often loaded for one borough and not
for its neighbour. A source whose times are mostly months covers whole months. One with days covers
up to its last day; its last month is complete when the silence at its end is no longer than the
longest silence of the three months before (a source with two incidents a week is often silent for
days), and in no case longer than `LONGEST_SILENCE_DAYS`.

A borough also gets strays: a neighbour's file has incidents just over the border. A month with less
than a twentieth of the incidents of a usual month is no month of data. The usual month is the one
that the middle incident lies in when months are ordered by size, so that many months of strays do
not make strays usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.days import EPOCH, MINUTES_PER_DAY, day_of
from models.calendar.months import Month
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.calendar.periods import Period

LONGEST_SILENCE_DAYS: Final = 14
_LOOK_BACK_DAYS: Final = 91
_STRAY_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one source's data for one borough cover.

    Attributes
    ----------
    source : str
    borough : str or None
        Code of the borough; None for incidents in no borough.
    rows : int
    first, last : date
        First and last day that the data speak for, strays apart; whole months where `monthly`.
    last_complete_month : date or None
        First day of the last month that is complete; None where no month is.
    missing_months : tuple of date
        First days of the months between, in which there is nothing, or strays.
    monthly : bool
        True where most times are months.
    silence_days : int
        Days without an incident that are usual for this source.
    """

    source: str
    borough: str | None
    rows: int
    first: date
    last: date
    last_complete_month: date | None
    missing_months: tuple[date, ...]
    monthly: bool
    silence_days: int

    def shortfall(self, period: Period) -> str | None:
        """Say in what way `period` is not covered; None where it is."""
        usual = timedelta(days=self.silence_days)
        if period.last < self.first or period.first > self.last:
            first, last = day_label(self.first), day_label(self.last)
            return f"there are none in it, they run from {first} to {last}"
        if period.first < self.first - usual:
            return f"they start on {day_label(self.first)}"
        if period.last > self.last + usual:
            return f"they end on {day_label(self.last)}"
        missing = [
            month
            for month in self.missing_months
            if period.first <= Month.of(month).last and month <= period.last
        ]
        if missing:
            return "there are none in " + ", ".join(f"{month:%b %Y}" for month in missing)
        return None


def coverages(
    starts_minute: NDArray[np.int64],
    *,
    source: NDArray[np.int16],
    borough: NDArray[np.int16],
    month_only: NDArray[np.bool_],
    sources: Sequence[str],
    boroughs: Sequence[str],
) -> tuple[Coverage, ...]:
    """Work out what each source covers in each borough.

    Parameters
    ----------
    starts_minute : int64 array of shape (n,)
        Local wall-clock minutes, ascending.
    source, borough : int16 array of shape (n,)
        Index into `sources` and `boroughs`; borough −1 is none.
    month_only : bool array of shape (n,)
    sources, boroughs : sequence of str

    Returns
    -------
    tuple of Coverage
        One for each source and borough that has a row, in the order of their names.
    """
    group = source.astype(np.int32) * (len(boroughs) + 1) + borough + 1
    day = (starts_minute // MINUTES_PER_DAY).astype(np.int32)
    found = []
    for key in np.unique(group):
        rows = group == key
        source_at, borough_at = divmod(int(key), len(boroughs) + 1)
        found.append(
            _coverage(
                day[rows],
                source=sources[source_at],
                borough=boroughs[borough_at - 1] if borough_at else None,
                monthly=bool(np.mean(month_only[rows]) > 0.5),
            )
        )
    return tuple(found)


def _coverage(
    day: NDArray[np.int32], *, source: str, borough: str | None, monthly: bool
) -> Coverage:
    months_of_rows = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32)
    months, sizes = np.unique(months_of_rows, return_counts=True)
    months = months[sizes >= _STRAY_SHARE * _usual_size(sizes)]
    of_data = day[np.isin(months_of_rows, months)]
    days = of_data[np.r_[True, of_data[1:] != of_data[:-1]]]
    first, last = day_of(int(days[0])), day_of(int(days[-1]))
    silence = 0
    if monthly:
        first, last = first.replace(day=1), Month.of(last).last
    else:
        recent = days[days >= days[-1] - _LOOK_BACK_DAYS]
        longest = int(np.max(np.diff(recent), initial=1)) - 1
        silence = min(longest, LONGEST_SILENCE_DAYS)
    missing = np.setdiff1d(np.arange(months[0], months[-1] + 1), months)
    return Coverage(
        source=source,
        borough=borough,
        rows=len(day),
        first=first,
        last=last,
        last_complete_month=_last_complete_month(first, last, months=months, silence_days=silence),
        missing_months=tuple(_month(month) for month in missing),
        monthly=monthly,
        silence_days=silence,
    )


def _usual_size(sizes: NDArray[np.intp]) -> int:
    """Return the size of the month in which the middle incident lies, months ordered by size."""
    ordered = np.sort(sizes)
    return int(ordered[np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)])


def _last_complete_month(
    first: date, last: date, *, months: NDArray[np.int32], silence_days: int
) -> date | None:
    usual = timedelta(days=silence_days)
    month = _month(months[-1])
    if Month.of(month).last - last > usual:
        if len(months) == 1:
            return None
        month = _month(months[-2])
    begins_whole = first - month <= usual
    return month if begins_whole else None


def _month(index: np.integer) -> date:
    """Return the first day of a month of NumPy, which counts from January 1970."""
    return Month.of(EPOCH).later(int(index)).first

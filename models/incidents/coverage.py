"""What span of time the data of each source cover, so that half a month is not read as a fall.

Coverage is given by borough as well, because a source is often loaded for one borough and not
for its neighbour. A source whose times are mostly months covers whole months. One with days covers
up to its last day; its last month is complete when the silence at its end is no longer than the
longest silence of the three months before (a source with two incidents a week is often silent for
days), and in no case longer than `LONGEST_SILENCE_DAYS`.

What is missing in the middle is missing, and not empty: a month without data, and, for a source
with days, a silence of more than `LONGEST_SILENCE_DAYS` in which its usual rate would have brought
ten incidents or more. For a source with incidents on 99 days of 100 a silence of a week is one too,
where fifty are usual; one that rests at weekends may also rest over Christmas.

A borough also gets strays: a neighbour's file has incidents just over the border. A month with less
than a twentieth of the incidents of a usual month is no month of data. The usual month is the one
that the middle incident lies in when months are ordered by size, so that many months of strays do
not make strays usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from models.calendar.days import EPOCH, MINUTES_PER_DAY, day_number, day_of
from models.calendar.months import Month
from models.calendar.periods import Period
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Extent = Literal["whole", "part", "none"]
LONGEST_SILENCE_DAYS: Final = 14
_LOOK_BACK_DAYS: Final = 91
_STRAY_SHARE: Final = 0.05
_EXPECTED_IN_A_GAP: Final = 10  # none where ten are usual: once in 22,000 by chance
_EVERY_DAY: Final = 0.99  # of days with an incident, from which a shorter silence is a gap
_SHORTEST_GAP_DAYS: Final = 7
_EXPECTED_IN_A_SHORT_GAP: Final = 50


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
    silences : tuple of Period
        Stretches of days in between without an incident, far longer than is usual.
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
    silences: tuple[Period, ...] = ()

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
        silent = [
            each
            for each in self.silences
            if each.first <= period.last and period.first <= each.last
        ]
        return "there are none from " + ", ".join(map(str, silent)) if silent else None

    def extent(self, period: Period) -> Extent:
        """Tell whether the data cover all of `period`, a part of it or nothing of it."""
        if self.shortfall(period) is None:
            return "whole"
        covered = period.days - sum(each.days for each in self.gaps(period))
        return "part" if covered > 0 else "none"

    def gaps(self, period: Period) -> tuple[Period, ...]:
        """Return the stretches of `period` that the data do not cover, in order of time."""
        if period.last < self.first or period.first > self.last:
            return (period,)
        usual, day = timedelta(days=self.silence_days), timedelta(days=1)
        stretches = [Period(month, Month.of(month).last) for month in self.missing_months]
        stretches += self.silences
        if period.first < self.first - usual:
            stretches.append(Period(period.first, self.first - day))
        if period.last > self.last + usual:
            stretches.append(Period(self.last + day, period.last))
        return _merged(
            Period(max(each.first, period.first), min(each.last, period.last))
            for each in stretches
            if each.first <= period.last and each.last >= period.first
        )


def comparable(covered: Sequence[Coverage], now: Period, before: Period) -> bool:
    """Tell whether a change between two periods is one of the place and not of the data.

    It is where each source covers both periods wholly or neither at all, and at least one does: a
    source that began in between would make everything rise.
    """
    extents = [(each.extent(now), each.extent(before)) for each in covered]
    return ("whole", "whole") in extents and set(extents) <= {("whole", "whole"), ("none", "none")}


def gaps_of(covered: Sequence[Coverage], period: Period) -> tuple[Period, ...]:
    """Return the stretches of a period that one source or another does not cover, merged.

    A source that covers nothing of the period takes no part in it; where no source covers any of
    it, all of it is a gap.
    """
    part = [each for each in covered if each.extent(period) != "none"]
    if not part:
        return (period,)
    return _merged(gap for each in part for gap in each.gaps(period))


def _merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    merged: list[Period] = []
    for gap in sorted(periods):
        if merged and gap.first <= merged[-1].last + timedelta(days=1):
            merged[-1] = Period(merged[-1].first, max(gap.last, merged[-1].last))
        else:
            merged.append(gap)
    return tuple(merged)


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
    silences: tuple[Period, ...] = ()
    if monthly:
        first, last = first.replace(day=1), Month.of(last).last
    else:
        silences = _silences(days, incidents=len(of_data))
        ended = {day_number(each.last) + 1 for each in silences}
        recent = days[days >= days[-1] - _LOOK_BACK_DAYS]
        usual = np.diff(recent)[~np.isin(recent[1:], list(ended))]
        silence = min(int(np.max(usual, initial=1)) - 1, LONGEST_SILENCE_DAYS)
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
        silences=silences,
    )


def _silences(days: NDArray[np.int32], *, incidents: int) -> tuple[Period, ...]:
    """Return the stretches between days with incidents that are far too long to be chance."""
    lengths = np.diff(days) - 1
    long = lengths > LONGEST_SILENCE_DAYS
    short = ~long & (lengths >= _SHORTEST_GAP_DAYS)
    span = int(days[-1] - days[0]) + 1
    expected = lengths * incidents / (span - lengths)  # by the rate of all other days
    long &= expected >= _EXPECTED_IN_A_GAP
    if len(days) >= _EVERY_DAY * (span - int(lengths[long | short].sum())):
        long |= short & (expected >= _EXPECTED_IN_A_SHORT_GAP)
    return tuple(
        Period(day_of(int(days[at]) + 1), day_of(int(days[at + 1]) - 1))
        for at in np.flatnonzero(long)
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

"""Cumulative impact: three years of each night-time area side by side, for licensing.

A list of premises shows one day. How many there were in earlier years is given only where the list
has the day since when each is licensed, and even then those that have closed since are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.polygon_index import PolygonIndex
from models.calendar.days import day_number
from models.calendar.periods import Period, years_back
from models.nights.area_context import NEAR_AREA_M
from models.nights.counting import change, night_rate, tally
from models.nights.licensing import after_noon, late_minute
from models.nights.premises_nearby import Interval, per, share
from models.nights.review import kinds_of, span_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.nights.area_rows import AreaRow
    from models.nights.areas import NightArea
    from models.nights.counting import NightRate
    from models.nights.history import NightHistory
    from models.nights.kinds import KindCounts
    from models.nights.premises import Premises
    from models.statistics.rates import RateRatio

YEARS: Final = 3
_WHOLE_YEAR: Final = 350  # nights


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One night-time area in one year of twelve months.

    Attributes
    ----------
    name : str
    year : Period
    nights : int
        Covered by the data; a year of fewer than 350 is not whole.
    kinds : KindCounts
    rate : NightRate
    late : Interval
        Share of its incidents from 23:00 on.
    premises : int or None
        Licensed at the end of the year; None where that is not known.
    per_premises : Interval or None
        Incidents for each of them.
    change : RateRatio or None
        Incidents a night against the year before; None where one of them is not covered.
    """

    name: str
    year: Period
    nights: int
    kinds: KindCounts
    rate: NightRate
    late: Interval
    premises: int | None
    per_premises: Interval | None
    change: RateRatio | None

    @property
    def whole(self) -> bool:
        """Whether nearly every night of the year is covered."""
        return self.nights >= _WHOLE_YEAR


def cumulative_impact(
    history: NightHistory,
    last: date,
    *,
    areas: Sequence[AreaRow],
    premises: Premises | None = None,
) -> tuple[ImpactRow, ...]:
    """Return three years of twelve months for each area, the oldest year first.

    Parameters
    ----------
    history : NightHistory
    last : date
        Last day of the newest year.
    areas : sequence of AreaRow
    premises : Premises, optional
    """
    years = _years(last)
    found: list[ImpactRow] = []
    for each in areas:
        index = PolygonIndex.of([each.area.polygon], cell_m=25.0)
        at = index.locate(history.incidents.easting, history.incidents.northing)
        licensed = _licensed(each.area, premises, years=years)
        found.extend(
            _impact(history, each.name, np.asarray(at == 0), year=year, premises=number)
            for year, number in zip(years, licensed, strict=True)
        )
    return tuple(found)


def _years(last: date) -> tuple[Period, ...]:
    ends = [years_back(last, years=back) for back in range(YEARS, -1, -1)]
    return tuple(Period(before + timedelta(days=1), end) for before, end in pairwise(ends))


def _impact(
    history: NightHistory,
    name: str,
    inside: NDArray[np.bool_],
    *,
    year: Period,
    premises: int | None,
) -> ImpactRow:
    span = span_of(history, year)
    mine = inside & span.rows
    earlier = span_of(history, Period(years_back(year.first), years_back(year.last)))
    now, then = (tally(history.night[inside], nights=each.nights) for each in (span, earlier))
    minutes = after_noon(history.incidents.starts_minute[mine])
    total = int(mine.sum())
    return ImpactRow(
        name=name,
        year=year,
        nights=len(span.nights),
        kinds=kinds_of(history, mine),
        rate=night_rate(total, nights=len(span.nights)),
        late=share(int((minutes >= late_minute()).sum()), total),
        premises=premises,
        per_premises=per(total, premises) if premises else None,
        change=change(now, then) if span.covered and earlier.covered else None,
    )


def _licensed(
    area: NightArea, premises: Premises | None, *, years: Sequence[Period]
) -> list[int | None]:
    """Return how many premises in or within 50 m of an area were licensed at each year's end."""
    if premises is None:
        return [None] * len(years)
    index = PolygonIndex.of([area.polygon.buffer(NEAR_AREA_M)], cell_m=25.0)
    inside = index.locate(premises.easting, premises.northing) == 0
    if not premises.has_opening_days:
        return [*[None] * (len(years) - 1), int(inside.sum())]
    # A day that is not known is taken to be long ago.
    return [int((inside & (premises.opened_day <= day_number(year.last))).sum()) for year in years]

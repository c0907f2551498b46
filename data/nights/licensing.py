"""Evidence for licensing: premises near repeat incidents, and cumulative impact over three years.

Only incidents with a place of their own can be near premises: where more than 30 % stand on
anonymised map points, nearness is refused with the reason. Domestic and sexual offences take no
part in it. A list of premises shows one day; how many there were in earlier years is said only
where the list has the day since when each is licensed, and even then those that have closed since
are missing from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from data.nights.review import kinds_of, span_of
from data.sources.premises import NO_DAY, NO_HOUR, NOON
from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from models.hotspots.guard import guard_of
from models.hotspots.study_area import in_chosen_wards
from models.indicators.near_premises import REPEAT, Interval, near, per, share
from models.indicators.nights import change, day_number, night_rate, tally
from models.indicators.periods import MINUTES_PER_DAY, Period, years_back

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from data.nights.area_rows import AreaRow
    from data.nights.areas import NightArea
    from data.nights.history import NightHistory
    from data.sources.premises import Premises
    from models.hotspots.inputs import StudyArea
    from models.indicators.compare import RateRatio
    from models.indicators.night_kinds import KindCounts
    from models.indicators.nights import NightRate

LATE_HOUR: Final = 23
YEARS: Final = 3
_WHOLE_YEAR: Final = 350  # nights
_NEAR_AREA_M: Final = 50.0
_HUNDRED: Final = 100.0


class PlacesTooRoughError(PlainError, ValueError):
    """The incidents' places are too rough to be near anything."""

    def __init__(self, snapped: float) -> None:
        super().__init__(
            f"Nothing can be said of what is near premises: {snapped:.0%} of these incidents stand "
            "on anonymised map points, which can be far from where they happened. Load an extract "
            "with its own positions, or choose a source that has them."
        )


@dataclass(frozen=True, slots=True)
class PremisesRow:
    """Licensed premises with repeat incidents within 50 m of them in a period.

    Attributes
    ----------
    name, kind, closes : str
        `closes` is "02:00", or "" where it is not known.
    new : bool or None
        Licensed since the start of the last year of the period; None where that is not known.
    others : int
        Other premises within 50 m, for which the same incidents count as well.
    kinds : KindCounts
        Of the incidents within 50 m.
    late : int
        Those from 23:00 on.
    after_closing : int or None
        Those within two hours after it closes; None where the hour is not known.
    per_hundred_hours : Interval
        Incidents for each hundred hours of night.
    easting, northing : float
    """

    name: str
    kind: str
    closes: str
    new: bool | None
    others: int
    kinds: KindCounts
    late: int
    after_closing: int | None
    per_hundred_hours: Interval
    easting: float
    northing: float


@dataclass(frozen=True, slots=True)
class PremisesTable:
    """Premises near repeat incidents, the most incidents first.

    Attributes
    ----------
    rows : tuple of PremisesRow
    listed : int
        Premises of the chosen wards that the list holds.
    incidents : int
        Different incidents of the chosen wards within 50 m of any of them.
    of : int
        All incidents of the chosen wards that took part.
    """

    rows: tuple[PremisesRow, ...]
    listed: int
    incidents: int
    of: int


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
        Incidents a night against the year before; None where that has no covered night.
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


def premises_near(
    history: NightHistory,
    period: Period,
    *,
    premises: Premises,
    ground: StudyArea,
) -> PremisesTable:
    """List the premises of the chosen wards that have repeat incidents near them.

    Parameters
    ----------
    history : NightHistory
    period : Period
    premises : Premises
    ground : StudyArea
        The chosen wards.

    Raises
    ------
    PlacesTooRoughError
        If more than 30 % of the incidents stand on map points.
    """
    span = span_of(history, period)
    rows = np.flatnonzero(span.rows & ~history.sensitive)
    members = history.incidents.take(rows)
    guard = guard_of(members.take(in_chosen_wards(members, ground)))
    if guard.snapped > 0.3:
        raise PlacesTooRoughError(guard.snapped)
    index = PolygonIndex.of([ground.land])
    listed = np.flatnonzero(index.locate(premises.easting, premises.northing) == 0)
    pairs = near(
        (premises.easting[listed], premises.northing[listed]),
        (members.easting, members.northing),
    )
    others = near((premises.easting, premises.northing), (np.zeros(0), np.zeros(0))).others[listed]
    counts = pairs.count(np.ones(len(rows), dtype=np.bool_))
    minute = _after_noon(members.starts_minute)
    found = [
        _premises_row(
            history,
            premises,
            at=int(listed[number]),
            rows=rows[pairs.incident[pairs.premises == number]],
            minutes=minute[pairs.incident[pairs.premises == number]],
            others=int(others[number]),
            hours=span.hours,
            since=years_back(period.last),
        )
        for number in np.flatnonzero(counts >= REPEAT)
    ]
    mine = in_chosen_wards(members, ground)
    return PremisesTable(
        rows=tuple(sorted(found, key=lambda row: (-row.kinds.total, row.name))),
        listed=len(listed),
        incidents=int(mine[np.unique(pairs.incident)].sum()),
        of=int(mine.sum()),
    )


def _premises_row(
    history: NightHistory,
    premises: Premises,
    *,
    at: int,
    rows: NDArray[np.intp],
    minutes: NDArray[np.int64],
    others: int,
    hours: float,
    since: date,
) -> PremisesRow:
    inside = np.zeros(len(history.night), dtype=np.bool_)
    inside[rows] = True
    closes = int(premises.closes_minute[at])
    opened = int(premises.opened_day[at])
    after = (minutes >= closes) & (minutes < closes + 120)
    return PremisesRow(
        name=premises.names[at],
        kind=premises.kinds[at],
        closes=premises.closing(at),
        new=None if opened == NO_DAY else opened > day_number(since),
        others=others,
        kinds=kinds_of(history, inside),
        late=int((minutes >= _late()).sum()),
        after_closing=None if closes == NO_HOUR else int(after.sum()),
        per_hundred_hours=per(len(rows), hours / _HUNDRED),
        easting=float(premises.easting[at]),
        northing=float(premises.northing[at]),
    )


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
    return tuple(
        Period(before.fromordinal(before.toordinal() + 1), end) for before, end in pairwise(ends)
    )


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
    earlier = history.nights(Period(years_back(year.first), years_back(year.last)))
    now, then = (tally(history.night[inside], nights=each) for each in (span.nights, earlier))
    minutes = _after_noon(history.incidents.starts_minute[mine])
    total = int(mine.sum())
    return ImpactRow(
        name=name,
        year=year,
        nights=len(span.nights),
        kinds=kinds_of(history, mine),
        rate=night_rate(total, nights=len(span.nights)),
        late=share(int((minutes >= _late()).sum()), total),
        premises=premises,
        per_premises=per(total, premises) if premises else None,
        change=change(now, then) if now.all_nights and then.all_nights else None,
    )


def _licensed(
    area: NightArea, premises: Premises | None, *, years: Sequence[Period]
) -> list[int | None]:
    """Return how many premises in or within 50 m of an area were licensed at each year's end."""
    if premises is None:
        return [None] * len(years)
    index = PolygonIndex.of([area.polygon.buffer(_NEAR_AREA_M)], cell_m=25.0)
    inside = index.locate(premises.easting, premises.northing) == 0
    if not premises.has_opening_days:
        return [*[None] * (len(years) - 1), int(inside.sum())]
    # A day that is not known is taken to be long ago.
    return [int((inside & (premises.opened_day <= day_number(year.last))).sum()) for year in years]


def _after_noon(starts_minute: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the time of day as minutes after noon, so that 02:00 comes after 23:00."""
    return (starts_minute - NOON) % MINUTES_PER_DAY


def _late() -> int:
    return LATE_HOUR * 60 - NOON

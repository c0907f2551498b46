"""Licensed premises near repeat incidents.

Only incidents with a place of their own can be near premises: where more than 30 % stand on
anonymised map points, nearness is refused with the reason. Domestic and sexual offences take no
part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from models.calendar.days import MINUTES_PER_DAY, day_number
from models.calendar.periods import Period, years_back
from models.hotspots.guard import guard_of
from models.hotspots.study_area import in_study_area
from models.nights.premises import NO_DAY, NO_HOUR, NOON
from models.nights.premises_nearby import REPEAT, Interval, incidents_near_premises, per
from models.nights.review import kinds_of, span_of

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from models.hotspots.inputs import StudyArea
    from models.nights.history import NightHistory
    from models.nights.kinds import KindCounts
    from models.nights.premises import Premises

LATE_HOUR: Final = 23
_HUNDRED: Final = 100.0


class PlacesTooRoughError(PlainError, ValueError):
    """The incidents' places are too rough to be near anything."""

    def __init__(self, snapped: float) -> None:
        super().__init__(
            f"Positions are too rough to count near premises: {snapped:.0%} of these incidents lie "
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


def premises_with_repeats(
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
    rows = np.flatnonzero(span.rows & history.placed)
    members = history.incidents.take(rows)
    guard = guard_of(members.take(in_study_area(members, ground)))
    if guard.snapped > 0.3:
        raise PlacesTooRoughError(guard.snapped)
    index = PolygonIndex.of([ground.land])
    listed = np.flatnonzero(index.locate(premises.easting, premises.northing) == 0)
    pairs = incidents_near_premises(
        (premises.easting[listed], premises.northing[listed]),
        (members.easting, members.northing),
    )
    others = incidents_near_premises(
        (premises.easting, premises.northing), (np.zeros(0), np.zeros(0))
    ).others[listed]
    counts = pairs.count(np.ones(len(rows), dtype=np.bool_))
    minute = after_noon(members.starts_minute)
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
    mine = in_study_area(members, ground)
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
        late=int((minutes >= late_minute()).sum()),
        after_closing=None if closes == NO_HOUR else int(after.sum()),
        per_hundred_hours=per(len(rows), hours / _HUNDRED),
        easting=float(premises.easting[at]),
        northing=float(premises.northing[at]),
    )


def after_noon(starts_minute: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the time of day as minutes after noon, so that 02:00 comes after 23:00."""
    return (starts_minute - NOON) % MINUTES_PER_DAY


def late_minute() -> int:
    """Return the late hour as minutes after noon."""
    return LATE_HOUR * 60 - NOON

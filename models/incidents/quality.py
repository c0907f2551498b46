"""What each source holds and how far it can be trusted: the figures of the Data quality page.

Worked out from the snapshot, so they are of the same table version as everything else on screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.calendar.days import day_of_minute
from models.calendar.periods import Period
from models.hotspots.aoristic import UNTIMED
from models.incidents.precisions import PLACE_PRECISIONS, TIME_PRECISIONS
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from models.incidents.midnight import MidnightHeap
    from models.incidents.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """One source's figures; every count is of rows, every share of `rows`, 0 to 1.

    Attributes
    ----------
    source : str
    rows : int
    first, last : date
        Days of its first and last incident, local time; a month counts as its first day.
    last_complete_month : date or None
        First day of the last month complete in any borough; see `models.incidents.coverage`.
    time_precision, place_precision : dict of str to int
        Rows of each precision of the contract, those with none included.
    missing : tuple of Period
        Stretches between its first and last day that its data do not cover, for the borough that it
        holds most of.
    no_hour : int
        Rows known by day or month alone, which take part in nothing hourly.
    midnight : MidnightHeap or None
        Its times of exactly 00:00, where they are more than chance brings.
    outside : int
        Rows in no ward.
    ward_snapped : int
        Rows given the nearest ward from just outside it.
    shared_coordinates : int
        Rows whose exact coordinates another row of the source has as well.
    repeats : int
        Rows beyond the first of each same place, time and category. In data of months and map
        points most of these are different incidents; in timed data they may be the same one twice.
    harm_known : int
        Rows with a harm weight.
    categories : dict of str to int
        Rows of each category.
    """

    source: str
    rows: int
    first: date
    last: date
    last_complete_month: date | None
    time_precision: dict[str, int]
    place_precision: dict[str, int]
    missing: tuple[Period, ...]
    no_hour: int
    midnight: MidnightHeap | None
    outside: int
    ward_snapped: int
    shared_coordinates: int
    repeats: int
    harm_known: int
    categories: dict[str, int]

    @property
    def snapped_share(self) -> float:
        """Share at anonymised map points."""
        return self.place_precision["snapped"] / self.rows

    @property
    def outside_share(self) -> float:
        """Share in no ward."""
        return self.outside / self.rows

    @property
    def shared_coordinates_share(self) -> float:
        """Share whose coordinates are not theirs alone."""
        return self.shared_coordinates / self.rows


def source_figures(snapshot: Snapshot) -> tuple[SourceQuality, ...]:
    """Return the figures of each source, in order of name."""
    return tuple(
        _figures(snapshot, np.flatnonzero(snapshot.source == index), source=name)
        for index, name in enumerate(snapshot.sources)
    )


def _figures(snapshot: Snapshot, rows: NDArray[np.intp], *, source: str) -> SourceQuality:
    incidents = snapshot.incidents.take(rows)
    point = snapshot.point[rows]
    places = _group_sizes(point)
    same = _group_sizes(incidents.category, point, incidents.starts_minute)
    complete = [
        each.last_complete_month
        for each in snapshot.coverage
        if each.source == source and each.last_complete_month
    ]
    most = max(
        (each for each in snapshot.coverage if each.source == source), key=lambda each: each.rows
    )
    return SourceQuality(
        source=source,
        rows=len(rows),
        first=day_of_minute(int(incidents.starts_minute[0])),
        last=day_of_minute(int(incidents.starts_minute[-1])),
        last_complete_month=max(complete, default=None),
        missing=most.gaps(Period(most.first, most.last)),
        time_precision=_tally(snapshot.time_precision[rows], names=TIME_PRECISIONS),
        place_precision=_tally(snapshot.place_precision[rows], names=PLACE_PRECISIONS),
        no_hour=int(np.count_nonzero(incidents.ends_minute == UNTIMED)),
        midnight=next((heap for heap in snapshot.midnights if heap.source == source), None),
        outside=int(np.count_nonzero(incidents.ward < 0)),
        ward_snapped=int(np.count_nonzero(snapshot.ward_snapped[rows])),
        shared_coordinates=int(places[places > 1].sum()),
        repeats=int((same - 1).sum()),
        harm_known=int(np.count_nonzero(~np.isnan(incidents.harm))),
        categories=_tally(incidents.category, names=CATEGORIES),
    )


def _tally(codes: NDArray[np.int8], *, names: tuple[str, ...]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(names)).tolist()
    return dict(zip(names, counts, strict=True))


def _group_sizes(*columns: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return how many rows share each different combination of values."""
    order = np.lexsort(columns)
    differs = np.zeros(max(len(order) - 1, 0), dtype=np.bool_)
    for column in columns:
        ordered = column[order]
        differs |= ordered[1:] != ordered[:-1]
    edges = np.r_[0, np.flatnonzero(differs) + 1, len(order)]
    return np.asarray(np.diff(edges), dtype=np.int64)

"""One version of the incidents as a value: read-only columns, sorted by time.

What a filter needs is worked out once: local wall-clock minutes, hour of the week, and small codes
for every word. All sessions share one snapshot, so its arrays are not writeable.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents
    from models.incidents.coverage import Coverage
    from models.incidents.midnight import MidnightHeap


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Columns of equal length n in order of `incidents.starts_minute`; none is writeable.

    Attributes
    ----------
    incidents : Incidents
        All of them, for totals. Domestic and sexual ones have no position (NaN) and no street.
    source : int16 array
        Index into `sources`.
    time_precision, place_precision : int8 array
        Index into the contract's `TIME_PRECISIONS` and `PLACE_PRECISIONS`.
    borough : int16 array
        Index into `borough_codes`; −1 outside every ward.
    injury, domestic, nte : int8 array
        1 yes, 0 no, −1 unknown.
    sensitive : bool array
        Domestic or sexual, see `models.wording.sensitive`: in totals, and never given a place.
    ward_snapped : bool array
        Given the nearest ward, from just outside it.
    version : int
        Table version.
    committed_at : datetime
        When that version was stored, UTC.
    sources : tuple of str
    ward_codes, ward_names : tuple of str
        In the order of the ward layer, which is that of `incidents.ward`.
    ward_boroughs : int16 array of shape (number of wards,)
        Index into `borough_codes`; −1 where the layer names none.
    borough_codes, borough_names : tuple of str
        In order of code; a borough without a name has its code.
    coverage : tuple of Coverage
        What span each source's data for each borough cover.
    timezone : str
        Local time of all of it.
    severity : str
        Where the harm weights come from, and their date.
    offence : int32 array
        Index into `offences`; −1 where the source names none.
    offences : tuple of str
        The sources' own words for kinds of incident.
    point : int64 array
        Rows with the same number have the same exact coordinates; it says nothing of where.
    placed : Incidents
        The incidents that may have a place: neither domestic nor sexual. Worked out once.
    placed_rows : intp array
        Where they stand among all.
    midnights : tuple of MidnightHeap
        Sources with more times of exactly 00:00 than chance brings. Unless they were said to be
        real, those rows have the time precision ``day``.
    """

    incidents: Incidents
    source: NDArray[np.int16]
    time_precision: NDArray[np.int8]
    place_precision: NDArray[np.int8]
    borough: NDArray[np.int16]
    injury: NDArray[np.int8]
    domestic: NDArray[np.int8]
    nte: NDArray[np.int8]
    sensitive: NDArray[np.bool_]
    ward_snapped: NDArray[np.bool_]
    version: int
    committed_at: datetime
    sources: tuple[str, ...]
    ward_codes: tuple[str, ...]
    ward_names: tuple[str, ...]
    ward_boroughs: NDArray[np.int16]
    borough_codes: tuple[str, ...]
    borough_names: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    timezone: str
    severity: str = ""
    offence: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    offences: tuple[str, ...] = ()
    point: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    midnights: tuple[MidnightHeap, ...] = ()
    placed: Incidents = field(init=False, repr=False)
    placed_rows: NDArray[np.intp] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = np.flatnonzero(~self.sensitive)
        placed = self.incidents
        if len(rows) < len(placed):
            placed = placed.take(rows)
            for each in fields(placed):
                column = getattr(placed, each.name)
                if isinstance(column, np.ndarray):
                    column.setflags(write=False)
        rows.setflags(write=False)
        object.__setattr__(self, "placed", placed)
        object.__setattr__(self, "placed_rows", rows)

    def __len__(self) -> int:
        return len(self.incidents)

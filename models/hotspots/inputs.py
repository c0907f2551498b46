"""What every hotspot method takes: incidents as arrays, and the ground they lie on.

Times are local wall-clock minutes since 1970-01-01 00:00 (int64), so a night is a night whatever
the clocks did. An incident whose hour is not known has `hour_of_week` −1 and takes part in nothing
hourly. An incident outside every ward has `ward` −1: it is the buffer that edge correction uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.clock_changes import NO_CHANGES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.calendar.clock_changes import ClockChanges

_SHARED: Final = ("streets", "clock_changes")


@dataclass(frozen=True, slots=True)
class Incidents:
    """Columns of equal length n, sorted by `starts_minute`; the arrays are not writeable.

    Attributes
    ----------
    easting, northing : float64
        Metres, in the store's metric CRS (EPSG:27700 by default); NaN for a domestic or sexual
        incident, which counts in totals and is given to no method.
    starts_minute : int64
        Local wall-clock minutes since 1970-01-01 00:00. A month-only incident has the first minute
        of its month.
    hour_of_week : int16
        0 (Monday 00:00) to 167 (Sunday 23:00); −1 where the hour is not known.
    category : int8
        Index into `models.wording.categories.CATEGORIES`.
    ward : int16
        Index into the study area's `ward_codes`; −1 outside every ward.
    harm : float32
        Weight from the severity table; NaN where that table gives none.
    snapped : bool
        True where the position is an anonymised map point and not the place itself.
    street : int32
        Index into `streets`; −1 where no street-level name may be shown.
    streets : tuple of str
        Names of streets or places that may be shown (never an address).
    ends_minute : int64
        Local wall-clock minutes of the end of the interval in which an incident is known to lie;
        its `starts_minute` where its hour is known, and −1 where it is known by day or month
        alone. Left out, it is worked out from `hour_of_week`: no incident has an interval.
    clock_changes : ClockChanges
        When the clocks change over the span of the data.
    """

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    starts_minute: NDArray[np.int64]
    hour_of_week: NDArray[np.int16]
    category: NDArray[np.int8]
    ward: NDArray[np.int16]
    harm: NDArray[np.float32]
    snapped: NDArray[np.bool_]
    street: NDArray[np.int32]
    streets: tuple[str, ...] = ()
    ends_minute: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    clock_changes: ClockChanges = NO_CHANGES

    def __post_init__(self) -> None:
        if len(self.ends_minute) != len(self.starts_minute):
            ends = np.where(self.hour_of_week >= 0, self.starts_minute, -1)
            ends.setflags(write=False)
            object.__setattr__(self, "ends_minute", ends)

    def __len__(self) -> int:
        return len(self.easting)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Incidents:
        """Return the chosen rows, in their order; what is not a column is shared."""
        columns = {
            each.name: getattr(self, each.name)[rows]
            for each in fields(self)
            if each.name not in _SHARED
        }
        return Incidents(**columns, streets=self.streets, clock_changes=self.clock_changes)


@dataclass(frozen=True, slots=True)
class StudyArea:
    """The chosen wards: where hotspots are looked for and what shares are shares of.

    Attributes
    ----------
    land : Polygon or MultiPolygon
        Union of the chosen wards, in the metric CRS, valid.
    ward_codes, ward_names : tuple of str
        All wards of the layer in the order of `Incidents.ward`.
    chosen_wards : bool array of shape (number of wards,)
        True for the wards that make up `land`.
    observed : Polygon or MultiPolygon
        Where incidents could have been recorded: `land` plus the ground around it for which
        incidents are held (neighbouring wards, or the buffer outside). Holds `land`.
    crs : str
        The metric CRS of all of it.
    """

    land: Polygon | MultiPolygon
    ward_codes: tuple[str, ...]
    ward_names: tuple[str, ...]
    chosen_wards: NDArray[np.bool_]
    observed: Polygon | MultiPolygon
    crs: str

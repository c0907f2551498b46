"""One version of the incidents with the wards they are joined to, and whose borough it is.

This is what every question about incidents is asked of. It is a value: nothing in it opens a file,
so a notebook or a test can make one by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.naming.gazetteer import NO_GAZETTEER
from models.hotspots.study_area import study_area
from models.incidents import selection as filtering

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.naming.gazetteer import Gazetteer
    from geo.wards import WardLayer
    from models.calendar.night_rule import NightRule
    from models.hotspots.inputs import StudyArea
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection
    from models.incidents.snapshot import Snapshot

SIMULATED: Final = "SIMULATED"  # in the name of every source that is not real


@dataclass(frozen=True, slots=True)
class Dataset:
    """The wards in use and one version of the incidents, joined to them.

    Attributes
    ----------
    wards : WardLayer
    snapshot : Snapshot
    borough_code, borough_name : str
        The home borough: an empty choice of wards means its wards.
    metric_crs : str
        Of every coordinate, in metres.
    window_months : int
        Complete months that hotspots are drawn from where nobody chooses a period.
    night_rule : NightRule
        What a night is, and which incidents in it are night-time economy.
    """

    wards: WardLayer
    snapshot: Snapshot
    borough_code: str
    borough_name: str
    metric_crs: str
    window_months: int
    night_rule: NightRule

    @property
    def simulated(self) -> bool:
        """Whether any incident in it is simulated."""
        return any(SIMULATED in source for source in self.snapshot.sources)

    @property
    def gazetteer(self) -> Gazetteer:
        """What names of places are made from; nothing but incidents and wards in one by hand."""
        return NO_GAZETTEER

    @property
    def timezone(self) -> str:
        """Local time of all of it."""
        return self.snapshot.timezone

    def default_filter(self) -> IncidentFilter:
        """Return the filter that every page, list and command begins with: hotspots *now*."""
        return filtering.default_filter(
            self.snapshot, home_borough=self.borough_code, months=self.window_months
        )

    def select(self, incident_filter: IncidentFilter) -> Selection:
        """Apply a filter; an empty choice of wards is the home borough."""
        return filtering.select(
            self.snapshot,
            incident_filter,
            night=self.night_rule,
            home_borough=self.borough_code,
        )

    def area(self, ward_codes: tuple[str, ...], *, sources: tuple[str, ...] = ()) -> StudyArea:
        """Return the ground of the chosen wards and of the incidents around them.

        Parameters
        ----------
        ward_codes : tuple of str
            At least one.
        sources : tuple of str
            Those whose incidents are looked at; all without any. Ground that another source covers
            is not observed: it would seem to be empty.
        """
        snapshot = self.snapshot
        easting, northing = snapshot.placed.easting, snapshot.placed.northing
        if sources:
            named = [at for at, name in enumerate(snapshot.sources) if name in sources]
            seen = np.isin(snapshot.source[snapshot.placed_rows], named)
            easting, northing = easting[seen], northing[seen]
        return study_area(
            self.wards.frame,
            ward_codes=ward_codes,
            buffer=(easting, northing),
            crs=self.metric_crs,
        )

    def home_wards(self) -> NDArray[np.intp]:
        """Return the rows of the ward layer that are the home borough's; all if it has none."""
        snapshot = self.snapshot
        if self.borough_code not in snapshot.borough_codes:
            return np.arange(len(snapshot.ward_codes))
        home = snapshot.borough_codes.index(self.borough_code)
        return np.flatnonzero(snapshot.ward_boroughs == home)

"""The guard against reading streets and hours out of data that do not hold them.

Published incidents stand on map points that many addresses share, and bear a month without a day.
Where more than 30 % of a hotspot's incidents share their place with another or lie on anonymised
points, no street is claimed: its name says only where about it is. Where more than 30 % have no
known hour, no busiest window is claimed, however many the rest agree on. Both go into the reasons,
and so onto the card and into every export.

Source: L. Tompson, S. Johnson, M. Ashby, C. Perkins and P. Edwards, "UK open source crime data:
accuracy and possibilities for research", Cartography and Geographic Information Science 42 (2015),
on what the published map points can and cannot bear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from models.hotspots.aoristic import UNTIMED
from models.hotspots.reasons import SNAP_SHARE, shared_place_share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents

_ROUNDING: Final = 1e-9  # 1 − 7/10 is a little over 0.3


@dataclass(frozen=True, slots=True)
class Guard:
    """What a set of incidents cannot bear, as shares of 0 to 1.

    Attributes
    ----------
    snapped : float
        On anonymised map points.
    shared : float
        At exactly the same place as another.
    untimed : float
        Known by day or month alone.
    """

    snapped: float
    shared: float
    untimed: float

    @property
    def no_street(self) -> bool:
        """Whether nothing may be claimed of a street or an address."""
        return _too_many(self.snapped) or _too_many(self.shared)

    @property
    def no_distances(self) -> bool:
        """Whether nothing may be claimed of how far from something its incidents happened."""
        return _too_many(self.snapped)

    @property
    def no_hours(self) -> bool:
        """Whether nothing may be claimed of hours."""
        return _too_many(self.untimed)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is refused and why, one sentence each; nothing where nothing is."""
        said = []
        if self.no_street:
            why = f"{_per_cent(self.shared)} of its incidents share their exact place with another"
            if _too_many(self.snapped):
                why = f"{_per_cent(self.snapped)} of its incidents lie on anonymised map points"
            said.append(f"no street or address is claimed: {why}")
        if self.no_hours:
            untimed = _per_cent(self.untimed)
            said.append(f"no hours are claimed: {untimed} of its incidents have no known hour")
        return tuple(said)


def guard_of(incidents: Incidents) -> Guard:
    """Return what some incidents cannot bear; nothing is refused where there are none."""
    where = street_guard(incidents.snapped, incidents.easting, incidents.northing)
    if not len(incidents):
        return where
    return replace(where, untimed=float((incidents.ends_minute == UNTIMED).mean()))


def street_guard(
    snapped: NDArray[np.bool_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> Guard:
    """Return what the positions of n incidents cannot bear, whatever their times."""
    if not len(snapped):
        return Guard(snapped=0.0, shared=0.0, untimed=0.0)
    shared = shared_place_share(easting, northing)
    return Guard(snapped=float(snapped.mean()), shared=shared, untimed=0.0)


def claimable_street(street: str, *, guard: Guard) -> str:
    """Return a street's name as far as it may be claimed: "around Brick Lane" where it may not."""
    return f"around {street}" if street and guard.no_street else street


def _too_many(share: float) -> bool:
    return share > SNAP_SHARE + _ROUNDING


def _per_cent(share: float) -> str:
    return f"{share * 100:.0f} %"

"""Which incidents lie on which streets of the chosen wards, and when that cannot be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.counting import counted
from geo.errors import PlainError
from geo.streets.segments import REACH_M
from models.hotspots.reasons import SNAP_SHARE
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.segments import OnStreet, Segments
    from models.hotspots.inputs import Incidents, StudyArea

_MOST_OFF: Final = 0.5  # of the incidents: then the layer is of another place
_ROUNDING: Final = 1e-9


class MissingStreetsError(PlainError, ValueError):
    """The method was asked for where no streets are loaded."""

    def __init__(self) -> None:
        super().__init__(
            "No streets are loaded, so no incident can be put on one. Load a layer of streets "
            "(hotspots places FILE --kind street), or choose another method."
        )


class SnappedStreetsError(PlainError, ValueError):
    """Too many of the incidents lie on anonymised map points."""

    def __init__(self, share: float) -> None:
        super().__init__(
            f"{share * 100:.0f} % of the incidents in the chosen wards lie on anonymised map "
            "points, which can be in the next street, and this method takes at most "
            f"{SNAP_SHARE * 100:.0f} %. Choose a source with exact places, or another method."
        )


class StreetsElsewhereError(PlainError, ValueError):
    """The loaded streets are not those of the chosen wards."""

    def __init__(self, *, off: int, incidents: int) -> None:
        found = "none of them is in the chosen wards"
        if off:
            found = (
                f"{off:,} of {counted(incidents, 'incident there lies', 'incidents there lie')} "
                f"more than {REACH_M:g} m from all of them"
            )
        super().__init__(
            f"The loaded streets do not cover the chosen wards: {found}. Load the streets of this "
            "area (hotspots places FILE --kind street), or choose another method."
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """Incidents on streets.

    Attributes
    ----------
    places : OnStreet
        Of all n incidents given.
    in_area : bool array of shape (n,)
        Which are in the chosen wards.
    in_wards : bool array of shape (segments,)
        Which segments have their middle in the chosen wards.
    off : int
        How many incidents of the chosen wards are on no street.
    """

    places: OnStreet
    in_area: NDArray[np.bool_]
    in_wards: NDArray[np.bool_]
    off: int


def on_streets(incidents: Incidents, area: StudyArea, streets: Segments) -> Placed:
    """Put incidents on the streets.

    Raises
    ------
    SnappedStreetsError
        Where more than 30 % of the chosen wards' incidents lie on anonymised points.
    StreetsElsewhereError
        Where no street is in the chosen wards, or most incidents there are on none.
    """
    chosen = in_study_area(incidents, area)
    number = int(chosen.sum())
    snapped = float(incidents.snapped[chosen].mean()) if number else 0.0
    if snapped > SNAP_SHARE + _ROUNDING:
        raise SnappedStreetsError(snapped)
    shapely.prepare(area.land)
    in_wards = np.asarray(shapely.contains_xy(area.land, streets.middle))
    if not in_wards.any():
        raise StreetsElsewhereError(off=0, incidents=number)
    places = streets.place(incidents.easting, incidents.northing)
    off = int((places.off_street & chosen).sum())
    if off > _MOST_OFF * number:
        raise StreetsElsewhereError(off=off, incidents=number)
    return Placed(places, chosen, in_wards, off)

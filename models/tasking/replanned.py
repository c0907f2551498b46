"""What a plan that was made again around a change says of itself: what changed, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - a saved plan is read back by these types


@dataclass(frozen=True, slots=True)
class ShiftOff:
    """A team's shift that falls out, all of it or its rest.

    Attributes
    ----------
    team : str
    day : date
        On which the shift begins.
    since : int
        Minutes of UTC since 1970; visits that begin before it were made.
    """

    team: str
    day: date
    since: int


@dataclass(frozen=True, slots=True)
class WardLoss:
    """What a ward loses and gains, in expected incidents.

    Attributes
    ----------
    ward_code, ward_name : str
    before : float
        In the hours served by the plan before.
    lost : float
        Of that, in hours that are served no more.
    gained : float
        In hours that are served now and were not before.
    """

    ward_code: str
    ward_name: str
    before: float
    lost: float
    gained: float


@dataclass(frozen=True, slots=True)
class Replanned:
    """How a plan follows from another one.

    Attributes
    ----------
    replaces : str
        Reference of the plan that it replaces; "" where that was not saved.
    as_of : int
        Minutes of UTC since 1970: what begins before it stayed as it was.
    off : tuple of ShiftOff
    added : tuple of str
        Hotspots that were not in the plan before.
    taken_over : tuple of (str, date)
        Shifts that were changed to take something over: team, and day on which each begins.
    wards : tuple of WardLoss
        Those that lose or gain something, most lost first.
    unserved : tuple of str
        Hotspots among the added ones that no shift could take in.
    """

    replaces: str
    as_of: int
    off: tuple[ShiftOff, ...]
    added: tuple[str, ...]
    taken_over: tuple[tuple[str, date], ...]
    wards: tuple[WardLoss, ...]
    unserved: tuple[str, ...] = ()

    @property
    def lost(self) -> float:
        """Expected incidents in hours that are served no more."""
        return sum(each.lost for each in self.wards)

    @property
    def gained(self) -> float:
        """Expected incidents in hours that are served now and were not before."""
        return sum(each.gained for each in self.wards)

"""Which places near which incident are at raised risk, from when until when, and why.

The list for cocooning visits: after an incident, the neighbours in the distances and days that the
Knox table shows to be at raised risk are called on. Only bands of `KnoxTable.raised` are on it.

**No address leaves.** A place is named by the streets that may be shown and the ward; its grid
reference is rounded to `ROUNDING_M`, which is enough to find the spot on a map and far less than
the width of any ring. Incidents that may never be shown as a point must not be given to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from geo.counting import counted
from models.calendar.days import day_number, day_of
from models.hotspots.near_repeat import SAME_PLACE_M

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents
    from models.hotspots.near_repeat import KnoxTable

ROUNDING_M: Final = 10
_MOST_STREETS: Final = 4


@dataclass(frozen=True, slots=True)
class Zone:
    """A ring of distances in which risk is raised for so many days after an incident.

    Attributes
    ----------
    low_m, high_m : float
        Distances `[low, high)` from the incident.
    days : int
        Days after it, the day itself being the first: fewer than this many days apart.
    observed : int
    expected : float
        Pairs in the ring's bands together, and the mean of the permutations.
    p : float
        The largest of its bands.
    """

    low_m: float
    high_m: float
    days: int
    observed: int
    expected: float
    p: float

    @property
    def same_place(self) -> bool:
        """Whether this is the place of the incident itself."""
        return self.high_m <= SAME_PLACE_M

    @property
    def ratio(self) -> float:
        """How many times as common as by chance."""
        return self.observed / self.expected

    @property
    def where(self) -> str:
        """Return the ring in words."""
        if self.same_place:
            return "the place itself"
        if self.low_m <= SAME_PLACE_M:
            return f"neighbours under {self.high_m:g} m away"
        return f"{self.low_m:g} m to under {self.high_m:g} m away"

    @property
    def why(self) -> str:
        """Return the reason in one sentence."""
        at = "at the same place" if self.same_place else self._apart()
        return (
            f"Two incidents {at} and fewer than {self.days} days apart were {self.ratio:.1f} times "
            f"as common as chance gives ({counted(self.observed, 'pair')}; chance gives "
            f"{self.expected:,.1f})."
        )

    def _apart(self) -> str:
        if self.low_m <= SAME_PLACE_M:
            return f"under {self.high_m:g} m apart"
        return f"{self.low_m:g} m to under {self.high_m:g} m apart"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Places to visit after one incident.

    Attributes
    ----------
    zone : Zone
    happened, until : date
        Day of the incident, which is the first day of raised risk, and the last such day.
    easting, northing : int
        Of the incident, metres rounded to `ROUNDING_M`.
    streets : tuple of str
        Streets of the zone and inside it that may be shown, nearest first.
    ward : str
    others : int
        How many other incidents on the list have a zone of risk that holds this incident's place.
    near : str
        The name of the incident's place from the ground; "" where nobody named it.
    """

    zone: Zone
    happened: date
    until: date
    easting: int
    northing: int
    streets: tuple[str, ...]
    ward: str
    others: int
    near: str = ""


def zones(table: KnoxTable) -> tuple[Zone, ...]:
    """Return the rings of raised risk, nearest first; bands of equal duration are one ring.

    The same place is always a ring of its own.
    """
    days = np.append(0, table.settings.time_edges_days[1:])
    bands = table.raised.sum(axis=1)  # raised bands have no gap, so their number is where they end
    edges = table.settings.space_edges_m
    found: list[Zone] = []
    start = 0
    for band in range(1, len(bands) + 1):
        same = band < len(bands) and bands[band] == bands[start]
        if same and edges[band] > SAME_PLACE_M:
            continue
        if bands[start]:
            inside = (slice(start, band), slice(0, bands[start]))
            found.append(
                Zone(
                    low_m=float(edges[start]),
                    high_m=float(edges[band]),
                    days=int(days[bands[start]]),
                    observed=int(table.observed[inside].sum()),
                    expected=float(table.expected[inside].sum()),
                    p=float(table.p[inside].max()),
                )
            )
        start = band
    return tuple(found)


def follow_up(
    table: KnoxTable,
    incidents: Incidents,
    *,
    day: NDArray[np.int64],
    on: date,
    ward_names: Sequence[str],
    named: Incidents | None = None,
) -> tuple[FollowUp, ...]:
    """List the places at raised risk on a day.

    Parameters
    ----------
    table : KnoxTable
        What says how far and how long risk is raised.
    incidents : Incidents
        The incidents that raise it; those after `on` are left out. None may be sensitive.
    day : int64 array of shape (n,)
        Local calendar day of each, since 1970-01-01; as it was given to the table.
    on : date
        Places whose risk has not ended before this day.
    ward_names : sequence of str
        In the order of `incidents.ward`.
    named : Incidents, optional
        Incidents of any kind whose streets name the places; `incidents` unless given.

    Returns
    -------
    tuple of FollowUp
        The strongest evidence first, then the latest incident, then from south to north.
    """
    rings = zones(table)
    today = day_number(on)
    longest = max((ring.days for ring in rings), default=0)
    still = np.flatnonzero((day <= today) & (day + longest > today))
    if not len(still):
        return ()
    recent, day = incidents.take(still), day[still]
    streets = _StreetIndex.of(incidents if named is None else named)
    listed = [
        FollowUp(
            zone=ring,
            happened=day_of(int(day[at])),
            until=day_of(int(day[at]) + ring.days - 1),
            easting=_rounded(recent.easting[at]),
            northing=_rounded(recent.northing[at]),
            streets=streets.within(recent.easting[at], recent.northing[at], within_m=ring.high_m),
            ward=ward_names[recent.ward[at]] if recent.ward[at] >= 0 else "",
            others=int(others[at]),
        )
        for others in [_others(recent, day, table=table, rings=rings, today=today)]
        for ring in rings
        for at in np.flatnonzero(day + ring.days > today)
    ]
    return tuple(
        sorted(
            listed,
            key=lambda row: (
                -row.zone.ratio, -row.others, -row.happened.toordinal(), row.northing, row.easting,
            ),
        )
    )  # fmt: skip


def _rounded(metres: float) -> int:
    return round(float(metres) / ROUNDING_M) * ROUNDING_M


def _others(
    recent: Incidents,
    day: NDArray[np.int64],
    *,
    table: KnoxTable,
    rings: Sequence[Zone],
    today: int,
) -> NDArray[np.int64]:
    """Count for each incident the others in whose rings, still at risk today, it lies."""
    points = np.column_stack([recent.easting, recent.northing])
    norm = 1 if table.settings.distance == "manhattan" else 2
    reach = max(ring.high_m for ring in rings)
    pairs = cKDTree(points).query_pairs(reach, p=norm, output_type="ndarray")
    counted = np.zeros(len(recent), dtype=np.int64)
    for here, there in (pairs.T, pairs.T[::-1]):
        far = np.linalg.norm(points[here] - points[there], ord=norm, axis=1)
        held = np.zeros(len(far), dtype=np.bool_)
        for ring in rings:
            held |= (far >= ring.low_m) & (far < ring.high_m) & (day[there] + ring.days > today)
        counted += np.bincount(here[held], minlength=len(recent))
    return counted


@dataclass(frozen=True, slots=True)
class _StreetIndex:
    """Places whose street may be shown."""

    tree: cKDTree | None
    street: NDArray[np.int32]
    streets: tuple[str, ...]

    @classmethod
    def of(cls, incidents: Incidents) -> _StreetIndex:
        shown = np.flatnonzero(incidents.street >= 0)
        if not len(shown):
            return cls(None, incidents.street[:0], ())
        columns = (incidents.easting, incidents.northing, incidents.street)
        places = np.unique(np.column_stack([column[shown] for column in columns]), axis=0)
        return cls(cKDTree(places[:, :2]), places[:, 2].astype(np.int32), incidents.streets)

    def within(self, easting: float, northing: float, *, within_m: float) -> tuple[str, ...]:
        """Return the streets within so many metres, nearest first, each once."""
        if self.tree is None:
            return ()
        found = np.array(self.tree.query_ball_point((easting, northing), r=within_m), dtype=np.intp)
        apart = np.hypot(*(self.tree.data[found] - (easting, northing)).T)
        ordered = self.street[found[np.lexsort((self.street[found], apart))]]
        return tuple(dict.fromkeys(self.streets[street] for street in ordered))[:_MOST_STREETS]

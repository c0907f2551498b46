"""Streets: incidents on street segments, and the densest stretches of street to walk.

Each incident with an exact place lies on the segment of street nearest to it, within 30 m
(`geo.streets.segments`); what is farther from every street is on none, and the notes say how
many. Segments are scored by the incidents on them, by their harm, or by a kernel density along the
streets (`network_density`), and joined into stretches (`stretches`) until these make up
`share_of_length` of the streets of the chosen wards. Motorways are left out: nobody walks there.

**Membership.** A hotspot's outline is the ground of its segments: what lies within 30 m and nearer
to them than to any other street. So whatever counts the incidents in an outline, as the product
does everywhere, counts those that lie on the stretch.

Anonymised map points stand in the middle of streets, whichever street the incident was in; where
they are more than 30 % the method refuses.

Sources: D. Weisburd, "The law of crime concentration and the criminology of place", Criminology 53
(2015), for the street segment as a unit; A. Okabe and K. Sugihara, "Spatial Analysis along
Networks" (2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.places import STREET_CLASSES
from geo.streets.segments import REACH_M
from models.hotspots.contours import clipped
from models.hotspots.guard import street_guard
from models.hotspots.method_result import (
    LEAST_INCIDENTS,
    LEAST_PARAMETER,
    HotspotEvidence,
    MethodResult,
    Parameter,
    SettingError,
    check_least_incidents,
    harm_notes,
    weights,
)
from models.hotspots.network_density import network_density
from models.hotspots.on_streets import on_streets
from models.hotspots.shape import WalkedStretch
from models.hotspots.stretches import stretches, tallied

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from geo.streets.segments import OnStreet, Segments
    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.on_streets import Placed
    from models.hotspots.stretches import Stretch

LABEL: Final = "Streets"
_NAMES: Final = 3  # of the streets of a stretch
_LEAST_M2: Final = 25.0  # smaller parts of a stretch's ground on the land are slivers
_BY: Final = {
    "count": "their incidents",
    "harm": "the harm of their incidents",
    "density": "a kernel density along the streets with a bandwidth of {bandwidth:g} m",
}


@dataclass(frozen=True, slots=True)
class StreetSettings:
    """How stretches are scored and how long they are.

    Attributes
    ----------
    weighting : {"count", "harm", "density"}
        What a segment is scored by.
    bandwidth_m : float
        Of the density along streets, 25 to 300 m; not used by the others.
    least_m, most_m : float
        Length of a stretch in metres: the least 50 to 150, the most 250 to 500.
    share_of_length : float
        Share of the length of all streets that the stretches take up together, above 0 and up to
        0.25.
    least_incidents : int
        A stretch with fewer incidents is not a hotspot.

    Raises
    ------
    SettingError
        If a number is outside its range.
    """

    weighting: Literal["count", "harm", "density"] = "count"
    bandwidth_m: float = 100.0
    least_m: float = 100.0
    most_m: float = 300.0
    share_of_length: float = 0.02
    least_incidents: int = LEAST_INCIDENTS

    def __post_init__(self) -> None:
        if not 25 <= self.bandwidth_m <= 300:
            raise SettingError(
                setting="bandwidth_m", value=self.bandwidth_m, allowed="from 25 m to 300 m"
            )
        if not 50 <= self.least_m <= 150:
            raise SettingError(setting="least_m", value=self.least_m, allowed="from 50 m to 150 m")
        if not 250 <= self.most_m <= 500:
            raise SettingError(setting="most_m", value=self.most_m, allowed="from 250 m to 500 m")
        if not 0 < self.share_of_length <= 0.25:
            raise SettingError(
                setting="share_of_length",
                value=self.share_of_length,
                allowed="above 0 and at most 0.25",
            )
        check_least_incidents(self.least_incidents)


PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter(
        "weighting",
        "Score streets by",
        "The incidents on each segment, their harm, or a density that spreads each incident along "
        "the streets around it.",
        choices=(
            ("count", "Count"),
            ("harm", "Harm"),
            ("density", "Density along the streets"),
        ),
    ),
    Parameter(
        "bandwidth_m",
        "Bandwidth (m)",
        "How far the density spreads each incident along the streets. Not used by count or harm.",
        low=25,
        high=300,
        step=25,
    ),
    Parameter(
        "least_m", "Shortest stretch (m)", "No stretch is shorter.", low=50, high=150, step=25
    ),
    Parameter("most_m", "Longest stretch (m)", "No stretch is longer.", low=250, high=500, step=50),
    Parameter(
        "share_of_length",
        "Share of the streets",
        "How much of the length of all streets in the chosen wards the stretches may take up "
        "together: what patrols can walk.",
        low=0.005,
        high=0.1,
        step=0.005,
        per_cent=True,
    ),
    LEAST_PARAMETER,
)


def find(
    incidents: Incidents, area: StudyArea, *, settings: StreetSettings, streets: Segments
) -> MethodResult:
    """Find the densest stretches of the chosen wards' streets.

    Parameters
    ----------
    incidents : Incidents
        With those around the chosen wards, which shape the density at the edge.
    area : StudyArea
        A segment is in it if its middle is.
    settings : StreetSettings
        Defaults are the product's.
    streets : Segments
        Of the loaded streets.

    Returns
    -------
    MethodResult
        With each stretch, without a surface.

    Raises
    ------
    SnappedStreetsError
        Where more than 30 % of the chosen wards' incidents lie on anonymised points.
    StreetsElsewhereError
        Where no street is in the chosen wards, or most incidents there are on none.
    NoHarmWeightsError
        By harm, when no incident has a weight.
    """
    placed = on_streets(incidents, area, streets)
    places, chosen = placed.places, placed.in_area
    motorway = streets.network.class_code == STREET_CLASSES.index("motorway")
    usable = placed.in_wards & ~motorway
    whole_m = float(streets.network.length_m[usable].sum())
    counts = tallied(streets, places, weight=chosen.astype(np.float64))
    value, node_value = counts
    if settings.weighting != "count":
        value, node_value = _values(streets, places, incidents, chosen=chosen, settings=settings)
    found = stretches(
        streets,
        value=value,
        node_value=node_value,
        counts=counts,
        usable=usable,
        length_m=(settings.least_m, settings.most_m),
        budget_m=settings.share_of_length * whole_m,
        least_incidents=settings.least_incidents,
    )
    outlines, kept = _outlines(streets, found, area=area)
    names = _claimable_names(streets, placed, incidents, kept)
    by_harm: Literal["count", "harm"] = "harm" if settings.weighting == "harm" else "count"
    return MethodResult(
        polygons=outlines,
        explanation=_explanation(settings, whole_m=whole_m),
        least_incidents=settings.least_incidents,
        notes=(*_off_notes(placed.off, int(chosen.sum())), *harm_notes(incidents, by=by_harm)),
        evidence=tuple(map(_evidence, kept, names)),
        stretches=tuple(
            WalkedStretch(streets.line(each.segments), said)
            for each, said in zip(kept, names, strict=True)
        ),
    )


def _values(
    streets: Segments,
    places: OnStreet,
    incidents: Incidents,
    *,
    chosen: NDArray[np.bool_],
    settings: StreetSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what segments and nodes are scored by, where that is not their incidents."""
    if settings.weighting == "density":
        mass = network_density(streets, places, bandwidth_m=settings.bandwidth_m)
        return mass, np.zeros(len(streets.network.node_xy))
    heavy = weights(incidents, by=settings.weighting)
    mine = None if heavy is None else np.where(chosen, heavy, 0.0)
    return tallied(streets, places, weight=mine)


def _outlines(
    streets: Segments, found: list[Stretch], *, area: StudyArea
) -> tuple[tuple[Polygon | MultiPolygon, ...], list[Stretch]]:
    """Return the ground of each stretch on the land, and the stretches that have some."""
    streets.draw_grounds(segment for each in found for segment in each.segments)
    outlines, kept = [], []
    for each in found:
        ground = streets.ground(each.segments, each.nodes)
        on_land = clipped((ground,), area.land, least_m2=_LEAST_M2)
        if on_land:
            outlines.append(on_land[0])
            kept.append(each)
    return tuple(outlines), kept


def _claimable_names(
    streets: Segments, placed: Placed, incidents: Incidents, found: list[Stretch]
) -> list[tuple[str, ...]]:
    """Return the streets of each stretch in the order in which they are walked.

    The names are those of the layer; the guard refuses them as it refuses any street.
    """
    places = placed.places
    of_segment = np.full(len(streets) + 1, -1, dtype=np.int32)  # the last is for −1
    of_node = np.full(len(streets.network.node_xy) + 1, -1, dtype=np.int32)
    for number, each in enumerate(found):
        of_segment[list(each.segments)] = number
        of_node[list(each.nodes)] = number
    stretch = np.maximum(of_segment[places.segment], of_node[places.node])
    rows = np.flatnonzero((stretch >= 0) & placed.in_area)
    rows = rows[np.argsort(stretch[rows], kind="stable")]
    ends = np.searchsorted(stretch[rows], np.arange(len(found) + 1))
    names = []
    for number, each in enumerate(found):
        mine = rows[ends[number] : ends[number + 1]]
        refused = street_guard(
            incidents.snapped[mine], incidents.easting[mine], incidents.northing[mine]
        ).no_street
        walked = () if refused else streets.network.name[list(each.segments)]
        names.append(tuple(dict.fromkeys(str(name) for name in walked if name)))
    return names


def _evidence(stretch: Stretch, names: tuple[str, ...]) -> HotspotEvidence:
    """Return the sentence on a stretch: how long it is, and its first streets."""
    more = len(names) - _NAMES
    said = f": {', '.join(names[:_NAMES])}" if names else ""
    said += f" and {more} more" if more > 0 else ""
    sentence = f"{stretch.length_m:,.0f} m of street to walk{said}"
    return HotspotEvidence(hot_class="", z=np.nan, p_value=np.nan, sentence=sentence)


def _off_notes(off: int, incidents: int) -> tuple[str, ...]:
    if not off:
        return ()
    lie = "lies" if off == 1 else "lie"
    return (
        f"{off:,} of {incidents:,} incidents {lie} more than {REACH_M:g} m from a street and "
        "belong to no stretch.",
    )


def _explanation(settings: StreetSettings, *, whole_m: float) -> str:
    by = _BY[settings.weighting].format(bandwidth=settings.bandwidth_m)
    return (
        f"Streets: incidents are put on the nearest street within {REACH_M:g} m. Stretches of "
        f"{settings.least_m:g} to {settings.most_m:g} m are taken by {by}, the densest first, "
        f"until they make up {settings.share_of_length * 100:.3g} % of {whole_m / 1000:,.0f} km of "
        "street; ranked by incidents. An outline is the ground nearer to its stretch than to any "
        "other street."
    )

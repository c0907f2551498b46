"""How many incidents lie near places of a kind, against the ground elsewhere.

Near is not because. Places stand where people are, and so do incidents: a station near which much
is recorded may cause none of it. Comparing within squares of 500 m takes away what a whole quarter
has more of, and nothing else; no figure here can tell a cause from a busy corner.

Incidents are counted for each kilometre of street where streets are loaded, else for each hectare
of land without the water that is loaded: nobody is robbed in a dock. Ground beyond the chosen wards
is not counted, while places beyond them are, as their circles reach in.

What lies on anonymised map points is refused. A map point is up to some hundred metres from where
an incident happened, and it may be a station or a school itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import PlainError
from geo.nearby import ground_near, ground_points, street_points
from geo.shapes import polygonal
from models.hotspots.guard import guard_of
from models.hotspots.study_area import in_study_area
from models.statistics.block_ratio import LEAST_BLOCKS, LEAST_INCIDENTS, block_of, matched_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.areas import Area
    from geo.nearby import PlaceGroup
    from geo.streets.network import StreetNetwork
    from models.hotspots.inputs import Incidents, StudyArea
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection
    from models.statistics.rates import RateRatio

NEAR_M: Final = 100.0
SHORTEST_M, LONGEST_M = 25.0, 250.0
NEAR_IS_NOT_BECAUSE: Final = "Near is not because"
NOT_BECAUSE: Final = (
    f"{NEAR_IS_NOT_BECAUSE}: places stand where people are, and so do incidents. These figures say "
    "where, never why, and put no blame on a place."
)
_EVERYWHERE: Final = ("street", "water")  # all is near a street; water is no ground to count on


class NearDistanceError(PlainError, ValueError):
    """The distance that counts as near is not one that can be used."""

    def __init__(self, near_m: float) -> None:
        super().__init__(
            f"The distance is out of range: {near_m:g} m. Choose {SHORTEST_M:g} to {LONGEST_M:g} m."
        )


@dataclass(frozen=True, slots=True)
class NearKind:
    """Incidents near the places of a kind, and elsewhere.

    Attributes
    ----------
    key, label : str
        Of the kind.
    places : int
        Those whose circles reach the chosen wards.
    near, elsewhere : int
        Incidents of the chosen wards within the distance of at least one of them, and the rest.
    near_exposure, elsewhere_exposure : float
        Kilometres of street or hectares in each.
    ratio : RateRatio or None
        The rate near over the rate elsewhere, compared within squares of 500 m; None where too
        little is known for it.
    """

    key: str
    label: str
    places: int
    near: int
    elsewhere: int
    near_exposure: float
    elsewhere_exposure: float
    ratio: RateRatio | None


@dataclass(frozen=True, slots=True)
class NearPlaces:
    """Incidents near places of each kind.

    Attributes
    ----------
    selection : Selection
    near_m : float
    incidents : int
        In the chosen wards, with a place.
    unit : str
        What rates are for: "km of street" or "hectare".
    kinds : tuple of NearKind
        Empty where refused.
    refused : str
        Why no figure is given, as a sentence; "" where there are figures.
    """

    selection: Selection
    near_m: float
    incidents: int
    unit: str
    kinds: tuple[NearKind, ...]
    refused: str


def near_places(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    groups: tuple[PlaceGroup, ...],
    streets: StreetNetwork | None = None,
    near_m: float = NEAR_M,
    area: StudyArea | None = None,
) -> NearPlaces:
    """Compare, for each kind of place, incidents near its places with those elsewhere.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
    groups : tuple of PlaceGroup
        In the dataset's metric CRS.
    streets : StreetNetwork, optional
        Rates are for each kilometre of them where they are given.
    near_m : float
        25 to 250.
    area : StudyArea, optional
        `Dataset.area` of the chosen wards, where the caller keeps it.

    Raises
    ------
    NearDistanceError
    """
    if not SHORTEST_M <= near_m <= LONGEST_M:
        raise NearDistanceError(near_m)
    selection = dataset.select(incident_filter)
    ground = area or dataset.area(selection.ward_codes, sources=incident_filter.sources)
    incidents = selection.incidents.take(in_study_area(selection.incidents, ground))
    refused = map_points_refusal(incidents)
    exposure = None if refused else _exposure(ground.land, groups=groups, streets=streets)
    return NearPlaces(
        selection=selection,
        near_m=near_m,
        incidents=len(incidents),
        unit="hectare" if streets is None or not len(streets) else "km of street",
        kinds=()
        if exposure is None
        else tuple(
            near_kind(incidents, group, exposure=exposure, land=ground.land, near_m=near_m)
            for group in groups
            if group.key not in _EVERYWHERE
        ),
        refused=refused,
    )


def map_points_refusal(incidents: Incidents) -> str:
    """Say why distances from these incidents mean nothing; "" where they mean something."""
    guard = guard_of(incidents)
    if not guard.no_distances:
        return ""
    return (
        f"No distances are measured: {guard.snapped:.0%} of these incidents lie on anonymised map "
        "points, up to some hundred metres from where they happened. Choose a source with exact "
        "places."
    )


def near_kind(
    incidents: Incidents,
    group: PlaceGroup,
    *,
    exposure: tuple[NDArray[np.float64], NDArray[np.float64]],
    land: Area,
    near_m: float,
) -> NearKind:
    """Compare incidents near the places of one kind with those elsewhere.

    Parameters
    ----------
    incidents : Incidents
        Of the chosen wards.
    group : PlaceGroup
    exposure : tuple of float64 arrays of shape (n, 2) and (n,)
        Points of the ground or its streets, and how much each stands for.
    land : Polygon or MultiPolygon
        The chosen wards.
    near_m : float
    """
    places = group.shapes[shapely.dwithin(land, group.shapes, near_m)]
    near = ground_near(places, within_m=near_m)
    xy, weight = exposure
    here = np.asarray(shapely.contains_xy(near, xy[:, 0], xy[:, 1]))
    there = np.asarray(shapely.contains_xy(near, incidents.easting, incidents.northing))
    blocks = np.concatenate((block_of(*xy.T), block_of(incidents.easting, incidents.northing)))
    _, block = np.unique(blocks, return_inverse=True)
    of_ground, of_incident = block[: len(xy)], block[len(xy) :]
    size = int(block.max()) + 1 if len(block) else 0
    one = np.ones(len(incidents))

    def sums(
        of: NDArray[np.intp], weights: NDArray[np.float64], mask: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        return np.bincount(of[mask], weights=weights[mask], minlength=size).astype(np.float64)

    near_ground, elsewhere_ground = sums(of_ground, weight, here), sums(of_ground, weight, ~here)
    return NearKind(
        key=group.key,
        label=group.label,
        places=len(places),
        near=int(there.sum()),
        elsewhere=int((~there).sum()),
        near_exposure=float(near_ground.sum()),
        elsewhere_exposure=float(elsewhere_ground.sum()),
        ratio=matched_ratio(
            sums(of_incident, one, there),
            near_ground,
            sums(of_incident, one, ~there),
            elsewhere_ground,
        ),
    )


def too_little_label() -> str:
    """Say what a ratio needs."""
    return (
        f"A ratio needs {LEAST_INCIDENTS} incidents near and as many elsewhere, in at least "
        f"{LEAST_BLOCKS} squares of 500 m that hold both."
    )


def _exposure(
    land: Area, *, groups: tuple[PlaceGroup, ...], streets: StreetNetwork | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if streets is not None and len(streets):
        return street_points(streets.lines, land=land)
    water = [group.shapes for group in groups if group.key == "water"]
    if not water:
        return ground_points(land)
    return ground_points(polygonal(land.difference(shapely.union_all(np.concatenate(water)))))

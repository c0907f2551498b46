"""What cameras could have seen: the share of incidents within sight distance, by kind and hour.

Within sight distance is not seen: a wall, a tree or the other way that a camera looks is not known
here, nor whether it worked or was looked at. So a share is the most that there can be. An interval
comes from squares of 500 m, since incidents and cameras both gather (`block_ratio`).

Where incidents lie on anonymised map points, nothing is said: those are up to some hundred metres
from where it happened, farther than a camera sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import PlainError
from geo.nearby import ground_near
from models.hotspots.aoristic import aoristic_week_of
from models.hotspots.guard import guard_of
from models.hotspots.study_area import in_study_area
from models.incidents.near_places import map_points_refusal
from models.statistics.block_ratio import Share, block_of, block_share
from models.wording.categories import CATEGORIES, CATEGORY_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.nearby import PlaceGroup
    from models.hotspots.inputs import Incidents, StudyArea
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection

SIGHT_M: Final = 50.0
SHORTEST_M, LONGEST_M = 10.0, 200.0
PARTS_OF_DAY: Final = ((0, 6), (6, 12), (12, 18), (18, 24))
_FEWEST: Final = 10  # incidents for a row of its own


class SightDistanceError(PlainError, ValueError):
    """The distance at which a camera is taken to see is out of range."""

    def __init__(self, sight_m: float) -> None:
        super().__init__(
            f"The sight distance is out of range: {sight_m:g} m. Choose {SHORTEST_M:g} to "
            f"{LONGEST_M:g} m."
        )


@dataclass(frozen=True, slots=True)
class InSight:
    """Incidents of one kind or part of the day within sight distance of a camera.

    Attributes
    ----------
    label : str
    incidents : float
        All of them; a fraction where intervals of time are spread over their hours.
    within : float
        Those within sight distance.
    share : Share
    """

    label: str
    incidents: float
    within: float
    share: Share


@dataclass(frozen=True, slots=True)
class CameraCover:
    """What the loaded cameras could have seen.

    Attributes
    ----------
    selection : Selection
    sight_m : float
    cameras : int
        Those whose circles reach the chosen wards.
    all, kinds, hours : InSight, and tuples of InSight
        Of all incidents, by category (the largest first, none of fewer than ten) and by part of
        the day.
    no_hours : str
        Why there is nothing by hour; "" where there is.
    refused : str
        Why nothing is said at all; "" where something is. `all` is None then.
    """

    selection: Selection
    sight_m: float
    cameras: int
    all: InSight | None
    kinds: tuple[InSight, ...]
    hours: tuple[InSight, ...]
    no_hours: str
    refused: str


def camera_cover(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    cameras: PlaceGroup | None,
    sight_m: float = SIGHT_M,
    area: StudyArea | None = None,
) -> CameraCover:
    """Return the share of incidents within sight distance of a camera.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
    cameras : PlaceGroup or None
        In the dataset's metric CRS; None where none are loaded.
    sight_m : float
        10 to 200.
    area : StudyArea, optional
        `Dataset.area` of the chosen wards, where the caller keeps it.

    Raises
    ------
    SightDistanceError
    """
    check_sight(sight_m)
    selection = dataset.select(incident_filter)
    ground = area or dataset.area(selection.ward_codes, sources=incident_filter.sources)
    incidents = selection.incidents.take(in_study_area(selection.incidents, ground))
    refused = map_points_refusal(incidents)
    shapes = within_reach(cameras, ground, sight_m=sight_m)
    if not refused and not len(shapes):
        refused = (
            "No camera is loaded in the chosen wards. Load cameras on the page Import data, as the "
            "kind Cameras."
        )
    if refused:
        return CameraCover(selection, sight_m, len(shapes), None, (), (), "", refused)
    seen = in_sight(incidents, shapes, sight_m=sight_m)
    untimed = guard_of(incidents)
    return CameraCover(
        selection=selection,
        sight_m=sight_m,
        cameras=len(shapes),
        all=_in_sight("All incidents", incidents, seen),
        kinds=tuple(_by_kind(incidents, seen)),
        hours=() if untimed.no_hours else tuple(_by_hour(incidents, seen)),
        no_hours=f"{untimed.untimed:.0%} of these incidents have no known hour, so nothing is said "
        "by hour."
        if untimed.no_hours
        else "",
        refused="",
    )


def check_sight(sight_m: float) -> None:
    """Refuse a sight distance out of range.

    Raises
    ------
    SightDistanceError
    """
    if not SHORTEST_M <= sight_m <= LONGEST_M:
        raise SightDistanceError(sight_m)


def within_reach(
    cameras: PlaceGroup | None, area: StudyArea, *, sight_m: float
) -> NDArray[np.object_]:
    """Return the cameras whose circles reach the chosen wards."""
    if cameras is None:
        return np.zeros(0, dtype=object)
    return cameras.shapes[shapely.dwithin(area.land, cameras.shapes, sight_m)]


def in_sight(
    incidents: Incidents, shapes: NDArray[np.object_], *, sight_m: float
) -> NDArray[np.bool_]:
    """Tell which incidents lie within sight distance of at least one camera; shape (n,)."""
    if not len(shapes):
        return np.zeros(len(incidents), dtype=np.bool_)
    near = ground_near(shapes, within_m=sight_m)
    return np.asarray(shapely.contains_xy(near, incidents.easting, incidents.northing))


def _by_kind(incidents: Incidents, seen: NDArray[np.bool_]) -> Iterator[InSight]:
    counts = np.bincount(incidents.category, minlength=len(CATEGORIES))
    for at in np.argsort(-counts, kind="stable"):
        if counts[at] >= _FEWEST:
            own = incidents.category == at
            yield _in_sight(CATEGORY_LABELS[CATEGORIES[at]], incidents.take(own), seen[own])


def _in_sight(label: str, incidents: Incidents, seen: NDArray[np.bool_]) -> InSight:
    _, block = np.unique(block_of(incidents.easting, incidents.northing), return_inverse=True)
    whole = np.bincount(block).astype(np.float64)
    part = np.bincount(block[seen], minlength=len(whole)).astype(np.float64)
    return InSight(label, float(len(incidents)), float(part.sum()), block_share(part, whole))


def _by_hour(incidents: Incidents, seen: NDArray[np.bool_]) -> Iterator[InSight]:
    numbers, block = np.unique(block_of(incidents.easting, incidents.northing), return_inverse=True)
    hours = np.zeros((2, len(numbers), 24))
    for at in range(len(numbers)):
        for row, mask in enumerate((seen, ~seen)):
            week = aoristic_week_of(incidents.take((block == at) & mask))
            hours[row, at] = week.matrix.sum(axis=0)
    for first, end in PARTS_OF_DAY:
        part = hours[0, :, first:end].sum(axis=1)
        whole = part + hours[1, :, first:end].sum(axis=1)
        if whole.sum() >= _FEWEST:
            label = f"{first:02d}:00 to {end % 24:02d}:00"
            yield InSight(label, float(whole.sum()), float(part.sum()), block_share(part, whole))

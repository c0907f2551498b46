"""Where the next cameras would have most in sight that no camera has: chosen, then tested.

Sites are chosen on the older months of a period, exactly (`models.tasking.covering`), and tested on
the newer third, which took no part: what was high by chance in the older months is not there in the
newer ones. The interval of what they would have had in sight comes from the weeks held back.

A site is a crossing of streets, or without streets a point of a 50 m grid. It is a candidate only
with ten incidents in sight, at three places or more, that no camera has in sight: the calls of one
home are no reason for a camera, and a camera is not to point at one. Domestic and sexual incidents
have no place and take no part. What else has to be asked before a camera is put up is no question
of figures: docs/methods.md names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo.counting import counted
from geo.errors import PlainError
from geo.grid import Grid
from models.calendar.days import first_minute
from models.calendar.months import Month, month_starts
from models.hotspots.study_area import in_study_area
from models.incidents.cameras import SIGHT_M, check_sight, in_sight, within_reach
from models.incidents.near_places import map_points_refusal
from models.statistics.block_ratio import Share, block_share
from models.tasking.covering import greedy_cover, maximum_cover

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from geo.nearby import PlaceGroup
    from geo.streets.network import StreetNetwork
    from models.hotspots.inputs import Incidents, StudyArea
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection
    from models.tasking.covering import Cover

MOST_NEW: Final = 20
LEAST_INCIDENTS: Final = 10
LEAST_PLACES: Final = 3
_LEAST_MONTHS: Final = 3
_GRID_M: Final = 50.0
_DRAWS: Final = 200
_WEEK: Final = 7 * 24 * 60


class CameraSitesError(PlainError, ValueError):
    """No sites can be chosen from what is given."""


@dataclass(frozen=True, slots=True)
class CameraSite:
    """A suggested site.

    Attributes
    ----------
    easting, northing : float
        Metres.
    street : str
        Of the streets that meet there, the first by name; "" where not known.
    chosen_on : int
        Incidents in sight in the older months that neither a camera nor a site above has.
    later : int
        The same in the months held back.
    """

    easting: float
    northing: float
    street: str
    chosen_on: int
    later: int


@dataclass(frozen=True, slots=True)
class CameraSites:
    """Sites for new cameras, and what they would have had in sight later.

    Attributes
    ----------
    selection : Selection
    sight_m : float
    asked : int
        How many sites were asked for; fewer are given where no more qualify.
    sites : tuple of CameraSite
        The one that adds most first.
    candidates, qualified : int
        Crossings of the chosen wards, and those with enough incidents.
    held_back : date
        First day of the months that took no part in the choice.
    uncovered, later_uncovered : int
        Incidents in no camera's sight, in the older and in the newer months.
    cover, greedy : Cover
        The choice on the older months, and the greedy one.
    later, later_greedy : Share
        Of `later_uncovered`, what the sites and the greedy sites would have had in sight.
    later_by_chance : float
        The same of as many crossings drawn blindly, on average.
    refused : str
        Why nothing is suggested; "" where something is.
    """

    selection: Selection
    sight_m: float
    asked: int
    sites: tuple[CameraSite, ...]
    candidates: int
    qualified: int
    held_back: date
    uncovered: int
    later_uncovered: int
    cover: Cover
    greedy: Cover
    later: Share
    later_greedy: Share
    later_by_chance: float
    refused: str


def camera_sites(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    cameras: PlaceGroup | None,
    streets: StreetNetwork | None,
    new: int = 5,
    sight_m: float = SIGHT_M,
    area: StudyArea | None = None,
) -> CameraSites:
    """Choose sites for new cameras and test them on the months held back.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its period has three months or more.
    cameras : PlaceGroup or None
        Those that are there.
    streets : StreetNetwork or None
    new : int
        How many, 1 to 20.
    sight_m, area
        As for `models.incidents.cameras.camera_cover`.

    Raises
    ------
    SightDistanceError
    CameraSitesError
        If the number is out of range, or the period is too short or lies on map points.
    """
    check_sight(sight_m)
    if not 1 <= new <= MOST_NEW:
        message = f"The number of cameras is out of range: {new}. Choose 1 to {MOST_NEW}."
        raise CameraSitesError(message)
    selection = dataset.select(incident_filter)
    ground = area or dataset.area(selection.ward_codes, sources=incident_filter.sources)
    incidents = selection.incidents.take(in_study_area(selection.incidents, ground))
    if refused := map_points_refusal(incidents):
        raise CameraSitesError(refused)
    held_back = _held_back(selection)
    seen = in_sight(incidents, within_reach(cameras, ground, sight_m=sight_m), sight_m=sight_m)
    uncovered = incidents.take(~seen)
    newer = uncovered.starts_minute >= first_minute(held_back)
    old, later = uncovered.take(~newer), uncovered.take(newer)
    crossings, names = _crossings(ground, streets)
    return _chosen(
        crossings, names, old=old, later=later, new=new, sight_m=sight_m,
        selection=selection, held_back=held_back,
    )  # fmt: skip


def _chosen(
    crossings: NDArray[np.float64],
    names: list[str],
    *,
    old: Incidents,
    later: Incidents,
    new: int,
    sight_m: float,
    selection: Selection,
    held_back: date,
) -> CameraSites:
    reach, reach_later = (sight_of(crossings, each, sight_m=sight_m) for each in (old, later))
    fit = np.flatnonzero(qualify(reach, old))
    ones = np.ones(len(old))
    best = maximum_cover(csr_array(reach[fit]), ones, sites=new)
    quick = greedy_cover(csr_array(reach[fit]), ones, sites=new)
    at, at_quick = (fit[list(each.sites)] for each in (best, quick))
    adds = _adds(reach_later, at)
    sites = tuple(
        CameraSite(
            float(crossings[site, 0]), float(crossings[site, 1]), names[site], round(gain), added
        )
        for site, gain, added in zip(at.tolist(), best.gains, adds, strict=True)
    )
    rng = np.random.default_rng(1)
    number = min(len(at), len(crossings))
    drawn = [
        seen_by(reach_later, rng.choice(len(crossings), number, replace=False)).mean()
        for _ in range(_DRAWS if len(later) and number else 0)
    ]
    return CameraSites(
        selection=selection,
        sight_m=sight_m,
        asked=new,
        sites=sites,
        candidates=len(crossings),
        qualified=len(fit),
        held_back=held_back,
        uncovered=len(old),
        later_uncovered=len(later),
        cover=best,
        greedy=quick,
        later=share_by_week(later, seen_by(reach_later, at)),
        later_greedy=share_by_week(later, seen_by(reach_later, at_quick)),
        later_by_chance=float(np.mean(drawn)) if drawn else float("nan"),
        refused=""
        if sites
        else f"No crossing has {LEAST_INCIDENTS} incidents at {LEAST_PLACES} places in sight that "
        "no camera has. Choose a longer period, more kinds or a greater distance.",
    )


def _held_back(selection: Selection) -> date:
    """Return the first day of the newer third of the period's months."""
    period = selection.now.period
    first, last = Month.of(period.first), Month.of(period.last)
    number = last.index - first.index + 1
    if number < _LEAST_MONTHS:
        message = (
            f"The period is too short: {period} has {counted(number, 'month')}, and a test on "
            f"later months needs {_LEAST_MONTHS} or more. Choose a longer period."
        )
        raise CameraSitesError(message)
    months = month_starts(period.last, months=number)
    return months[-max(number // 3, 1)]


def _crossings(
    area: StudyArea, streets: StreetNetwork | None
) -> tuple[NDArray[np.float64], list[str]]:
    """Return the places on streets where a camera could be, and a street of each."""
    if streets is None or not len(streets):
        grid = Grid.covering(area.land.bounds, cell_m=_GRID_M)
        x, y = np.meshgrid(*grid.centres())
        xy = np.column_stack((x.ravel(), y.ravel()))
        names = [""] * len(xy)
    else:
        xy = streets.node_xy
        names = [""] * len(xy)
        for ends in (streets.start, streets.end):
            for node, name in zip(ends.tolist(), streets.name.tolist(), strict=True):
                if name and (not names[node] or name < names[node]):
                    names[node] = name
    shapely.prepare(area.land)
    held = np.flatnonzero(shapely.contains_xy(area.land, xy[:, 0], xy[:, 1]))
    return xy[held], [names[at] for at in held]


def sight_of(crossings: NDArray[np.float64], incidents: Incidents, *, sight_m: float) -> csr_array:
    """Return which crossings have which incidents in sight; shape (crossings, incidents)."""
    shape = (len(crossings), len(incidents))
    if not all(shape):
        return csr_array(shape, dtype=np.float64)
    at = np.column_stack((incidents.easting, incidents.northing))
    asked: Any = cKDTree(at).query_ball_point(crossings, sight_m, return_sorted=True)
    lists: list[list[int]] = list(asked)
    sizes = np.array([len(each) for each in lists])
    point = np.fromiter((each for some in lists for each in some), np.intp, int(sizes.sum()))
    site = np.repeat(np.arange(len(crossings)), sizes)
    return csr_array((np.ones(len(point)), (site, point)), shape=shape)


def qualify(reach: csr_array, incidents: Incidents) -> NDArray[np.bool_]:
    """Tell which crossings have enough incidents, at enough different places, in sight."""
    places = np.column_stack((incidents.easting, incidents.northing))
    _, place = np.unique(places, axis=0, return_inverse=True)
    place = place.ravel()
    number = int(place.max()) + 1 if len(place) else 0
    of = csr_array((np.ones(len(place)), (np.arange(len(place)), place)), (len(place), number))
    different = np.diff(csr_array(reach @ of).indptr)
    return np.asarray((np.diff(reach.indptr) >= LEAST_INCIDENTS) & (different >= LEAST_PLACES))


def seen_by(reach: csr_array, sites: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which incidents at least one of some sites has in sight."""
    within = np.zeros(reach.shape[1], dtype=np.bool_)
    for site in sites:
        within[reach.indices[reach.indptr[site] : reach.indptr[site + 1]]] = True
    return within


def _adds(reach: csr_array, sites: NDArray[np.intp]) -> list[int]:
    """Return what each site has in sight that those before it have not."""
    adds, before = [], 0
    for number in range(1, len(sites) + 1):
        so_far = int(seen_by(reach, sites[:number]).sum())
        adds.append(so_far - before)
        before = so_far
    return adds


def share_by_week(incidents: Incidents, within: NDArray[np.bool_]) -> Share:
    """Return the share of incidents that is in sight, with an interval from the weeks."""
    if not len(incidents):
        return Share(float("nan"), float("nan"), float("nan"))
    week = (incidents.starts_minute - incidents.starts_minute.min()) // _WEEK
    whole = np.bincount(week).astype(np.float64)
    part = np.bincount(week[within], minlength=len(whole)).astype(np.float64)
    return block_share(part, whole)

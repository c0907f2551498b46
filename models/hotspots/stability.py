"""Stability: in how many re-runs a hotspot is found again.

A map drawn once hides how much of it hangs on choices that another analyst would have made
otherwise. Each re-run makes them again, all at once: the method's bandwidth or radius, if it has
one, is multiplied by a factor drawn evenly from 1 ± `spread`, the grid is moved by up to half a
cell, and the incidents are drawn again with replacement. A hotspot is found again in a re-run where
one outline with enough incidents shares at least half of their joint area with it (intersection
over union).

It tells how far the map depends on chance and choice, and not whether the place will be high next
month.

Sources: B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7
(1979), for drawing again; P. Jaccard, New Phytologist 11 (1912), for the overlap; C. Hennig,
"Cluster-wise assessment of cluster stability", Computational Statistics & Data Analysis 52 (2007),
for finding clusters again in re-drawn data by their overlap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from models.hotspots.cells import TooLittleDataError
from models.hotspots.method_result import NoHarmWeightsError, SettingError
from models.hotspots.methods import method_result
from models.hotspots.relative_risk import moved

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.calendar.periods import Period
    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.method_result import MethodResult
    from models.hotspots.methods import MethodSettings
    from models.hotspots.relative_risk import Base
    from models.hotspots.shape import Hotspots

_LENGTHS: Final = ("bandwidth_m", "eps_m")  # the first that the settings have is varied
_NO_CELL_M: Final = 50.0  # stands in for a cell's side where a method has no grid
_LISTED: Final = 15


@dataclass(frozen=True, slots=True)
class StabilitySettings:
    """How hotspots are looked for again.

    Attributes
    ----------
    reruns : int
        1 to 200.
    spread : float
        The bandwidth or radius is multiplied by 1 − `spread` to 1 + `spread`; 0 to 0.9.
    least_overlap : float
        Intersection over union from which an outline is the same hotspot, above 0 and up to 1.
    seed : int
        Of the random numbers, so that the same picture gets the same figures.

    Raises
    ------
    SettingError
        If a number is outside its range.
    """

    reruns: int = 20
    spread: float = 0.25
    least_overlap: float = 0.5
    seed: int = 1979

    def __post_init__(self) -> None:
        if not 1 <= self.reruns <= 200:
            raise SettingError(setting="reruns", value=self.reruns, allowed="1 to 200")
        if not 0 <= self.spread <= 0.9:
            raise SettingError(setting="spread", value=self.spread, allowed="0 to 0.9")
        if not 0 < self.least_overlap <= 1:
            allowed = "above 0 and at most 1"
            raise SettingError(setting="least_overlap", value=self.least_overlap, allowed=allowed)


def stability(
    hotspots: Hotspots,
    incidents: Incidents,
    area: StudyArea,
    *,
    settings: MethodSettings,
    rng: np.random.Generator,
    how: StabilitySettings | None = None,
    period: Period | None = None,
    base: Base | None = None,
) -> NDArray[np.float64]:
    """Return the share of re-runs in which each hotspot is found again.

    Parameters
    ----------
    hotspots : Hotspots
        As `detect` found them.
    incidents, area, settings, period, base
        As `detect` was given them.
    rng : Generator
        Of the changes; the same state gives the same shares.
    how : StabilitySettings, optional
        The product's without it.

    Returns
    -------
    float64 array of shape (hotspots,)
        0 to 1, in the order of the frame.
    """
    used = how or StabilitySettings()
    polygons = hotspots.frame.geometry.to_numpy()
    times = np.zeros(len(polygons))
    if not len(polygons):
        return times
    for _ in range(used.reruns):
        drawn = incidents.take(np.sort(rng.integers(0, len(incidents), len(incidents))))
        factor = rng.uniform(1 - used.spread, 1 + used.spread)
        shift = rng.uniform(-0.5, 0.5, 2) * getattr(settings, "cell_m", _NO_CELL_M)
        try:
            again = method_result(
                _moved_incidents(drawn, shift),
                _moved_area(area, shift),
                settings=varied(settings, factor=factor),
                period=period,
                base=None if base is None else moved(base, shift),
            )
        except (TooLittleDataError, NoHarmWeightsError):
            continue  # drawn too thin for the method: nothing is found again
        back = _shifted(np.array(again.polygons, dtype=object), -shift)
        times += _still_hot(polygons, back, drawn, rerun=again, least=used.least_overlap)
    return times / used.reruns


def with_stability(
    hotspots: Hotspots, shares: NDArray[np.float64], *, how: StabilitySettings | None = None
) -> Hotspots:
    """Return the hotspots with their stability, in the column, the reasons and one note.

    The note comes first: a printed sheet has room for so many.

    Parameters
    ----------
    hotspots : Hotspots
    shares : float64 array of shape (hotspots,)
        From `stability`.
    how : StabilitySettings, optional
        What they were made with.
    """
    used = how or StabilitySettings()
    if not len(shares):
        return hotspots
    words = [rerun_label(share, reruns=used.reruns) for share in shares]
    frame = hotspots.frame.assign(
        stability=np.asarray(shares, dtype=np.float64),
        reasons=[
            (*reasons, said) for reasons, said in zip(hotspots.frame["reasons"], words, strict=True)
        ],
    )
    counts = [
        f"{rank}: {round(share * used.reruns)}"
        for rank, share in zip(frame["rank"][:_LISTED], shares, strict=False)
    ]
    more = "" if len(shares) <= _LISTED else " and so on"
    note = f"Found again in {used.reruns} re-runs, by rank: {', '.join(counts)}{more}."
    return replace(hotspots, frame=frame, notes=(note, *hotspots.notes))


def rerun_label(share: float, *, reruns: int) -> str:
    """Return a stability in words: "found again in 17 of 20 re-runs"."""
    return f"found again in {round(share * reruns)} of {reruns} re-runs"


def varied(settings: MethodSettings, *, factor: float) -> MethodSettings:
    """Return the settings with their bandwidth or radius multiplied, as near as they allow.

    Parameters
    ----------
    settings : MethodSettings
        Those with neither are returned as they are.
    factor : float
        Above 0.
    """
    name = next((name for name in _LENGTHS if hasattr(settings, name)), None)
    if name is None:
        return settings
    length = getattr(settings, name)
    for part in (1.0, 0.75, 0.5, 0.25):
        try:
            return replace(settings, **{name: length * (1 + part * (factor - 1))})
        except SettingError:
            continue  # past the end of what the method works with: go less far
    return settings


def _moved_incidents(incidents: Incidents, shift: NDArray[np.float64]) -> Incidents:
    easting, northing = incidents.easting + shift[0], incidents.northing + shift[1]
    return replace(incidents, easting=easting, northing=northing)


def _shifted(polygons: NDArray[np.object_], shift: NDArray[np.float64]) -> NDArray[np.object_]:
    return np.asarray(shapely.transform(polygons, lambda at: at + shift))


def _moved_area(area: StudyArea, shift: NDArray[np.float64]) -> StudyArea:
    return replace(
        area,
        land=shapely.transform(area.land, lambda at: at + shift),
        observed=shapely.transform(area.observed, lambda at: at + shift),
    )


def _still_hot(
    polygons: NDArray[np.object_],
    others: NDArray[np.object_],
    resampled: Incidents,
    *,
    rerun: MethodResult,
    least: float,
) -> NDArray[np.bool_]:
    """Tell which polygons one of the others is nearly the same as, if it holds enough."""
    same_place = np.zeros(len(polygons), dtype=np.bool_)
    if not len(others):
        return same_place
    first, second = shapely.STRtree(others).query(polygons)
    shared = shapely.area(shapely.intersection(polygons[first], others[second]))
    union = shapely.area(polygons[first]) + shapely.area(others[second]) - shared
    same = shared >= least * union
    for i, j in zip(first[same], second[same], strict=True):
        same_place[i] |= _incidents_in(others[j], resampled, enough=rerun.least_incidents)
    return same_place


def _incidents_in(polygon: Polygon | MultiPolygon, incidents: Incidents, *, enough: int) -> bool:
    west, south, east, north = polygon.bounds
    near = (
        (incidents.easting >= west)
        & (incidents.easting <= east)
        & (incidents.northing >= south)
        & (incidents.northing <= north)
    )
    inside = shapely.contains_xy(polygon, incidents.easting[near], incidents.northing[near])
    return int(inside.sum()) >= enough

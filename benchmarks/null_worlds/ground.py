"""Ground and incidents for null worlds: wards of the demo's shapes, and ways to lay incidents.

`WARDS` are two boroughs' simplified real wards, with all their borders and edge cells; `SQUARE` is
1,087 cells of 150 m. Incidents lie evenly; or where the nearest of some map points is; or rounded;
or in series of several at one place, as repeat callers make them. None of these is a hotspot.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import KDTree

from data.demo.geography import DEMO_CRS, demo_wards
from geo.polygon_index import PolygonIndex
from geo.shapes import polygonal
from models.hotspots.inputs import Incidents
from models.hotspots.study_area import study_area

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import StudyArea

    Places = NDArray[np.float64]

SIDE_M = 4830.0
_AROUND_M = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A study area, and the ground that incidents are laid on: its land and a little around it."""

    area: StudyArea
    laid_on: Polygon | MultiPolygon

    @classmethod
    def of(cls, area: StudyArea) -> Ground:
        """Return the ground of a study area."""
        near = polygonal(area.observed.intersection(area.land.buffer(_AROUND_M)))
        shapely.prepare(near)
        return cls(area, near)


if TYPE_CHECKING:
    Lay = Callable[[np.random.Generator, int, Ground], Places]


@lru_cache(maxsize=1)
def square_ground() -> Ground:
    """Return one square ward, with nothing observed around it."""
    box = shapely.box(533_000, 181_000, 533_000 + SIDE_M, 181_000 + SIDE_M)
    wards = gpd.GeoDataFrame(
        {"ward_code": ["E05000000"], "ward_name": ["Square"]}, geometry=[box], crs=DEMO_CRS
    )
    return Ground.of(study_area(wards, ward_codes=["E05000000"], buffer=None, crs=DEMO_CRS))


@lru_cache(maxsize=1)
def ward_ground() -> Ground:
    """Return the wards of one borough, with those of the other around them."""
    wards = demo_wards()
    borough = wards["borough_code"].iloc[0]
    codes = wards.loc[wards["borough_code"] == borough, "ward_code"].tolist()
    return Ground.of(study_area(wards, ward_codes=codes, buffer=None, crs=DEMO_CRS))


def evenly(rng: np.random.Generator, number: int, ground: Ground) -> Places:
    """Lay incidents evenly on the land and the observed ground around it."""
    west, south, east, north = ground.laid_on.bounds
    laid = np.empty((0, 2))
    while len(laid) < number:
        tried = rng.uniform((west, south), (east, north), (2 * number + 100, 2))
        laid = np.concatenate((laid, tried[shapely.contains_xy(ground.laid_on, *tried.T)]))
    return laid[:number]


def on_map_points(points: int) -> Lay:
    """Lay incidents evenly and move each to the nearest of so many points, themselves even."""

    def lay(rng: np.random.Generator, number: int, ground: Ground) -> Places:
        anchors = evenly(rng, points, ground)
        _, nearest = KDTree(anchors).query(evenly(rng, number, ground))
        return anchors[nearest]

    return lay


def rounded(to_m: float) -> Lay:
    """Lay incidents evenly and round each coordinate."""

    def lay(rng: np.random.Generator, number: int, ground: Ground) -> Places:
        return np.round(evenly(rng, number, ground) / to_m) * to_m

    return lay


def in_series(rng: np.random.Generator, number: int, ground: Ground) -> Places:
    """Lay places evenly, and three incidents on average at each."""
    sizes = rng.geometric(1 / 3, number)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), number)) + 1]
    return np.repeat(evenly(rng, len(sizes), ground), sizes, axis=0)[:number]


def incidents_of(
    places: Places,
    area: StudyArea,
    *,
    starts_minute: NDArray[np.int64] | None = None,
    harm: NDArray[np.float32] | None = None,
) -> Incidents:
    """Make incidents at some places, with their wards; in order of time where that is given."""
    n = len(places)
    starts = np.arange(n, dtype=np.int64) if starts_minute is None else starts_minute
    order = np.argsort(starts, kind="stable")
    inside = PolygonIndex.of([area.land]).locate(*places.T)
    ward = np.where(inside == 0, int(np.flatnonzero(area.chosen_wards)[0]), -1)
    return Incidents(
        easting=places[order, 0],
        northing=places[order, 1],
        starts_minute=starts[order],
        hour_of_week=((starts[order] // 60 + 72) % 168).astype(np.int16),
        category=np.zeros(n, dtype=np.int8),
        ward=ward[order].astype(np.int16),
        harm=np.full(n, np.nan, dtype=np.float32) if harm is None else harm[order],
        snapped=np.zeros(n, dtype=np.bool_),
        street=np.full(n, -1, dtype=np.int32),
    )

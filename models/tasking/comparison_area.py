"""Which places to hold beside a treated area: of its shape, on the same ground, as busy before.

The treated shape is laid on every spot of the ground where it fits, clear of the treated area, its
ring, the comparison's own ring and other taskings. Each spot is scored by how far its incidents in
the matching months are from the treated area's, in level and in slope, both in units of their own
chance error (the sum of two squares, so 9.2 is passed by chance in one of a hundred equals). The
best spots that do not touch are the comparison area: up to three, since one place alone has moods
of its own. The next best measure how far like places drift (`models.tasking.outcomes.drift_of`).

What chooses an area must not measure it: the months matched hold neither the period before
nor the period after. Where the shape fits nowhere (a whole ward, say), the comparison is
the rest of the ground beyond a gap, and the note says so. There is no chance in any of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.signal import oaconvolve

from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from models.tasking.displacement import RING_M, polygonal, ring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

PLACES: Final = 3
LIKE_PLACES: Final = 60  # whose drift is measured, at most
POOR: Final = 9.21  # chi-squared, two degrees of freedom, one in a hundred
_FITS: Final = 0.98  # share of a spot that must lie on the ground
_LEAST_LEVEL, _MOST_LEVEL = 0.2, 5.0  # of the treated area's incidents
_FINEST_CELL_M: Final = 25.0
_CELLS_ACROSS: Final = 400


class NoComparisonError(PlainError, LookupError):
    """There is nothing to compare an area with."""

    def __init__(self) -> None:
        super().__init__(
            "No place is left to compare this area with: it and the other taskings cover the study "
            "area. Choose a smaller area, or load the wards around."
        )


@dataclass(frozen=True, slots=True)
class Matching:
    """Incidents of the months that are matched.

    Attributes
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metric CRS.
    month : int64 array of shape (n,)
        Number of the month, counted on through months that are left out.
    months : tuple of int
        The numbers that take part.
    """

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    month: NDArray[np.int64]
    months: tuple[int, ...]

    @property
    def since_middle(self) -> NDArray[np.float64]:
        """Months since the middle of those that take part, one for each incident."""
        middle = np.mean(self.months) if self.months else 0.0
        return np.asarray(self.month - middle, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Level:
    """Incidents in an area over the matching months, and their trend.

    Attributes
    ----------
    incidents : int
    slope : float
        Incidents more or fewer a month with each month, by least squares.
    moment, spread : float
        Sum over incidents of months since the middle, and of its square.
    """

    incidents: int
    slope: float
    moment: float
    spread: float


@dataclass(frozen=True, slots=True)
class Match:
    """How like the comparison was before.

    Attributes
    ----------
    treated, comparison : Level
        The comparison's over all of its places.
    scale : float
        Treated over comparison incidents.
    slope_z : float
        Difference of the two slopes, the comparison's scaled, in standard errors.
    places : int
        How many places make up the comparison; 0 for the rest of the ground.
    worst : float
        The score of the least like of them; infinite for the rest of the ground.
    """

    treated: Level
    comparison: Level
    scale: float
    slope_z: float
    places: int
    worst: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a treated area is held beside.

    Attributes
    ----------
    area, ring : Polygon or MultiPolygon
    match : Match
    """

    area: Polygon | MultiPolygon
    ring: Polygon | MultiPolygon
    match: Match


def propose(
    treated: Polygon | MultiPolygon,
    matching: Matching,
    *,
    ground: Polygon | MultiPolygon,
    others: Sequence[Polygon | MultiPolygon] = (),
    places: int = PLACES,
    ring_m: float = RING_M,
) -> Comparison:
    """Return the comparison area and its ring.

    Parameters
    ----------
    treated : Polygon or MultiPolygon
        Metric CRS, as all of these.
    matching : Matching
    ground : Polygon or MultiPolygon
        The study area.
    others : sequence of Polygon or MultiPolygon
        Areas and rings of other open taskings.
    places : int
        How many places at most.
    ring_m : float
        Width of a ring.

    Raises
    ------
    NoComparisonError
        If nothing is left to compare with.
    """
    kept_clear = [shapely.buffer(treated, 2 * ring_m), *(shapely.buffer(o, ring_m) for o in others)]
    spots = _Spots(treated, matching, ground=ground, kept_clear=kept_clear)
    chosen: list[tuple[float, Polygon | MultiPolygon]] = []
    while len(chosen) < places and (best := spots.take(apart_m=2 * ring_m)) is not None:
        if chosen and best[0] > POOR:
            break
        chosen.append(best)
    if not chosen:
        return _rest(treated, matching, ground=ground, others=others, ring_m=ring_m)
    area = polygonal(shapely.union_all([shape for _, shape in chosen]))
    around = ring(
        area, ground=ground, others=[shapely.buffer(treated, ring_m), *others], width_m=ring_m
    )
    match = match_of(
        treated, area, matching=matching, places=len(chosen), worst=max(s for s, _ in chosen)
    )
    return Comparison(area, around, match)


def like_places(
    treated: Polygon | MultiPolygon,
    matching: Matching,
    *,
    ground: Polygon | MultiPolygon,
    kept_clear: Sequence[Polygon | MultiPolygon] = (),
    most: int = LIKE_PLACES,
) -> tuple[Polygon | MultiPolygon, ...]:
    """Return places of the treated shape, the likest first, which do not overlap.

    Each held a fifth to five times as many incidents in the matching months.

    Parameters
    ----------
    treated, matching, ground
        As in `propose`.
    kept_clear : sequence of Polygon or MultiPolygon
        Where none of them may lie: the treated area, the comparison, their rings, other taskings.
    most : int
    """
    spots = _Spots(treated, matching, ground=ground, kept_clear=[treated, *kept_clear])
    found: list[Polygon | MultiPolygon] = []
    while len(found) < most and (best := spots.take(like_only=True)) is not None:
        found.append(best[1])
    return tuple(found)


def level_of(area: Polygon | MultiPolygon, matching: Matching) -> Level:
    """Count an area's incidents over the matching months and fit their slope."""
    index = PolygonIndex.of([area])
    since = matching.since_middle[index.locate(matching.easting, matching.northing) == 0]
    months = np.array(matching.months, dtype=np.float64)
    about = float(((months - months.mean()) ** 2).sum()) if len(months) > 1 else 0.0
    moment = float(since.sum())
    return Level(len(since), moment / about if about else 0.0, moment, float((since**2).sum()))


def match_of(
    treated: Polygon | MultiPolygon,
    comparison: Polygon | MultiPolygon,
    *,
    matching: Matching,
    places: int,
    worst: float = 0.0,
) -> Match:
    """Say how like a comparison area was in the matching months."""
    own, other = level_of(treated, matching), level_of(comparison, matching)
    scale = own.incidents / other.incidents if own.incidents and other.incidents else 1.0
    variance = own.spread + scale**2 * other.spread
    apart = own.moment - scale * other.moment
    slope_z = apart / math.sqrt(variance) if variance else 0.0
    return Match(own, other, scale, slope_z, places, worst)


class _Spots:
    """All spots where a shape fits, with their scores; taking one removes those around it."""

    def __init__(
        self,
        treated: Polygon | MultiPolygon,
        matching: Matching,
        *,
        ground: Polygon | MultiPolygon,
        kept_clear: Sequence[Polygon | MultiPolygon],
    ) -> None:
        self._shape = treated
        west, south, east, north = shapely.union(ground, treated).bounds
        cell = max(_FINEST_CELL_M, max(east - west, north - south) / _CELLS_ACROSS)
        left, bottom, right, top = treated.bounds
        # The lattice runs through the shape's own corner, so that the shape itself is one spot.
        west -= (west - left) % cell
        south -= (south - bottom) % cell
        self._cell, self._west, self._south = cell, west, south
        columns, rows = math.ceil((east - west) / cell) + 1, math.ceil((north - south) / cell) + 1
        self._tall = max(1, math.ceil((top - bottom) / cell))
        self._wide = max(1, math.ceil((right - left) / cell))
        shape = self._raster(treated, west=left, south=bottom, size=(self._tall, self._wide))
        if not shape.any():
            shape[self._tall // 2, self._wide // 2] = 1.0
        land = self._raster(ground, west=west, south=south, size=(rows, columns))
        blocked = self._raster(
            polygonal(shapely.union_all(list(kept_clear))),
            west=west,
            south=south,
            size=(rows, columns),
        )
        sums = self._sums(matching, shape, size=(rows, columns))
        own = tuple(float(each[self._at(left, bottom)]) for each in sums)
        self._level, self._own_level = sums[0], own[0]
        fits = self._slid(land, shape) >= _FITS * shape.sum()
        clear = self._slid(blocked, shape) < 0.5
        apart = (sums[0] - own[0]) ** 2 / np.maximum(sums[0] + own[0], 1.0)
        apart += (sums[1] - own[1]) ** 2 / np.maximum(sums[2] + own[2], 1.0)
        self._score = np.where(fits & clear, apart, np.inf)

    def take(
        self, *, apart_m: float = 0.0, like_only: bool = False
    ) -> tuple[float, Polygon | MultiPolygon] | None:
        """Return the best spot left and its score, and leave out all within `apart_m` of it."""
        score = self._score
        if like_only:
            low, high = _LEAST_LEVEL * self._own_level, _MOST_LEVEL * self._own_level
            score = np.where((self._level >= low) & (self._level <= high), score, np.inf)
        if not score.size:
            return None
        flat = int(np.argmin(score))
        row, column = divmod(flat, score.shape[1])
        found = float(score[row, column])
        if not math.isfinite(found):
            return None
        more = math.ceil(apart_m / self._cell)
        tall, wide = self._tall + more, self._wide + more
        self._score[
            max(0, row - tall + 1) : row + tall, max(0, column - wide + 1) : column + wide
        ] = np.inf
        left, bottom = self._shape.bounds[:2]
        east = self._west + column * self._cell - left
        north = self._south + row * self._cell - bottom
        return found, shapely.transform(self._shape, lambda at: at + np.array([east, north]))

    def _at(self, left: float, bottom: float) -> tuple[int, int]:
        return (
            round((bottom - self._south) / self._cell),
            round((left - self._west) / self._cell),
        )

    def _raster(
        self,
        polygon: Polygon | MultiPolygon,
        *,
        west: float,
        south: float,
        size: tuple[int, int],
    ) -> NDArray[np.float64]:
        """Mark the cells whose centre a polygon holds."""
        x = west + (np.arange(size[1]) + 0.5) * self._cell
        y = south + (np.arange(size[0]) + 0.5) * self._cell
        across, up = np.meshgrid(x, y)
        inside = PolygonIndex.of([polygon]).locate(across.ravel(), up.ravel()) == 0
        return np.asarray(inside.reshape(size), dtype=np.float64)

    def _sums(
        self, matching: Matching, shape: NDArray[np.float64], *, size: tuple[int, int]
    ) -> list[NDArray[np.float64]]:
        """Return incidents, moment and spread of every spot."""
        column = np.floor((matching.easting - self._west) / self._cell).astype(np.int64)
        row = np.floor((matching.northing - self._south) / self._cell).astype(np.int64)
        on = (row >= 0) & (row < size[0]) & (column >= 0) & (column < size[1])
        flat, since = (row * size[1] + column)[on], matching.since_middle[on]
        found = []
        for weights in (np.ones(len(flat)), since, since**2):
            summed = np.bincount(flat, weights=weights, minlength=size[0] * size[1])
            found.append(self._slid(summed.astype(np.float64).reshape(size), shape))
        return found

    def _slid(self, values: NDArray[np.float64], shape: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the values under the shape at each spot."""
        if shape.shape[0] > values.shape[0] or shape.shape[1] > values.shape[1]:
            return np.zeros((0, 0))
        # A thousandth is far above the error of the transform and far below one incident.
        summed = oaconvolve(values, shape[::-1, ::-1], mode="valid")
        return np.asarray(np.round(summed, 3), dtype=np.float64)


def _rest(
    treated: Polygon | MultiPolygon,
    matching: Matching,
    *,
    ground: Polygon | MultiPolygon,
    others: Sequence[Polygon | MultiPolygon],
    ring_m: float,
) -> Comparison:
    """Compare with the rest of the ground: a band beyond a gap stands for the ring."""
    gap = shapely.union_all([shapely.buffer(treated, 2 * ring_m), *others])
    left = polygonal(shapely.difference(ground, gap))
    band = polygonal(shapely.intersection(left, shapely.buffer(treated, 5 * ring_m)))
    beyond = polygonal(shapely.difference(left, band))
    if band.is_empty or beyond.is_empty:
        raise NoComparisonError
    match = match_of(treated, beyond, matching=matching, places=0, worst=math.inf)
    return Comparison(beyond, band, match)

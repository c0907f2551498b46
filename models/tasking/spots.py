"""All spots of the ground where a shape fits, scored by how like each was to the shape's own place.

The ground is cut into cells of 25 m (larger on ground wider than 10 km), so that the sums of every
spot come from one convolution; the spots are for choosing, and what is chosen is counted exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.signal import oaconvolve

from geo.polygon_index import PolygonIndex
from geo.shapes import polygonal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

POOR: Final = 9.21  # chi-squared, two degrees of freedom, one in a hundred
LEVEL_TOLERANCE: Final = 0.2  # of the level: what is that near is near enough
GROWTH_TOLERANCE: Final = 0.005  # of the level, a month
_FITS: Final = 0.98  # share of a spot that must lie on the ground
_FINEST_CELL_M: Final = 25.0
_CELLS_ACROSS: Final = 400


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

    @property
    def spread_of_months(self) -> float:
        """Mean square of the months' distances from their middle; 1 where there is one month."""
        return float(np.var(self.months)) if len(self.months) > 1 else 1.0


class Spots:
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
        about = matching.spread_of_months
        growth, error = _growth(*sums, about=about)
        own_growth, own_error = _growth(*(np.array([each]) for each in own), about=about)
        level = np.log((sums[0] + 0.5) / (own[0] + 0.5)) ** 2
        level /= 1 / (sums[0] + 0.5) + 1 / (own[0] + 0.5) + LEVEL_TOLERANCE**2
        trend = (growth - own_growth) ** 2 / (error**2 + own_error**2 + GROWTH_TOLERANCE**2)
        self._parallel = trend <= POOR
        self._score = np.where(fits & clear, level + trend, np.inf)

    def take(
        self, *, factor: float, apart_m: float = 0.0, parallel: bool = False
    ) -> tuple[float, Polygon | MultiPolygon] | None:
        """Return the best spot left and its score, and leave out all within `apart_m` of it.

        It had at most `factor` times the incidents of the shape's own place, and at least that
        fraction of them; with `parallel` it also grew no faster or slower than chance allows.
        """
        low, high = self._own_level / factor, self._own_level * factor
        taken = (self._level >= low) & (self._level <= high)
        score = np.where(taken & self._parallel if parallel else taken, self._score, np.inf)
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


def _growth(
    incidents: NDArray[np.float64],
    moment: NDArray[np.float64],
    spread: NDArray[np.float64],
    *,
    about: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return growth a month as a share of the level, and its error, for each spot."""
    size = np.maximum(incidents, 0.5) * about
    return moment / size, np.sqrt(np.maximum(spread, about)) / size

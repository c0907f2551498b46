"""Population and deprivation by small area (LSOA), and the same by ward.

A small area is given to a ward by the best that there is: its outline, if boundaries were loaded
with it (the ward that holds the most of it), else its centre, if the file has one. An area with
neither, or outside every ward, is kept and counted as not placed, so that a ward's population is
never quietly too small.

Residents and the ambient population (people present, workers and visitors included) are summed;
the deprivation score is the mean over residents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.polygon_index import PolygonIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.wards import WardLayer


SPARSE_DENSITY: Final = 1 / 3  # of the usual ward's


LEAST_GROUND: Final = 0.9


BUSY: Final = 2.0  # times as many people present as live there


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """Small areas with their population and deprivation; NaN where the file says nothing.

    Attributes
    ----------
    title : str
    code : tuple of str
    residents, ambient, deprivation : float64 array of shape (n,)
        Deprivation as a score: higher is more deprived.
    easting, northing : float64 array of shape (n,)
        Of the centre, in `metric_crs`.
    outline : object array of shape (n,)
        Polygon or MultiPolygon, or None.
    metric_crs : str
    """

    title: str
    code: tuple[str, ...]
    residents: NDArray[np.float64]
    ambient: NDArray[np.float64]
    deprivation: NDArray[np.float64]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    outline: NDArray[np.object_]
    metric_crs: str

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True, slots=True, eq=False)
class WardContext:
    """The same by ward, in the order of the ward layer.

    Attributes
    ----------
    title : str
    residents, ambient, deprivation, per_km2 : float64 array of shape (number of wards,)
        NaN for a ward that no area with such a number was given to.
    sparse : bool array of shape (number of wards,)
        Few live there: fewer than a third of the usual ward's residents a km², or at least twice as
        many people present as live there. A rate on residents misleads there.
    ground : float64 array of shape (number of wards,)
        Share of the ward that outlines cover; NaN where centres decided. A ward of which less than
        `LEAST_GROUND` is covered has no population: the sum would be too small.
    by_outline, by_centre, unplaced : int
        How many areas were placed in which way.
    unplaced_residents : float
        Who live in those that were not placed.
    """

    title: str
    residents: NDArray[np.float64]
    ambient: NDArray[np.float64]
    deprivation: NDArray[np.float64]
    per_km2: NDArray[np.float64]
    sparse: NDArray[np.bool_]
    ground: NDArray[np.float64]
    by_outline: int
    by_centre: int
    unplaced: int
    unplaced_residents: float

    @property
    def description(self) -> str:
        """How the areas were given to wards."""
        placed = f"{self.by_outline:,} by their outline, {self.by_centre:,} by their centre"
        left = f"; {self.unplaced:,} are in no ward or have no place" if self.unplaced else ""
        people = f" ({self.unplaced_residents:,.0f} residents)" if self.unplaced_residents else ""
        return f"{self.title}: small areas given to wards, {placed}{left}{people}."


def by_ward(context: Context, *, wards: WardLayer) -> WardContext:
    """Give each small area to a ward and sum up.

    Parameters
    ----------
    context : Context
    wards : WardLayer
        In the same CRS.
    """
    shapes = wards.frame.geometry.to_numpy()
    ward, by_outline, ground = _placed(context, shapes)
    count = len(shapes)
    thin = ground < LEAST_GROUND
    residents = np.where(thin, np.nan, _summed(context.residents, ward, count=count))
    ambient = np.where(thin, np.nan, _summed(context.ambient, ward, count=count))
    per_km2 = residents / (shapely.area(shapes) / 1e6)
    placed = ward >= 0
    return WardContext(
        title=context.title,
        residents=residents,
        ambient=ambient,
        deprivation=_mean(context.deprivation, ward, weight=context.residents, count=count),
        per_km2=per_km2,
        sparse=_sparse(residents, ambient, per_km2),
        ground=ground,
        by_outline=int((placed & by_outline).sum()),
        by_centre=int((placed & ~by_outline).sum()),
        unplaced=int((~placed).sum()),
        unplaced_residents=float(np.nansum(context.residents[~placed])),
    )


def _placed(
    context: Context, shapes: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return each area's ward, −1 for none, whether its outline decided, and the wards' cover."""
    ward = np.full(len(context), -1, dtype=np.int64)
    has_outline = np.array([each is not None for each in context.outline], dtype=np.bool_)
    tree = shapely.STRtree(shapes)
    at = np.flatnonzero(has_outline)
    outlines = context.outline[at]
    small, large = tree.query(outlines, predicate="intersects")
    shared = shapely.area(shapely.intersection(outlines[small], shapes[large]))
    covered = np.bincount(large, weights=shared, minlength=len(shapes)) / shapely.area(shapes)
    most = np.zeros(len(at))
    for position, candidate, area in zip(small, large, shared, strict=True):
        if area > most[position]:
            most[position], ward[at[position]] = area, candidate
    centred = np.flatnonzero(~has_outline & np.isfinite(context.easting))
    if len(centred):
        index = PolygonIndex.of(list(shapes))
        ward[centred] = index.locate(context.easting[centred], context.northing[centred])
        covered[np.unique(ward[centred][ward[centred] >= 0])] = np.nan
    return ward, has_outline, np.where(covered > 0, covered, np.nan)


def _summed(
    values: NDArray[np.float64], ward: NDArray[np.int64], *, count: int
) -> NDArray[np.float64]:
    known = (ward >= 0) & np.isfinite(values)
    total = np.bincount(ward[known], weights=values[known], minlength=count)
    some = np.bincount(ward[known], minlength=count) > 0
    return np.where(some, total, np.nan)


def _mean(
    values: NDArray[np.float64],
    ward: NDArray[np.int64],
    *,
    weight: NDArray[np.float64],
    count: int,
) -> NDArray[np.float64]:
    known = (ward >= 0) & np.isfinite(values) & (weight > 0)
    total = np.bincount(ward[known], weights=(values * weight)[known], minlength=count)
    people = np.bincount(ward[known], weights=weight[known], minlength=count)
    return np.where(people > 0, total / np.where(people > 0, people, 1.0), np.nan)


def _sparse(
    residents: NDArray[np.float64], ambient: NDArray[np.float64], per_km2: NDArray[np.float64]
) -> NDArray[np.bool_]:
    known = np.isfinite(per_km2)
    if not known.any():
        return np.zeros(len(residents), dtype=np.bool_)
    few = per_km2 < SPARSE_DENSITY * np.median(per_km2[known])
    busy = ambient >= BUSY * residents
    return np.asarray(known & (few | busy), dtype=np.bool_)

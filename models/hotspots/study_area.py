"""The study area from a ward layer, and counts by ward.

Which ground counts as observed decides the edge correction. Wards of the layer count in full where
incidents are held all over them; elsewhere only the blocks that hold incidents do, so a layer of
all London with one borough's incidents does not pretend that the neighbours had none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.ndimage import binary_closing

from geo.errors import PlainError
from geo.grid import Grid
from geo.polygon_index import PolygonIndex
from geo.shapes import polygonal
from models.hotspots.inputs import StudyArea

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents

BLOCK_M: Final = 250.0
NEIGHBOURHOOD_M: Final = 4000.0  # twice the reach of the widest kernel
_ENOUGH_BLOCKS: Final = 0.5  # of a ward's blocks: then incidents are held for all of it


class UnknownWardsError(PlainError, LookupError):
    """Wards were chosen that the ward layer does not hold, or none was chosen."""

    def __init__(self, missing: Sequence[str], *, layer: int) -> None:
        fault = f"Unknown wards {', '.join(missing[:5])}" if missing else "No ward was chosen"
        super().__init__(
            f"{fault}: a study area is made of wards of the ward layer, which has {layer}. Choose "
            "wards from the layer, or load the ward file they are in."
        )


@dataclass(frozen=True, slots=True)
class WardTotals:
    """Incidents by ward; with `outside` they add up to the incidents given.

    Attributes
    ----------
    codes, names : tuple of str
        All wards of the layer.
    chosen_wards : bool array of shape (wards,)
        True for those of the study area.
    incidents : int64 array of shape (wards,)
        Incidents in each.
    outside : int
        Incidents outside every ward of the layer.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    chosen_wards: NDArray[np.bool_]
    incidents: NDArray[np.int64]
    outside: int

    @property
    def in_study_area(self) -> int:
        """Incidents in the chosen wards."""
        return int(self.incidents[self.chosen_wards].sum())


def ward_totals(incidents: Incidents, area: StudyArea) -> WardTotals:
    """Count incidents by ward; nothing is left out and nothing counted twice.

    Parameters
    ----------
    incidents : Incidents
        Length n; `ward` indexes the area's wards.
    area : StudyArea
        The wards.
    """
    counts = np.bincount(incidents.ward.astype(np.int64) + 1, minlength=len(area.ward_codes) + 1)
    return WardTotals(
        codes=area.ward_codes,
        names=area.ward_names,
        chosen_wards=area.chosen_wards,
        incidents=counts[1:],
        outside=int(counts[0]),
    )


def in_study_area(incidents: Incidents, area: StudyArea) -> NDArray[np.bool_]:
    """Tell which incidents lie in the chosen wards; shape (n,)."""
    # Ward −1 (outside every ward) reads the last element, which is False.
    return np.append(area.chosen_wards, False)[incidents.ward]


def study_area(
    wards: gpd.GeoDataFrame,
    *,
    ward_codes: Sequence[str],
    buffer: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    crs: str,
) -> StudyArea:
    """Return the study area of the chosen wards.

    Parameters
    ----------
    wards : GeoDataFrame
        Columns `ward_code`, `ward_name`, `geometry`, in the order of `Incidents.ward`, any CRS.
    ward_codes : sequence of str
        Ward codes, at least one.
    buffer : tuple of two float64 arrays of shape (n,), or None
        Easting and northing of every incident held, of all dates and categories, at least of those
        outside the chosen wards. They show for which ground around incidents are held. None says
        that incidents are held for all of the layer and nothing beyond.
    crs : str
        The metric CRS to work in.

    Returns
    -------
    StudyArea
        `observed` reaches at most 4 km beyond the chosen wards: no kernel reaches further.

    Raises
    ------
    UnknownWardsError
        If no ward is chosen or one is not in the layer.
    """
    codes = tuple(str(code) for code in wards["ward_code"])
    missing = sorted(set(ward_codes) - set(codes))
    if missing or not len(ward_codes):
        raise UnknownWardsError(missing, layer=len(codes))
    metric = wards.geometry if wards.crs == crs else wards.geometry.to_crs(crs)
    shapes = metric.to_numpy().copy()
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = [polygonal(each) for each in shapes[broken]]
    is_chosen = np.isin(np.array(codes), list(ward_codes))
    is_chosen.setflags(write=False)
    land = polygonal(shapely.union_all(shapes[is_chosen]))
    return StudyArea(
        land=land,
        ward_codes=codes,
        ward_names=tuple(str(name) for name in wards["ward_name"]),
        chosen_wards=is_chosen,
        observed=_observed(land, shapes[~is_chosen], buffer=buffer),
        crs=crs,
    )


def _observed(
    land: Polygon | MultiPolygon,
    others: NDArray[np.object_],
    *,
    buffer: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> Polygon | MultiPolygon:
    west, south, east, north = land.bounds
    reach = NEIGHBOURHOOD_M
    around = shapely.box(west - reach, south - reach, east + reach, north + reach)
    near = others[shapely.intersects(others, around)]
    blocks: list[Polygon] = []
    if buffer is not None:
        grid = Grid.covering(land.bounds, cell_m=BLOCK_M, margin_m=reach)
        held = binary_closing(np.pad(grid.counts(*buffer) > 0, 1), np.ones((3, 3), dtype=np.bool_))[
            1:-1, 1:-1
        ]
        near = near[_well_covered(near, held, grid=grid)]
        blocks = _boxes(held, grid=grid)
    return polygonal(shapely.union_all([land, *near, *blocks]))


def _well_covered(
    wards: NDArray[np.object_], mask: NDArray[np.bool_], *, grid: Grid
) -> NDArray[np.bool_]:
    """Tell for which wards incidents are held in at least half of their blocks."""
    x, y = np.meshgrid(*grid.centres())
    ward = PolygonIndex.of(list(wards), cell_m=BLOCK_M).locate(x.ravel(), y.ravel())
    blocks = np.bincount(ward + 1, minlength=len(wards) + 1)[1:]
    with_incidents = np.bincount(ward[mask.ravel()] + 1, minlength=len(wards) + 1)[1:]
    return (blocks > 0) & (with_incidents >= _ENOUGH_BLOCKS * blocks)


def _boxes(mask: NDArray[np.bool_], *, grid: Grid) -> list[Polygon]:
    """Return one rectangle for each run of held blocks along a row."""
    step = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, first = np.nonzero(step == 1)
    _, end = np.nonzero(step == -1)
    left, right = grid.left + first * grid.cell_m, grid.left + end * grid.cell_m
    bottom = grid.bottom + row * grid.cell_m
    return list(shapely.box(left, bottom, right, bottom + grid.cell_m))

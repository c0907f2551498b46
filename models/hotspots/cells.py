"""The cells that a test on counts is made on, and polygons of the cells that it picks.

The cells of the chosen wards are tested. The observed cells around them take part as neighbours, so
that a cell at the border of the chosen wards has all its neighbours and a hotspot that crosses the
border is not cut in half. Every cell counts, the empty ones above all: without them the average
would be that of busy places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy import ndimage

from geo.errors import PlainError
from geo.grid import Grid
from models.hotspots.contours import clipped
from models.hotspots.coverage import coverage
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents, StudyArea

# The test holds its level below these, and finds next to nothing. Of a thousand cells, a place with
# ten times the average is found in half of the worlds at 60 incidents and in a tenth at 50; with 60
# incidents, one with three times in nearly all at 36 cells, half at 25 and none at 16.
LEAST_CELLS: Final = 30
LEAST_INCIDENTS: Final = 60
_LEAST_GROUND: Final = 0.25  # of a cell: less is a sliver of a bank or a border
_QUEEN: Final = np.ones((3, 3), dtype=np.bool_)


class TooLittleDataError(PlainError, ValueError):
    """There are too few cells or incidents for a test to mean anything."""

    def __init__(self, *, what: str, count: int, least: int, advice: str) -> None:
        super().__init__(
            f"Too little data for this method: {count:,} {what}, and it needs at least {least}, "
            f"because below that it would find none but the most extreme place. {advice}"
        )


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a study area; arrays have the grid's shape.

    Attributes
    ----------
    grid : Grid
    member : bool array
        Cells that take part: at least a quarter of each is observed ground.
    tested : bool array
        Those of them that hold land of the chosen wards.
    ground : float64 array
        Share of each cell that is observed ground, 0 to 1.
    land : Polygon or MultiPolygon
        The chosen wards, to which polygons are clipped.
    """

    grid: Grid
    member: NDArray[np.bool_]
    tested: NDArray[np.bool_]
    ground: NDArray[np.float64]
    land: Polygon | MultiPolygon


def cells_of(area: StudyArea, *, cell_m: float) -> Cells:
    """Return the cells of a study area.

    Parameters
    ----------
    area : StudyArea
    cell_m : float
        Side of a cell in metres.

    Raises
    ------
    TooLittleDataError
        If fewer than 30 cells hold land of the chosen wards.
    """
    grid = Grid.covering(area.land.bounds, cell_m=cell_m, margin_m=cell_m)
    ground = coverage(area.observed, grid)
    enough = ground >= _LEAST_GROUND
    tested = enough & (coverage(area.land, grid) > 0)
    if tested.sum() < LEAST_CELLS:
        raise TooLittleDataError(
            what=f"cells of {cell_m:g} m in the chosen wards",
            count=int(tested.sum()),
            least=LEAST_CELLS,
            advice="Choose more wards or smaller cells, or use density (KDE).",
        )
    member = enough & ndimage.binary_dilation(tested, structure=_QUEEN)
    return Cells(grid=grid, member=member, tested=tested, ground=ground, land=area.land)


def check_incidents(incidents: Incidents, area: StudyArea) -> None:
    """Refuse too few incidents.

    Raises
    ------
    TooLittleDataError
        If there are fewer than 60 in the chosen wards.
    """
    found = int(in_study_area(incidents, area).sum())
    if found < LEAST_INCIDENTS:
        raise TooLittleDataError(
            what="incidents in the chosen wards",
            count=found,
            least=LEAST_INCIDENTS,
            advice="Choose a longer period, more categories or more wards, or use density (KDE).",
        )


@dataclass(frozen=True, slots=True)
class Patch:
    """Cells joined into one polygon.

    Attributes
    ----------
    polygon : Polygon or MultiPolygon
        On the land; of several parts only where water or a border cuts it.
    cells : bool array
        Its cells, on the grid.
    """

    polygon: Polygon | MultiPolygon
    cells: NDArray[np.bool_]


def patches(cells: Cells, picked: NDArray[np.bool_]) -> tuple[Patch, ...]:
    """Join picked cells that share a side, and clip them to the land.

    Parameters
    ----------
    cells : Cells
    picked : bool array of the grid's shape
        Cells that touch only at a corner stay apart.

    Returns
    -------
    tuple of Patch
        Not overlapping.
    """
    label, count = ndimage.label(picked)
    made: list[Patch] = []
    for number in range(1, count + 1):
        mine = label == number
        joined = shapely.union_all(_squares(mine, cells.grid))
        # A sliver of land at the edge of a cell is no place to send anybody.
        least_m2 = 0.02 * cells.grid.cell_m**2
        made.extend(
            Patch(part, mine)
            for part in clipped((*shapely.get_parts(joined),), cells.land, least_m2=least_m2)
        )
    return tuple(made)


def _squares(mine: NDArray[np.bool_], grid: Grid) -> NDArray[np.object_]:
    row, column = np.nonzero(mine)
    left = grid.left + column * grid.cell_m
    bottom = grid.bottom + row * grid.cell_m
    return np.asarray(shapely.box(left, bottom, left + grid.cell_m, bottom + grid.cell_m))

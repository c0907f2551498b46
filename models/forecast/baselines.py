"""The simple ways to choose where to go, which any model must beat.

Each takes the history up to the origin and returns a score for each cell; patrols go to the cells
with the highest scores. They are what an officer does by hand: go where it was last time, or where
it was over the last year, or where the last year's map is darkest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from geo.grid import Grid
from models.hotspots.density import density

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.forecast.cells import CellCounts

BANDWIDTH_M: Final = 200.0
_PARTS: Final = 3  # a cell is cut into 3 × 3, so that its centre is the centre of a part


class Forecaster(Protocol):
    """A way to score the cells for the periods that follow a history."""

    @property
    def name(self) -> str:
        """Short name, for files and the command line."""

    @property
    def label(self) -> str:
        """Name in plain words."""

    def scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        """Return a score for each cell, shape (cells,), for the `horizon` periods that follow."""


@dataclass(frozen=True, slots=True)
class LastPeriod:
    """The counts of the last period, as long as the one to be forecast."""

    name: str = "last_period"
    label: str = "Where it was last time"

    def scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        """Return the counts of the last `horizon` periods."""
        return history.latest(horizon)


@dataclass(frozen=True, slots=True)
class LastYear:
    """The counts of the last twelve months."""

    name: str = "last_12_months"
    label: str = "Where it was over the last 12 months"

    def scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        """Return the counts of the last 12 months (52 weeks), whatever the horizon."""
        return history.latest(history.year)


@dataclass(frozen=True, slots=True)
class LastYearDensity:
    """A quartic kernel density of the last twelve months' counts, at the cells' centres.

    Counts around the study area are part of it where they are known.
    """

    bandwidth_m: float = BANDWIDTH_M
    name: str = "kde_12_months"
    label: str = "Density map of the last 12 months"

    def scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        """Return the density of the cells' counts, each put at the centre of its cell."""
        grid = history.grid
        margin = int(np.ceil(self.bandwidth_m / grid.cell_m)) + 1
        part_m = grid.cell_m / _PARTS
        fine = Grid(
            left=grid.left - margin * grid.cell_m,
            bottom=grid.bottom - margin * grid.cell_m,
            cell_m=part_m,
            columns=(grid.columns + 2 * margin) * _PARTS,
            rows=(grid.rows + 2 * margin) * _PARTS,
        )
        places = [_placed(grid, history.cells, history.latest(history.year))]
        if history.around is not None:
            beyond = history.around
            places.append(_placed(beyond.grid, beyond.cells, history.latest_around(history.year)))
        x, y, weight = (np.concatenate(each) for each in zip(*places, strict=True))
        per_km2 = density(
            x,
            y,
            grid=fine,
            bandwidth_m=max(self.bandwidth_m, 2 * part_m),
            weight=weight,
        )
        first = margin * _PARTS + _PARTS // 2
        centres = per_km2[first::_PARTS, first::_PARTS][: grid.rows, : grid.columns]
        # Rounding makes ties of equal neighbourhoods, as they are; noise would break them unfairly.
        return history.off_grid(np.round(centres, 9))


def _placed(
    grid: Grid, cells: NDArray[np.int64], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the centres of the cells that hold incidents, and how many they hold."""
    x, y = np.meshgrid(*grid.centres())
    busy = counts > 0
    return x.ravel()[cells][busy], y.ravel()[cells][busy], counts[busy]


BASELINES: Final[tuple[Forecaster, ...]] = (LastPeriod(), LastYear(), LastYearDensity())

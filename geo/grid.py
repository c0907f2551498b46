"""A grid of square cells in a metric coordinate system.

Cell edges are multiples of the cell size, counted from the system's own origin (plus an optional
shift), so the same street falls into the same cell whatever data are loaded. Row 0 is the
southernmost, column 0 the westernmost. A cell holds its left and bottom edge and not its right and
top edge, so every point lies in exactly one cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells: `columns` × `rows` of `cell_m` metres from the corner (`left`, `bottom`)."""

    left: float
    bottom: float
    cell_m: float
    columns: int
    rows: int

    @classmethod
    def covering(
        cls,
        bounds: Bounds,
        *,
        cell_m: float,
        margin_m: float = 0.0,
        shift_m: tuple[float, float] = (0.0, 0.0),
    ) -> Grid:
        """Return the smallest aligned grid that covers `bounds` grown by `margin_m` on each side.

        Parameters
        ----------
        bounds : tuple of float
            Minimum x, minimum y, maximum x, maximum y, in metres.
        cell_m : float
            Side of a cell in metres.
        margin_m : float
            Extra ground on each side, in metres.
        shift_m : tuple of float
            Moves the cell edges by this much from multiples of `cell_m` (x, y).

        Raises
        ------
        ValueError
            If the bounds are not finite or the cell size is not positive.
        """
        if not (cell_m > 0 and all(math.isfinite(value) for value in bounds)):
            message = f"Bounds not finite or cell size not positive: {bounds}, {cell_m}"
            raise ValueError(message)
        west, south, east, north = bounds
        first_column = math.floor((west - margin_m - shift_m[0]) / cell_m)
        first_row = math.floor((south - margin_m - shift_m[1]) / cell_m)
        last_column = math.floor((east + margin_m - shift_m[0]) / cell_m)
        last_row = math.floor((north + margin_m - shift_m[1]) / cell_m)
        return cls(
            left=first_column * cell_m + shift_m[0],
            bottom=first_row * cell_m + shift_m[1],
            cell_m=cell_m,
            columns=last_column - first_column + 1,
            rows=last_row - first_row + 1,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, the shape of an array over this grid."""
        return self.rows, self.columns

    @property
    def bounds(self) -> Bounds:
        """Minimum x, minimum y, maximum x, maximum y in metres."""
        return (
            self.left,
            self.bottom,
            self.left + self.columns * self.cell_m,
            self.bottom + self.rows * self.cell_m,
        )

    @property
    def cell_km2(self) -> float:
        """Area of one cell in km²."""
        return self.cell_m * self.cell_m / 1e6

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the x of the column centres, shape (columns,), and the y of the row centres."""
        x = self.left + (np.arange(self.columns) + 0.5) * self.cell_m
        y = self.bottom + (np.arange(self.rows) + 0.5) * self.cell_m
        return x.astype(np.float64), y.astype(np.float64)

    def cells(
        self, easting: NDArray[np.float64], northing: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Return the flat cell index (row × columns + column) of each point, −1 off the grid.

        Parameters
        ----------
        easting, northing : float64 array of shape (n,)
            Metres.

        Returns
        -------
        int64 array of shape (n,)
        """
        column = np.floor((easting - self.left) / self.cell_m).astype(np.int64)
        row = np.floor((northing - self.bottom) / self.cell_m).astype(np.int64)
        on_grid = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(on_grid, row * self.columns + column, -1)

    def counts(
        self,
        easting: NDArray[np.float64],
        northing: NDArray[np.float64],
        *,
        weight: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Return the (weighted) number of points in each cell, shape (rows, columns)."""
        cells = self.cells(easting, northing)
        inside = cells >= 0
        weights = None if weight is None else weight[inside]
        flat = np.bincount(cells[inside], weights=weights, minlength=self.rows * self.columns)
        return flat.astype(np.float64).reshape(self.shape)

"""A density as one picture for a browser's map.

A browser's map is drawn in spherical Mercator (EPSG:3857), in which the squares of the British
National Grid stand at an angle (1.5° in London): laid on by its extent, a borough-sized grid would
be off by some 100 m. So each pixel of the picture is taken back to the grid and reads the density
there, bilinear between the centres of the cells. Cells without a density (NaN) stay bare to their
very edge.
"""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.grid import Bounds, Grid
    from geo.palettes import ChangeScale, DensityScale

WEB_MERCATOR: Final = "EPSG:3857"
_PIXELS_PER_CELL: Final = 2.0
_MOST_PIXELS: Final = 1600  # on a side
_HATCH_PIXELS: Final = 2  # width of a stripe
_LATTICE: Final = 33  # exact positions on a side; between them the change of systems is straight


class DensityShapeError(ValueError):
    """The density does not have the shape of its grid."""


@dataclass(frozen=True, slots=True)
class DensityImage:
    """A PNG and the ground it covers: west, south, east, north in degrees, drawn in Mercator."""

    png: bytes
    bounds: Bounds

    @property
    def data_url(self) -> str:
        """The picture as an address that holds it."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


def density_image(
    grid: Grid,
    per_km2: NDArray[np.float64],
    *,
    scale: DensityScale | ChangeScale,
    crs: str = BRITISH_NATIONAL_GRID,
) -> DensityImage:
    """Paint a density for a browser's map.

    Parameters
    ----------
    grid : Grid
        Cells in `crs`, row 0 the southernmost.
    per_km2 : float64 array of shape (rows, columns)
        Incidents per km²; NaN where there is none.
    scale : DensityScale or ChangeScale
        Classes and colours, each laid on as glass that lets through what it can of the ground; what
        lies below the first class is bare.
    crs : str
        Metric system of the grid.

    Raises
    ------
    DensityShapeError
        If the array does not have the grid's shape.
    """
    if per_km2.shape != grid.shape:
        message = (
            f"The density does not fit its grid: shape {per_km2.shape}, and the grid has rows and "
            f"columns {grid.shape}. Give the surface together with the grid it was made on."
        )
        raise DensityShapeError(message)
    rows, columns, mercator = _pixel_positions(grid, crs)
    classes = _hatch(scale.classes(_read(per_km2, rows=rows, columns=columns)), scale.hatched)
    west, south, east, north = mercator
    degrees = transform([west, east], [south, north], source=WEB_MERCATOR, target=WGS84)
    (west, east), (south, north) = (axis.tolist() for axis in degrees)
    return DensityImage(_png(classes, scale=scale), (west, south, east, north))


@lru_cache(maxsize=8)
def _pixel_positions(
    grid: Grid, crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], Bounds]:
    """Return each pixel's row and column on the grid (0 = centre of the first cell), top row first.

    The third value is the picture's extent in metres of Mercator.
    """
    left, bottom, right, top = grid.bounds
    along = np.linspace(0.0, 1.0, _LATTICE)
    edge_x = left + (right - left) * along
    edge_y = bottom + (top - bottom) * along
    outline_x = np.concatenate([edge_x, edge_x, np.full(_LATTICE, left), np.full(_LATTICE, right)])
    outline_y = np.concatenate([np.full(_LATTICE, bottom), np.full(_LATTICE, top), edge_y, edge_y])
    x, y = transform(outline_x, outline_y, source=crs, target=WEB_MERCATOR)
    west, south, east, north = (float(v) for v in (x.min(), y.min(), x.max(), y.max()))
    pixels = _PIXELS_PER_CELL * max(grid.shape)
    side = max(east - west, north - south) / min(_MOST_PIXELS, pixels)
    width = math.ceil((east - west) / side)
    height = math.ceil((north - south) / side)

    lattice_x, lattice_y = np.meshgrid(
        np.linspace(west, east, _LATTICE), np.linspace(north, south, _LATTICE)
    )
    easting, northing = transform(
        lattice_x.ravel(), lattice_y.ravel(), source=WEB_MERCATOR, target=crs
    )
    at = np.meshgrid(
        (np.arange(height) + 0.5) / height * (_LATTICE - 1),
        (np.arange(width) + 0.5) / width * (_LATTICE - 1),
        indexing="ij",
    )
    shape = (_LATTICE, _LATTICE)
    columns = map_coordinates((easting.reshape(shape) - left) / grid.cell_m - 0.5, at, order=1)
    rows = map_coordinates((northing.reshape(shape) - bottom) / grid.cell_m - 0.5, at, order=1)
    rows.flags.writeable = False
    columns.flags.writeable = False
    return rows, columns, (west, south, east, north)


def _read(
    per_km2: NDArray[np.float64], *, rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the density at each position, NaN off the grid and in cells that have none."""
    known = np.isfinite(per_km2)
    weight = map_coordinates(known.astype(np.float64), (rows, columns), order=1, mode="nearest")
    total = map_coordinates(np.where(known, per_km2, 0.0), (rows, columns), order=1, mode="nearest")
    row = np.floor(rows + 0.5).astype(np.int64)
    column = np.floor(columns + 0.5).astype(np.int64)
    on_grid = (row >= 0) & (row < known.shape[0]) & (column >= 0) & (column < known.shape[1])
    shown = np.zeros(rows.shape, dtype=np.bool_)
    shown[on_grid] = known[row[on_grid], column[on_grid]]
    density = np.full(rows.shape, np.nan)
    np.divide(total, weight, out=density, where=shown)
    return density


def _hatch(classes: NDArray[np.uint8], hatched: int) -> NDArray[np.uint8]:
    """Leave stripes of the first classes bare, so that they are told without colour."""
    if not hatched:
        return classes
    row, column = np.indices(classes.shape)
    gap = ((row + column) // _HATCH_PIXELS % 3 == 0) & (classes <= hatched)
    return np.where(gap, 0, classes).astype(np.uint8)


def _png(classes: NDArray[np.uint8], *, scale: DensityScale | ChangeScale) -> bytes:
    glazes = [(0, 0, 0, 0), *scale.glazes]
    image = Image.fromarray(classes)
    image.putpalette([part for *colour, _ in glazes for part in colour])
    file = io.BytesIO()
    alpha = bytes(opacity for *_, opacity in glazes)
    image.save(file, format="PNG", transparency=alpha, optimize=False)
    return file.getvalue()

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.grid import Grid
from geo.palettes import DensityScale, density_scale
from geo.screen.density_image import DensityImage, DensityShapeError, density_image

GRID = Grid(left=530_000.0, bottom=178_000.0, cell_m=50.0, columns=160, rows=120)
SCALE = DensityScale((10.0, 20.0), ("#f6dd3f", "#002d68"))


def painted(image: DensityImage) -> np.ndarray:
    with Image.open(io.BytesIO(image.png)) as picture:
        return np.asarray(picture.convert("RGBA"))


def places(image: DensityImage, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return easting and northing of the chosen pixels' middles, as a browser would place them."""
    west, south, east, north = image.bounds
    x, y = transform([west, east], [south, north], source=WGS84, target="EPSG:3857")
    rows, columns = np.nonzero(chosen)
    height, width = chosen.shape
    mercator_x = x[0] + (columns + 0.5) / width * (x[1] - x[0])
    mercator_y = y[1] - (rows + 0.5) / height * (y[1] - y[0])
    return transform(mercator_x, mercator_y, source="EPSG:3857", target=BRITISH_NATIONAL_GRID)


@pytest.mark.parametrize(
    ("row", "column"), [(0, 0), (0, 159), (119, 0), (119, 159), (60, 80), (17, 140)]
)
def test_a_busy_cell_is_painted_within_half_a_cell_of_its_place(row: int, column: int) -> None:
    density = np.zeros(GRID.shape)
    density[row, column] = 30.0
    image = density_image(GRID, density, scale=SCALE)
    easting, northing = places(image, painted(image)[:, :, 3] > 0)
    x, y = GRID.centres()
    assert len(easting) > 0
    assert abs(easting.mean() - x[column]) < 25
    assert abs(northing.mean() - y[row]) < 25


def test_laying_the_grid_on_by_its_extent_would_be_off_by_more_than_a_cell() -> None:
    left, bottom, _, top = GRID.bounds
    x, _ = transform([left, left], [bottom, top], source=BRITISH_NATIONAL_GRID, target="EPSG:3857")
    metres_per_mercator = math.cos(math.radians(51.5))
    assert abs(x[1] - x[0]) * metres_per_mercator > 2 * GRID.cell_m


def test_cells_without_density_stay_bare_to_their_edge() -> None:
    density = np.full(GRID.shape, 30.0)
    density[:, 80:] = np.nan
    image = density_image(GRID, density, scale=SCALE)
    pixels = painted(image)
    easting, _ = places(image, pixels[:, :, 3] > 0)
    assert easting.max() < GRID.left + 80 * 50
    assert easting.max() > GRID.left + 80 * 50 - 30
    assert np.unique(pixels[pixels[:, :, 3] > 0], axis=0).tolist() == [[0, 45, 104, 255]]


def test_each_class_has_its_colour_and_low_density_none() -> None:
    density = np.full(GRID.shape, 5.0)
    density[40:80, 40:80] = 15.0
    pixels = painted(density_image(GRID, density, scale=SCALE))
    colours = np.unique(pixels[pixels[:, :, 3] > 0], axis=0).tolist()
    assert colours == [[247, 214, 1, 188]]  # clearer than full paint: blue needs (238 - 63) / 238


def test_the_bounds_hold_the_grid_and_no_density_gives_a_bare_picture() -> None:
    image = density_image(GRID, np.full(GRID.shape, np.nan), scale=density_scale(np.zeros(1)))
    assert painted(image)[:, :, 3].max() == 0
    assert image.data_url.startswith("data:image/png;base64,iVBOR")
    west, south, east, north = image.bounds
    corners_x = [GRID.bounds[0], GRID.bounds[2]] * 2
    corners_y = [GRID.bounds[1]] * 2 + [GRID.bounds[3]] * 2
    x, y = transform(corners_x, corners_y, source=BRITISH_NATIONAL_GRID, target=WGS84)
    slack = 1e-9
    assert west <= x.min() + slack
    assert east >= x.max() - slack
    assert south <= y.min() + slack
    assert north >= y.max() - slack


def test_a_density_of_another_shape_is_refused_in_plain_words() -> None:
    with pytest.raises(DensityShapeError, match=r"shape \(3, 2\), .* \(120, 160\)"):
        density_image(GRID, np.zeros((3, 2)), scale=SCALE)

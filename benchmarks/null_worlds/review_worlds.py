"""Worlds for reviews: made up, in which nothing is done, and real ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.ndimage import convolve

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.polygon_index import PolygonIndex
from geo.shapes import polygonal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

SIDE_M = 4000.0
MONTHS = 36
AFTER = (34, 35)
RADIUS_M = 150.0
CELL_M = 50.0


@dataclass(frozen=True, slots=True)
class Sort:
    """What a made world is like.

    Attributes
    ----------
    total : float
        Incidents a month.
    unlike : float
        Log standard deviation of the rates of its places, 150 m across.
    drift : float
        Log standard deviation of each place's own wanderings, 0.9 of which last a month.
    """

    total: float = 1500.0
    unlike: float = 1.0
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """Incidents as arrays, and the ground they lie on."""

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    month: NDArray[np.int64]
    ground: Polygon | MultiPolygon

    def take(self, mask: NDArray[np.bool_]) -> World:
        """Return some of the incidents."""
        return World(self.easting[mask], self.northing[mask], self.month[mask], self.ground)

    def counts(
        self, areas: Sequence[Polygon | MultiPolygon], months: Sequence[int]
    ) -> NDArray[np.int64]:
        """Count incidents of some months in areas that do not overlap."""
        held = np.isin(self.month, months)
        found = PolygonIndex.of(list(areas)).locate(self.easting[held], self.northing[held])
        return np.bincount(found[found >= 0], minlength=len(areas))


def made_world(rng: np.random.Generator, kind: Sort) -> World:
    """Draw a world in which nothing was done."""
    across = 27
    cell = SIDE_M / across
    base = rng.lognormal(0, kind.unlike, (across, across))
    season = 1 + 0.2 * np.sin(np.arange(MONTHS) / 12 * 2 * np.pi)
    growth = np.linspace(1.0, 1.2, MONTHS)
    wander = np.zeros((MONTHS, across, across))
    if kind.drift:
        wander[0] = rng.normal(0, kind.drift, (across, across))
        for month in range(1, MONTHS):
            step = rng.normal(0, kind.drift * np.sqrt(1 - 0.9**2), (across, across))
            wander[month] = 0.9 * wander[month - 1] + step
    rate = kind.total * (base / base.sum()) * (season * growth)[:, None, None] * np.exp(wander)
    drawn = rng.poisson(rate)
    where = np.nonzero(drawn)
    in_month, row, column = (np.repeat(each, drawn[where]) for each in where)
    return World(
        easting=(column + rng.random(len(column))) * cell,
        northing=(row + rng.random(len(row))) * cell,
        month=in_month.astype(np.int64),
        ground=shapely.box(0, 0, SIDE_M, SIDE_M),
    )


def hottest(world: World, months: Sequence[int], *, most: int = 1) -> list[Polygon]:
    """Return the circles of 150 m with most incidents in some months, apart from one another."""
    west, south, east, north = world.ground.bounds
    held = np.isin(world.month, months)
    columns, rows = int((east - west) // CELL_M), int((north - south) // CELL_M)
    counts, _, _ = np.histogram2d(
        world.northing[held],
        world.easting[held],
        bins=[rows, columns],
        range=[[south, south + rows * CELL_M], [west, west + columns * CELL_M]],
    )
    reach = int(RADIUS_M // CELL_M) + 1
    up, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    around = convolve(counts, (np.hypot(up, across) * CELL_M <= RADIUS_M) * 1.0, mode="constant")
    inner = shapely.buffer(world.ground, -RADIUS_M)
    found: list[Polygon] = []
    while len(found) < most and around.max() > 0:
        row, column = np.unravel_index(int(around.argmax()), around.shape)
        centre = shapely.Point(west + (column + 0.5) * CELL_M, south + (row + 0.5) * CELL_M)
        clear = 1
        if inner.contains(centre):
            found.append(centre.buffer(RADIUS_M))
            clear = 4 * reach
        low_row, low_column = max(0, row - clear + 1), max(0, column - clear + 1)
        around[low_row : row + clear, low_column : column + clear] = 0
    return found


def street_world(file: Path, *, wards: Path) -> tuple[World, NDArray[np.object_]]:
    """Read a street file of police.uk and its ground; months are numbered from its first.

    Returns
    -------
    World
    object array of shape (incidents,)
        The crime type of each.
    """
    rows = pd.read_csv(file, usecols=["Month", "Longitude", "Latitude", "Crime type"]).dropna()
    layer = gpd.read_file(wards).to_crs(BRITISH_NATIONAL_GRID)
    months = pd.PeriodIndex(rows["Month"], freq="M")
    number = months.year * 12 + months.month
    easting, northing = transform(
        rows["Longitude"], rows["Latitude"], source=WGS84, target=BRITISH_NATIONAL_GRID
    )
    return World(
        easting,
        northing,
        np.asarray(number - number.min(), dtype=np.int64),
        polygonal(shapely.union_all(layer.geometry.to_numpy())),
    ), rows["Crime type"].to_numpy()


def real_worlds(folder: Path) -> list[tuple[str, World]]:
    """Read the real files: all crime of Newham over 24 months, without the snapping to wards."""
    whole, kinds = street_world(
        folder / "police_uk/newham-all-crime-2016-04_2018-03.csv",
        wards=folder / "boundaries/wards_2014_newham.geojson",
    )
    names = ("Anti-social behaviour", "Violence and sexual offences", "Vehicle crime", "Burglary")
    return [("All crime", whole), *((name, whole.take(kinds == name)) for name in names)]


def chicago_world(file: Path) -> World:
    """Read all crime of a district of Chicago, by month, on the squares of 500 m that hold any."""
    rows = pd.read_csv(file, usecols=["ID", "Date", "Longitude", "Latitude"]).dropna()
    rows = rows.drop_duplicates("ID")
    easting, northing = transform(
        rows["Longitude"], rows["Latitude"], source=WGS84, target="EPSG:32616"
    )
    when = pd.to_datetime(rows["Date"])
    number = (when.dt.year * 12 + when.dt.month).to_numpy()
    squares = np.unique(np.column_stack((easting // 500, northing // 500)), axis=0)
    west, south = squares.T * 500
    ground = shapely.union_all(shapely.box(west, south, west + 500, south + 500))
    return World(
        easting, northing, np.asarray(number - number.min(), dtype=np.int64), polygonal(ground)
    )

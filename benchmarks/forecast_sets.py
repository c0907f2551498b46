"""The public sets of incidents that forecasts are tested on, as counts by cell and period.

Read from a FOLDER that holds the files of docs/accuracy.md. Half of the London boroughs were used
to design the forecast; only the other half is read here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.shapes import polygonal
from models.forecast.cells import cell_counts, period_starts
from models.forecast.surroundings import with_others, with_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.forecast.cells import CellCounts, Step

UTM_16N: Final = "EPSG:32616"
LONDON: Final = "scale/london-all-crime-2016-01_2018-06.parquet"
CATEGORIES: Final = (
    "anti-social-behaviour",
    "bicycle-theft",
    "burglary",
    "criminal-damage-arson",
    "drugs",
    "other-theft",
    "public-order",
    "robbery",
    "shoplifting",
    "theft-from-the-person",
    "vehicle-crime",
    "violent-crime",
)
_BEYOND_M: Final = 4000.0


@dataclass(frozen=True, slots=True)
class TestSet:
    """Counts, and the first day whose forecast is reported."""

    __test__ = False

    name: str
    counts: CellCounts
    test_from: date


@dataclass(frozen=True, slots=True)
class Points:
    """Incidents as arrays."""

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    minute: NDArray[np.int64]

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Points:
        """Return some of them, or all in another order."""
        return Points(self.easting[rows], self.northing[rows], self.minute[rows])


def street_file(
    folder: Path, file: str, wards: str, *, crime_type: str, test_from: date, name: str
) -> TestSet:
    """Read a borough's rows of one crime type by month, and the file's other types as others."""
    points, asked, land = street_points(folder, file, wards, crime_type=crime_type)
    months = points.minute.astype("datetime64[m]").astype("datetime64[M]")
    last = months.max() + np.timedelta64(1, "M")
    starts = period_starts(
        months.min().astype(date), (last.astype("datetime64[D]") - 1).astype(date), step="month"
    )
    counts = _counted(points.take(asked), land=land, starts=starts, step="month")
    return TestSet(name, _and_others(counts, points.take(~asked)), test_from)


def street_points(
    folder: Path, file: str, wards: str, *, crime_type: str
) -> tuple[Points, NDArray[np.bool_], Polygon | MultiPolygon]:
    """Read a borough's rows: where and in which month, which are of a crime type, the ground."""
    rows = pd.read_csv(
        folder / "police_uk" / file, usecols=["Month", "Longitude", "Latitude", "Crime type"]
    ).dropna()
    months = pd.to_datetime(rows["Month"])
    points = _points(rows["Longitude"], rows["Latitude"], months, crs=BRITISH_NATIONAL_GRID)
    layer = gpd.read_file(folder / "boundaries" / wards).to_crs(BRITISH_NATIONAL_GRID)
    land = polygonal(shapely.union_all(layer.geometry.to_numpy()))
    return points, (rows["Crime type"] == crime_type).to_numpy(), land


def chicago(folder: Path) -> TestSet:
    """Read district 18, all crime by week; the ground is the hull of its incidents."""
    points, land = chicago_points(folder)
    when = points.minute.astype("datetime64[m]").astype("datetime64[D]")
    starts = period_starts(when.min().astype(date), when.max().astype(date), step="week")
    counts = _counted(points, land=land, starts=starts, step="week")
    return TestSet("Chicago district 18, all crime, by week", counts, date(2017, 7, 1))


def chicago_points(folder: Path) -> tuple[Points, Polygon | MultiPolygon]:
    """Read district 18: all crime, and the hull of it for the ground."""
    rows = pd.read_csv(
        folder / "timed/chicago-district-18-2016-01_2018-06.csv",
        usecols=["Date", "Latitude", "Longitude"],
    ).dropna()
    when = pd.to_datetime(rows["Date"])
    points = _points(rows["Longitude"], rows["Latitude"], when, crs=UTM_16N)
    hull = shapely.concave_hull(
        shapely.MultiPoint(np.column_stack((points.easting, points.northing))), ratio=0.1
    )
    return points, polygonal(hull)


def london(folder: Path) -> Iterator[TestSet]:
    """Yield each category in each of the boroughs that took no part in the design.

    Those are every second one in the order of their names. The month that most of the file lacks
    is not known. What lies in the other boroughs of the file is the ground around.
    """
    rows = pd.read_parquet(folder / LONDON)
    wards = gpd.read_file(folder / "boundaries/london_wards_2014_bng.gpkg")
    wards = wards.to_crs(BRITISH_NATIONAL_GRID)
    borough = (
        rows["ward_code"].astype(str).map(dict(zip(wards.GSS_CODE, wards.BOROUGH, strict=True)))
    )
    months = pd.to_datetime(rows["month"].astype(str))
    points = _points(rows["longitude"], rows["latitude"], months, crs=BRITISH_NATIONAL_GRID)
    starts = period_starts(date(2016, 1, 1), date(2018, 6, 30), step="month")
    known = tuple(start != date(2016, 3, 1) for start in starts)
    names = sorted(borough.unique())
    recorded = shapely.union_all(wards[wards.BOROUGH.isin(names)].geometry.to_numpy())
    category = rows["category"].astype(str).to_numpy()
    for name in names[1::2]:
        inside = (borough == name).to_numpy()
        land = polygonal(shapely.union_all(wards[name == wards.BOROUGH].geometry.to_numpy()))
        west, south, east, north = shapely.box(*land.bounds).buffer(_BEYOND_M).bounds
        observed = polygonal(
            shapely.intersection(recorded, shapely.box(west, south, east, north)).simplify(5)
        )
        near = points.easting > west
        near &= (points.easting < east) & (points.northing > south) & (points.northing < north)
        for kind in CATEGORIES:
            asked = category == kind
            counts = _counted(points.take(inside & asked), land=land, starts=starts, step="month")
            beyond = points.take(near & ~inside & asked)
            counts = with_surroundings(
                replace(counts, known=known),
                beyond.easting,
                beyond.northing,
                starts_minute=beyond.minute,
                observed=observed,
            )
            counts = _and_others(counts, points.take(inside & ~asked))
            yield TestSet(f"{name}: {kind}", counts, date(2017, 2, 1))


def _points(
    longitude: pd.Series[float],
    latitude: pd.Series[float],
    when: pd.Series[pd.Timestamp],
    *,
    crs: str,
) -> Points:
    easting, northing = transform(
        longitude.astype(np.float64), latitude.astype(np.float64), source=WGS84, target=crs
    )
    return Points(easting, northing, when.to_numpy().astype("datetime64[m]").astype(np.int64))


def _counted(
    points: Points, *, land: Polygon | MultiPolygon, starts: tuple[date, ...], step: Step
) -> CellCounts:
    return cell_counts(
        points.easting,
        points.northing,
        starts_minute=points.minute,
        land=land,
        starts=starts,
        step=step,
    )


def _and_others(counts: CellCounts, points: Points) -> CellCounts:
    return with_others(counts, points.easting, points.northing, starts_minute=points.minute)

"""The accuracy table: forecasts against baselines on four public sets of real incidents.

Run as ``python -m benchmarks.backtest FOLDER``, where FOLDER holds the files that docs/accuracy.md
names. Prints the tables of that document as Markdown, and what each run took.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from models.forecast.baselines import BASELINES
from models.forecast.cells import Step, cell_counts, period_starts
from models.forecast.evaluation import BacktestPlan, Estimate, Score, origins, roll, scores
from models.forecast.risk import RiskModel

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

UTM_16N = "EPSG:32616"


@dataclass(frozen=True, slots=True)
class Case:
    """One set of incidents, the ground they lie on, and what is tested."""

    name: str
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    starts_minute: NDArray[np.int64]
    land: Polygon | MultiPolygon
    first: date
    last: date
    test_from: date
    step: Step


def street_file(
    folder: Path, file: str, wards: str, *, crime_type: str, test_from: date, name: str
) -> Case:
    """Read a borough's rows of one crime type, month by month."""
    rows = pd.read_csv(
        folder / "police_uk" / file, usecols=["Month", "Longitude", "Latitude", "Crime type"]
    )
    rows = rows[rows["Crime type"] == crime_type].dropna()
    easting, northing = transform(
        rows["Longitude"], rows["Latitude"], source=WGS84, target=BRITISH_NATIONAL_GRID
    )
    layer = gpd.read_file(folder / "boundaries" / wards).to_crs(BRITISH_NATIONAL_GRID)
    months = pd.to_datetime(rows["Month"])
    return Case(
        name=name,
        easting=easting,
        northing=northing,
        starts_minute=months.to_numpy().astype("datetime64[m]").astype(np.int64),
        land=_ground(shapely.union_all(layer.geometry.to_numpy())),
        first=months.min().date(),
        last=(months.max() + pd.offsets.MonthEnd()).date(),
        test_from=test_from,
        step="month",
    )


def chicago(folder: Path) -> Case:
    """Read district 18, all crime by week; the ground is the hull of its incidents."""
    rows = pd.read_csv(
        folder / "timed/chicago-district-18-2016-01_2018-06.csv",
        usecols=["Date", "Latitude", "Longitude"],
    ).dropna()
    x, y = transform(rows["Longitude"], rows["Latitude"], source=WGS84, target=UTM_16N)
    when = pd.to_datetime(rows["Date"])
    points = shapely.MultiPoint(np.column_stack((x, y)))
    hull = shapely.concave_hull(points, ratio=0.1)
    return Case(
        name="Chicago district 18, all crime, by week",
        easting=x,
        northing=y,
        starts_minute=when.to_numpy().astype("datetime64[m]").astype(np.int64),
        land=_ground(hull),
        first=when.min().date(),
        last=when.max().date(),
        test_from=date(2017, 7, 1),
        step="week",
    )


def tested(case: Case, *, horizon: int) -> None:
    """Print one case's table."""
    starts = period_starts(case.first, case.last, step=case.step)
    counts = cell_counts(
        case.easting,
        case.northing,
        starts_minute=case.starts_minute,
        land=case.land,
        starts=starts,
        step=case.step,
    )
    plan = BacktestPlan(horizon=horizon, first=sum(start < case.test_from for start in starts))
    methods = (*BASELINES, RiskModel())
    began = time.perf_counter()
    found = list(roll(counts, methods=methods, plan=plan, rng=np.random.default_rng(1)))
    summed = scores(counts, found, methods=methods, plan=plan, rng=np.random.default_rng(2))
    took = time.perf_counter() - began
    span = f"{horizon} {case.step}{'s' * (horizon > 1)}"
    first = starts[origins(counts, plan=plan)[0]]
    print(
        f"\n### {case.name}, {span} ahead\n\n{len(counts.cells):,} cells, {len(found)} forecasts "
        f"from {first:%-d %b %Y}, {summed[0].incidents:,} incidents.\n"
    )
    print("| area | method | hit rate | PAI | PEI | RRI | PAI against last 12 months |")
    print("|---|---|---|---|---|---|---|")
    for score in sorted(summed, key=lambda each: each.share):
        print(line(score))
    print(f"\n{took:.1f} s", file=sys.stderr)


def line(score: Score) -> str:
    """Return a line of the table."""
    parts = (score.hit_rate, score.pai, score.pei, score.rri, score.against_last_year)
    digits = (3, 2, 3, 2, 2)
    told = [written(each, digits=n) for each, n in zip(parts, digits, strict=True)]
    return f"| {score.share:.0%} | {score.label} | " + " | ".join(told) + " |"


def written(value: Estimate, *, digits: int) -> str:
    """Return a value with its interval."""
    return f"{value.value:.{digits}f} ({value.low:.{digits}f}–{value.high:.{digits}f})"


def _ground(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    assert isinstance(shape, shapely.Polygon | shapely.MultiPolygon)
    return shape


def main(folder: Path) -> None:
    """Test every case at every horizon."""
    newham = "newham-all-crime-2016-04_2018-03.csv"
    burglary = street_file(
        folder,
        "tower-hamlets-burglary-2018-03_2023-02.csv",
        "wards_2014_tower_hamlets.geojson",
        crime_type="Burglary",
        test_from=date(2020, 3, 1),
        name="Tower Hamlets burglary, by month",
    )
    runs = [(burglary, 1), (burglary, 3)]
    for kind, name in (
        ("Anti-social behaviour", "anti-social behaviour"),
        ("Violence and sexual offences", "violence and sexual offences"),
    ):
        case = street_file(
            folder,
            newham,
            "wards_2014_newham.geojson",
            crime_type=kind,
            test_from=date(2017, 4, 1),
            name=f"Newham {name}, by month",
        )
        runs.append((case, 1))
    timed = chicago(folder)
    runs += [(timed, 1), (timed, 13)]
    for case, horizon in runs:
        tested(case, horizon=horizon)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

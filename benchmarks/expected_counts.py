"""How many of next month's counts lie in the 90 % intervals that the hotspots give.

Run as ``python -m benchmarks.expected_counts FOLDER``, where FOLDER holds the files that
docs/accuracy.md names. For each month of each set the hotspots of the twelve months before it are
drawn, what to expect is worked out from what came before, and the month's counts inside the
outlines are compared with it. The rule was chosen on the earlier months of each set; the table of
docs/accuracy.md is of the later ones.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from benchmarks.forecast_sets import Points, chicago_points, street_points
from benchmarks.measuring import print_table
from geo.polygon_index import PolygonIndex
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.gi_star import GiStarSettings
from models.hotspots.inputs import Incidents, StudyArea
from models.hotspots.kde import KdeSettings
from models.hotspots.methods import detect, method_of
from models.incidents.coming import MOST_HELD_BACK
from models.statistics.expected_counts import LEAST_HELD_BACK, LEVEL, coming_total, expected_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.methods import MethodSettings

YEAR: Final = 12
METHODS: Final[tuple[MethodSettings, ...]] = (KdeSettings(), DbscanSettings(), GiStarSettings())
Part = Literal["earlier", "later"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the intervals of some hotspots fared.

    Attributes
    ----------
    hotspots, inside, below, above : int
        How many there were, and how many counts lay in the interval, below and above it.
    expected, own, came : float
        Incidents: expected, by the hotspots' own monthly means, and those that came.
    width : float
        Of all intervals together: high less low.
    score : float
        Their interval scores together: the width, and 20 for each incident that a count lies
        outside. The less the better; R. L. Winkler, "A decision-theoretic approach to interval
        estimation", JASA 67 (1972).
    """

    hotspots: int = 0
    inside: int = 0
    below: int = 0
    above: int = 0
    expected: float = 0.0
    own: float = 0.0
    came: float = 0.0
    width: float = 0.0
    score: float = 0.0

    def __add__(self, other: Calibration) -> Calibration:
        """Return the two together."""
        sums = (getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        return Calibration(*sums)


@dataclass(frozen=True, slots=True)
class Set:
    """Real incidents on their ground, by month since the first."""

    name: str
    incidents: Incidents
    month: NDArray[np.int64]
    area: StudyArea

    @property
    def months(self) -> int:
        """How many there are."""
        return int(self.month.max()) + 1

    def origins(self, part: Part) -> range:
        """Return the months to forecast: the earlier ones chose the rule."""
        divide = 36 if self.months > 40 else 20
        first = YEAR + LEAST_HELD_BACK
        return range(first, divide) if part == "earlier" else range(divide, self.months)


def set_of(points: Points, *, land: Polygon | MultiPolygon, name: str) -> Set:
    """Return incidents in order of time; one ward, nothing around it."""
    points = points.take(np.argsort(points.minute, kind="stable"))
    inside = shapely.contains_xy(land, points.easting, points.northing)
    months = points.minute.astype("datetime64[m]").astype("datetime64[M]").astype(np.int64)
    number = len(points.minute)
    incidents = Incidents(
        easting=points.easting,
        northing=points.northing,
        starts_minute=points.minute,
        hour_of_week=np.full(number, -1, dtype=np.int16),
        category=np.zeros(number, dtype=np.int8),
        ward=np.where(inside, 0, -1).astype(np.int16),
        harm=np.full(number, np.nan, dtype=np.float32),
        snapped=np.ones(number, dtype=np.bool_),
        street=np.full(number, -1, dtype=np.int32),
    )
    one = np.array([True])
    area = StudyArea(land, ("W",), (name,), one, observed=land, crs="EPSG:27700")
    return Set(name, incidents, months - months.min(), area)


def real_sets(folder: Path) -> list[Set]:
    """Read the public sets."""
    towers = "tower-hamlets-burglary-2018-03_2023-02.csv", "wards_2014_tower_hamlets.geojson"
    hackney = "hackney-burglary-2018-03_2023-02.csv", "wards_2014_hackney.geojson"
    newham = "newham-all-crime-2016-04_2018-03.csv", "wards_2014_newham.geojson"
    sets = []
    for (file, wards), crime_type, name in (
        (towers, "Burglary", "Tower Hamlets burglary"),
        (hackney, "Burglary", "Hackney burglary"),
        (newham, "Anti-social behaviour", "Newham anti-social behaviour"),
        (newham, "Violence and sexual offences", "Newham violence"),
        (newham, "Burglary", "Newham burglary"),
    ):
        points, asked, land = street_points(folder, file, wards, crime_type=crime_type)
        sets.append(set_of(points.take(asked), land=land, name=name))
    points, hull = chicago_points(folder)
    return [*sets, set_of(points, land=hull, name="Chicago district 18, all crime")]


def calibration(real: Set, settings: MethodSettings, *, origins: Sequence[int]) -> Calibration:
    """Forecast some months of a set with one method, each from what came before it alone."""
    return sum((_one(real, settings, at=at) for at in origins), Calibration())


def _one(real: Set, settings: MethodSettings, *, at: int) -> Calibration:
    period = (real.month >= at - YEAR) & (real.month < at)
    hotspots = detect(real.incidents.take(period), real.area, settings=settings)
    if hotspots.frame.empty:
        return Calibration()
    within = real.incidents.ward == 0
    totals = np.bincount(real.month[within], minlength=real.months)
    counts = _monthly(real, hotspots.frame.geometry.tolist(), within=within)
    months = np.arange(max(0, at - YEAR - MOST_HELD_BACK), at)
    picked_on = months >= at - YEAR
    expected = expected_counts(
        counts[:, months],
        totals=totals[months].astype(np.float64),
        picked_on=picked_on,
        coming=coming_total(totals[:at].astype(np.float64), year=YEAR),
    )
    came = counts[:, at]
    under, over = expected.low - came, came - expected.high
    below, above = int((under > 0).sum()), int((over > 0).sum())
    width = float((expected.high - expected.low).sum())
    missed_by = float(np.maximum(under, 0).sum() + np.maximum(over, 0).sum())
    return Calibration(
        len(came),
        len(came) - below - above,
        below,
        above,
        float(expected.mean.sum()),
        float(counts[:, months[picked_on]].sum()) / YEAR,
        float(came.sum()),
        width,
        width + 2 / (1 - LEVEL) * missed_by,
    )


def _monthly(
    real: Set, polygons: list[Polygon | MultiPolygon], *, within: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Count each outline's incidents in every month; shape (outlines, months)."""
    inside = PolygonIndex.of(polygons, cell_m=25.0).locate(
        real.incidents.easting, real.incidents.northing
    )
    kept = (inside >= 0) & within
    cell = inside[kept] * real.months + real.month[kept]
    counts = np.bincount(cell, minlength=len(polygons) * real.months)
    return counts.reshape(len(polygons), real.months)


def row(name: str, result: Calibration) -> list[str]:
    """Return a row of the table."""
    if not result.hotspots:
        return [name, "0", *[""] * 7]
    shares = (result.inside, result.below, result.above)
    ratios = (result.expected, result.own)
    return [
        name,
        f"{result.hotspots:,}",
        *(f"{share / result.hotspots:.1%}" for share in shares),
        *(f"{each / result.came:.2f}" for each in ratios),
        *(f"{each / result.hotspots:.1f}" for each in (result.width, result.score)),
    ]


def main(folder: Path) -> None:
    sets = real_sets(folder)
    parts: tuple[Part, ...] = ("earlier", "later")
    shares = ["in the interval", "below", "above"]
    sums = ["expected / came", "own mean / came", "mean width", "interval score"]
    header = ["set", "hotspots", *shares, *sums]
    for part in parts:
        whole = Calibration()
        for settings in METHODS:
            each = [calibration(real, settings, origins=real.origins(part)) for real in sets]
            pooled = sum(each, Calibration())
            whole += pooled
            rows = [row(real.name, result) for real, result in zip(sets, each, strict=True)]
            print_table(
                f"{method_of(settings).label}, {part} months",
                header,
                [*rows, row("all", pooled)],
            )
        print_table(f"All methods, {part} months", header, [row("all", whole)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""How often a review finds what is not there, and how often what is: worlds made up, and real ones.

Run as ``python -m benchmarks.null_worlds.reviews [WORLDS] [FOLDER]``. In each made world nothing is
done: 36 months of incidents at places that are unlike one another, with seasons and growth; the
hottest place of the months before the start is "tasked", exactly as an officer would, and its
outcome is measured over two months. The share of outcomes whose 95 % interval leaves out zero is
the false alarm rate. With an effect it is the power. FOLDER holds the real files that
docs/reviews.md names: there, places and starts are chosen the same way, and nothing is known to
have been done.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.ndimage import convolve

from benchmarks.measuring import print_table
from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.polygon_index import PolygonIndex
from geo.shapes import polygonal
from models.calendar.periods import Period
from models.statistics.intervals import binomial_interval
from models.tasking.before_period import Before
from models.tasking.comparison_area import like_places, propose
from models.tasking.outcomes import (
    BeforeAfter,
    Drift,
    Outcome,
    Scale,
    beyond_others,
    drift_of,
    least_detectable_fall,
    outcome,
)
from models.tasking.spots import Matching
from models.tasking.verdict import Evidence, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.tasking.comparison_area import ComparisonMatch
    from models.tasking.verdict import Kind

SIDE_M = 4000.0
MONTHS = 36
AFTER = (34, 35)
RADIUS_M = 150.0
CELL_M = 50.0
_TWO_MONTHS = Period(date(2026, 5, 1), date(2026, 6, 30))


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


@dataclass(frozen=True, slots=True)
class Found:
    """What a review found: its outcome, and its verdict; by the interval alone where plain."""

    outcome: Outcome
    kind: Kind


def measured(
    world: World, treated: Polygon, *, before: Sequence[int], after: Sequence[int], plain: bool
) -> Found:
    """Measure a place as a review does.

    `plain` leaves out drift and every doubt: the published test, on the same areas.
    """
    first = min(after)
    months = tuple(each for each in range(first) if each not in before)
    held = np.isin(world.month, months)
    matching = Matching(world.easting[held], world.northing[held], world.month[held], months)
    found = propose(treated, matching, ground=world.ground)
    drift, moved = Drift(), math.nan
    places = max(1, found.match.places)
    pairs = [
        BeforeAfter(int(world.counts([area], before)[0]), int(world.counts([area], after)[0]))
        for area in (treated, found.area)
    ]
    if not plain:
        clear = [shapely.buffer(treated, RADIUS_M), found.area, found.ring]
        like = like_places(treated, matching, ground=world.ground, kept_clear=clear)
        if like:
            first_counts, later = world.counts(like, before), world.counts(like, after)
            drift = drift_of(first_counts, later)
            moved = beyond_others(
                pairs[1], before=first_counts, after=later, drift=drift, places=places
            )
    match = found.match
    result = outcome(
        *pairs,
        days=(len(before), len(after)),
        scale=Scale.of_levels(match.treated.incidents, match.comparison.incidents),
        drift=drift,
        comparison_places=places,
    )
    if plain:
        low, high = result.local.low, result.local.high
        return Found(result, "fell" if high < 0 else "rose" if low > 0 else "no_sign")
    said = verdict(_evidence(pairs, result, match=match, drift=drift, moved=moved))
    return Found(result, said.kind)


def _evidence(
    pairs: Sequence[BeforeAfter],
    result: Outcome,
    *,
    match: ComparisonMatch,
    drift: Drift,
    moved: float,
) -> Evidence:
    """Return the evidence of a made world, in which the data are complete and exact."""
    treated, comparison = pairs
    scale = Scale.of_levels(match.treated.incidents, match.comparison.incidents)
    return Evidence(
        after=_TWO_MONTHS,
        before=Before(_TWO_MONTHS, 1, chosen_on_it=False),
        treated=treated,
        comparison=comparison,
        outcome=result,
        least_fall=least_detectable_fall(
            treated.before,
            comparison,
            days=(1, 1),
            scale=scale,
            drift=drift,
            places=max(1, match.places),
        ),
        match=match,
        drift=drift,
        comparison_z=moved,
        risen_z=math.nan,
        gaps=(),
        month_only=0.0,
        snapped=0.0,
        whole_months=True,
        area_km2=math.pi * RADIUS_M**2 / 1e6,
    )


def trial(
    seed: Sequence[int],
    *,
    kind: Sort,
    chosen_over: int = 12,
    careless: bool = False,
    plain: bool = False,
    effect: float = 0.0,
) -> Found:
    """Make a world, task its hottest place, and measure the outcome.

    Parameters
    ----------
    seed : sequence of int
    kind : Kind
    chosen_over : int
        Months before the start on which the place is chosen.
    careless : bool
        Measure against the two months just before, on which the place was chosen.
    plain : bool
        Without drift, as the published test.
    effect : float
        Share of the treated area's incidents that the work prevents.
    """
    rng = np.random.default_rng(list(seed))
    world = made_world(rng, kind)
    start = AFTER[0]
    treated = hottest(world, range(start - chosen_over, start))[0]
    if careless:
        before = (start - 2, start - 1)
    else:
        years = 1 if chosen_over <= 10 else 2
        before = (AFTER[0] - 12 * years, AFTER[1] - 12 * years)
    if effect:
        inside = shapely.contains_xy(treated, world.easting, world.northing)
        prevented = inside & np.isin(world.month, AFTER) & (rng.random(len(inside)) < effect)
        world = world.take(~prevented)
    return measured(world, treated, before=before, after=AFTER, plain=plain)


def shares(found: Sequence[Found]) -> tuple[int, int]:
    """Return how many are called a fall and how many a rise."""
    return sum(each.kind == "fell" for each in found), sum(each.kind == "rose" for each in found)


def with_interval(count: int, *, of: int) -> str:
    """Return a share with its exact 95 % interval."""
    low, high = binomial_interval(count, of)
    return f"{count / of:.1%} ({low:.1%} to {high:.1%})"


def real_worlds(folder: Path) -> list[tuple[str, World]]:
    """Read the real files: all crime of Newham over 24 months, without the snapping to wards."""
    rows = pd.read_csv(
        folder / "police_uk/newham-all-crime-2016-04_2018-03.csv",
        usecols=["Month", "Longitude", "Latitude", "Crime type"],
    ).dropna()
    layer = gpd.read_file(folder / "boundaries/wards_2014_newham.geojson")
    ground = polygonal(shapely.union_all(layer.to_crs(BRITISH_NATIONAL_GRID).geometry.to_numpy()))
    months = pd.PeriodIndex(rows["Month"], freq="M")
    number = (months.year - 2016) * 12 + months.month - 4
    easting, northing = transform(
        rows["Longitude"], rows["Latitude"], source=WGS84, target=BRITISH_NATIONAL_GRID
    )
    kinds = rows["Crime type"].to_numpy()
    whole = World(easting, northing, np.asarray(number, dtype=np.int64), ground)
    names = ("Anti-social behaviour", "Violence and sexual offences", "Vehicle crime", "Burglary")
    return [("All crime", whole), *((name, whole.take(kinds == name)) for name in names)]


def made(worlds: int) -> None:
    cases = (
        ("places as unlike as real ones", Sort(), 12),
        ("the same, half as many incidents", Sort(total=750), 12),
        ("a quarter", Sort(total=375), 12),
        ("places much alike, chosen on 3 months", Sort(unlike=0.3), 3),
        ("each place wanders by 15 %", Sort(drift=0.15), 12),
        ("each place wanders by 30 %", Sort(drift=0.3), 12),
    )
    rows = []
    for name, kind, chosen_over in cases:
        for label, careless, plain in (
            ("review", False, False),
            ("published error", False, True),
            ("careless", True, True),
        ):
            found = [
                trial(
                    (1, world), kind=kind, chosen_over=chosen_over, careless=careless, plain=plain
                )
                for world in range(worlds)
            ]
            falls, rises = shares(found)
            rows.append(
                [
                    name,
                    label,
                    with_interval(falls, of=worlds),
                    with_interval(rises, of=worlds),
                    with_interval(falls + rises, of=worlds),
                ]
            )
    header = ["world", "how measured", "called a fall", "called a rise", "false alarms"]
    print_table(f"{worlds} worlds each in which nothing was done (wanted: 5 %)", header, rows)
    rows = []
    for total in (750.0, 1500.0, 3000.0):
        for effect in (0.3, 0.5):
            found = [
                trial((2, world), kind=Sort(total=total), effect=effect) for world in range(worlds)
            ]
            expected = float(np.median([each.outcome.expected for each in found]))
            falls, _ = shares(found)
            rows.append([f"{expected:.0f}", f"{effect:.0%}", with_interval(falls, of=worlds)])
    print_table("Falls found that were put there", ["expected", "fall", "found"], rows)


def real(folder: Path) -> None:
    rows = []
    for name, world in real_worlds(folder):
        found: list[Found] = []
        plain: list[Found] = []
        for start in (16, 18, 20, 22):
            after, before = (start, start + 1), (start - 12, start - 11)
            for place in hottest(world, range(start - 6, start), most=25):
                found.append(measured(world, place, before=before, after=after, plain=False))
                plain.append(measured(world, place, before=before, after=after, plain=True))
        for label, outcomes in (("review", found), ("published error", plain)):
            falls, rises = shares(outcomes)
            rows.append(
                [
                    name,
                    label,
                    f"{len(outcomes)}",
                    with_interval(falls, of=len(outcomes)),
                    with_interval(rises, of=len(outcomes)),
                    with_interval(falls + rises, of=len(outcomes)),
                ]
            )
    header = ["Newham", "how measured", "places", "called a fall", "called a rise", "both"]
    print_table("Real hotspots to which nothing is known to have been done", header, rows)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    made(int(arguments[0]) if arguments else 1000)
    if len(arguments) > 1:
        real(Path(arguments[1]))

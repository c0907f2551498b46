"""The change of a stretch of street, in worlds in which nothing changes.

Each of the two years deals its incidents along the same streets: evenly by length, or with rates
that differ from street to street and stay what they are. They lie up to 15 m off the street. The
stretches are found on the second year.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.null_worlds.changes import (
    LAST_YEAR,
    SIDE_M,
    WAYS,
    YEAR,
    said_of,
    sentence_of,
    square,
)
from benchmarks.null_worlds.claim import Claim, Tally
from geo.streets.network import street_network
from geo.streets.segments import Segments, segments_of
from models.hotspots.inputs import Incidents
from models.hotspots.methods import detect
from models.hotspots.streets import StreetSettings

if TYPE_CHECKING:
    from benchmarks.null_worlds.changes import Way
    from models.calendar.periods import Period

INCIDENTS: Final = 6_000  # a year
_ACROSS: Final = 33  # blocks of about 150 m
_UNLIKE: Final = {"dealt evenly along the streets": 0.0, "streets unlike one another": 1.0}


@cache
def streets() -> Segments:
    """Return the streets of the worlds: blocks of no two the same sides."""
    west, south, _, _ = square().land.bounds
    at = np.arange(_ACROSS + 1) * SIDE_M / _ACROSS
    bent = np.random.default_rng(150).uniform(-40, 40, (2, _ACROSS + 1, _ACROSS + 1))
    x, y = np.round(np.stack(np.meshgrid(west + at, south + at)) + bent, 1)
    lines = [
        np.column_stack(each) for each in (*zip(x, y, strict=True), *zip(x.T, y.T, strict=True))
    ]
    frame = gpd.GeoDataFrame(
        {"name": [f"Street {n}" for n in range(len(lines))], "place_class": "local"},
        geometry=[shapely.LineString(line) for line in lines],
        crs="EPSG:27700",
    )
    return segments_of(street_network(frame))


def dealt_year(rng: np.random.Generator, rates: np.ndarray, *, period: Period) -> Incidents:
    """Return a year's incidents: on each segment a Poisson number, anywhere along it."""
    net = streets().network
    segment = np.repeat(np.arange(len(rates)), rng.poisson(rates))
    number = len(segment)
    along = shapely.line_interpolate_point(net.lines[segment], rng.random(number), normalized=True)
    xy = shapely.get_coordinates(along) + rng.uniform(-15, 15, (number, 2))
    starts = np.sort(rng.integers(*period.minutes, number))
    in_square = shapely.contains_xy(square().land, xy)
    return Incidents(
        easting=xy[:, 0].copy(),
        northing=xy[:, 1].copy(),
        starts_minute=starts,
        hour_of_week=(starts // 60 % 168).astype(np.int16),
        category=np.zeros(number, dtype=np.int8),
        ward=np.where(in_square, 0, -1).astype(np.int16),
        harm=np.ones(number, dtype=np.float32),
        snapped=np.zeros(number, dtype=np.bool_),
        street=np.full(number, -1, dtype=np.int32),
    )


def world_stretches(
    rng: np.random.Generator, *, unlike: float, settings: StreetSettings | None = None
) -> gpd.GeoDataFrame:
    """Return the stretches of a world in which nothing changes."""
    length = streets().network.length_m
    rates = length * rng.lognormal(0, unlike, len(length))
    rates *= INCIDENTS / rates.sum()
    now, before = (dealt_year(rng, rates, period=each) for each in (YEAR, LAST_YEAR))
    return detect(
        now,
        square(),
        settings=settings or StreetSettings(),
        streets=streets(),
        comparison=before,
        period=YEAR,
        comparison_period=LAST_YEAR,
    ).frame


def times_changed(rng: np.random.Generator, *, way: Way, unlike: float) -> Tally:
    """Count in one world how many of its stretches are said to have risen or fallen."""
    return said_of(world_stretches(rng, unlike=unlike), way=way)


CLAIMS: Final = tuple(
    Claim(
        sentence=sentence_of(StreetSettings(), way=way),
        read_on="Hotspots, assessment, exports",
        world=f"{world}, no change, {INCIDENTS:,} a year",
        level=0.025,
        of_world=partial(times_changed, way=way, unlike=unlike),
    )
    for world, unlike in _UNLIKE.items()
    for way in WAYS
)

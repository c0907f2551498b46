"""A hotspot's change against the comparison period, in worlds in which nothing changes.

Places are unlike one another and stay what they are; each of the two years draws its incidents from
them again. Every hotspot that the product lists is a chance to say "rose" or "fell". The outlines
are drawn on the second year, so the two counts by themselves say "rose" up to half of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from benchmarks.null_worlds.claim import Claim, Tally
from geo.errors import PlainError
from models.calendar.periods import Period, compared_with
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.emerging import EmergingSettings
from models.hotspots.gi_star import GiStarSettings
from models.hotspots.hdbscan import HdbscanSettings
from models.hotspots.inputs import Incidents, StudyArea
from models.hotspots.kde import KdeSettings
from models.hotspots.methods import detect, method_of
from models.hotspots.risk_surface import RelativeRiskSettings, of_incidents

if TYPE_CHECKING:
    import geopandas as gpd

    from models.hotspots.methods import MethodSettings

SIDE_M: Final = 5_000.0
_ACROSS: Final = 33  # places of about 150 m
_CORNER: Final = (533_000.0, 181_000.0)
YEAR: Final = Period(date(2025, 1, 1), date(2025, 12, 31))
LAST_YEAR: Final = compared_with(YEAR, how="last_year") or YEAR
Way = Literal["rose", "fell"]
WAYS: Final[tuple[Way, ...]] = ("rose", "fell")


@dataclass(frozen=True, slots=True)
class Sort:
    """What a made world is like.

    Attributes
    ----------
    incidents : float
        A year.
    unlike : float
        Log standard deviation of the rates of its places.
    """

    incidents: float = 1_500.0
    unlike: float = 1.0


def square() -> StudyArea:
    """Return the ground of the worlds: one ward, and nothing around it."""
    west, south = _CORNER
    land = shapely.box(west, south, west + SIDE_M, south + SIDE_M)
    one = np.array([True])
    return StudyArea(land, ("E05000001",), ("Ward",), one, observed=land, crs="EPSG:27700")


def drawn_year(rng: np.random.Generator, rates: np.ndarray, *, period: Period) -> Incidents:
    """Return a year's incidents: at each place a Poisson number, evenly over ground and days."""
    counts = rng.poisson(rates)
    place = np.repeat(np.arange(rates.size), counts.ravel())
    row, column = np.divmod(place, rates.shape[1])
    cell = SIDE_M / rates.shape[1]
    number = len(place)
    starts = np.sort(rng.integers(*period.minutes, number))
    return Incidents(
        easting=_CORNER[0] + (column + rng.random(number)) * cell,
        northing=_CORNER[1] + (row + rng.random(number)) * cell,
        starts_minute=starts,
        hour_of_week=(starts // 60 % 168).astype(np.int16),
        category=np.zeros(number, dtype=np.int8),
        ward=np.zeros(number, dtype=np.int16),
        harm=np.ones(number, dtype=np.float32),
        snapped=np.zeros(number, dtype=np.bool_),
        street=np.full(number, -1, dtype=np.int32),
    )


def place_rates(rng: np.random.Generator, sort: Sort) -> np.ndarray:
    """Return the incidents to be expected in a year at each place of a world."""
    unlike = rng.lognormal(0, sort.unlike, (_ACROSS, _ACROSS))
    return np.asarray(sort.incidents * unlike / unlike.sum())


def world_hotspots(
    rng: np.random.Generator, *, settings: MethodSettings, sort: Sort
) -> gpd.GeoDataFrame | None:
    """Return the hotspots of a world in which nothing changes; None where the method has none."""
    rates = place_rates(rng, sort)
    now, before = (drawn_year(rng, rates, period=each) for each in (YEAR, LAST_YEAR))
    try:
        return detect(
            now,
            square(),
            settings=settings,
            comparison=before,
            period=YEAR,
            comparison_period=LAST_YEAR,
            base=of_incidents(before, kind="before", label="the year before"),
        ).frame
    except PlainError:
        return None


def times_changed(
    rng: np.random.Generator, *, settings: MethodSettings, way: Way, sort: Sort | None = None
) -> Tally:
    """Count in one world how many of its hotspots are said to have risen or fallen."""
    return said_of(world_hotspots(rng, settings=settings, sort=sort or Sort()), way=way)


def said_of(frame: gpd.GeoDataFrame | None, *, way: Way) -> Tally:
    """Count how many hotspots of a world are said to have risen or fallen."""
    if frame is None:
        return Tally(0, 0)
    sure = frame["change_low"] > 0 if way == "rose" else frame["change_high"] < 0
    return Tally(int(sure.sum()), len(frame))


def sentence_of(settings: MethodSettings, *, way: Way) -> str:
    """Return the claim about a hotspot of a method."""
    return f"{way} by more than chance ({method_of(settings).label})"


def _claims() -> tuple[Claim, ...]:
    methods: tuple[MethodSettings, ...] = (
        KdeSettings(),
        DbscanSettings(),
        GiStarSettings(),
        EmergingSettings(),
        RelativeRiskSettings(base="before"),
        HdbscanSettings(),
    )
    return tuple(
        Claim(
            sentence=sentence_of(settings, way=way),
            read_on="Hotspots, assessment, exports",
            world="places unlike one another, no change, 1,500 a year",
            level=0.025,
            of_world=partial(times_changed, settings=settings, way=way),
        )
        for settings in methods
        for way in WAYS
    )


CLAIMS: Final = _claims()

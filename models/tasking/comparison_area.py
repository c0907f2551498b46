"""Which places to compare with a treated area: of its shape, on the same ground, as busy before.

The treated shape is laid on every spot of the ground where it fits, clear of the treated area, its
ring, the comparison's own ring and other taskings. Each spot is scored by how far its incidents in
the matching months are from the treated area's, in level (as a ratio) and in growth a month (as a
share of the level), both in units of their error by chance and a small tolerance: the sum of two
squares, so that one in a hundred equals passes 9.2. What is left of a difference in level is put
right when the outcome is measured. The
best spots that do not touch are the comparison area: up to three, since one place alone has moods
of its own. The next best measure how far like places drift (`models.tasking.outcomes.drift_of`).

What chooses an area must not measure it: the months matched hold neither the period before
nor the period after. Where the shape fits nowhere (a whole ward, say), the comparison is
the rest of the ground beyond a gap, and the note says so. There is no chance in any of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from geo.shapes import polygonal
from models.tasking.displacement import RING_M, ring
from models.tasking.spots import GROWTH_TOLERANCE, LEVEL_TOLERANCE, POOR, Spots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.tasking.spots import Matching

PLACES: Final = 3
LIKE_PLACES: Final = 60  # whose drift is measured, at most
ALIKE: Final = 3.0  # a place more than three times as busy is not alike
_ROUGHLY_ALIKE: Final = 10.0  # near enough to measure drift on
_GOOD: Final = 4.61  # likewise, one in ten


class NoComparisonError(PlainError, LookupError):
    """There is nothing to compare an area with."""

    def __init__(self) -> None:
        super().__init__(
            "No place is left to compare this area with: it and the other taskings cover the study "
            "area. Choose a smaller area, or load the wards around."
        )


@dataclass(frozen=True, slots=True)
class Level:
    """Incidents in an area over the matching months, and their trend.

    Attributes
    ----------
    incidents : int
    growth, growth_error : float
        Change a month as a share of the level, by least squares, and its error by chance.
    """

    incidents: int
    growth: float
    growth_error: float


@dataclass(frozen=True, slots=True)
class ComparisonMatch:
    """How like the comparison was before.

    Attributes
    ----------
    treated, comparison : Level
        The comparison's over all of its places.
    scale : float
        Treated over comparison incidents.
    growth_z : float
        Difference of the two growths, in standard errors with `GROWTH_TOLERANCE`.
    places : int
        How many places make up the comparison; 0 for the rest of the ground.
    worst : float
        The score of the least like of them; infinite for the rest of the ground.
    """

    treated: Level
    comparison: Level
    scale: float
    growth_z: float
    places: int
    worst: float

    @property
    def of_one(self) -> float:
        """The treated area's incidents over those of one comparison place."""
        return self.scale * max(1, self.places)

    @property
    def alike(self) -> bool:
        """Whether a comparison place was roughly as busy, and none more than three times."""
        return not self.places or 1 / ALIKE <= self.of_one <= ALIKE

    @property
    def parallel(self) -> bool:
        """Whether the two had moved alike, as far as chance allows."""
        return abs(self.growth_z) <= math.sqrt(POOR)

    @property
    def description(self) -> str:
        """How good the match is, in plain words."""
        if not self.places:
            return "rough, as the comparison is not a similar place" if self.parallel else "poor"
        if not (self.alike and self.parallel):
            return "poor"
        return "good" if self.worst <= _GOOD else "fair"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a treated area is compared with.

    Attributes
    ----------
    area, ring : Polygon or MultiPolygon
    match : ComparisonMatch
    """

    area: Polygon | MultiPolygon
    ring: Polygon | MultiPolygon
    match: ComparisonMatch


def propose(
    treated: Polygon | MultiPolygon,
    matching: Matching,
    *,
    ground: Polygon | MultiPolygon,
    others: Sequence[Polygon | MultiPolygon] = (),
    places: int = PLACES,
    ring_m: float = RING_M,
) -> Comparison:
    """Return the comparison area and its ring.

    Parameters
    ----------
    treated : Polygon or MultiPolygon
        Metric CRS, as all of these.
    matching : Matching
    ground : Polygon or MultiPolygon
        The study area.
    others : sequence of Polygon or MultiPolygon
        Areas and rings of other open taskings.
    places : int
        How many places at most.
    ring_m : float
        Width of a ring.

    Raises
    ------
    NoComparisonError
        If nothing is left to compare with.
    """
    kept_clear = [shapely.buffer(treated, 2 * ring_m), *(shapely.buffer(o, ring_m) for o in others)]
    spots = Spots(treated, matching, ground=ground, kept_clear=kept_clear)
    chosen: list[tuple[float, Polygon | MultiPolygon]] = []
    while (
        len(chosen) < places and (best := spots.take(factor=ALIKE, apart_m=2 * ring_m)) is not None
    ):
        if chosen and best[0] > POOR:
            break
        chosen.append(best)
    if not chosen:
        return _rest(treated, matching, ground=ground, others=others, ring_m=ring_m)
    area = polygonal(shapely.union_all([shape for _, shape in chosen]))
    around = ring(
        area, ground=ground, others=[shapely.buffer(treated, ring_m), *others], width_m=ring_m
    )
    match = match_of(
        treated, area, matching=matching, places=len(chosen), worst=max(s for s, _ in chosen)
    )
    return Comparison(area, around, match)


def like_places(
    treated: Polygon | MultiPolygon,
    matching: Matching,
    *,
    ground: Polygon | MultiPolygon,
    kept_clear: Sequence[Polygon | MultiPolygon] = (),
    most: int = LIKE_PLACES,
) -> tuple[Polygon | MultiPolygon, ...]:
    """Return places of the treated shape, the most alike first, which do not overlap.

    Each held a tenth to ten times as many incidents in the matching months and grew alike. A
    verdict is only given where treated and comparison area did, so drift is measured on such.

    Parameters
    ----------
    treated, matching, ground
        As in `propose`.
    kept_clear : sequence of Polygon or MultiPolygon
        Where none of them may lie: the treated area, the comparison, their rings, other taskings.
    most : int
    """
    spots = Spots(treated, matching, ground=ground, kept_clear=[treated, *kept_clear])
    found: list[Polygon | MultiPolygon] = []
    while (
        len(found) < most and (best := spots.take(factor=_ROUGHLY_ALIKE, parallel=True)) is not None
    ):
        found.append(best[1])
    return tuple(found)


def level_of(area: Polygon | MultiPolygon, matching: Matching) -> Level:
    """Count an area's incidents over the matching months and fit their growth."""
    index = PolygonIndex.of([area])
    since = matching.since_middle[index.locate(matching.easting, matching.northing) == 0]
    size = max(len(since), 0.5) * matching.spread_of_months
    error = math.sqrt(max(float((since**2).sum()), matching.spread_of_months)) / size
    return Level(len(since), float(since.sum()) / size, error)


@dataclass(frozen=True, slots=True)
class Levels:
    """Incidents of several areas over the matching months, and their trends; arrays of `Level`."""

    incidents: NDArray[np.int64]
    growth: NDArray[np.float64]
    growth_error: NDArray[np.float64]

    @classmethod
    def of_counts(cls, monthly: NDArray[np.int64], months: NDArray[np.int64]) -> Levels:
        """Return the levels of counts a month, shape (areas, months); `months` are numbered."""
        since = months - months.mean()
        spread = float(np.mean(since**2)) if len(months) > 1 else 1.0
        incidents = monthly.sum(axis=1)
        size = np.maximum(incidents, 0.5) * spread
        error = np.sqrt(np.maximum(monthly @ since**2, spread)) / size
        return cls(incidents, monthly @ since / size, error)

    def at(self, area: int) -> Level:
        """Return the level of one area."""
        return Level(
            int(self.incidents[area]), float(self.growth[area]), float(self.growth_error[area])
        )


def likeness(own: Level, others: Levels) -> NDArray[np.float64]:
    """Return the scores of areas by which `propose` chooses among spots: below 9.2 is alike."""
    ours, theirs = own.incidents + 0.5, others.incidents + 0.5
    level = np.log(theirs / ours) ** 2 / (1 / theirs + 1 / ours + LEVEL_TOLERANCE**2)
    error = others.growth_error**2 + own.growth_error**2 + GROWTH_TOLERANCE**2
    return np.asarray(level + (others.growth - own.growth) ** 2 / error, dtype=np.float64)


def match_of(
    treated: Polygon | MultiPolygon,
    comparison: Polygon | MultiPolygon,
    *,
    matching: Matching,
    places: int,
    worst: float = 0.0,
) -> ComparisonMatch:
    """Say how like a comparison area was in the matching months."""
    own, other = level_of(treated, matching), level_of(comparison, matching)
    return match_of_levels(own, other, places=places, worst=worst)


def match_of_levels(
    own: Level, other: Level, *, places: int, worst: float = 0.0
) -> ComparisonMatch:
    """Say how like a comparison area was, by its level and the treated area's."""
    scale = own.incidents / other.incidents if own.incidents and other.incidents else 1.0
    error = math.hypot(own.growth_error, other.growth_error, GROWTH_TOLERANCE)
    return ComparisonMatch(own, other, scale, (own.growth - other.growth) / error, places, worst)


def _rest(
    treated: Polygon | MultiPolygon,
    matching: Matching,
    *,
    ground: Polygon | MultiPolygon,
    others: Sequence[Polygon | MultiPolygon],
    ring_m: float,
) -> Comparison:
    """Compare with the rest of the ground: a band beyond a gap stands for the ring."""
    gap = shapely.union_all([shapely.buffer(treated, 2 * ring_m), *others])
    left = polygonal(shapely.difference(ground, gap))
    band = polygonal(shapely.intersection(left, shapely.buffer(treated, 5 * ring_m)))
    beyond = polygonal(shapely.difference(left, band))
    if band.is_empty or beyond.is_empty:
        raise NoComparisonError
    match = match_of(treated, beyond, matching=matching, places=0, worst=math.inf)
    return Comparison(beyond, band, match)

"""Measuring an outcome in a world as a review does, and what it is called."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import shapely

from benchmarks.null_worlds.review_worlds import AFTER, RADIUS_M, Sort, World, hottest, made_world
from models.calendar.periods import Period
from models.statistics.intervals import binomial_interval
from models.tasking.before_period import Before
from models.tasking.comparison_area import like_places, propose
from models.tasking.detectable import least_detectable_fall
from models.tasking.displacement import ring
from models.tasking.outcomes import (
    BeforeAfter,
    Drift,
    Outcome,
    Scale,
    beyond_others,
    drift_of,
    outcome,
)
from models.tasking.spots import Matching
from models.tasking.verdict import Evidence, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import Polygon

    from models.tasking.comparison_area import ComparisonMatch
    from models.tasking.verdict import Kind

TWO_MONTHS = Period(date(2026, 5, 1), date(2026, 6, 30))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a review found: its outcome, and its verdict; by the interval alone where plain."""

    outcome: Outcome
    kind: Kind
    doubts: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


def measured(
    world: World, treated: Polygon, *, before: Sequence[int], after: Sequence[int], plain: bool
) -> Judged:
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
    around = ring(treated, ground=world.ground)
    rings = [
        BeforeAfter(int(world.counts([area], before)[0]), int(world.counts([area], after)[0]))
        for area in (around, found.ring)
    ]
    level = [int(world.counts([area], months)[0]) for area in (around, found.ring)]
    result = outcome(
        *pairs,
        displacement=rings[0],
        displacement_comparison=rings[1],
        displacement_scale=Scale.of_levels(*level),
        days=(len(before), len(after)),
        scale=Scale.of_levels(match.treated.incidents, match.comparison.incidents),
        drift=drift,
        comparison_places=places,
    )
    if plain:
        low, high = result.local.low, result.local.high
        return Judged(result, "fell" if high < 0 else "rose" if low > 0 else "no_sign")
    said = verdict(_evidence(pairs, result, match=match, drift=drift, moved=moved))
    return Judged(result, said.kind, said.doubts, said.sentences)


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
        after=TWO_MONTHS,
        before=Before(TWO_MONTHS, 1, chosen_on_it=False),
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
    rng: np.random.Generator,
    *,
    kind: Sort,
    chosen_over: int = 12,
    careless: bool = False,
    plain: bool = False,
    effect: float = 0.0,
) -> Judged:
    """Make a world, task its hottest place, and measure the outcome.

    Parameters
    ----------
    rng : Generator
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
    world = made_world(rng, kind)
    start = AFTER[0]
    treated = hottest(world, range(start - chosen_over, start))[0]
    if careless:
        before = (start - 2, start - 1)
    else:
        years = 1 if chosen_over <= 10 else 2
        before = (AFTER[0] - 12 * years, AFTER[1] - 12 * years)
    if effect:
        world = with_fall(world, treated, after=AFTER, fall=effect, rng=rng)
    return measured(world, treated, before=before, after=AFTER, plain=plain)


def of_seed(*seed: int) -> np.random.Generator:
    """Return the generator of one world."""
    return np.random.default_rng(list(seed))


def with_fall(
    world: World,
    treated: Polygon,
    *,
    after: Sequence[int],
    fall: float,
    rng: np.random.Generator,
) -> World:
    """Return a world in which a share of a place's incidents of some months is prevented."""
    inside = shapely.contains_xy(treated, world.easting, world.northing)
    prevented = inside & np.isin(world.month, after) & (rng.random(len(inside)) < fall)
    return world.take(~prevented)


def shares(reviews: Sequence[Judged]) -> tuple[int, int]:
    """Return how many are called a fall and how many a rise."""
    return sum(each.kind == "fell" for each in reviews), sum(
        each.kind == "rose" for each in reviews
    )


def with_interval(count: int, *, of: int) -> str:
    """Return a share with its exact 95 % interval."""
    low, high = binomial_interval(count, of)
    return f"{count / of:.1%} ({low:.1%} to {high:.1%})"

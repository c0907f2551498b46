"""Is the power that is stated before approval the power that reviews have? On made places and real.

A fall by half is planted at a place and measured in full, with its own comparison area; next to it
stands what would have been stated beforehand from other places and earlier periods alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from benchmarks.null_worlds.review_measuring import TWO_MONTHS, measured, with_fall, with_interval
from benchmarks.null_worlds.review_worlds import (
    AFTER,
    RADIUS_M,
    World,
    chicago_world,
    hottest,
    made_world,
    real_worlds,
    street_world,
)
from models.tasking.before_period import Before
from models.tasking.comparison_area import like_places
from models.tasking.displacement import RING_M
from models.tasking.planted_falls import Pair, Places, power_on
from models.tasking.power import FALL, Circumstances
from models.tasking.spots import Matching

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from benchmarks.null_worlds.review_worlds import Sort
    from models.tasking.power import Power

MOST_PAIRS: Final = 6
_KNOWN: Final = Circumstances(
    after=TWO_MONTHS,
    before=Before(TWO_MONTHS, 1, chosen_on_it=False),
    month_only=0.0,
    snapped=0.0,
    area_km2=float(np.pi) * RADIUS_M**2 / 1e6,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A planted fall: whether it was seen, and what had been stated beforehand.

    Attributes
    ----------
    seen : bool
    level : float
        Incidents of two months, by the months that did not choose the place.
    stated : Power or None
    """

    seen: bool
    level: float
    stated: Power | None


def stated(
    world: World,
    treated: Polygon,
    *,
    before: tuple[int, int],
    after: tuple[int, int],
    chosen_over: int,
    rng: np.random.Generator,
) -> Power | None:
    """Return the power as it is stated before the start: from other places and earlier months."""
    months = tuple(each for each in range(after[0]) if each not in before)
    held = np.isin(world.month, months)
    matching = Matching(world.easting[held], world.northing[held], world.month[held], months)
    like = like_places(
        treated, matching, ground=world.ground, kept_clear=[shapely.buffer(treated, RING_M)]
    )
    if not like:
        return None
    shapes = np.array(like, dtype=object)
    own_before = world.counts(like, before).sum()
    pairs = []
    for back in range(2, 2 * MOST_PAIRS + 2, 2):
        then, later = ([month - back for month in each] for each in (before, after))
        if then[0] < 0:
            break
        matched = np.array([each not in (*then, *later) for each in months])
        first, second = world.counts(like, then), world.counts(like, later)
        pairs.append(Pair(first, second, matched, season=float(own_before / first.sum())))
    places = Places(
        monthly=_monthly(world, like, months),
        months=np.array(months),
        apart=shapely.distance(shapes[:, np.newaxis], shapes) >= 2 * RING_M,
        unchosen=np.array(months) < after[0] - chosen_over,
    )
    own = _monthly(world, [treated], months)[0]
    return power_on(places, pairs, own=own, known=_KNOWN, rng=rng)


def judged(
    world: World,
    treated: Polygon,
    *,
    before: tuple[int, int],
    after: tuple[int, int],
    chosen_over: int,
    rng: np.random.Generator,
) -> Judged:
    """State the power for a place, plant a fall by half there and measure it in full."""
    beforehand = stated(
        world, treated, before=before, after=after, chosen_over=chosen_over, rng=rng
    )
    fallen = with_fall(world, treated, after=after, fall=FALL, rng=rng)
    found = measured(fallen, treated, before=before, after=after, plain=False)
    months = [each for each in range(after[0] - chosen_over) if each not in before]
    level = 2 * float(world.counts([treated], months)[0]) / len(months)
    return Judged(found.kind == "fell", level, beforehand)


def judged_made(rng: np.random.Generator, *, kind: Sort, rank: int) -> Judged:
    """Judge the place of some rank in a made world."""
    world = made_world(rng, kind)
    start = AFTER[0]
    treated = hottest(world, range(start - 12, start), most=rank)[-1]
    return judged(
        world,
        treated,
        before=(AFTER[0] - 24, AFTER[1] - 24),
        after=(AFTER[0], AFTER[1]),
        chosen_over=12,
        rng=rng,
    )


def judged_real(world: World, *, starts: Sequence[int], most: int = 25) -> list[Judged]:
    """Judge the hottest places of six months before each start, against a year before it."""
    rng = np.random.default_rng(1)
    return [
        judged(
            world,
            place,
            before=(start - 12, start - 11),
            after=(start, start + 1),
            chosen_over=6,
            rng=rng,
        )
        for start in starts
        for place in hottest(world, range(start - 6, start), most=most)
    ]


def real_rows(folder: Path) -> list[list[str]]:
    """Return table rows: each real set by how many incidents were expected."""
    rows = []
    for name, world, starts in _real(folder):
        found = judged_real(world, starts=starts)
        for low, high in ((0, 10), (10, 25), (25, 50), (50, 100), (100, 1000), (0, 1000)):
            these = [each for each in found if low <= each.level < high]
            if len(these) < 8:
                continue
            tried = [each.stated.share for each in these if each.stated]
            seen = sum(each.seen for each in these)
            told = f"{np.mean(tried):.0%} ({len(tried)} places)" if tried else "none"
            expected = f"{np.median([each.level for each in these]):.0f}"
            rows.append([name, f"{len(these)}", expected, with_interval(seen, of=len(these)), told])
    return rows


def _real(folder: Path) -> list[tuple[str, World, tuple[int, ...]]]:
    newham = real_worlds(folder)
    found = [(f"Newham, {name.lower()}", world, (16, 18, 20, 22)) for name, world in newham[:2]]
    for name, file in (
        ("Tower Hamlets", "tower-hamlets-burglary-2018-03_2023-02.csv"),
        ("Hackney", "hackney-burglary-2018-03_2023-02.csv"),
    ):
        wards = folder / f"boundaries/wards_2014_{name.lower().replace(' ', '_')}.geojson"
        world, _ = street_world(folder / "police_uk" / file, wards=wards)
        found.append((f"{name}, burglary", world, (34, 42, 50, 58)))
    chicago = chicago_world(folder / "timed/chicago-district-18-2016-01_2018-06.csv")
    return [*found, ("Chicago's district 18, all crime", chicago, (16, 20, 24, 28))]


def _monthly(
    world: World, areas: Sequence[Polygon | MultiPolygon], months: Sequence[int]
) -> NDArray[np.int64]:
    return np.column_stack([world.counts(list(areas), [month]) for month in months])

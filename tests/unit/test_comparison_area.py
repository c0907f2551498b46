"""The ring and the comparison area: where they lie, what they are matched on, always the same."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.polygon_index import PolygonIndex
from models.tasking.comparison_area import (
    NoComparisonError,
    level_of,
    like_places,
    match_of,
    propose,
)
from models.tasking.displacement import NoRingError, ring
from models.tasking.spots import Matching

GROUND = shapely.box(0, 0, 3000, 3000)
MONTHS = tuple(range(12))


def squares(levels: dict[tuple[int, int], tuple[float, float]]) -> Matching:
    """Incidents in 200 m squares by their lower left corner: (a month at first, at last)."""
    rng = np.random.default_rng(3)
    rows = []
    for (left, bottom), (first, last) in levels.items():
        for month in MONTHS:
            count = round(first + (last - first) * month / (len(MONTHS) - 1))
            rows.extend(
                (left + 200 * rng.random(), bottom + 200 * rng.random(), month)
                for _ in range(count)
            )
    frame = np.array(rows)
    return Matching(frame[:, 0], frame[:, 1], frame[:, 2].astype(np.int64), MONTHS)


def scattered(seed: int = 1, count: int = 6000) -> Matching:
    rng = np.random.default_rng(seed)
    return Matching(
        rng.uniform(0, 3000, count),
        rng.uniform(0, 3000, count),
        rng.integers(0, 12, count),
        MONTHS,
    )


TREATED = shapely.box(400, 400, 600, 600)


def test_a_ring_lies_around_and_gives_way_to_the_ground_and_to_other_areas() -> None:
    whole = ring(shapely.box(1000, 1000, 1200, 1200), ground=GROUND)
    assert whole.area == pytest.approx(4 * 200 * 150 + np.pi * 150**2, rel=0.01)
    corner = ring(shapely.box(0, 0, 200, 200), ground=GROUND)
    assert corner.area == pytest.approx(2 * 200 * 150 + np.pi * 150**2 / 4, rel=0.01)
    outer = ring(
        shapely.box(1000, 1000, 1200, 1200),
        ground=GROUND,
        others=[shapely.box(1200, 1000, 1350, 1200)],
    )
    assert outer.area == pytest.approx(whole.area - 150 * 200, rel=0.01)


def test_no_ground_around_is_said() -> None:
    with pytest.raises(NoRingError, match="No ground is left around the area"):
        ring(shapely.box(9000, 9000, 9200, 9200), ground=GROUND)


def test_the_place_that_is_like_in_level_and_trend_is_chosen() -> None:
    found = propose(
        TREATED,
        squares(
            {
                (400, 400): (20, 20),
                (2000, 2000): (21, 21),  # as busy, and as steady
                (2000, 400): (5, 37),  # as busy, but growing
                (400, 2000): (4, 4),  # as steady, but quiet
            }
        ),
        ground=GROUND,
        places=1,
    )
    assert found.area.centroid.distance(shapely.Point(2100, 2100)) < 30
    assert found.match.scale == pytest.approx(20 / 21, rel=0.1)
    assert found.match.description == "good"


def test_a_growing_place_is_compared_with_a_growing_one() -> None:
    found = propose(
        TREATED,
        squares({(400, 400): (5, 37), (2000, 2000): (21, 21), (2000, 400): (8, 36)}),
        ground=GROUND,
        places=1,
    )
    assert found.area.centroid.distance(shapely.Point(2100, 500)) < 60
    assert found.match.treated.growth == pytest.approx(32 / 11 / 21, rel=0.05)
    assert found.match.parallel


def test_where_nothing_grew_alike_the_match_says_so() -> None:
    found = propose(
        TREATED, squares({(400, 400): (2, 60), (2000, 2000): (30, 30)}), ground=GROUND, places=1
    )
    assert not found.match.parallel
    assert found.match.description == "poor"


def test_comparison_places_have_the_same_shape_and_keep_clear_of_everything() -> None:
    other = shapely.box(1500, 1500, 1800, 1800)
    found = propose(TREATED, scattered(), ground=GROUND, others=[other])
    assert found.match.places == 3
    assert found.area.area == pytest.approx(3 * TREATED.area)
    assert found.area.distance(TREATED) >= 2 * 150 - 25
    assert found.area.distance(other) >= 150 - 25
    assert not found.ring.intersects(shapely.buffer(TREATED, 150 - 1))
    assert found.ring.intersection(found.area).area == pytest.approx(0, abs=1e-6)
    parts = shapely.get_parts(found.area)
    assert min(a.distance(b) for a in parts for b in parts if a is not b) >= 2 * 150 - 25


def test_the_order_of_the_incidents_changes_nothing() -> None:
    given = scattered()
    turned = np.random.default_rng(5).permutation(len(given.month))
    other = Matching(
        given.easting[turned], given.northing[turned], given.month[turned], given.months
    )
    one, two = propose(TREATED, given, ground=GROUND), propose(TREATED, other, ground=GROUND)
    assert one.area.equals(two.area)
    assert one.ring.equals(two.ring)


def test_like_places_do_not_overlap_and_keep_clear() -> None:
    clear = shapely.box(2000, 0, 3000, 3000)
    found = like_places(TREATED, scattered(), ground=GROUND, kept_clear=[clear])
    assert 20 <= len(found) <= 60
    assert shapely.union_all(list(found)).area == pytest.approx(len(found) * TREATED.area)
    assert all(each.intersection(clear).area < 1500 for each in found)
    assert all(each.intersection(TREATED).area < 1500 for each in found)


def test_a_shape_that_fits_nowhere_is_compared_with_the_rest() -> None:
    large = shapely.box(0, 0, 1600, 3000)
    found = propose(large, scattered(), ground=GROUND)
    assert found.match.places == 0
    assert found.area.area + found.ring.area == pytest.approx(1100 * 3000, rel=0.01)
    assert found.match.description.startswith("rough")


def test_nothing_to_compare_with_is_said() -> None:
    with pytest.raises(NoComparisonError, match="No place is left"):
        propose(shapely.box(0, 0, 2800, 3000), scattered(), ground=GROUND)


def test_levels_are_counted_exactly() -> None:
    given = scattered()
    level = level_of(TREATED, given)
    inside = PolygonIndex.of([TREATED]).locate(given.easting, given.northing) == 0
    assert level.incidents == inside.sum()
    fitted = np.polyfit(np.arange(12), np.bincount(given.month[inside], minlength=12), 1)[0]
    assert level.growth * level.incidents / 12 == pytest.approx(fitted)


def test_a_place_without_incidents_has_scale_one() -> None:
    match = match_of(TREATED, shapely.box(5000, 5000, 5200, 5200), matching=scattered(), places=1)
    assert match.scale == 1.0
    assert match.comparison.incidents == 0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), left=st.integers(0, 2700), bottom=st.integers(0, 2700))
def test_wherever_the_area_lies_its_comparison_is_a_moved_copy_on_the_ground(
    seed: int, left: int, bottom: int
) -> None:
    treated = shapely.Point(left + 150, bottom + 150).buffer(140)
    found = propose(treated, scattered(seed, 2000), ground=GROUND)
    for part in shapely.get_parts(found.area):
        assert part.area == pytest.approx(treated.area)
        assert part.intersection(GROUND).area >= 0.96 * part.area
        east, north = (
            part.centroid.x - treated.centroid.x,
            part.centroid.y - treated.centroid.y,
        )
        moved = shapely.transform(treated, lambda at, by=(east, north): at + np.array(by))
        assert part.symmetric_difference(moved).area < 1e-3

"""What a loop may use: ways back outside the hotspot, carriageways, pavements, barred streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.streets.beside import BESIDE_M, CARRIAGEWAYS_M, beside_m
from geo.streets.local_streets import AROUND_M, BORDER_M, LocalStreets, local_streets
from geo.streets.network import StreetNetwork, street_network
from models.tasking._loop_chains import chained
from models.tasking._loop_prizes import Prizes, by_length, groups_of, of_parts
from models.tasking._loop_search import best_loop
from models.tasking.walking_loop import walking_loop
from tests.incident_points import incidents_at

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents

Line = list[tuple[float, float]]


def network(*rows: tuple[str, Line], **columns: list[str]) -> StreetNetwork:
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in rows], "place_class": ["local"] * len(rows), **columns},
        geometry=[shapely.LineString(row[1]) for row in rows],
        crs=27700,
    )
    return street_network(frame)


def spread(*at: tuple[float, float, int]) -> Incidents:
    return incidents_at(
        [(x + 0.1 * n, y + 0.1 * (n % 3)) for x, y, many in at for n in range(many)]
    )


def most_of_all_walks(streets: LocalStreets, prizes: Prizes, most_m: float) -> float:
    """The most that any closed walk collects, by following every walk."""
    best = 0.0
    seen: set[tuple[int, frozenset[int], float]] = set()
    stack = [(streets.start, frozenset[int](), most_m)]
    ends = list(zip(streets.tail.tolist(), streets.head.tolist(), strict=True))
    while stack:
        node, done, left = stack.pop()
        if (node, done, round(left, 6)) in seen:
            continue
        seen.add((node, done, round(left, 6)))
        if node == streets.start:
            best = max(best, float(prizes.worth[prizes.reached[:, sorted(done)].any(axis=1)].sum()))
        for at, (tail, head) in enumerate(ends):
            metres = float(streets.length_m[at])
            if metres <= left + 1e-9 and node in (tail, head):
                stack.append((head if node == tail else tail, done | {at}, left - metres))
    return best


def test_streets_worth_nothing_that_follow_each_other_are_searched_as_one() -> None:
    # A square of 0, 1, 2, 3 with a way round from 1 to 2 by 4, 5, and a ring without worth at 5.
    tail = np.array([0, 1, 2, 3, 4, 1, 5, 5], dtype=np.int32)
    head = np.array([1, 2, 3, 0, 5, 4, 2, 5], dtype=np.int32)
    length = np.array([10.0, 90, 10, 30, 11, 12, 13, 5])
    lines = np.array([shapely.LineString([(0, 0), (m, 0)]) for m in length], dtype=object)
    inside = length * np.array([1, 1, 1, 1, 0, 0, 0, 0])
    numbers, apart = np.arange(8, dtype=np.int32), np.zeros((8, 8))
    streets = LocalStreets(0, tail, head, length, inside, lines, numbers, 0, 0.0, apart)
    whole = chained(streets.take(np.arange(7)), inside[:7] == 0)
    assert len(whole.streets) == 5
    joined = int(np.argmax(whole.streets.inside_m == 0))
    assert whole.streets.length_m[joined] == 11 + 12 + 13
    assert {int(whole.streets.tail[joined]), int(whole.streets.head[joined])} == {1, 2}
    ahead = int(whole.streets.tail[joined]) == 1
    assert whole.unchained([(joined, ahead)]) == [(5, True), (4, True), (6, True)]
    assert whole.unchained([(joined, not ahead)]) == [(6, False), (4, False), (5, False)]
    found = best_loop(streets, of_parts(np.array([0, 0, 7.0, 0, 0, 0, 0, 0])), most_m=85)
    assert (found.worth, found.bound) == (7, 7)
    assert sorted(found.parts) == [2, 2, 3, 3]
    around = best_loop(streets, of_parts(np.array([1.0, 0, 7.0, 0, 0, 0, 0, 0])), most_m=90)
    assert set(around.parts) == {0, 2, 3, 4, 5, 6}


@st.composite
def shared_prizes(draw: st.DrawFn) -> tuple[LocalStreets, Prizes, int]:
    """A few streets, and prizes that several of them collect."""
    nodes = draw(st.integers(2, 5))
    pairs = [(a, b) for a in range(nodes) for b in range(a + 1, nodes)]
    picked = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=7))
    metres = np.array([10 * draw(st.integers(1, 4)) for _ in picked], dtype=float)
    size = len(picked)
    lines = np.array([shapely.LineString([(0, 0), (m, 0)]) for m in metres], dtype=object)
    tail, head = np.array(picked, dtype=np.int32).T
    twins = np.zeros((size, size))
    for _ in range(draw(st.integers(0, 2))):
        one, other = draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))
        twins[one, other] = twins[other, one] = min(metres[one], metres[other]) * (one != other)
    numbers = np.arange(size, dtype=np.int32)
    inside = metres * draw(st.sampled_from([0.0, 0.5, 1.0]))
    streets = LocalStreets(0, tail, head, metres, inside, lines, numbers, 0, 0.0, twins)
    reached = np.array(
        [[draw(st.booleans()) for _ in picked] for _ in range(draw(st.integers(1, 5)))]
    )
    worth = np.array([float(draw(st.integers(0, 5))) for _ in reached])
    return streets, Prizes(worth, reached), draw(st.integers(2, 16)) * 10


@given(shared_prizes())
@settings(max_examples=50, deadline=None)
def test_prizes_that_several_streets_collect_count_once(
    case: tuple[LocalStreets, Prizes, int],
) -> None:
    streets, prizes, most_m = case
    found = best_loop(streets, prizes, most_m=most_m)
    assert found.worth == most_of_all_walks(streets, prizes, most_m)
    assert found.bound == found.worth
    walked = prizes.reached[:, sorted(set(found.parts))].any(axis=1)
    assert found.worth == prizes.worth[walked].sum()
    assert streets.length_m[list(found.parts)].sum() <= most_m


# Two dead ends that a street outside the hotspot joins, `away` metres from it.
def horseshoe(away: float) -> StreetNetwork:
    return network(
        ("South Row", [(0, 0), (100, 0)]),
        ("West Lane", [(0, 0), (0, 200)]),
        ("East Lane", [(100, 0), (100, 200)]),
        ("North Row", [(0, 200), (0, 200 + away), (100, 200 + away), (100, 200)]),
    )


HOTSPOT = shapely.box(-20, -20, 120, 200)
BOTH_LANES = spread((0, 190, 20), (100, 190, 20))


def test_a_loop_leaves_the_hotspot_where_that_is_a_shorter_way_back() -> None:
    found = walking_loop(horseshoe(40), HOTSPOT, BOTH_LANES, minutes=12, kmh=3.6)  # 720 m
    assert found is not None
    assert (found.share, found.least) == (1, 1)
    assert (found.metres, round(found.outside_m)) == (680, 180)
    assert "North Row (outside the hotspot), 180 m." in found.directions
    assert "ahead North Row (outside) 180 m" in found.short_directions
    assert found.directions.count("outside") == 1
    assert "180 m of it are outside the hotspot." in found.quality


def test_a_loop_stays_inside_where_the_way_outside_is_no_shorter_or_too_far() -> None:
    for away, minutes in ((AROUND_M + 1, 20), (40, 5)):
        found = walking_loop(horseshoe(away), HOTSPOT, BOTH_LANES, minutes=minutes, kmh=3.6)
        assert found is not None
        assert found.outside_m == 0
        assert "outside" not in found.directions + found.quality
    assert BORDER_M < 100 < AROUND_M


def test_nothing_is_counted_outside() -> None:
    cross = network(
        ("Long Lane", [(0, 0), (60, 0), (140, 0)]),
        ("Side", [(60, 0), (60, 60)]),
        ("Far", [(140, 0), (140, 60)]),
    )
    area = shapely.box(-10, -10, 70, 70)
    found = walking_loop(cross, area, None, minutes=15, kmh=3.6)
    assert found is not None
    assert found.share == pytest.approx(1)
    assert max(x for x, _ in found.points) <= 140
    assert "Far" not in found.directions


@st.composite
def grids(draw: st.DrawFn) -> tuple[StreetNetwork, list[tuple[float, float, int]]]:
    """A grid of 90 m with some sides missing, in which the middle is the hotspot."""
    side, step = 4, 90.0
    sides = [((x, y), (x + 1, y)) for x in range(side - 1) for y in range(side)]
    sides += [((x, y), (x, y + 1)) for x in range(side) for y in range(side - 1)]
    chosen = draw(st.lists(st.sampled_from(sides), min_size=6, max_size=13, unique=True))
    rows = [
        (f"Street {n}", [(step * x, step * y) for x, y in each]) for n, each in enumerate(chosen)
    ]
    worth = [(float(draw(st.integers(0, 5)) * 30), float(draw(st.integers(0, 5)) * 30), 6)]
    worth += [(float(draw(st.integers(0, 5)) * 30), 30.0, 9)]
    return network(*rows), worth


@given(grids(), st.sampled_from([400.0, 540.0]))
@settings(max_examples=25, deadline=None)
def test_no_loop_over_every_street_around_collects_more(
    case: tuple[StreetNetwork, list[tuple[float, float, int]]], most_m: float
) -> None:
    """Far streets that are left out are of no use: brute force over all of them finds no more."""
    net, at = case
    area = shapely.box(-20, -20, 160, 110)
    held = spread(*at)
    streets = local_streets(net, area, (45.0, 45.0), most_m=most_m)
    whole = local_streets(net, area, (45.0, 45.0), most_m=most_m, around_m=1000.0)
    if streets is None or whole is None:
        return
    everything = local_streets(net, shapely.box(-20, -20, 300, 300), (45.0, 45.0), most_m=most_m)
    assert everything is not None
    group, reached = groups_of(whole, held, near_m=30.0)
    if not len(reached):
        return
    worth = np.bincount(group[group >= 0], minlength=len(reached)).astype(float)
    found = best_loop(whole, Prizes(worth, reached), most_m=most_m)
    all_group, all_reached = groups_of(everything, held, near_m=30.0)
    all_worth = np.bincount(all_group[all_group >= 0], minlength=len(all_reached)).astype(float)
    assert len(whole) <= len(everything)
    assert found.worth == most_of_all_walks(everything, Prizes(all_worth, all_reached), most_m)


# A street of two carriageways 20 m apart, joined at both ends, 200 m long.
def carriageways(**columns: list[str]) -> StreetNetwork:
    return network(
        ("High Street", [(0, 0), (100, 0), (200, 0)]),
        ("High Street", [(200, 20), (100, 20), (0, 20)]),
        ("West End", [(0, 0), (0, 20)]),
        ("East End", [(200, 0), (200, 20)]),
        ("Mill Lane", [(100, 20), (100, 120)]),
        **columns,
    )


DUAL = {"carriageway": ["dual", "dual", "", "", ""]}


def test_two_carriageways_are_one_street_to_a_loop() -> None:
    area = shapely.box(-50, -50, 250, 140)
    held = spread((50, 0, 10), (50, 20, 10), (150, 0, 10), (150, 20, 10), (100, 110, 15))
    found = walking_loop(carriageways(**DUAL), area, held, minutes=10, kmh=3.7)  # 616 m
    assert found is not None
    # One carriageway and Mill Lane, there and back, are 600 m; round by both carriageways, 640 m.
    assert found.share == 1
    unknown = walking_loop(carriageways(), area, held, minutes=10, kmh=3.7)
    assert unknown is not None
    assert unknown.share < 1
    one_way = {"one_way": ["forward", "forward", "", "", ""]}
    stated = walking_loop(carriageways(**one_way), area, held, minutes=10, kmh=3.7)
    assert stated is not None
    assert stated.share == 1


def test_what_lies_too_far_from_the_carriageway_walked_does_not_count() -> None:
    net = carriageways(**DUAL)
    held = spread((40, -25, 10), (40, 45, 10))  # 45 m from the other carriageway
    streets = local_streets(net, shapely.box(-50, -50, 250, 140), (0.0, -5.0), most_m=900)
    assert streets is not None
    group, reached = groups_of(streets, held, near_m=30.0)
    assert len(set(group.tolist())) == 2
    assert reached.sum(axis=1).tolist() == [1, 1]
    middle = spread((40, 10.2, 10))
    _, shared = groups_of(streets, middle, near_m=30.0)
    assert shared.sum(axis=1).tolist() == [2]


def test_a_carriageway_is_crossed_only_where_its_lines_meet() -> None:
    found = walking_loop(
        carriageways(**DUAL),
        shapely.box(60, -30, 140, 130),
        spread((100, 1, 10), (100, 100, 10)),
        minutes=15,
        kmh=3.6,
    )
    assert found is not None
    walked = shapely.LineString(found.points)
    drawn = shapely.buffer(shapely.union_all(carriageways().lines), 0.2)
    assert drawn.covers(walked)


@pytest.mark.parametrize(
    ("other", "apart", "columns", "one_street"),
    [
        ("High Street", BESIDE_M - 1, {}, True),
        ("HIGH STREET", BESIDE_M - 1, {}, True),
        ("", BESIDE_M - 1, {}, True),
        ("Back Lane", BESIDE_M - 1, {}, False),
        ("High Street", BESIDE_M + 2, {}, False),
        ("High Street", CARRIAGEWAYS_M - 2, {"carriageway": ["dual"] * 2}, True),
        ("High Street", CARRIAGEWAYS_M + 2, {"carriageway": ["dual"] * 2}, False),
        ("", CARRIAGEWAYS_M - 2, {"carriageway": ["dual"] * 2}, False),
        ("Back Lane", CARRIAGEWAYS_M - 2, {"one_way": ["forward"] * 2}, False),
    ],
)
def test_lines_run_beside_each_other_by_name_and_distance(
    other: str, apart: float, columns: dict[str, list[str]], *, one_street: bool
) -> None:
    net = network(
        ("High Street", [(0, 0), (100, 0)]), (other, [(95, apart), (5, apart)]), **columns
    )
    found = beside_m(net, np.arange(2, dtype=np.int32), net.lines)
    assert found.tolist() == [[0, 90 * one_street], [90 * one_street, 0]]


def test_a_short_line_across_runs_beside_nothing() -> None:
    net = network(("High Street", [(0, 0), (100, 0)]), ("", [(50, 0), (50, 10)]))
    assert not beside_m(net, np.arange(3, dtype=np.int32), net.lines).any()


def test_by_length_two_beside_each_other_count_as_one() -> None:
    net = carriageways(**DUAL)
    streets = local_streets(net, shapely.box(-50, -50, 250, 140), (50.0, -5.0), most_m=900)
    assert streets is not None
    prizes = by_length(streets, unit_m=1.0)
    assert prizes.worth.sum() == pytest.approx(200 + 20 + 20 + 100)
    alone = of_parts(streets.inside_m)
    assert alone.worth.sum() == pytest.approx(400 + 20 + 20 + 100)


def test_a_loop_keeps_off_what_is_barred_and_off_slip_roads_of_main_roads() -> None:
    held = spread((50, 61, 30), (50, 1, 30))
    for columns, barred in (
        ({"barred": ["", "walkers", "", ""]}, True),
        ({"carriageway": ["", "slip", "", ""], "place_class": ["main"] * 4}, True),
        ({"carriageway": ["", "slip", "", ""]}, False),
        ({}, False),
    ):
        names = ("Brick Lane", "Hanbury Street", "Wilkes Street", "Princelet Street")
        corners = [(0.0, 0.0), (0.0, 60.0), (100.0, 60.0), (100.0, 0.0)]
        rows = [(name, [corners[n], corners[(n + 1) % 4]]) for n, name in enumerate(names)]
        net = network(*rows, **columns)
        area = shapely.box(-10, -10, 110, 70)
        found = walking_loop(net, area, held, minutes=15, kmh=3.6)
        assert found is not None
        assert ("Hanbury Street" not in found.directions) == barred

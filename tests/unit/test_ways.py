"""Ways along the streets, against Floyd and Warshall over every metre and drawings by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import floyd_warshall

from geo.streets.network import StreetNetwork, street_network
from geo.streets.ways import NEAREST_M, TRAVELS, Travel, distances, standing, way_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

Line = tuple[tuple[float, float], ...]


def network(*rows: tuple[Line, str, str]) -> StreetNetwork:
    """Lines with a class and a direction."""
    frame = gpd.GeoDataFrame(
        {
            "name": [f"Street {n}" for n in range(len(rows))],
            "place_class": [row[1] for row in rows],
            "one_way": [row[2] for row in rows],
        },
        geometry=[shapely.LineString(row[0]) for row in rows],
        crs=27700,
    )
    return street_network(frame)


def square(side: float = 100.0, *, one_way: str = "") -> StreetNetwork:
    """A square that is walked around in one direction; each side is a piece."""
    corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
    return network(
        *[((corners[n], corners[n + 1]), "local", one_way) for n in range(4)],
        (((0.0, 0.0), (-50.0, 0.0)), "local", ""),
    )


def metres(of: StreetNetwork, travel: Travel, *points: tuple[float, float]) -> list[list[float]]:
    xy = np.array(points, dtype=np.float64)
    found: list[list[float]] = distances(
        of, standing(of, xy, travel=travel), travel=travel
    ).tolist()
    return found


def test_a_way_runs_along_the_streets_with_the_steps_to_them() -> None:
    found = metres(square(), "foot", (50, -10), (100, 30), (50, 0))
    # 10 to the street, 50 to the corner, 30 up; the third stands where the first's street is.
    assert found == [[0, 90, 10], [90, 0, 80], [10, 80, 0]]


def test_cars_keep_to_one_way_streets_and_nobody_else_does() -> None:
    places = ((20.0, 0.0), (80.0, 0.0), (100.0, 50.0))
    around = square(one_way="forward")
    assert metres(around, "car", *places) == [[0, 60, 130], [340, 0, 70], [270, 330, 0]]
    other = square(one_way="backward")
    assert metres(other, "car", *places) == [[0, 340, 270], [60, 0, 330], [130, 70, 0]]
    for travel in ("foot", "bike"):
        assert metres(around, travel, *places) == [[0, 60, 130], [60, 0, 70], [130, 70, 0]]


def test_motorways_are_for_cars_and_paths_are_not() -> None:
    streets = network(
        (((0, 0), (400, 0)), "motorway", ""),
        (((0, 0), (0, 300)), "local", ""),
        (((0, 300), (400, 300)), "local", ""),
        (((400, 300), (400, 0)), "local", ""),
        (((100, 300), (100, 600)), "path", ""),
    )
    ends = ((0.0, 0.0), (400.0, 0.0))
    assert metres(streets, "car", *ends)[0] == pytest.approx([0, 400])
    for travel in ("foot", "bike"):
        assert metres(streets, travel, *ends)[0] == pytest.approx([0, 1000])
    on_path = np.array([(100.0, 500.0)])
    assert standing(streets, on_path, travel="foot").off_m.tolist() == [0]
    assert standing(streets, on_path, travel="car").off_m.tolist() == [200]


def test_what_no_street_joins_is_as_the_crow_flies_and_is_marked() -> None:
    two = network(
        (((0, 0), (1500, 0)), "local", ""),
        (((0, 100), (1200, 100)), "local", ""),
    )
    xy = np.array([(0.0, 0.0), (30.0, 0.0), (30.0, 100.0), (0.0, 100.0 + NEAREST_M + 1)])
    found = way_matrix(two, xy, travel="foot", detour=1.3)
    joined = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert found.on_streets.tolist() == np.array(joined, dtype=bool).tolist()
    assert found.metres[0, 1] == 30
    assert found.metres[1, 2] == pytest.approx(130)
    assert found.metres[0, 3] == pytest.approx(1.3 * (100 + NEAREST_M + 1))
    assert (found.metres == found.metres.T).all()


def test_nobody_stands_on_a_fragment_or_where_a_car_cannot_leave() -> None:
    streets = network(
        (((0, 0), (1000, 0)), "local", ""),
        (((500, 0), (500, 90)), "local", "forward"),  # in, and not out
        (((300, 5), (300, 60)), "local", ""),  # joined to nothing
    )
    xy = np.array([(500.0, 80.0), (300.0, 50.0)])
    assert standing(streets, xy, travel="car").off_m.tolist() == [80, 50]
    assert standing(streets, xy, travel="foot").off_m.tolist() == [0, 50]


def test_without_a_street_within_reach_there_is_no_way() -> None:
    nothing = network()
    xy = np.array([(0.0, 0.0), (10.0, 0.0)])
    for travel in TRAVELS:
        assert metres(nothing, travel, *map(tuple, xy)) == [[0, np.inf], [np.inf, 0]]
    found = way_matrix(nothing, xy, travel="car", detour=1.5)
    assert found.metres.tolist() == [[0, 15], [15, 0]]


def every_metre(
    rows: list[tuple[Line, str, str]], places: list[tuple[int, int]], *, car: bool
) -> NDArray[np.float64]:
    """All ways by brute force: a node for each whole metre of each line, joined by Floyd-Warshall.

    `places` are metres along a row; lines are straight and of whole metres.
    """
    points: dict[tuple[float, float, int], int] = {}
    edges: list[tuple[int, int]] = []
    where: dict[tuple[int, int], int] = {}
    for row, ((first, last), _, one_way) in enumerate(rows):
        length = round(float(np.hypot(last[0] - first[0], last[1] - first[1])))
        before = -1
        for metre in range(length + 1):
            share = metre / length
            x = first[0] + share * (last[0] - first[0])
            y = first[1] + share * (last[1] - first[1])
            is_end = metre in (0, length)
            key = (x, y, 0) if is_end else (x, y, row + 1)  # lines meet at ends alone
            node = points.setdefault(key, len(points))
            where[row, metre] = node
            if before >= 0:
                edges += [(before, node)] if not (car and one_way == "backward") else []
                edges += [(node, before)] if not (car and one_way == "forward") else []
            before = node
    graph = np.full((len(points), len(points)), np.inf)
    np.fill_diagonal(graph, 0.0)
    for tail, head in edges:
        graph[tail, head] = 1.0
    own = [where[each] for each in places]
    return np.asarray(floyd_warshall(graph))[np.ix_(own, own)]


GRID = [(x, y) for x in (0.0, 12.0, 24.0) for y in (0.0, 12.0, 24.0)]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[tuple[Line, str, str]], list[tuple[int, int]]]:
    """Some sides of a grid of 12 m, joined, one-way or not, and places on them."""
    sides = [
        (first, last)
        for first in GRID
        for last in GRID
        if first < last and abs(first[0] - last[0]) + abs(first[1] - last[1]) == 12
    ]
    picked = draw(st.lists(st.sampled_from(sides), min_size=2, max_size=10, unique=True))
    ways = st.sampled_from(["", "", "forward", "backward"])
    rows: list[tuple[Line, str, str]] = [(side, "local", draw(ways)) for side in picked]
    place = st.tuples(st.integers(0, len(rows) - 1), st.integers(1, 11))
    return rows, draw(st.lists(place, min_size=2, max_size=5, unique=True))


@given(cases(), st.sampled_from(TRAVELS))
@settings(max_examples=150, deadline=None)
def test_ways_are_those_of_brute_force(
    case: tuple[list[tuple[Line, str, str]], list[tuple[int, int]]], travel: Travel
) -> None:
    rows, places = case
    streets = network(*rows)
    points = [shapely.LineString(rows[row][0]).interpolate(metre) for row, metre in places]
    xy = shapely.get_coordinates(points)
    found = standing(streets, xy, travel=travel)
    own = found.off_m < 0.01  # else it lies where it is not joined both ways, and stands elsewhere
    ways = distances(streets, found, travel=travel)
    expected = every_metre(rows, places, car=travel == "car")
    kept = np.ix_(own, own)
    assert ways[kept] == pytest.approx(expected[kept], abs=1e-3)
    assert np.isfinite(ways[kept]).all() or not np.isfinite(expected[kept]).all()


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_ways_keep_the_rules_of_distance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    side = np.arange(0, 500, 100.0)
    rows = [(((x, y), (x + 100, y)), "local", "") for x in side for y in side]
    rows += [(((x, y), (x, y + 100)), "local", "") for x in side for y in side]
    streets = network(*[row for row in rows if rng.random() < 0.8])
    xy = rng.uniform(0, 500, (8, 2))
    ways = distances(streets, standing(streets, xy, travel="foot"), travel="foot")
    straight = np.hypot(*(xy[:, np.newaxis] - xy[np.newaxis]).transpose(2, 0, 1))
    assert (ways >= straight - 1e-6).all()
    assert ways == pytest.approx(ways.T)
    for middle in range(8):
        through = ways[:, middle, np.newaxis] + ways[np.newaxis, middle]
        assert (ways <= through + 1e-6)[np.isfinite(through)].all()

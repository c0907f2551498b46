"""Which segment or crossing a point lies on, against shapely; and the ground of each."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.polygon_index import PolygonIndex
from geo.streets.segments import CROSSING_M, REACH_M, Segments, segments_of
from tests.made_streets import network_of, segments_from, street_grid

CROSS = ([(0, 0), (50, 0), (90, 0)], [(50, -40), (50, 0), (50, 60)])


def town(seed: int = 3) -> Segments:
    return segments_of(
        street_grid(west=0, south=0, across=6, block_m=70, jitter_m=20, seed=seed), most_m=40
    )


def test_long_pieces_are_cut_into_equal_parts_that_follow_each_other() -> None:
    found = segments_from([(0, 0), (120, 0), (250, 0)], [(250, 0), (250, 90)])
    assert np.sort(found.network.length_m) == pytest.approx([250 / 3] * 3 + [90])
    assert found.network.length_m.sum() == pytest.approx(340)
    assert sorted(found.piece) == [0, 0, 0, 1]
    assert found.network.degree.tolist().count(2) == 3  # two cuts, and where the two streets meet
    for line, start, end in zip(
        found.network.lines, found.network.start, found.network.end, strict=True
    ):
        ends = np.array(line.coords)[[0, -1]]
        assert ends == pytest.approx(found.network.node_xy[[start, end]])


def test_points_lie_on_the_nearest_segment_at_a_crossing_or_on_no_street() -> None:
    found = segments_from(*CROSS)
    x = [20, 50.5, 49, 50, 20, 10, -3, np.nan]
    y = [10, 0.5, 20, -39.5, 30, 30.5, 1, 0]
    places = found.place(x, y)
    crossing = int(np.argmax(found.network.degree))
    assert found.network.node_xy[crossing].tolist() == [50, 0]
    west = int(
        np.flatnonzero(
            [line.equals(shapely.LineString([(0, 0), (50, 0)])) for line in found.network.lines]
        )[0]
    )
    assert places.segment[[0, 4]].tolist() == [west, west]
    assert places.along_m[0] == pytest.approx(20)
    assert places.node[1] == crossing
    assert places.segment[1] == -1
    assert places.node[2] == -1
    assert found.network.node_xy[places.node[3]].tolist() == [50, -40]
    assert found.network.node_xy[places.node[6]].tolist() == [0, 0]
    assert places.off_street.tolist() == [False] * 5 + [True, False, True]


def test_every_point_lies_on_the_segment_that_all_distances_say() -> None:
    found = town()
    rng = np.random.default_rng(1)
    xy = rng.uniform(-60, 480, (3000, 2))
    places = found.place(*xy.T)
    points = shapely.points(xy)
    distance = shapely.distance(points[:, None], found.network.lines[None, :])
    assert (places.off_street == (distance.min(axis=1) > REACH_M)).all()
    on = np.flatnonzero(places.segment >= 0)
    assert distance[on, places.segment[on]] == pytest.approx(distance[on].min(axis=1))
    along = shapely.line_locate_point(found.network.lines[places.segment[on]], points[on])
    assert places.along_m[on] == pytest.approx(along)
    at = np.flatnonzero(places.node >= 0)
    nearest = shapely.shortest_line(found.network.lines[distance[at].argmin(axis=1)], points[at])
    foot = shapely.get_coordinates(shapely.get_point(nearest, 0))
    off = np.hypot(*(foot - found.network.node_xy[places.node[at]]).T)
    assert off.max() <= CROSSING_M + 1e-6


def test_the_grounds_hold_just_the_points_that_lie_on_their_segments_and_crossings() -> None:
    found = town(seed=4)
    nodes = len(found.network.node_xy)
    grounds = [found.ground([each], []) for each in range(len(found))]
    grounds += [found.ground([], [each]) for each in range(nodes)]
    assert all(each.is_valid for each in grounds)
    union = shapely.union_all(grounds)
    assert union.area == pytest.approx(sum(each.area for each in grounds), rel=1e-5)
    around = shapely.union_all(found.network.lines).buffer(REACH_M)
    assert union.symmetric_difference(around).area < 0.001 * around.area
    xy = np.random.default_rng(2).uniform(-60, 480, (20_000, 2))
    places = found.place(*xy.T)
    expected = np.where(places.node >= 0, len(found) + places.node, places.segment)
    inside = PolygonIndex.of(grounds, cell_m=5).locate(*xy.T)
    assert (inside == expected).mean() > 0.998  # borders are drawn from points 2 m apart


def test_grounds_asked_for_together_are_those_asked_for_one_by_one() -> None:
    one, other = town(), town()
    other.draw_grounds(range(len(other)))
    for each in range(0, len(one), 7):
        apart = one.ground([each], []).symmetric_difference(other.ground([each], []))
        assert apart.area < 0.5


def test_an_empty_network_has_no_segment_and_nothing_lies_on_it() -> None:
    found = segments_of(network_of())
    assert len(found) == 0
    assert found.place([1.0], [2.0]).off_street.tolist() == [True]

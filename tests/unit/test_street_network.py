"""The network of a layer of streets, against drawings by hand and shapely's own noding."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.street_classes import street_class
from geo.streets.network import StreetNetwork, street_network
from tests.shared_data import SHARED, needs_shared


def network(*lines: list[tuple[float, float]], names: tuple[str, ...] = ()) -> StreetNetwork:
    shapes = [shapely.LineString(line) for line in lines]
    frame = gpd.GeoDataFrame(
        {
            "name": list(names) or [f"Street {n}" for n in range(len(lines))],
            "place_class": ["local"] * len(lines),
        },
        geometry=shapes,
        crs=27700,
    )
    return street_network(frame)


def pieces(of: StreetNetwork) -> set[tuple[tuple[float, float], tuple[float, float], float]]:
    found = set()
    for start, end, length in zip(of.start, of.end, of.length_m, strict=True):
        first, last = sorted([tuple(of.node_xy[start]), tuple(of.node_xy[end])])
        found.add((first, last, round(float(length), 6)))
    return found


def test_lines_are_cut_where_they_share_a_vertex_and_not_where_they_merely_cross() -> None:
    shared = network([(0, 0), (50, 0), (100, 0)], [(50, -30), (50, 0), (50, 30)])
    assert pieces(shared) == {
        ((0, 0), (50, 0), 50),
        ((50, 0), (100, 0), 50),
        ((50, -30), (50, 0), 30),
        ((50, 0), (50, 30), 30),
    }
    bridge = network([(0, 0), (100, 0)], [(50, -30), (50, 30)])
    assert pieces(bridge) == {((0, 0), (100, 0), 100), ((50, -30), (50, 30), 60)}
    assert sorted(bridge.component) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("gap", "parts"),
    [(0.0, 1), (0.04, 1), (0.3, 1), (-0.3, 1), (0.49, 1), (1.0, 1), (-1.9, 1), (2.1, 2), (5.0, 2)],
)
def test_a_loose_end_joins_the_line_it_all_but_meets(gap: float, parts: int) -> None:
    found = network([(0, 0), (100, 0)], [(40, 30), (40, gap)])
    assert found.component.max() + 1 == parts
    assert len(found) == (3 if parts == 1 else 2)


@pytest.mark.parametrize(("gap", "parts"), [(0.0, 1), (0.3, 1), (1.0, 1), (1.9, 1), (2.1, 2)])
def test_ends_that_all_but_meet_are_one_crossing(gap: float, parts: int) -> None:
    found = network([(0, 0), (100, 0)], [(100 + gap, 0), (200, 0)], [(100, 0), (100, 50)])
    assert found.component.max() + 1 == parts


def test_a_street_given_twice_is_there_once_in_either_direction() -> None:
    found = network([(0, 0), (9, 4), (20, 0)], [(20, 0), (9, 4), (0, 0)], [(0, 0), (20, 0)])
    assert len(found) == 2
    part = network([(0, 0), (50, 0), (100, 0)], [(50, 0), (100, 0)])
    assert pieces(part) == {((0, 0), (50, 0), 50), ((50, 0), (100, 0), 50)}


def test_rings_repeated_vertices_and_lines_without_length_are_understood() -> None:
    ring = network([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])
    assert pieces(ring) == {((0, 0), (0, 0), 40)}
    assert ring.degree.tolist() == [2]
    repeated = network([(0, 0), (10, 0), (10, 0), (30, 0)], [(5, 5), (5, 5)])
    assert pieces(repeated) == {((0, 0), (30, 0), 30)}


def test_names_and_rows_stay_with_their_pieces() -> None:
    found = network(
        [(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 30)], names=("Roman Road", "Globe Road")
    )
    named = {(name, row) for name, row in zip(found.name, found.row, strict=True)}
    assert named == {("Roman Road", 0), ("Globe Road", 1)}
    assert list(found.name).count("Roman Road") == 2


def test_an_empty_layer_is_an_empty_network() -> None:
    frame = gpd.GeoDataFrame({"name": [], "place_class": []}, geometry=[], crs=27700)
    found = street_network(frame)
    assert len(found) == 0
    piece, along, off = found.nearest(np.array([[0.0, 0.0]]), within_m=30)
    assert piece.tolist() == [-1]
    assert np.isnan([along[0], off[0]]).all()


@given(
    st.lists(
        st.tuples(*[st.integers(0, 4)] * 4).filter(lambda each: each[:2] != each[2:]),
        min_size=1,
        max_size=8,
    )
)
def test_straight_streets_on_a_grid_are_cut_as_shapely_cuts_them(
    ends: list[tuple[int, int, int, int]],
) -> None:
    """With a vertex at each whole metre they pass, sharing a vertex is the same as crossing."""
    lines = []
    for x, y, to_x, to_y in ends:  # by the longer way round a block: along x, then along y
        run = [(each, y) for each in range(x, to_x, 1 if to_x > x else -1)]
        rise = [(to_x, each) for each in range(y, to_y, 1 if to_y > y else -1)]
        lines.append([(10 * a, 10 * b) for a, b in (*run, *rise, (to_x, to_y))])
    found = network(*lines)
    noded = shapely.node(shapely.MultiLineString(lines))
    assert found.length_m.sum() == pytest.approx(noded.length)
    assert shapely.union_all(found.lines).equals(noded)
    for line in found.lines:  # no piece runs through another's end
        inner = shapely.MultiPoint(shapely.get_coordinates(line)[1:-1])
        assert not inner.intersects(shapely.MultiPoint(found.node_xy))


def test_the_nearest_piece_is_the_one_that_every_distance_says() -> None:
    rng = np.random.default_rng(5)
    lines = [rng.uniform(0, 500, (3, 2)).tolist() for _ in range(40)]
    found = network(*lines)
    xy = rng.uniform(-50, 550, (200, 2))
    piece, along, off = found.nearest(xy, within_m=30)
    distances = shapely.distance(shapely.points(xy)[:, None], found.lines[None, :])
    assert ((piece >= 0) == (distances.min(axis=1) <= 30)).all()
    hit = piece >= 0
    assert off[hit] == pytest.approx(distances.min(axis=1)[hit])
    on_line = shapely.line_interpolate_point(found.lines[piece[hit]], along[hit])
    assert shapely.distance(on_line, shapely.points(xy[hit])) == pytest.approx(off[hit])


def test_of_two_streets_just_as_near_the_first_is_taken() -> None:
    found = network([(0, 0), (100, 0)], [(0, 20), (100, 20)])
    piece, _, off = found.nearest(np.array([[50.0, 10.0]]), within_m=30)
    assert (piece.tolist(), off.tolist()) == ([0], [10.0])


@needs_shared
def test_the_streets_of_newport_become_one_network() -> None:
    frame = gpd.read_file(SHARED / "data/layers/streets_newport_wales.gpkg")
    frame["place_class"] = frame["class"].map(street_class)
    found = street_network(frame)
    assert found.length_m.sum() == pytest.approx(frame.length.sum(), rel=1e-4)
    in_largest = np.bincount(found.component)[0] / len(found.node_xy)
    assert in_largest > 0.97
    # No vertex within a piece is shared with another piece.
    xy, piece = shapely.get_coordinates(found.lines, return_index=True)
    keys, times = np.unique(np.rint(xy * 10), axis=0, return_counts=True)
    shared = {tuple(each) for each in keys[times > 1].tolist()}
    inner = np.concatenate(
        [[False], (piece[1:-1] == piece[:-2]) & (piece[1:-1] == piece[2:]), [False]]
    )
    assert not [each for each in np.rint(xy[inner] * 10).tolist() if tuple(each) in shared]

"""Every point in exactly one polygon, the same one every time, as geopandas would say."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.points import UnequalLengthsError
from geo.polygon_index import NotPolygonsError, PolygonIndex
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)


def crossing_rule(polygon: Polygon | MultiPolygon, x: float, y: float) -> bool:
    """The documented rule, slowly: over all edges, by pure Python."""
    inside = False
    for part in shapely.get_parts(polygon):
        for ring in (part.exterior, *part.interiors):
            corners = list(ring.coords)
            for (x0, y0), (x1, y1) in pairwise(corners):
                (ax, ay), (bx, by) = ((x0, y0), (x1, y1)) if y0 <= y1 else ((x1, y1), (x0, y0))
                right_of_point = (bx - ax) * (y - ay) > (x - ax) * (by - ay)
                inside ^= ay <= y < by and right_of_point
    return inside


def shattered_square(seed: int, pieces: int) -> list[Polygon]:
    """Voronoi cells of random points, cut to a square: a coverage without gaps or overlaps."""
    rng = np.random.default_rng(seed)
    points = shapely.MultiPoint(rng.uniform(0, 1000, (pieces, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=box(0, 0, 1000, 1000)))
    whole = shapely.intersection(cells, box(0, 0, 1000, 1000))
    return [cell for cell in whole if cell.geom_type == "Polygon" and not cell.is_empty]


def test_a_point_inside_is_found_and_a_point_outside_is_minus_one() -> None:
    index = PolygonIndex.of([WEST, EAST])
    found = index.locate([50.0, 150.0, 250.0, 50.0], [50.0, 50.0, 50.0, -1.0])
    assert found.tolist() == [0, 1, -1, -1]
    assert found.dtype == np.int32


def test_a_point_on_a_shared_edge_belongs_to_the_polygon_on_its_right_and_above() -> None:
    squares = [box(0, 0, 10, 10), box(10, 0, 20, 10), box(0, 10, 10, 20), box(10, 10, 20, 20)]
    index = PolygonIndex.of(squares, cell_m=7)
    x = [10.0, 10.0, 5.0, 0.0, 20.0, 5.0, 10.0]
    y = [5.0, 10.0, 10.0, 0.0, 5.0, 20.0, 0.0]
    assert index.locate(x, y).tolist() == [1, 3, 2, 0, -1, -1, 1]


@pytest.mark.parametrize("cell_m", [3.0, 10.0, 33.3, 1000.0])
def test_a_hole_is_outside_and_an_island_in_it_is_inside(cell_m: float) -> None:
    ring = box(0, 0, 90, 90).difference(box(20, 20, 70, 70))
    island = MultiPolygon([ring, box(40, 40, 50, 50)])
    index = PolygonIndex.of([island, box(30, 20, 38, 70)], cell_m=cell_m)
    found = index.locate([10.0, 25.0, 45.0, 35.0, 80.0], [10.0, 25.0, 45.0, 45.0, 45.0])
    assert found.tolist() == [0, -1, 0, 1, 0]


def test_the_first_polygon_wins_where_polygons_overlap_even_in_cells_both_cover() -> None:
    small, large = box(400, 400, 600, 600), box(0, 0, 1000, 1000)
    x, y = np.array([500.0, 405.0, 399.0, 10.0]), np.array([500.0, 405.0, 405.0, 10.0])
    assert PolygonIndex.of([small, large]).locate(x, y).tolist() == [0, 0, 1, 1]
    assert PolygonIndex.of([large, small]).locate(x, y).tolist() == [0, 0, 0, 0]


def test_a_narrow_polygon_inside_one_cell_of_another_is_not_missed() -> None:
    sliver = box(20, 20, 20.5, 45)
    index = PolygonIndex.of([sliver, box(-500, -500, 500, 500)], cell_m=50)
    assert index.locate([20.25, 20.75, 20.25], [30.0, 30.0, 46.0]).tolist() == [0, 1, 1]


def test_points_that_are_not_numbers_are_in_no_polygon() -> None:
    bad = [np.nan, np.inf, -np.inf, 50.0]
    assert PolygonIndex.of([WEST]).locate(bad, [50.0, 50.0, 50.0, np.nan]).tolist() == [-1] * 4
    assert PolygonIndex.of([WEST]).nearest(bad, [50.0] * 4, within_m=9).tolist() == [-1, -1, -1, 0]


def test_an_empty_index_and_an_empty_polygon_hold_nothing() -> None:
    assert PolygonIndex.of([]).locate([0.0], [0.0]).tolist() == [-1]
    assert PolygonIndex.of([]).nearest([0.0], [0.0], within_m=5).tolist() == [-1]
    index = PolygonIndex.of([Polygon(), WEST])
    assert index.locate([50.0, 0.0], [50.0, 0.0]).tolist() == [1, 1]
    assert index.nearest([-1.0], [50.0], within_m=5).tolist() == [1]
    assert PolygonIndex.of([WEST]).locate([], []).tolist() == []


def test_input_is_not_changed_and_may_be_read_only() -> None:
    x, y = np.array([50.0, 150.0]), np.array([50.0, 50.0])
    x.flags.writeable = y.flags.writeable = False
    assert PolygonIndex.of([WEST, EAST]).locate(x, y).tolist() == [0, 1]


def test_what_is_not_a_polygon_is_refused_by_its_position() -> None:
    with pytest.raises(NotPolygonsError, match="Item 1 is not a polygon but LineString"):
        PolygonIndex.of([WEST, LineString([(0, 0), (1, 1)])])  # type: ignore[list-item]


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(UnequalLengthsError, match=r"\(2,\) and \(1,\)"):
        PolygonIndex.of([WEST]).locate([1.0, 2.0], [1.0])


def test_a_vast_extent_gets_larger_cells_and_the_same_answer() -> None:
    far = box(600_000, 900_000, 600_100, 900_100)
    index = PolygonIndex.of([WEST, far], cell_m=10)
    assert index.grid.columns * index.grid.rows <= 16_000_000
    assert index.grid.cell_m > 10
    x, y = [50.0, 600_050.0, 300_000.0], [50.0, 900_050.0, 400_000.0]
    assert index.locate(x, y).tolist() == [0, 1, -1]


def test_the_nearest_polygon_is_found_up_to_the_distance_and_no_farther() -> None:
    index = PolygonIndex.of([WEST, EAST])
    x = [-50.0, -50.01, 230.0, 150.0, 100.0, 5000.0]
    y = [50.0, 50.0, 140.0, 150.0, 120.0, 50.0]
    assert index.nearest(x, y, within_m=50).tolist() == [0, -1, 1, 1, 0, -1]


def test_nearest_with_no_distance_still_finds_the_outer_edge_a_point_is_on() -> None:
    index = PolygonIndex.of([WEST, EAST])
    x, y = [200.0, 100.0, 30.0, 200.01], [50.0, 100.0, 100.0, 50.0]
    assert index.locate(x, y).tolist() == [-1, -1, -1, -1]
    assert index.nearest(x, y, within_m=0).tolist() == [1, 0, 0, -1]


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), pieces=st.integers(2, 40), cell=st.floats(2.0, 400.0))
def test_every_point_of_a_coverage_is_in_exactly_one_polygon(
    seed: int, pieces: int, cell: float
) -> None:
    polygons = shattered_square(seed, pieces)
    rng = np.random.default_rng(seed + 1)
    corners = shapely.get_coordinates(polygons)
    points = np.vstack([rng.uniform(-50, 1050, (200, 2)), corners])
    inside = (points[:, 0] >= 0) & (points[:, 0] < 1000) & (points[:, 1] >= 0)
    inside &= points[:, 1] < 1000
    found = PolygonIndex.of(polygons, cell_m=cell).locate(points[:, 0], points[:, 1])
    holders = np.array([[crossing_rule(p, x, y) for p in polygons] for x, y in points])
    assert (holders.sum(axis=1)[inside] == 1).all()
    assert (holders.sum(axis=1)[~inside] == 0).all()
    assert found.tolist() == np.where(holders.any(axis=1), holders.argmax(axis=1), -1).tolist()


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), cell=st.floats(2.0, 400.0), data=st.data())
def test_the_order_of_the_polygons_does_not_change_which_one_is_found(
    seed: int, cell: float, data: st.DataObject
) -> None:
    polygons = shattered_square(seed, 12)
    order = data.draw(st.permutations(range(len(polygons))))
    corners = shapely.get_coordinates(polygons)
    middles = (corners[:-1] + corners[1:]) / 2
    x, y = np.vstack([corners, middles]).T
    found = PolygonIndex.of(polygons, cell_m=cell).locate(x, y)
    again = PolygonIndex.of([polygons[i] for i in order], cell_m=cell).locate(x, y)
    named = np.where(again >= 0, np.asarray(order)[again], -1)
    assert named.tolist() == found.tolist()


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    cell=st.floats(1.0, 300.0),
    shift=st.sampled_from([0.0, 533_000.0, -1e6]),
)
def test_overlapping_blobs_with_holes_equal_the_slow_rule(
    seed: int, cell: float, shift: float
) -> None:
    rng = np.random.default_rng(seed)
    blobs: list[Polygon | MultiPolygon] = []
    for _ in range(6):
        x, y, radius = rng.uniform(0, 300, 3)
        blob = Point(x, y).buffer(radius + 5, quad_segs=3)
        blobs.append(blob.difference(Point(x, y).buffer(radius * 0.6, quad_segs=2)))
    blobs.append(shapely.union_all([blobs[0], blobs[3]]))
    blobs = [shapely.transform(blob, lambda xy: xy + shift) for blob in blobs]
    points = np.vstack([rng.uniform(-100, 600, (100, 2)) + shift, shapely.get_coordinates(blobs)])
    found = PolygonIndex.of(blobs, cell_m=cell).locate(points[:, 0], points[:, 1])
    slow = [next((i for i, b in enumerate(blobs) if crossing_rule(b, *p)), -1) for p in points]
    assert found.tolist() == slow


def near_an_edge(
    polygons: gpd.GeoSeries, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    tree = shapely.STRtree(polygons.boundary.to_numpy())
    near = tree.query(shapely.points(x, y), predicate="dwithin", distance=1e-6)[0]
    return np.isin(np.arange(len(x)), near)


@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        "wards_2014_tower_hamlets.geojson",
        "wards_2014_hackney.geojson",
        "wards_2014_newham.geojson",
        "london_wards_2014_bng.gpkg",
    ],
)
def test_real_wards_give_the_answers_of_a_spatial_join(name: str) -> None:
    frame = gpd.read_file(SHARED / "data/boundaries" / name).to_crs("EPSG:27700")
    polygons = gpd.GeoSeries(shapely.buffer(frame.geometry.to_numpy(), 0), crs=frame.crs)
    rng = np.random.default_rng(7)
    west, south, east, north = polygons.total_bounds
    x = rng.uniform(west - 100, east + 100, 40_000)
    y = rng.uniform(south - 100, north + 100, 40_000)
    found = PolygonIndex.of(list(polygons)).locate(x, y)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=frame.crs)
    joined = points.sjoin(gpd.GeoDataFrame(geometry=polygons), predicate="within", how="left")
    first = joined.groupby(level=0)["index_right"].min().fillna(-1).to_numpy(np.int32)
    different = np.flatnonzero((found != first) & ~near_an_edge(polygons, x, y))
    assert different.tolist() == []
    assert (found >= 0).mean() > 0.3


@needs_shared
def test_a_real_vertex_shared_by_wards_is_in_one_ward_or_on_the_outer_edge() -> None:
    frame = gpd.read_file(SHARED / "data/boundaries/wards_2014_tower_hamlets.geojson")
    polygons = frame.to_crs("EPSG:27700").geometry
    x, y = shapely.get_coordinates(polygons).T
    index = PolygonIndex.of(list(polygons))
    nearest = index.nearest(x, y, within_m=0)
    assert (nearest >= 0).all()
    outer = shapely.union_all(polygons).buffer(-0.01)
    inner = shapely.contains_xy(outer, x, y)
    assert inner.sum() > 1000
    assert (index.locate(x, y)[inner] >= 0).all()

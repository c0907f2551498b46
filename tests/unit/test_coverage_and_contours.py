"""Cells covered by a polygon, the level that bounds a share of the land, and its contours."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grid import Grid
from models.hotspots.contours import clipped, densest_level, polygons_above
from models.hotspots.coverage import coverage
from tests.shared_data import SHARED, needs_shared

TEN = Grid(left=0.0, bottom=0.0, cell_m=1.0, columns=10, rows=10)


def test_a_box_across_cells_covers_their_exact_shares() -> None:
    share = coverage(shapely.box(1.5, 2.25, 4.0, 3.0), TEN)
    assert share[2, 1:5].tolist() == [0.375, 0.75, 0.75, 0.0]
    assert share.sum() == pytest.approx(2.5 * 0.75)


def test_a_triangle_covers_half_of_the_cells_on_its_slope() -> None:
    share = coverage(shapely.Polygon([(0, 0), (3, 0), (0, 3)]), TEN)
    assert share[:3, :3].tolist() == [[1.0, 1.0, 0.5], [1.0, 0.5, 0.0], [0.5, 0.0, 0.0]]


def test_holes_are_not_covered_and_parts_add_up() -> None:
    ring = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 3, 3))
    both = shapely.MultiPolygon([ring, shapely.box(6, 6, 7, 7)])
    share = coverage(both, TEN)
    assert share.sum() == pytest.approx(13.0)
    assert share[2, 2] == 0.0
    assert share[6, 6] == 1.0


def test_what_lies_off_the_grid_is_left_out() -> None:
    assert coverage(shapely.box(-5, -5, 50, 50), TEN).tolist() == np.ones((10, 10)).tolist()
    assert coverage(shapely.box(20, 20, 30, 30), TEN).sum() == 0.0


@given(
    st.lists(st.tuples(st.floats(-2, 12), st.floats(-2, 12)), min_size=3, max_size=12),
    st.floats(0.3, 3),
)
@settings(max_examples=60, deadline=None)
def test_coverage_adds_up_to_the_area_of_any_polygon(
    corners: list[tuple[float, float]], side: float
) -> None:
    grid = Grid.covering((-2, -2, 12, 12), cell_m=side)
    polygon = (
        shapely.MultiPoint(corners)
        .convex_hull.buffer(0.5)
        .difference(shapely.Point(corners[0]).buffer(0.3))
    )
    share = coverage(polygon, grid)
    inside = shapely.clip_by_rect(polygon, *grid.bounds).area
    assert share.sum() * side**2 == pytest.approx(inside, rel=1e-9)
    assert share.min() >= 0
    assert share.max() <= 1


@needs_shared
def test_coverage_adds_up_to_the_area_of_a_real_borough() -> None:
    wards = gpd.read_file(SHARED / "data/boundaries/wards_2014_tower_hamlets.geojson")
    land = wards.to_crs("EPSG:27700").union_all()
    grid = Grid.covering(land.bounds, cell_m=50.0, margin_m=200.0)
    assert coverage(land, grid).sum() * 2500 == pytest.approx(land.area, rel=1e-12)


def test_the_level_takes_the_densest_share_of_the_land() -> None:
    values = np.arange(100.0).reshape(10, 10)
    land = np.ones((10, 10))
    assert densest_level(values, land, share=0.05) == 94.5
    assert densest_level(values, land, share=0.0001) == 98.5  # one cell at least


def test_cells_without_land_are_not_counted_and_half_cells_count_half() -> None:
    values = np.arange(100.0).reshape(10, 10)
    land = np.ones((10, 10))
    land[9] = 0.0
    land[8] = 0.5
    # 85 cells' worth of land; 5 are filled by the whole of row 8.
    assert densest_level(values, land, share=5 / 85) == 79.5


def test_a_surface_that_is_the_same_everywhere_has_no_densest_part() -> None:
    assert densest_level(np.full((10, 10), 3.0), np.ones((10, 10)), share=0.02) == math.inf


def test_nothing_at_all_has_no_densest_part() -> None:
    assert densest_level(np.zeros((10, 10)), np.ones((10, 10)), share=0.02) == math.inf


def test_where_nearly_all_is_zero_only_the_rest_is_taken() -> None:
    values = np.zeros((100, 100))
    values[50, 50] = 8.0
    level = densest_level(values, np.ones((100, 100)), share=0.02)
    assert level == 4.0


def test_a_plateau_too_wide_for_the_share_stays_out() -> None:
    values = np.zeros((10, 10))
    values[0, :2] = 9.0
    values[5] = 4.0
    assert densest_level(values, np.ones((10, 10)), share=0.03) == 6.5


def test_a_plateau_that_nearly_fits_goes_in_whole() -> None:
    values = np.zeros((10, 10))
    values[0, :4] = 9.0
    assert densest_level(values, np.ones((10, 10)), share=0.03) == 4.5


def test_contours_keep_holes_and_separate_parts() -> None:
    values = np.zeros((20, 20))
    values[2:9, 2:9] = 2.0
    values[5, 5] = 0.0
    values[14:17, 14:17] = 2.0
    grid = Grid(left=100.0, bottom=200.0, cell_m=10.0, columns=20, rows=20)
    found = polygons_above(values, grid, level=1.0)
    assert len(found) == 2
    assert sorted(len(polygon.interiors) for polygon in found) == [0, 1]
    assert all(polygon.is_valid for polygon in found)
    # Halfway between the outer cell centres in and the next ones out, corners cut.
    assert max(found, key=lambda polygon: polygon.area).bounds == (120.0, 220.0, 190.0, 290.0)


def test_no_level_gives_no_contours() -> None:
    assert polygons_above(np.ones((5, 5)), TEN, level=math.inf) == ()


def test_clipping_drops_slivers_fills_pinholes_and_keeps_pieces_together() -> None:
    land = shapely.union_all([shapely.box(0, 0, 4, 10), shapely.box(5, 0, 10, 10)])
    across = shapely.box(2, 2, 7, 4)
    sliver = shapely.box(3.9, 8, 4.5, 9)
    pinhole = shapely.box(6, 6, 9, 9).difference(shapely.box(7, 7, 7.5, 7.5))
    kept = clipped((across, sliver, pinhole), land, least_m2=1.0)
    assert [polygon.area for polygon in kept] == pytest.approx([8.0, 9.0])
    assert kept[0].geom_type == "MultiPolygon"
    assert not kept[1].interiors

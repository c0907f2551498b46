"""Kernel density against slow exact references, its total, its edge, and its hotspots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from sklearn.neighbors import KernelDensity

from geo.grid import Grid
from models.hotspots.coverage import coverage
from models.hotspots.density import density, rule_of_thumb_m
from models.hotspots.kde import KdeSettings, find
from models.hotspots.method_result import NoHarmWeightsError, SettingError
from tests.planted import CORNER, SOUTH, WEST, incidents_at, square_area, ward_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from models.hotspots.density import Kernel

GRID = Grid.covering((WEST, SOUTH, WEST + 3000, SOUTH + 3000), cell_m=50.0, margin_m=1000.0)
KERNELS = ("quartic", "gaussian")


def clumps(n: int, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = rng.uniform(500, 2500, (6, 2))
    spread = rng.choice([30.0, 120.0, 400.0], 6)
    which = rng.integers(0, 6, n)
    points = centres[which] + rng.normal(0, 1, (n, 2)) * spread[which, None]
    return WEST + points[:, 0], SOUTH + points[:, 1]


def exact(
    easting: ArrayLike, northing: ArrayLike, *, kernel: str, bandwidth_m: float
) -> np.ndarray:
    """Incidents per km² at each cell centre, point by point, by the kernels' own formulas."""
    x, y = GRID.centres()
    total = np.zeros(GRID.shape)
    for e, n in zip(easting, northing, strict=True):
        squared = (x[None, :] - e) ** 2 + (y[:, None] - n) ** 2
        if kernel == "quartic":
            scale = 3 / (math.pi * bandwidth_m**2)
            total += scale * np.maximum(1 - squared / bandwidth_m**2, 0) ** 2
        else:
            variance = (bandwidth_m / 2) ** 2
            total += np.exp(-squared / (2 * variance)) / (2 * math.pi * variance)
    return total * 1e6


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("bandwidth_m", "allowed"), [(200.0, 0.006), (400.0, 0.002)])
def test_density_is_the_kernels_formula_at_the_cell_centres(
    kernel: Kernel, bandwidth_m: float, allowed: float
) -> None:
    easting, northing = clumps(400)
    ours = density(easting, northing, grid=GRID, bandwidth_m=bandwidth_m, kernel=kernel)
    reference = exact(easting, northing, kernel=kernel, bandwidth_m=bandwidth_m)
    assert np.abs(ours - reference).max() <= allowed * reference.max()


def test_gaussian_is_scikit_learns_to_two_ten_thousandths_of_the_peak() -> None:
    easting, northing = clumps(3000)
    x, y = np.meshgrid(*GRID.centres())
    model = KernelDensity(bandwidth=100.0).fit(np.column_stack((easting, northing)))
    log_density = model.score_samples(np.column_stack((x.ravel(), y.ravel())))
    reference = np.exp(log_density).reshape(GRID.shape) * len(easting) * 1e6
    ours = density(easting, northing, grid=GRID, bandwidth_m=200.0, kernel="gaussian")
    assert np.abs(ours - reference).max() <= 2e-4 * reference.max()


def test_gaussian_is_nearer_the_truth_than_a_smoothed_histogram() -> None:
    easting, northing = clumps(3000)
    reference = exact(easting, northing, kernel="gaussian", bandwidth_m=200.0)
    ours = density(easting, northing, grid=GRID, bandwidth_m=200.0, kernel="gaussian")
    histogram = gaussian_filter(GRID.counts(easting, northing), 2.0, mode="constant")
    plain = histogram / GRID.cell_km2
    assert np.abs(ours - reference).max() * 100 < np.abs(plain - reference).max()


@pytest.mark.parametrize("kernel", KERNELS)
def test_surface_adds_up_to_the_number_of_incidents(kernel: Kernel) -> None:
    easting, northing = clumps(500)
    surface = density(easting, northing, grid=GRID, bandwidth_m=200.0, kernel=kernel)
    assert surface.sum() * GRID.cell_km2 == pytest.approx(500, rel=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
@given(
    points=st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 3000)), min_size=1, max_size=40),
    turn=st.floats(0, 1.5),
    bandwidth=st.sampled_from([100.0, 200.0, 330.0]),
)
@settings(max_examples=40, deadline=None)
def test_edge_corrected_surface_over_the_observed_ground_adds_up(
    kernel: Kernel, points: list[tuple[float, float]], turn: float, bandwidth: float
) -> None:
    ground = shapely.affinity.rotate(
        shapely.box(WEST + 300, SOUTH + 300, WEST + 2700, SOUTH + 2000), turn, use_radians=True
    )
    observed = coverage(ground, GRID)
    easting = np.array([WEST + x for x, _ in points])
    northing = np.array([SOUTH + y for _, y in points])
    inside = shapely.contains_xy(ground, easting, northing)
    surface = density(
        easting[inside],
        northing[inside],
        grid=GRID,
        bandwidth_m=bandwidth,
        kernel=kernel,
        observed=observed,
    )
    total = (surface * observed).sum() * GRID.cell_km2
    assert total == pytest.approx(inside.sum(), rel=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_weights_are_what_the_surface_adds_up_to(kernel: Kernel) -> None:
    easting, northing = clumps(200)
    weight = np.arange(200.0)
    surface = density(easting, northing, grid=GRID, bandwidth_m=200.0, kernel=kernel, weight=weight)
    assert surface.sum() * GRID.cell_km2 == pytest.approx(weight.sum(), rel=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("edge", [WEST + 1500.0, WEST + 1520.0])
def test_a_flat_half_plane_stays_flat_up_to_its_edge(kernel: Kernel, edge: float) -> None:
    # Points every 10 m west of the edge, none recorded beyond it: 10,000 a km².
    x, y = np.meshgrid(np.arange(WEST - 995, edge, 10.0), np.arange(SOUTH - 995, SOUTH + 4000, 10))
    observed = coverage(shapely.box(WEST - 1000, SOUTH - 1000, edge, SOUTH + 4000), GRID)
    columns = slice(25, int((edge - GRID.left) // 50))
    args = {"grid": GRID, "bandwidth_m": 200.0, "kernel": kernel}
    corrected = density(x.ravel(), y.ravel(), observed=observed, **args)[40:60, columns]
    plain = density(x.ravel(), y.ravel(), **args)[40:60, columns]
    assert plain[:, -1].min() < 7500  # the trap: it falls off towards the edge
    assert corrected == pytest.approx(np.full(corrected.shape, 10_000), rel=0.04)
    assert corrected.mean() == pytest.approx(10_000, rel=0.005)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_order_of_incidents_changes_nothing(kernel: Kernel) -> None:
    easting, northing = clumps(300)
    order = np.random.default_rng(3).permutation(300)
    one = density(easting, northing, grid=GRID, bandwidth_m=200.0, kernel=kernel)
    other = density(easting[order], northing[order], grid=GRID, bandwidth_m=200.0, kernel=kernel)
    assert np.allclose(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_moving_all_by_a_cell_moves_the_surface_by_a_cell(kernel: Kernel) -> None:
    easting, northing = clumps(300)
    here = density(easting, northing, grid=GRID, bandwidth_m=200.0, kernel=kernel)
    there = density(easting + 50, northing - 50, grid=GRID, bandwidth_m=200.0, kernel=kernel)
    assert np.allclose(here[1:, :-1], there[:-1, 1:], atol=1e-6 * here.max())


@pytest.mark.parametrize("kernel", KERNELS)
def test_incidents_off_the_grid_or_far_from_observed_ground_take_no_part(kernel: Kernel) -> None:
    observed = coverage(shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 1000), GRID)
    easting = np.array([WEST + 500, WEST + 2500, WEST + 90_000, np.nan])
    northing = np.full(4, SOUTH + 500)
    surface = density(
        easting, northing, grid=GRID, bandwidth_m=200.0, kernel=kernel, observed=observed
    )
    assert (surface * observed).sum() * GRID.cell_km2 == pytest.approx(1.0)


def test_a_bandwidth_under_two_cells_is_refused() -> None:
    with pytest.raises(
        SettingError, match=r"bandwidth_m cannot be 60\.0: it must be at least two cells"
    ):
        density(np.zeros(1), np.zeros(1), grid=GRID, bandwidth_m=60.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bandwidth_m": 50.0},
        {"bandwidth_m": float("nan")},
        {"cell_m": 0.0},
        {"share_of_area": 0.0},
        {"share_of_area": 0.6},
        {"least_incidents": 0},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        KdeSettings(**wrong)


def test_rule_of_thumb_uses_the_spread_along_both_axes() -> None:
    # Trap: on a north-south street, the spread of the eastings alone is nearly zero.
    northing = np.linspace(0.0, 6300.0, 64)
    easting = np.zeros(64)
    spread = math.sqrt(np.var(northing, ddof=1) / 2)
    assert rule_of_thumb_m(easting, northing, kernel="gaussian") == pytest.approx(spread)
    assert rule_of_thumb_m(northing, easting, kernel="gaussian") == pytest.approx(spread)
    quartic = rule_of_thumb_m(easting, northing, kernel="quartic")
    assert quartic == pytest.approx(math.sqrt(2) * spread)
    assert rule_of_thumb_m(easting[:1], northing[:1], kernel="quartic") == 0.0


def test_planted_spots_are_found_where_they_were_planted() -> None:
    rng = np.random.default_rng(5)
    spots = np.array([[900.0, 900.0], [3100.0, 1500.0], [2000.0, 3200.0]])
    planted = np.concatenate([spot + rng.normal(0, 40, (150, 2)) for spot in spots])
    points = np.concatenate([planted, rng.uniform(0, 4000, (1500, 2))]) + CORNER
    incidents = incidents_at(*points.T, ward=ward_of(*points.T))
    found = find(incidents, square_area(), settings=KdeSettings(share_of_area=0.01))
    for spot in spots:
        nearest = min(found.polygons, key=lambda p: p.distance(shapely.Point(spot + CORNER)))
        assert nearest.contains(shapely.Point(spot + CORNER))
    assert sum(polygon.area for polygon in found.polygons) == pytest.approx(160_000, rel=0.15)


def test_hotspots_lie_on_the_chosen_wards_and_see_what_lies_beyond() -> None:
    # A spot just across the border of the chosen ward reaches into it.
    rng = np.random.default_rng(6)
    beyond = rng.normal((2040.0, 1000.0), 30, (300, 2))
    points = np.concatenate([beyond, rng.uniform(0, 2000, (200, 2))]) + CORNER
    incidents = incidents_at(*points.T, ward=ward_of(*points.T))
    area = square_area(chosen=[0])
    found = find(incidents, area, settings=KdeSettings(share_of_area=0.005))
    assert len(found.polygons) == 1
    assert area.land.buffer(1e-6).contains(found.polygons[0])
    assert found.polygons[0].distance(shapely.Point(WEST + 2000, SOUTH + 1000)) == 0


def test_surface_covers_the_land_and_is_nan_beyond() -> None:
    incidents = incidents_at([WEST + 1000.0] * 5, [SOUTH + 1000.0] * 5)
    surface = find(incidents, square_area(chosen=[0, 3]), settings=KdeSettings()).surface
    assert surface.grid.bounds == (WEST, SOUTH, WEST + 4000, SOUTH + 4000)
    assert surface.per_km2.shape == (80, 80)
    assert np.isnan(surface.per_km2[60, 20])
    assert np.isfinite(surface.per_km2[:40, :40]).all()
    assert np.nanargmax(surface.per_km2) in (19 * 80 + 19, 19 * 80 + 20, 20 * 80 + 19, 20 * 80 + 20)


def test_no_incidents_give_no_hotspots_and_a_surface_of_zeros() -> None:
    found = find(incidents_at([], []), square_area(), settings=KdeSettings())
    assert found.polygons == ()
    assert found.surface.per_km2.sum() == 0.0


def test_lone_incidents_are_not_dense_however_few_there_are() -> None:
    points = np.array([[500.0, 500.0], [1500.0, 3000.0], [3000.0, 700.0]]) + CORNER
    found = find(incidents_at(*points.T), square_area(), settings=KdeSettings())
    assert found.polygons == ()


@pytest.mark.parametrize("kernel", KERNELS)
def test_all_incidents_in_one_place_make_one_hotspot_around_it(kernel: Kernel) -> None:
    incidents = incidents_at([WEST + 1010.0] * 40, [SOUTH + 1010.0] * 40)
    found = find(incidents, square_area(), settings=KdeSettings(kernel=kernel))
    assert len(found.polygons) == 1
    assert found.polygons[0].contains(shapely.Point(WEST + 1010, SOUTH + 1010))
    assert found.polygons[0].area < 0.02 * 16e6


def test_harm_moves_the_hotspot_to_where_the_harm_is() -> None:
    easting = [WEST + 500.0] * 30 + [WEST + 3000.0] * 5
    harm = [1.0] * 30 + [100.0] * 5
    incidents = incidents_at(easting, [SOUTH + 1000.0] * 35, harm=np.float32(harm))
    small = {"share_of_area": 0.001}
    by_count = find(incidents, square_area(), settings=KdeSettings(**small))
    by_harm = find(incidents, square_area(), settings=KdeSettings(weight="harm", **small))
    assert by_count.polygons[0].centroid.x < WEST + 2000 < by_harm.polygons[0].centroid.x


def test_incidents_without_a_harm_weight_are_left_out_aloud_and_none_is_made_up() -> None:
    incidents = incidents_at([WEST + 900.0] * 9, [SOUTH + 900.0] * 9)
    with pytest.raises(NoHarmWeightsError, match="No incident has a harm weight: none of the 9"):
        find(incidents, square_area(), settings=KdeSettings(weight="harm"))
    some = np.float32([5.0] * 6 + [np.nan] * 3)
    weighed = incidents_at([WEST + 900.0] * 9, [SOUTH + 900.0] * 9, harm=some)
    found = find(weighed, square_area(), settings=KdeSettings(weight="harm"))
    assert "3 of 9 incidents have no harm weight" in found.notes[0]
    peak_of_six = 6 * 5.0 * 3 / (math.pi * 0.2**2)
    assert np.nanmax(found.surface.per_km2) == pytest.approx(peak_of_six, rel=0.1)


@pytest.mark.parametrize(
    ("cell_m", "words"),
    [(50.0, "100 m"), (100.0, "200 m"), (30.0, "60 m"), (25.0, "50 m"), (10.0, "50 m")],
)
def test_the_rule_of_thumb_never_goes_below_two_cells_nor_below_fifty_metres(
    cell_m: float, words: str
) -> None:
    piled = incidents_at([WEST + 1010.0] * 40, [SOUTH + 1010.0] * 40)  # no spread at all
    chosen = KdeSettings(bandwidth_rule="rule_of_thumb", cell_m=cell_m)
    found = find(piled, square_area(), settings=chosen)
    assert f"a bandwidth of {words} (rule of thumb) (radius)" in found.explanation
    assert len(found.polygons) == 1


def test_the_rule_of_thumb_is_used_as_it_comes_between_its_limits() -> None:
    # Two points 200 m apart along one axis: s² = 20,000 / 2, and √8 × 100 × 2^(−1/6) = 251.98.
    two = incidents_at([WEST + 900.0, WEST + 1100.0], [SOUTH + 1000.0] * 2)
    chosen = KdeSettings(bandwidth_rule="rule_of_thumb")
    assert (
        "a bandwidth of 252 m (rule of thumb)"
        in find(two, square_area(), settings=chosen).explanation
    )
    assert rule_of_thumb_m(two.easting, two.northing, kernel="gaussian") == pytest.approx(
        2 * 100 * 2 ** (-1 / 6)
    )


def test_the_rule_of_thumb_never_goes_above_two_kilometres() -> None:
    corners = np.array([[10.0, 10.0], [3990.0, 3990.0]]) + CORNER
    chosen = KdeSettings(bandwidth_rule="rule_of_thumb")
    found = find(incidents_at(*corners.T), square_area(), settings=chosen)
    assert "a bandwidth of 2,000 m (rule of thumb)" in found.explanation


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_lone_incident_is_no_hotspot_by_harm_however_grave(kernel: Kernel) -> None:
    """It makes a peak of its own weight; those without a weight do not lower what is dense."""
    alone = np.array([[500.0, 500.0], [1500.0, 3000.0], [3000.0, 700.0]]) + CORNER
    points = np.concatenate([alone, np.tile(CORNER + 3500, (6, 1))])
    harm = np.float32([50.0] * 3 + [np.nan] * 6)
    by_harm = KdeSettings(kernel=kernel, weight="harm")
    incidents = incidents_at(*points.T, harm=harm)
    assert find(incidents, square_area(), settings=by_harm).polygons == ()
    twice = np.concatenate([points, alone[:1]])
    pair = incidents_at(*twice.T, harm=np.append(harm, np.float32(50.0)))
    (spot,) = find(pair, square_area(), settings=by_harm).polygons
    assert spot.contains(shapely.Point(alone[0]))


@pytest.mark.parametrize("kernel", KERNELS)
def test_one_grave_incident_does_not_hide_two_of_usual_harm(kernel: Kernel) -> None:
    """A place is dense by the mean harm of an incident, not by the gravest."""
    points = np.array([[500.0, 500.0], [500.0, 500.0], [3000.0, 700.0]]) + CORNER
    incidents = incidents_at(*points.T, harm=np.float32([10.0, 10.0, 30.0]))
    by_harm = KdeSettings(kernel=kernel, weight="harm")
    spots = find(incidents, square_area(), settings=by_harm).polygons
    assert any(spot.contains(shapely.Point(points[0])) for spot in spots)


@pytest.mark.parametrize("kernel", KERNELS)
def test_two_incidents_in_one_place_are_dense_where_one_is_not(kernel: Kernel) -> None:
    chosen = KdeSettings(kernel=kernel)
    points = np.array([[500.0, 500.0], [500.0, 500.0], [3000.0, 700.0]]) + CORNER
    (spot,) = find(incidents_at(*points.T), square_area(), settings=chosen).polygons
    assert spot.contains(shapely.Point(points[0]))
    assert find(incidents_at(*points[1:].T), square_area(), settings=chosen).polygons == ()


@pytest.mark.parametrize(
    "right",
    [
        {"cell_m": 1.0},
        {"cell_m": 1000.0, "bandwidth_m": 2000.0},
        {"bandwidth_m": 100.0},
        {"bandwidth_m": 2000.0},
        {"share_of_area": 0.5},
        {"least_incidents": 1},
    ],
)
def test_settings_at_the_ends_of_their_ranges_are_taken(right: dict[str, float]) -> None:
    assert KdeSettings(**right).weight == "count"


@pytest.mark.parametrize(
    "wrong",
    [
        {"cell_m": 0.99},
        {"bandwidth_m": 99.0},
        {"bandwidth_m": 2001.0},
        {"share_of_area": 0.501},
    ],
)
def test_settings_just_beyond_the_ends_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        KdeSettings(**wrong)

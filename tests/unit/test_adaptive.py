"""Adaptive bandwidth against a slow exact sum, and what it must keep."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.grid import Grid
from models.hotspots.adaptive import adaptive_bandwidths, adaptive_density
from models.hotspots.coverage import coverage
from models.hotspots.density import density
from models.hotspots.kde import KdeSettings
from models.hotspots.methods import detect
from tests.planted import CORNER, incidents_at, square_area, ward_of

H = 200.0


def centre_and_suburbs(*, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centre = np.array([2000.0, 2000.0]) + rng.normal(0, 120, (400, 2))
    return np.concatenate([centre, rng.uniform(100, 3900, (400, 2))]) + CORNER


def slow(points: np.ndarray, grid: Grid, bandwidths: np.ndarray, kernel: str) -> np.ndarray:
    """Add up each incident's kernel at every cell centre, in incidents per km²."""
    x, y = np.meshgrid(*grid.centres())
    out = np.zeros(grid.shape)
    for (east, north), h in zip(points, bandwidths, strict=True):
        apart = ((x - east) ** 2 + (y - north) ** 2) / h**2
        if kernel == "quartic":
            out += np.maximum(1 - apart, 0) ** 2 * 3 / (math.pi * h**2)
        else:
            out += np.exp(-2 * apart) * 2 / (math.pi * h**2)
    return out * 1e6


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_it_is_near_the_exact_sum_with_each_incidents_own_bandwidth(kernel: str) -> None:
    points = centre_and_suburbs()
    grid = Grid.covering((*CORNER, *(CORNER + 4000)), cell_m=50, margin_m=3200)
    x, y = grid.centres()
    pilot_at_points = np.zeros(len(points))
    for i, (east, north) in enumerate(points):
        apart = ((points[:, 0] - east) ** 2 + (points[:, 1] - north) ** 2) / H**2
        shape = np.maximum(1 - apart, 0) ** 2 if kernel == "quartic" else np.exp(-2 * apart)
        pilot_at_points[i] = shape.sum()
    mean = math.exp(np.log(pilot_at_points).mean())
    own = np.clip(H * np.sqrt(mean / pilot_at_points), 100.0, 600.0)
    exact = slow(points, grid, own, kernel)
    fast = adaptive_density(*points.T, grid=grid, bandwidth_m=H, kernel=kernel)
    assert np.abs(fast - exact).max() < 0.03 * exact.max()
    assert len(x) == grid.columns
    assert len(y) == grid.rows


def test_the_total_on_observed_ground_is_the_number_of_incidents() -> None:
    points = centre_and_suburbs()
    area = square_area()
    grid = Grid.covering(area.land.bounds, cell_m=50, margin_m=1200)
    ground = coverage(area.observed, grid)
    values = adaptive_density(*points.T, grid=grid, bandwidth_m=H, observed=ground)
    assert (values * ground).sum() * grid.cell_km2 == pytest.approx(800, rel=1e-9)
    weight = np.random.default_rng(1).uniform(0, 3, 800)
    weighed = adaptive_density(*points.T, grid=grid, bandwidth_m=H, weight=weight)
    assert weighed.sum() * grid.cell_km2 == pytest.approx(weight.sum(), rel=1e-9)


def test_bandwidths_are_smaller_where_incidents_are_many_and_kept_within_bounds() -> None:
    points = centre_and_suburbs()
    grid = Grid.covering((*CORNER, *(CORNER + 4000)), cell_m=50, margin_m=1200)
    first = density(*points.T, grid=grid, bandwidth_m=H)
    own = adaptive_bandwidths(*points.T, first=first, grid=grid, bandwidth_m=H)
    assert own[:400].mean() < 0.8 * H < 1.2 * H < own[400:].mean()
    assert 100 <= own.min() <= own.max() <= 600


def test_where_all_is_alike_it_is_the_fixed_bandwidth() -> None:
    east, north = np.full(9, CORNER[0] + 2000), np.full(9, CORNER[1] + 2000)
    grid = Grid.covering((*CORNER, *(CORNER + 4000)), cell_m=50, margin_m=1200)
    fixed = density(east, north, grid=grid, bandwidth_m=H)
    assert np.allclose(adaptive_density(east, north, grid=grid, bandwidth_m=H), fixed)
    none = np.empty(0)
    assert adaptive_density(none, none, grid=grid, bandwidth_m=H).sum() == 0


def test_as_an_option_of_the_density_it_makes_the_peak_sharper_and_says_so() -> None:
    points = centre_and_suburbs()
    incidents = incidents_at(*points.T, ward=ward_of(*points.T))
    plain = detect(incidents, square_area())
    sharp = detect(incidents, square_area(), settings=KdeSettings(bandwidth_rule="adaptive"))
    assert plain.surface is not None
    assert sharp.surface is not None
    assert np.nanmax(sharp.surface.per_km2) > 1.1 * np.nanmax(plain.surface.per_km2)
    assert "(adaptive: half to three times that)" in sharp.explanation
    assert sharp.frame["incidents"].iloc[0] > 100

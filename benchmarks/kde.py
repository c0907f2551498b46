"""Kernel density against its peers: time, and error against the exact density.

Run as ``python -m benchmarks.kde [POINTS ...]``. 50 m cells, bandwidth 200 m (σ = 100 m), 160 × 160
cells, no edge to correct for, as the peers know none; the last row is ours with edge correction.
The exact Gaussian is worked out as a product of two matrices, since it falls apart into x and y.
"""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import shapely
from KDEpy import FFTKDE
from scipy.ndimage import gaussian_filter
from sklearn.neighbors import KernelDensity

from benchmarks.measuring import positions, print_table, wanted
from geo.grid import Grid
from models.hotspots.coverage import coverage
from models.hotspots.density import Kernel, density

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIGMA_M = 100.0
SIDE_M = 8000.0  # 160 × 160 cells, as in the figures that are to be beaten
MARGIN_M = 700.0
EXACT_MOST = 60_000


def exact(easting: NDArray[np.float64], northing: NDArray[np.float64], grid: Grid) -> np.ndarray:
    """Incidents per km² at the cell centres."""
    total = np.zeros(grid.shape)
    x, y = grid.centres()
    for i in range(0, len(easting), 50_000):
        across = np.exp(-0.5 * ((x - easting[i : i + 50_000, None]) / SIGMA_M) ** 2)
        up = np.exp(-0.5 * ((y - northing[i : i + 50_000, None]) / SIGMA_M) ** 2)
        total += up.T @ across
    return np.asarray(total / (2 * math.pi * SIGMA_M**2) * 1e6)


def scikit_learn(points: np.ndarray, grid: Grid) -> np.ndarray:
    x, y = np.meshgrid(*grid.centres())
    model = KernelDensity(bandwidth=SIGMA_M).fit(points)
    scores = model.score_samples(np.column_stack((x.ravel(), y.ravel())))
    return np.asarray(np.exp(scores).reshape(grid.shape) * len(points) * 1e6)


def kdepy(points: np.ndarray, grid: Grid, centres: np.ndarray) -> np.ndarray:
    flat = FFTKDE(bw=SIGMA_M, kernel="gaussian").fit(points).evaluate(centres)
    return np.asarray(flat.reshape(grid.columns, grid.rows).T * len(points) * 1e6)


def histogram(points: np.ndarray, grid: Grid) -> np.ndarray:
    counts = grid.counts(points[:, 0], points[:, 1])
    return np.asarray(
        gaussian_filter(counts, SIGMA_M / grid.cell_m, mode="constant") / grid.cell_km2
    )


def best(call: Callable[[], np.ndarray], *, runs: int) -> tuple[float, np.ndarray]:
    seconds, answer = math.inf, np.zeros(0)
    for _ in range(runs):
        started = time.perf_counter()
        answer = call()
        seconds = min(seconds, time.perf_counter() - started)
    return seconds, answer


def measured(n: int) -> list[list[str]]:
    """Return a row for each way of doing it."""
    easting, northing = (
        MARGIN_M + (places - places.min()) * ((SIDE_M - 2 * MARGIN_M) / np.ptp(places))
        for places in positions(n)
    )
    points = np.column_stack((easting, northing))
    grid = Grid.covering((0.0, 0.0, SIDE_M - 1, SIDE_M - 1), cell_m=50.0)
    observed = coverage(shapely.box(MARGIN_M, MARGIN_M, SIDE_M - MARGIN_M, SIDE_M / 2), grid)
    truth = exact(easting, northing, grid)
    # KDEpy wants the grid's points with x as the slow one; making them is not timed.
    x, y = np.meshgrid(*grid.centres(), indexing="ij")
    centres = np.column_stack((x.ravel(), y.ravel()))

    def ours_by(kernel: Kernel, edge: np.ndarray | None = None) -> np.ndarray:
        return density(
            easting,
            northing,
            grid=grid,
            bandwidth_m=2 * SIGMA_M,
            kernel=kernel,
            observed=edge,
        )

    def gaussian() -> np.ndarray:
        return ours_by("gaussian")

    def quartic() -> np.ndarray:
        return ours_by("quartic")

    def corrected() -> np.ndarray:
        return ours_by("gaussian", observed)

    gaussian(), quartic(), corrected()
    ours, found = best(gaussian, runs=15)
    rows = [_row(n, "ours, Gaussian", ours, found, truth, "")]
    for name, call, target in (
        ("KDEpy FFT", lambda: kdepy(points, grid, centres), 10.0 if n <= EXACT_MOST else 0.0),
        ("SciPy on a histogram", lambda: histogram(points, grid), 0.0),
    ):
        seconds, answer = best(call, runs=7)
        ratio = wanted(seconds / ours, target) if target else f"{seconds / ours:,.1f}×"
        rows.append(_row(n, name, seconds, answer, truth, ratio))
    if n <= EXACT_MOST:
        seconds, answer = best(lambda: scikit_learn(points, grid), runs=1)
        rows.append(_row(n, "scikit-learn", seconds, answer, truth, wanted(seconds / ours, 1e4)))
    seconds, _ = best(quartic, runs=15)
    rows.append([f"{n:,}", "ours, quartic", f"{seconds * 1000:,.2f} ms", "exact", ""])
    seconds, _ = best(corrected, runs=15)
    rows.append([f"{n:,}", "ours, Gaussian, edge corrected", f"{seconds * 1000:,.2f} ms", "–", ""])
    return rows


def _row(
    n: int, name: str, seconds: float, found: np.ndarray, truth: np.ndarray, ratio: str
) -> list[str]:
    error = float(np.abs(found - truth).max() / truth.max())
    return [f"{n:,}", name, f"{seconds * 1000:,.2f} ms", f"{error:.4%} of the peak", ratio]


def main(sizes: list[int]) -> None:
    rows = [row for n in sizes for row in measured(n)]
    header = ["points", "way", "time", "largest error", "ours is faster"]
    print_table("Kernel density, 50 m cells, bandwidth 200 m", header, rows)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [60_000, 600_000])

"""The density of points at the centres of a grid's cells, by a quartic or a Gaussian kernel."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.ndimage import correlate1d

from models.hotspots._kde_kernels import quartic_scatter, spline_bins
from models.hotspots.edges import edge_scale
from models.hotspots.method_result import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.grid import Grid

Kernel = Literal["quartic", "gaussian"]

_TRUNCATE: Final = 5.0  # in σ; what lies beyond is 4e-6 of the mass
_FILTER_LENGTH: Final = 2048  # cells; the widest kernel reaches a tenth of it
_LEAST_INSIDE: Final = 0.05  # an incident further outside than this takes no part


def density(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    grid: Grid,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    observed: NDArray[np.float64] | None = None,
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the density at the cell centres.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres. Points off the grid take no part.
    grid : Grid
        Its margin around the ground of interest should be twice the kernel's reach
        (`reach_m`): then no kernel that matters is cut by the grid.
    bandwidth_m : float
        Metres, at least two cells.
    kernel : {"quartic", "gaussian"}
        As in `KdeSettings`.
    observed : float64 array of shape (rows, columns), optional
        Share of each cell in which incidents could have been recorded (`coverage`). Without it
        there is no edge to correct for.
    weight : float64 array of shape (n,), optional
        One each without it.

    Returns
    -------
    float64 array of shape (rows, columns)
        Weight per km². Its sum over the cells, each times its observed area, is the weight of the
        points that took part: those with some 5 % of their kernel on observed ground.
    """
    if bandwidth_m < 2 * grid.cell_m:
        allowed = f"at least two cells ({2 * grid.cell_m:g} m)"
        raise SettingError(setting="bandwidth_m", value=bandwidth_m, allowed=allowed)
    bandwidth = bandwidth_m / grid.cell_m
    scale = ground = np.ones(grid.shape)
    if observed is not None:
        variance = bandwidth**2 / 8 if kernel == "quartic" else (bandwidth / 2) ** 2
        scale = edge_scale(observed, sigma_cells=math.sqrt(variance))
        ground = observed * scale
    lattice = (grid.left, grid.bottom, grid.cell_m)
    each = np.ones(1) if weight is None else np.ascontiguousarray(weight, dtype=np.float64)
    if kernel == "quartic":
        mass = quartic_scatter(easting, northing, each, lattice, bandwidth, ground, _LEAST_INSIDE)
    else:
        inside = np.empty((0, 0))
        if observed is not None:
            inside = _smoothed(ground, sigma_cells=bandwidth / 2)
        bins = spline_bins(easting, northing, each, lattice, grid.shape, inside, _LEAST_INSIDE)
        mass = _smoothed(bins, sigma_cells=bandwidth / 2)
    return np.asarray(mass * scale / grid.cell_km2)


def _smoothed(values: NDArray[np.float64], *, sigma_cells: float) -> NDArray[np.float64]:
    taps = _gaussian_without_spline(sigma_cells)
    along_rows = correlate1d(values, taps, axis=1, mode="constant")
    return np.asarray(correlate1d(along_rows, taps, axis=0, mode="constant"))


@lru_cache(maxsize=16)
def _gaussian_without_spline(sigma_cells: float) -> NDArray[np.float64]:
    """Return the filter that makes a Gaussian of what the binning spread, as taps that add to 1.

    In frequencies the binning multiplies by ``sinc³``, so the filter is the Gaussian's transform
    divided by that. What is left is the waves too short for the grid: at most 1e-4 of the peak for
    a standard deviation of two cells. (Only taking the spline's variance off leaves 3e-4.)
    """
    half = math.ceil(_TRUNCATE * sigma_cells) + 1
    frequency = np.fft.rfftfreq(_FILTER_LENGTH)  # cycles per cell
    gaussian = np.exp(-2 * (math.pi * sigma_cells * frequency) ** 2)
    whole = np.fft.irfft(gaussian / np.sinc(frequency) ** 3, n=_FILTER_LENGTH)
    taps = np.concatenate((whole[half:0:-1], whole[: half + 1]))
    return np.asarray(taps / taps.sum())


def reach_m(kernel: Kernel, *, bandwidth_m: float, cell_m: float) -> float:
    """Return how far from an incident its kernel reaches, in metres."""
    if kernel == "quartic":
        return bandwidth_m
    return math.ceil(_TRUNCATE * bandwidth_m / 2 / cell_m + 1) * cell_m + 2 * cell_m


def rule_of_thumb_m(
    easting: NDArray[np.float64], northing: NDArray[np.float64], *, kernel: Kernel
) -> float:
    """Return Scott's bandwidth for two dimensions, from the spread along both axes.

    The standard deviation ``s · n^(−1/6)``, with s² the mean of the two axes' variances, is turned
    into this kernel's bandwidth: twice it for the Gaussian, √8 times it for the quartic, whose
    variance along an axis is h² / 8.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres.
    kernel : {"quartic", "gaussian"}
        Which kernel it is for.

    Returns
    -------
    float
        Metres; 0 when there are fewer than two points or all lie in one place.
    """
    if len(easting) < 2:
        return 0.0
    spread = math.sqrt((float(np.var(easting, ddof=1)) + float(np.var(northing, ddof=1))) / 2)
    factor = math.sqrt(8.0) if kernel == "quartic" else 2.0
    return float(factor * spread * len(easting) ** (-1 / 6))

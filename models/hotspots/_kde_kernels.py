"""Numba kernels of `kde`: exact quartic scatter, and quadratic-spline binning for the Gaussian.

Both read positions in cells from the centre of the lower left cell, and both give each incident a
mass of exactly its weight over the cells, each counted by its `ground` (edge correction); where
that is 1 everywhere, over the whole grid.

A sampled spline of degree two moves each point into its 3 × 3 nearest cells with weights that keep
its mean place exactly and add a variance of 1/4 cell² on each axis, the same wherever in its cell
the point lies. A filter that takes the spline's shape out again then makes the wanted Gaussian.

Source: R. W. Hockney and J. W. Eastwood, "Computer Simulation Using Particles" (1981), section 5-3
(the triangular-shaped cloud); B. W. Silverman, "Algorithm AS 176: Kernel density estimation using
the fast Fourier transform", Applied Statistics 31 (1982), for binning before convolving.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def quartic_scatter(
    column: NDArray[np.float64],
    row: NDArray[np.float64],
    weight: NDArray[np.float64],
    radius: float,
    ground: NDArray[np.float64],
    least_inside: float,
) -> NDArray[np.float64]:
    """Add up `weight` × quartic kernel of each point over the cells whose centre it reaches.

    Parameters
    ----------
    column, row : float64 arrays of shape (n,)
        Positions in cells.
    weight : float64 array of shape (n,) or (1,)
        One for each point, or one for all.
    radius : float
        Of the kernel, in cells.
    ground : float64 array of shape (rows, columns)
        What a unit of density in each cell counts for.
    least_inside : float
        A point with a smaller share of its kernel on the ground takes no part.

    Returns
    -------
    float64 array of shape (rows, columns)
        Weight per cell; its sum over the cells, each times its ground, is the points' weight.
    """
    rows, columns = ground.shape
    out = np.zeros((rows, columns))
    width = 2 * math.ceil(radius) + 2
    kernel = np.empty((width, width))
    across = np.empty(width)
    inverse = 1.0 / (radius * radius)
    for i in range(len(column)):
        u = column[i]
        v = row[i]
        if not (-0.5 <= u < columns - 0.5 and -0.5 <= v < rows - 0.5):
            continue
        first_row = max(math.ceil(v - radius), 0)
        last_row = min(math.floor(v + radius), rows - 1)
        first = max(math.ceil(u - radius), 0)
        count = min(math.floor(u + radius), columns - 1) - first + 1
        for j in range(count):
            across[j] = (first + j - u) * (first + j - u) * inverse
        whole = 0.0
        inside = 0.0
        for k in range(last_row - first_row + 1):
            r = first_row + k
            near = 1.0 - (r - v) * (r - v) * inverse
            for j in range(count):
                value = max(near - across[j], 0.0)
                value *= value
                kernel[k, j] = value
                whole += value
                inside += value * ground[r, first + j]
        if not (inside > 0.0 and inside >= least_inside * whole):
            continue
        share = weight[i] if len(weight) > 1 else weight[0]
        share /= inside
        for k in range(last_row - first_row + 1):
            r = first_row + k
            for j in range(count):
                out[r, first + j] += share * kernel[k, j]
    return out


@njit(cache=True)
def spline_bins(
    column: NDArray[np.float64],
    row: NDArray[np.float64],
    weight: NDArray[np.float64],
    inside: NDArray[np.float64],
    least_inside: float,
) -> NDArray[np.float64]:
    """Spread each point over its 3 × 3 nearest cells, divided by its kernel's mass inside.

    Parameters
    ----------
    column, row, weight, least_inside
        As for `quartic_scatter`.
    inside : float64 array of shape (rows, columns)
        The filtered ground: what a kernel centred on each cell counts for.

    Returns
    -------
    float64 array of shape (rows, columns)
        Binned weight, ready for the filter.
    """
    rows, columns = inside.shape
    out = np.zeros((rows, columns))
    for i in range(len(column)):
        c = math.floor(column[i] + 0.5)
        r = math.floor(row[i] + 0.5)
        if not (1 <= c < columns - 1 and 1 <= r < rows - 1):
            continue
        u = column[i] - c
        v = row[i] - r
        a0, a1, a2 = 0.5 * (0.5 - u) * (0.5 - u), 0.75 - u * u, 0.5 * (0.5 + u) * (0.5 + u)
        b0, b1, b2 = 0.5 * (0.5 - v) * (0.5 - v), 0.75 - v * v, 0.5 * (0.5 + v) * (0.5 + v)
        mass = (
            b0 * (a0 * inside[r - 1, c - 1] + a1 * inside[r - 1, c] + a2 * inside[r - 1, c + 1])
            + b1 * (a0 * inside[r, c - 1] + a1 * inside[r, c] + a2 * inside[r, c + 1])
            + b2 * (a0 * inside[r + 1, c - 1] + a1 * inside[r + 1, c] + a2 * inside[r + 1, c + 1])
        )
        if not (mass > 0.0 and mass >= least_inside):
            continue
        share = weight[i] if len(weight) > 1 else weight[0]
        share /= mass
        b0 *= share
        b1 *= share
        b2 *= share
        out[r - 1, c - 1] += a0 * b0
        out[r - 1, c] += a1 * b0
        out[r - 1, c + 1] += a2 * b0
        out[r, c - 1] += a0 * b1
        out[r, c] += a1 * b1
        out[r, c + 1] += a2 * b1
        out[r + 1, c - 1] += a0 * b2
        out[r + 1, c] += a1 * b2
        out[r + 1, c + 1] += a2 * b2
    return out

"""Numba kernels of `kde`: exact quartic scatter, and quadratic-spline binning for the Gaussian.

Both give each incident a mass of exactly its weight over the cells, each counted by its `ground`
(edge correction); where that is 1 everywhere, over the whole grid.

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
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    lattice: tuple[float, float, float],
    radius: float,
    ground: NDArray[np.float64],
    least_inside: float,
) -> NDArray[np.float64]:
    """Add up `weight` × quartic kernel of each point over the cells whose centre it reaches.

    Parameters
    ----------
    x, y : float64 arrays of shape (n,)
        Positions in metres.
    weight : float64 array of shape (n,) or (1,)
        One for each point, or one for all.
    lattice : tuple of float
        Left, bottom and side of the cells, in metres.
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
    left, bottom, cell = lattice
    for i in range(len(x)):
        u = (x[i] - left) / cell - 0.5
        v = (y[i] - bottom) / cell - 0.5
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
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    lattice: tuple[float, float, float],
    shape: tuple[int, int],
    inside: NDArray[np.float64],
    least_inside: float,
) -> NDArray[np.float64]:
    """Spread each point over its 3 × 3 nearest cells, divided by its kernel's mass inside.

    Parameters
    ----------
    x, y, weight, lattice, least_inside
        As for `quartic_scatter`.
    shape : tuple of int
        Rows and columns.
    inside : float64 array of shape (rows, columns) or (0, 0)
        The filtered ground: what a kernel centred on each cell counts for. Empty where there is no
        edge, and each kernel's mass is 1.

    Returns
    -------
    float64 array of shape (rows, columns)
        Binned weight, ready for the filter.
    """
    rows, columns = shape
    out = np.zeros((rows, columns))
    left, bottom, per_m = lattice[0], lattice[1], 1.0 / lattice[2]
    edge = inside.size > 0
    for i in range(len(x)):
        across = (x[i] - left) * per_m
        up = (y[i] - bottom) * per_m
        if not (1 <= across < columns - 1 and 1 <= up < rows - 1):
            continue
        c, r = int(across), int(up)
        u = across - c - 0.5
        v = up - r - 0.5
        a0, a1, a2 = 0.5 * (0.5 - u) * (0.5 - u), 0.75 - u * u, 0.5 * (0.5 + u) * (0.5 + u)
        b0, b1, b2 = 0.5 * (0.5 - v) * (0.5 - v), 0.75 - v * v, 0.5 * (0.5 + v) * (0.5 + v)
        share = weight[i] if len(weight) > 1 else weight[0]
        if edge:
            near = inside[r - 1 : r + 2, c - 1 : c + 2]
            mass = (
                b0 * (a0 * near[0, 0] + a1 * near[0, 1] + a2 * near[0, 2])
                + b1 * (a0 * near[1, 0] + a1 * near[1, 1] + a2 * near[1, 2])
                + b2 * (a0 * near[2, 0] + a1 * near[2, 1] + a2 * near[2, 2])
            )
            if not (mass > 0.0 and mass >= least_inside):
                continue
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

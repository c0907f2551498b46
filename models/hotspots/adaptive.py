"""Adaptive bandwidth: incidents are spread less where they are many, and more where they are few.

A first density with the bandwidth h gives each incident's surroundings a height f. Its own
bandwidth is then h · (f / g)^(−1/2), g being the geometric mean of the heights, and is kept between
h / 2 (and two cells) and 3 h. Densities are worked out for a ladder of bandwidths, and each
incident is shared between the two nearest rungs: the surface keeps its total and its
correction at the edge, and lies within some per cent of the peak of one worked out incident by
incident.

Source: I. S. Abramson, "On bandwidth variation in kernel estimates: a square root law", Annals of
Statistics 10 (1982); B. W. Silverman, "Density Estimation" (1986), section 5.3, for the geometric
mean; T. M. Davies and A. Baddeley, "Fast computation of spatially adaptive kernel estimates",
Statistics and Computing 28 (2018), for sharing among a ladder of bandwidths.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import map_coordinates

from models.hotspots.density import density

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.grid import Grid
    from models.hotspots.density import Kernel

MOST: Final = 3.0  # times the bandwidth
_LEAST: Final = 0.5
_RUNG: Final = 1.15  # from one bandwidth of the ladder to the next


def adaptive_density(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    grid: Grid,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    observed: NDArray[np.float64] | None = None,
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the density at the cell centres; parameters, errors and total as for `density`.

    The grid's margin should be twice the reach of the kernel at `MOST` times the bandwidth.
    """
    easting, northing = np.asarray(easting), np.asarray(northing)
    first = density(
        easting,
        northing,
        grid=grid,
        bandwidth_m=bandwidth_m,
        kernel=kernel,
        observed=observed,
        weight=weight,
    )
    if not len(easting):
        return first
    own = adaptive_bandwidths(easting, northing, first=first, grid=grid, bandwidth_m=bandwidth_m)
    each = np.ones(len(easting)) if weight is None else weight
    low = float(own.min())
    rungs = max(math.ceil(math.log(float(own.max()) / low) / math.log(_RUNG)), 0) + 1
    ladder = low * _RUNG ** np.arange(rungs)
    at = np.log(own / low) / math.log(_RUNG)
    total = np.zeros(grid.shape)
    for rung, bandwidth in enumerate(ladder):
        part = np.clip(1 - np.abs(at - rung), 0, 1)
        if rung == rungs - 1:
            part = np.where(at > rung, 1.0, part)
        near = part > 0
        if near.any():
            total += density(
                easting[near],
                northing[near],
                grid=grid,
                bandwidth_m=float(bandwidth),
                kernel=kernel,
                observed=observed,
                weight=(each * part)[near],
            )
    return total


def adaptive_bandwidths(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    first: NDArray[np.float64],
    grid: Grid,
    bandwidth_m: float,
) -> NDArray[np.float64]:
    """Return each incident's own bandwidth.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres.
    first : float64 array of shape (rows, columns)
        The density with `bandwidth_m`.
    grid : Grid
        Of `first`.
    bandwidth_m : float
        Metres.

    Returns
    -------
    float64 array of shape (n,)
        Metres, from half of `bandwidth_m` (at least two cells) to three times it.
    """
    row = (northing - grid.bottom) / grid.cell_m - 0.5
    column = (easting - grid.left) / grid.cell_m - 0.5
    height = map_coordinates(first, (row, column), order=1, mode="nearest")
    height = np.maximum(height, 1e-12 * float(first.max()) + 1e-300)
    mean = math.exp(float(np.log(height).mean()))
    least = max(_LEAST * bandwidth_m, 2 * grid.cell_m)
    own = bandwidth_m * np.sqrt(mean / height)
    return np.asarray(np.clip(own, least, MOST * bandwidth_m), dtype=np.float64)

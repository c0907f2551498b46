"""Edge correction: scales that keep a density level at the edge of the observed ground.

Two simple corrections each get one thing right. Dividing a cell's density by the share of its
kernel that lies on observed ground keeps level ground level, but the surface no longer adds up to
the number of incidents. Dividing each incident's kernel by its share on observed ground adds up,
but piles its mass up at the edge: level ground then ripples by +8 % inside and −33 % at the edge.

Scaling the kernel symmetrically, by g at the incident and by g at the cell, gives both: g is chosen
so that the kernel's mass over the observed ground is 1 from every cell, which, as the kernel is
symmetric, also makes evenly spread incidents come out even. `kde` then scales each incident to a
mass of exactly 1, wherever in its cell it lies.

Sources: R. Sinkhorn and P. Knopp, Pacific Journal of Mathematics 21 (1967); P. A. Knight, D. Ruiz
and B. Uçar, "A symmetry preserving algorithm for matrix scaling", SIAM Journal on Matrix Analysis
and Applications 35 (2014), for the iteration; N. F. Marshall and R. R. Coifman, "Manifold learning
with bi-stochastic kernel matrices", IMA Journal of Applied Mathematics 84 (2019), for its use with
kernels; P. Diggle, "A kernel method for smoothing point process data", Applied Statistics 34
(1985), and M. C. Jones, "Simple boundary correction for kernel density estimation", Statistics and
Computing 3 (1993), for the two simple corrections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS: Final = 6  # after which level ground is level within 2 % (3 % in a corner)
_TRUNCATE: Final = 3.0  # in σ: enough for a scale, as the mass is made exact afterwards
_MOST: Final = 5.0  # on spits and far outside, where the scale would grow without bound


def edge_scale(observed: NDArray[np.float64], *, sigma_cells: float) -> NDArray[np.float64]:
    """Return the scale g of each cell.

    Parameters
    ----------
    observed : float64 array of shape (rows, columns)
        Share of each cell in which incidents could have been recorded.
    sigma_cells : float
        Standard deviation of the kernel along an axis, in cells.

    Returns
    -------
    float64 array of shape (rows, columns)
        1 away from the edge, more near it, at most 5.
    """
    scale = np.ones_like(observed)
    for _ in range(_ROUNDS):
        mass = gaussian_filter(observed * scale, sigma_cells, mode="constant", truncate=_TRUNCATE)
        scale = np.minimum(np.sqrt(scale / np.maximum(mass, 1e-3)), _MOST)
    return scale

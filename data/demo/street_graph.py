"""Which points of the demo's map are joined by a street: neighbours that nothing lies between.

Postcodes lie along streets, so two of them are joined where no third is nearer to both (the
relative neighbourhood graph, Toussaint 1980, Pattern Recognition 12(4)). It is planar, as it is
part of the Delaunay triangulation, and looks much like the streets it came from. What water, a park
or a main road cuts is left out, unless a part of the map could not be reached without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEAR: Final = 9  # neighbours of a point that are asked whether they lie between
_ALREADY: Final = 1e-3  # what a street that is there costs, against metres for one that is not


def neighbour_pairs(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the edges of the Delaunay triangulation, shape (m, 2), lower number first, sorted."""
    corners = Delaunay(xy - xy.mean(axis=0)).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    low, high = pairs.min(axis=1).astype(np.int64), pairs.max(axis=1).astype(np.int64)
    return np.stack(np.divmod(np.unique(low * len(xy) + high), len(xy)), axis=1)


def lengths(xy: NDArray[np.float64], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far apart the two points of each pair are."""
    apart = xy[pairs[:, 0]] - xy[pairs[:, 1]]
    return np.asarray(np.hypot(apart[:, 0], apart[:, 1]), dtype=np.float64)


def nothing_between(xy: NDArray[np.float64], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the pairs that have no third point nearer to both than they are to each other."""
    length = lengths(xy, pairs)
    near = np.asarray(cKDTree(xy).query(xy, k=_NEAR + 1)[1])[:, 1:]
    clear = np.ones(len(pairs), dtype=np.bool_)
    for end, other in ((0, 1), (1, 0)):
        third = near[pairs[:, end]]
        to_end = np.linalg.norm(xy[third] - xy[pairs[:, end]][:, None], axis=2)
        to_other = np.linalg.norm(xy[third] - xy[pairs[:, other]][:, None], axis=2)
        clear &= ~(np.maximum(to_end, to_other) < length[:, None] - 1e-9).any(axis=1)
    return clear


def parts(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the number of the connected part that each point is in."""
    joined = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int32)


def joining(
    count: int,
    pairs: NDArray[np.int64],
    *,
    there: NDArray[np.bool_],
    cost: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Mark the pairs that join what is not yet joined, at the least cost; infinite is never."""
    usable = there | np.isfinite(cost)
    weight = np.where(there, _ALREADY, cost)[usable]
    graph = coo_array((weight, (pairs[usable, 0], pairs[usable, 1])), shape=(count, count))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    chosen = np.sort(np.stack([tree.coords[0], tree.coords[1]], axis=1).astype(np.int64), axis=1)
    codes = pairs[:, 0] * count + pairs[:, 1]
    marked = np.isin(codes, chosen[:, 0] * count + chosen[:, 1])
    return np.asarray(marked & ~there)

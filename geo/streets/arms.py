"""What leads away from each crossing of a network: segments, by which end, and in what direction.

End e of segment s is number 2 s + e: 0 is where the segment begins, 1 where it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray  # noqa: TC002 - Numba reads the fields' types

if TYPE_CHECKING:
    from geo.streets.network import StreetNetwork

_LOOK_M: Final = 15.0  # a street's direction at a crossing is that of its first metres


class Arms(NamedTuple):
    """The arms of node v are first[v] to first[v + 1]; each is an end of a segment.

    A loop is two arms of its node.
    """

    first: NDArray[np.int64]
    segment: NDArray[np.int32]
    at_end: NDArray[np.bool_]  # False where the node is the segment's beginning


def ends_of(network: StreetNetwork) -> NDArray[np.int32]:
    """Return the node of each end, shape (2 × segments,)."""
    return np.stack([network.start, network.end], axis=1).ravel()


def arms_of(network: StreetNetwork) -> Arms:
    """Return the arms of each node, in order of segment."""
    ends = ends_of(network)
    order = np.argsort(ends, kind="stable")
    sizes = np.bincount(ends, minlength=len(network.node_xy))
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Arms(first, (order // 2).astype(np.int32), order % 2 == 1)


def directions_of(network: StreetNetwork) -> NDArray[np.float64]:
    """Return the unit vector in which each end is left, shape (2 × segments, 2)."""
    both = np.stack([network.lines, shapely.reverse(network.lines)], axis=1).ravel()
    ahead = np.minimum(_LOOK_M, np.repeat(network.length_m, 2) / 2)
    at = shapely.get_coordinates(shapely.get_point(both, 0))
    step = shapely.get_coordinates(shapely.line_interpolate_point(both, ahead)) - at
    return np.asarray(step / np.maximum(np.hypot(*step.T), 1e-9)[:, None])

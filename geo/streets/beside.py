"""Which lines run beside one another as one street: carriageways, pavements drawn by themselves.

A dual carriageway is two lines of one name, OpenStreetMap draws some pavements next to their
street, and a poor file holds a part of a street twice. Who walks along one of them has walked the
street. Lines of one name, or of which one has none, run beside each other within `BESIDE_M`; two
carriageways of one name (stated, or both one-way) within `CARRIAGEWAYS_M`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely import STRtree

from geo.streets.network import CARRIAGEWAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.network import StreetNetwork

BESIDE_M: Final = 12.0
CARRIAGEWAYS_M: Final = 40.0
_LEAST_M: Final = 5.0
_TURNED: Final = 30.0  # degrees between two lines that run in one direction, or against it


def beside_m(
    network: StreetNetwork, piece: NDArray[np.int32], lines: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Return for how many metres lines run beside each other as one street.

    Parameters
    ----------
    network : StreetNetwork
    piece : int32 array of shape (m,)
        Of the network: the one that each line is a part of.
    lines : object array of shape (m,)

    Returns
    -------
    float64 array of shape (m, m)
        The same both ways; 0 where lines run beside each other for less than `_LEAST_M`, and of a
        line with itself.
    """
    found = np.zeros((len(lines), len(lines)))
    one, other = STRtree(lines).query(lines, predicate="dwithin", distance=CARRIAGEWAYS_M)
    pairs = one < other
    one, other = one[pairs], other[pairs]
    within = _within_m(network, piece[one], piece[other])
    likely = (within > 0) & _same_direction(lines, one, other)
    one, other, within = one[likely], other[likely], within[likely]
    metres = [
        shapely.length(
            shapely.intersection(shapely.buffer(lines[a], within, cap_style="flat"), lines[b])
        )
        for a, b in ((one, other), (other, one))
    ]
    both = np.minimum(*metres)
    found[one, other] = found[other, one] = np.where(both >= _LEAST_M, both, 0.0)
    return found


def _within_m(
    network: StreetNetwork, along: NDArray[np.int32], other: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return within how many metres two pieces are one street; 0 where they never are."""
    folded = np.array([str(each).casefold() for each in network.name], dtype=object)
    named = (folded[along] != "") & (folded[other] != "")
    same = folded[along] == folded[other]
    dual = (network.carriageway == CARRIAGEWAYS.index("dual")) | (network.one_way != 0)
    both = named & same & dual[along] & dual[other]
    return np.select([both, same | ~named], [CARRIAGEWAYS_M, BESIDE_M], 0.0)


def _same_direction(
    lines: NDArray[np.object_], along: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.bool_]:
    ends = shapely.get_coordinates(shapely.get_point(lines, -1))
    chord = ends - shapely.get_coordinates(shapely.get_point(lines, 0))
    bearing = np.degrees(np.arctan2(chord[:, 0], chord[:, 1]))
    turned = np.abs((bearing[along] - bearing[other] + 90) % 180 - 90)
    return np.asarray(turned <= _TURNED)

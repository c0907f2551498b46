"""Streets by name, where they cross, and where each lies.

Two streets of one name in two parts of a borough are two streets: pieces of a name are one street
where one can be reached from the other over gaps of at most `_GAP_M`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.naming.words import street_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.network import StreetNetwork

SPACING_M: Final = 5.0
_GAP_M: Final = 150.0
_APART_M: Final = 1e7  # between the layers in which each name is looked for by itself


@dataclass(frozen=True, eq=False)
class StreetNames:
    """Named streets, each with a number, in order of name and then from west to east.

    Attributes
    ----------
    tree : cKDTree
        Points along the named pieces, at most `SPACING_M` apart.
    street : int32 array of shape (points,)
        The street of each of these points.
    label : tuple of str
        Name of each street, tidy and at most `geo.naming.words.LONGEST_PART` characters.
    class_code : int8 array of shape (streets,)
        The largest class that it has, as a place in `geo.places.STREET_CLASSES`; 0 is the largest.
    bounds : float64 array of shape (streets, 4)
        West, south, east, north.
    first : int64 array of shape (streets + 1,)
        A street's crossings are rows ``first[street]`` to ``first[street + 1]`` of the next two.
    cross_xy : float64 array of shape (rows, 2)
        Where it crosses another street.
    cross_other : int32 array of shape (rows,)
        Which it crosses there.
    junction_xy : float64 array of shape (junctions, 2)
        Where two streets or more meet.
    junction_of : int32 array of shape (junctions, 2)
        The two largest streets that meet there, the larger first.
    junction_tree : cKDTree
        Of `junction_xy`.
    """

    tree: cKDTree
    street: NDArray[np.int32]
    label: tuple[str, ...]
    class_code: NDArray[np.int8]
    bounds: NDArray[np.float64]
    first: NDArray[np.int64]
    cross_xy: NDArray[np.float64]
    cross_other: NDArray[np.int32]
    junction_xy: NDArray[np.float64]
    junction_of: NDArray[np.int32]
    junction_tree: cKDTree

    def nearest(
        self, xy: NDArray[np.float64], *, within_m: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the street nearest to each point, and the point along it; −1 beyond reach.

        It is measured to points along the streets, so of two that are equally near to within half
        of `SPACING_M` it may be either, and always the same.

        Returns
        -------
        street : int32 array of shape (n,)
        foot : float64 array of shape (n, 2)
            NaN where there is none.
        """
        distance, nearest = self.tree.query(xy, distance_upper_bound=within_m)
        at, found = np.asarray(nearest), np.isfinite(distance)
        street = np.full(len(xy), -1, dtype=np.int32)
        foot = np.full((len(xy), 2), np.nan)
        street[found], foot[found] = self.street[at[found]], self.tree.data[at[found]]
        return street, foot

    def crossings(self, street: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Return where a street crosses others, and which."""
        rows = slice(int(self.first[street]), int(self.first[street + 1]))
        return self.cross_xy[rows], self.cross_other[rows]


def street_names(network: StreetNetwork) -> StreetNames | None:
    """Return the named streets of a network; None where no piece has a name."""
    labels = {name: street_label(name) for name in set(network.name.tolist())}
    label = np.array([labels[name] for name in network.name.tolist()], dtype=object)
    pieces = np.flatnonzero(label.astype(bool))
    if not len(pieces):
        return None
    lines = network.lines[pieces]
    bounds = shapely.bounds(lines)
    street, first_piece = _streets(lines, label[pieces], bounds)
    along, of_piece = _points_along(lines, street)
    count = len(first_piece)
    extent = np.empty((count, 4))
    for side, join in enumerate((np.minimum, np.minimum, np.maximum, np.maximum)):
        extent[:, side] = np.inf if side < 2 else -np.inf
        join.at(extent[:, side], street, bounds[:, side])
    codes = np.full(count, 127, dtype=np.int8)
    np.minimum.at(codes, street, network.class_code[pieces])
    meets = np.unique(
        np.concatenate(
            [
                np.column_stack([network.start[pieces], street]),
                np.column_stack([network.end[pieces], street]),
            ]
        ),
        axis=0,
    )
    first, cross_node, cross_other = _crossings(meets, streets=count)
    node, junction_of = _junctions(meets, codes)
    return StreetNames(
        tree=cKDTree(along),
        street=street[of_piece],
        label=tuple(label[pieces][first_piece].tolist()),
        class_code=codes,
        bounds=extent,
        first=first,
        cross_xy=network.node_xy[cross_node],
        cross_other=cross_other,
        junction_xy=network.node_xy[node],
        junction_of=junction_of,
        junction_tree=cKDTree(network.node_xy[node]),
    )


def _points_along(
    lines: NDArray[np.object_], street: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return points along lines, ends too, by street and position, and the line of each."""
    length = shapely.length(lines)
    steps = np.ceil(length / SPACING_M).astype(np.intp)
    line = np.repeat(np.arange(len(lines)), steps + 1)
    first = np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    share = (np.arange(len(line)) - first) / steps[line]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], share * length[line]))
    order = np.lexsort((xy[:, 1], xy[:, 0], street[line]))
    return xy[order], line[order]


def _streets(
    lines: NDArray[np.object_], label: NDArray[np.object_], bounds: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Return the street of each piece, and a piece of each street."""
    keys = np.array([text.casefold() for text in label.tolist()])
    _, name = np.unique(keys, return_inverse=True)
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    xy, layer = shapely.get_coordinates(ends), np.tile(name, 2) * _APART_M
    tree = cKDTree(np.column_stack([xy, layer]))
    pairs = tree.query_pairs(_GAP_M, output_type="ndarray") % len(lines)
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(lines),) * 2)
    _, part = connected_components(graph, directed=False)
    order = np.lexsort((bounds[:, 3], bounds[:, 2], bounds[:, 1], bounds[:, 0], keys))
    _, first, inverse = np.unique(part[order], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    street = np.empty(len(lines), dtype=np.int32)
    street[order] = rank[inverse]
    return street, order[np.sort(first)]


def _crossings(
    meets: NDArray[np.int64], *, streets: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return for each street its nodes with other streets, and these, by street and node."""
    node, street = meets.T
    size = np.bincount(node)
    start = np.concatenate([[0], np.cumsum(size)])
    times = size[node]
    left = np.repeat(np.arange(len(node)), times)
    offset = np.arange(len(left)) - np.repeat(np.cumsum(times) - times, times)
    right = start[node[left]] + offset
    kept = street[left] != street[right]
    left, right = left[kept], right[kept]
    order = np.lexsort((street[right], node[left], street[left]))
    left, right = left[order], right[order]
    first = np.searchsorted(street[left], np.arange(streets + 1))
    return first, node[left], street[right].astype(np.int32)


def _junctions(
    meets: NDArray[np.int64], codes: NDArray[np.int8]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the nodes where streets meet, and the two largest streets of each."""
    node, street = meets.T
    order = np.lexsort((street, codes[street], node))
    node, street = node[order], street[order]
    first = np.flatnonzero(np.concatenate([[True], node[1:] != node[:-1]]))
    several = np.diff(np.append(first, len(node))) > 1
    at = first[several]
    return node[at], np.column_stack([street[at], street[at + 1]]).astype(np.int32)

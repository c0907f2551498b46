"""The streets in and just around an area, cut small enough to walk a loop along them.

Only what can be walked to from the start and back within the length given is kept. Long pieces are
cut, so that a walker may turn round on them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geo.streets.ways import NEAREST_M, joined_pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from geo.streets.network import StreetNetwork

AROUND_M: Final = 50.0
LONGEST_M: Final = 150.0
_LEAST_M: Final = 1.0  # a shorter rest of a piece is no piece of its own


@dataclass(frozen=True, slots=True, eq=False)
class LocalStreets:
    """m parts of pieces of street, all joined to the start.

    Attributes
    ----------
    start : int
        The node where a loop begins and ends.
    tail, head : int32 arrays of shape (m,)
        Nodes; the same for none.
    length_m : float64 array of shape (m,)
    inside_m : float64 array of shape (m,)
        How much of it lies in the area.
    lines : object array of shape (m,)
        `LineString`, from tail to head.
    piece : int32 array of shape (m,)
        Of the network.
    start_piece : int
        Of the network: the one that the start lies on.
    start_along_m : float
        Where on it.
    """

    start: int
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    inside_m: NDArray[np.float64]
    lines: NDArray[np.object_]
    piece: NDArray[np.int32]
    start_piece: int
    start_along_m: float

    def __len__(self) -> int:
        return len(self.tail)

    def take(self, parts: NDArray[np.intp]) -> LocalStreets:
        """Return some of the parts, with the same start."""
        names = ("tail", "head", "length_m", "inside_m", "lines", "piece")
        return replace(self, **{name: getattr(self, name)[parts] for name in names})


def local_streets(
    network: StreetNetwork,
    area: Polygon | MultiPolygon,
    at: tuple[float, float],
    *,
    most_m: float,
) -> LocalStreets | None:
    """Return the streets of an area that a loop can be made of; None where there are none.

    Parameters
    ----------
    network : StreetNetwork
    area : Polygon or MultiPolygon
        In the network's CRS.
    at : (float, float)
        Where the team arrives: a loop begins on the nearest street that can be walked.
    most_m : float
        Length of the longest loop.
    """
    near = np.zeros(len(network), dtype=bool)
    if len(network):
        near[network.tree.query(shapely.buffer(area, AROUND_M), predicate="intersects")] = True
        near &= joined_pieces(network, travel="foot")
    xy = np.array([at], dtype=np.float64)
    piece, along, _ = network.nearest(xy, within_m=NEAREST_M, among=near)
    if piece[0] < 0:
        return None
    start = (int(piece[0]), float(along[0]))
    parts = _parts(network, np.flatnonzero(near), start=start)
    return _within_reach(parts, area, most_m=most_m, at=start)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    start: int
    ends: NDArray[np.int64]
    lines: NDArray[np.object_]
    piece: NDArray[np.int64]


def _parts(network: StreetNetwork, pieces: NDArray[np.intp], *, start: tuple[int, float]) -> _Parts:
    """Cut pieces at the start and where they are long."""
    ends, lines, of_piece = [], [], []
    fresh = len(network.node_xy)
    start_node = -1
    for piece in pieces.tolist():
        line, length = network.lines[piece], float(network.length_m[piece])
        own = start[1] if piece == start[0] else None
        cuts = _cuts(length, own, ring=network.start[piece] == network.end[piece])
        nodes = [int(network.start[piece])]
        for _ in cuts[1:-1]:
            nodes.append(fresh)
            fresh += 1
        nodes.append(int(network.end[piece]))
        if own is not None:
            start_node = nodes[int(np.argmin(np.abs(np.array(cuts) - own)))]
        for n in range(len(cuts) - 1):
            ends.append((nodes[n], nodes[n + 1]))
            lines.append(line if len(cuts) == 2 else substring(line, cuts[n], cuts[n + 1]))
            of_piece.append(piece)
    return _Parts(start_node, np.array(ends), np.array(lines, dtype=object), np.array(of_piece))


def _cuts(length: float, own: float | None, *, ring: bool) -> list[float]:
    """Return where a piece is cut, its ends among them: at the start, and into even parts."""
    fixed = [0.0, length]
    if own is not None and _LEAST_M < own < length - _LEAST_M:
        fixed = [0.0, own, length]
    found = [0.0]
    for low, high in pairwise(fixed):
        parts = max(int(np.ceil((high - low) / LONGEST_M)), 3 if ring and len(fixed) == 2 else 1)
        found += [low + (high - low) * n / parts for n in range(1, parts + 1)]
    return found


def _within_reach(
    parts: _Parts, area: Polygon | MultiPolygon, *, most_m: float, at: tuple[int, float]
) -> LocalStreets | None:
    """Keep the parts that can be walked from the start and back."""
    nodes, ends = np.unique(parts.ends, return_inverse=True)
    ends = ends.reshape(-1, 2)
    start = int(np.searchsorted(nodes, parts.start))
    length = shapely.length(parts.lines)
    graph = np.full((len(nodes), len(nodes)), np.inf)
    np.minimum.at(graph, (ends[:, 0], ends[:, 1]), length)
    np.minimum.at(graph, (ends[:, 1], ends[:, 0]), length)
    tail, head = np.nonzero(np.isfinite(graph))
    sparse = coo_array((graph[tail, head], (tail, head)), shape=graph.shape).tocsr()
    away = np.asarray(dijkstra(sparse, indices=np.array([start])))[0]
    kept = away[ends[:, 0]] + length + away[ends[:, 1]] <= most_m
    kept &= ends[:, 0] != ends[:, 1]
    if not kept.any():
        return None
    shapely.prepare(area)
    return LocalStreets(
        start=start,
        tail=ends[kept, 0].astype(np.int32),
        head=ends[kept, 1].astype(np.int32),
        length_m=length[kept],
        inside_m=shapely.length(shapely.intersection(parts.lines[kept], area)),
        lines=parts.lines[kept],
        piece=parts.piece[kept].astype(np.int32),
        start_piece=at[0],
        start_along_m=at[1],
    )

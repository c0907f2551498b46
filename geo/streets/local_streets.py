"""The streets in and around an area, cut small enough to walk a loop along them.

Only what can be walked to from the start and back within the length given is kept. Long pieces are
cut, so that a walker may turn round on them. Streets up to `AROUND_M` outside the area are ways
back: of those farther than `BORDER_M` from it only what lies on a shortest way between two places
of the others is kept, since no best loop needs more. Slip roads of main roads are left out.
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

from geo.places import STREET_CLASSES
from geo.streets.beside import beside_m
from geo.streets.network import CARRIAGEWAYS
from geo.streets.ways import NEAREST_M, joined_pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from geo.streets.network import StreetNetwork

AROUND_M: Final = 150.0
BORDER_M: Final = 50.0
LONGEST_M: Final = 150.0
_LEAST_M: Final = 1.0  # a shorter rest of a piece is no piece of its own
_EQUAL_M: Final = 1e-6


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
    beside_m : float64 array of shape (m, m)
        For how many metres two run beside each other, see `geo.streets.beside`.
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
    beside_m: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.tail)

    def take(self, parts: NDArray[np.intp]) -> LocalStreets:
        """Return some of the parts, with the same start."""
        names = ("tail", "head", "length_m", "inside_m", "lines", "piece")
        held = {name: getattr(self, name)[parts] for name in names}
        return replace(self, **held, beside_m=self.beside_m[np.ix_(parts, parts)])


def local_streets(
    network: StreetNetwork,
    area: Polygon | MultiPolygon,
    at: tuple[float, float],
    *,
    most_m: float,
    around_m: float = AROUND_M,
) -> LocalStreets | None:
    """Return the streets of an area that a loop can be made of; None where there are none.

    Parameters
    ----------
    network : StreetNetwork
    area : Polygon or MultiPolygon
        In the network's CRS.
    at : (float, float)
        Where the team arrives: a loop begins on the nearest street that can be walked, at most
        `BORDER_M` outside the area.
    most_m : float
        Length of the longest loop.
    around_m : float
        How far outside the area a loop may lead, at least `BORDER_M`.
    """
    walked = _for_loops(network)
    border = walked & _touched(network, shapely.buffer(area, BORDER_M))
    xy = np.array([at], dtype=np.float64)
    piece, along, _ = network.nearest(xy, within_m=NEAREST_M, among=border)
    if piece[0] < 0:
        return None
    start = (int(piece[0]), float(along[0]))
    near = walked & _touched(network, shapely.buffer(area, around_m))
    parts = _parts(network, np.flatnonzero(near), start=start, whole=~border)
    return _within_reach(network, parts, area, most_m=most_m, around_m=around_m, at=start)


def _for_loops(network: StreetNetwork) -> NDArray[np.bool_]:
    """Tell which pieces a loop may use: those joined for walkers, but no main road's slip roads."""
    slip = network.carriageway == CARRIAGEWAYS.index("slip")
    slip &= network.class_code <= STREET_CLASSES.index("main")
    return np.asarray(joined_pieces(network, travel="foot") & ~slip)


def _touched(network: StreetNetwork, area: Polygon | MultiPolygon) -> NDArray[np.bool_]:
    found = np.zeros(len(network), dtype=bool)
    if len(network):
        found[network.tree.query(area, predicate="intersects")] = True
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    start: int
    ends: NDArray[np.int64]
    lines: NDArray[np.object_]
    piece: NDArray[np.int64]


def _parts(
    network: StreetNetwork,
    pieces: NDArray[np.intp],
    *,
    start: tuple[int, float],
    whole: NDArray[np.bool_],
) -> _Parts:
    """Cut pieces at the start and where they are long, but those that stay whole."""
    ends, lines, of_piece = [], [], []
    fresh = len(network.node_xy)
    start_node = -1
    for piece in pieces.tolist():
        line, length = network.lines[piece], float(network.length_m[piece])
        own = start[1] if piece == start[0] else None
        ring = network.start[piece] == network.end[piece]
        cuts = [0.0, length] if whole[piece] else _cuts(length, own, ring=ring)
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
    network: StreetNetwork,
    parts: _Parts,
    area: Polygon | MultiPolygon,
    *,
    most_m: float,
    around_m: float,
    at: tuple[int, float],
) -> LocalStreets | None:
    """Keep the parts that can be walked from the start and back, and are of any use."""
    limit = shapely.buffer(area, around_m)
    shapely.prepare(limit)
    held = shapely.covers(limit, parts.lines)
    parts = _Parts(parts.start, parts.ends[held], parts.lines[held], parts.piece[held])
    if parts.start not in parts.ends:
        return None
    nodes, ends = np.unique(parts.ends, return_inverse=True)
    ends = ends.reshape(-1, 2)
    start = int(np.searchsorted(nodes, parts.start))
    length = shapely.length(parts.lines)
    away = _distances(ends, length, nodes=len(nodes), origins=np.array([start]))[0]
    kept = away[ends[:, 0]] + length + away[ends[:, 1]] <= most_m
    kept &= ends[:, 0] != ends[:, 1]
    if not kept.any():
        return None
    shapely.prepare(area)
    far = shapely.distance(parts.lines, area) > BORDER_M
    kept = _useful(ends, length, kept, far=far, start=start)
    piece = parts.piece[kept].astype(np.int32)
    return LocalStreets(
        start=start,
        tail=ends[kept, 0].astype(np.int32),
        head=ends[kept, 1].astype(np.int32),
        length_m=length[kept],
        inside_m=shapely.length(shapely.intersection(parts.lines[kept], area)),
        lines=parts.lines[kept],
        piece=piece,
        start_piece=at[0],
        start_along_m=at[1],
        beside_m=beside_m(network, piece, parts.lines[kept]),
    )


def _useful(
    ends: NDArray[np.int64],
    length: NDArray[np.float64],
    kept: NDArray[np.bool_],
    *,
    far: NDArray[np.bool_],
    start: int,
) -> NDArray[np.bool_]:
    """Of the parts that are kept, leave out far ones that lie on no shortest way between others.

    A loop walks far parts only on its way from one of the others to the next, and each such way can
    be a shortest one.
    """
    near = np.flatnonzero(kept & ~far)
    places = np.unique(np.append(ends[near], start))
    nodes = int(ends.max()) + 1
    away = _distances(ends[kept], length[kept], nodes=nodes, origins=places)
    direct = away[:, places]
    useful = kept.copy()
    for part in np.flatnonzero(kept & far).tolist():
        one, other = ends[part]
        by_it = away[:, one][:, np.newaxis] + length[part] + away[:, other][np.newaxis]
        useful[part] = bool((by_it <= direct + _EQUAL_M).any())
    return useful


def _distances(
    ends: NDArray[np.int64],
    length: NDArray[np.float64],
    *,
    nodes: int,
    origins: NDArray[np.integer],
) -> NDArray[np.float64]:
    """Return the shortest way from some nodes to each."""
    graph = np.full((nodes, nodes), np.inf)
    np.minimum.at(graph, (ends[:, 0], ends[:, 1]), length)
    np.minimum.at(graph, (ends[:, 1], ends[:, 0]), length)
    tail, head = np.nonzero(np.isfinite(graph))
    sparse = coo_array((graph[tail, head], (tail, head)), shape=graph.shape).tocsr()
    return np.asarray(dijkstra(sparse, indices=origins))

"""The lines of ways along the streets, to be drawn: thinned, from place to place.

They are the shortest ways that `geo.streets.ways` measures, by the same rules.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geo.streets.ways import graph_with_places, open_directions, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.streets.network import StreetNetwork
    from geo.streets.ways import Standing, Travel

THIN_M: Final = 4.0  # how far a drawn line may run from the streets


def way_lines(
    network: StreetNetwork,
    xy: NDArray[np.float64],
    legs: Sequence[tuple[int, int]],
    *,
    travel: Travel,
    thin_m: float = THIN_M,
) -> list[shapely.LineString | None]:
    """Return the line of the shortest way of each leg; None where no street joins its places.

    Parameters
    ----------
    network : StreetNetwork
    xy : float64 array of shape (n, 2)
        Places, in the network's CRS.
    legs : sequence of (int, int)
        From which place to which.
    travel : {"foot", "bike", "car"}
    thin_m : float
        How far a line may run from the way.
    """
    places = standing(network, xy, travel=travel)
    on = np.flatnonzero(places.piece >= 0)
    if not len(on) or not legs:
        return [None] * len(legs)
    ways = _Ways(network, places, on, travel=travel)
    return [_drawn(ways.line(one, other), xy[one], xy[other], thin_m) for one, other in legs]


def _drawn(
    line: shapely.LineString | None,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    thin_m: float,
) -> shapely.LineString | None:
    """Return a way with the straight lines from its places to the streets, thinned."""
    if line is None:
        return None
    whole = shapely.LineString(np.vstack([start, shapely.get_coordinates(line), end]))
    return shapely.simplify(whole, thin_m) if thin_m else whole


class _Ways:
    """The shortest ways from places on streets, each origin searched once."""

    def __init__(
        self, network: StreetNetwork, places: Standing, on: NDArray[np.intp], *, travel: Travel
    ) -> None:
        self.network, self.places = network, places
        self.ahead, self.back = open_directions(network, travel=travel)
        self.graph = graph_with_places(network, places, at=on, travel=travel)
        self.own = {int(place): len(network.node_xy) + n for n, place in enumerate(on)}
        self.place_at = {node: place for place, node in self.own.items()}
        self.searched: dict[int, tuple[NDArray[np.float64], NDArray[np.int32]]] = {}
        self.pieces = _shortest_pieces(network, self.ahead, self.back)

    def line(self, one: int, other: int) -> shapely.LineString | None:
        """Return the way between two places, on the streets alone."""
        if one not in self.own or other not in self.own:
            return None
        metres, before = self._search(one)
        along = self._along_one_piece(one, other)
        if along is not None and shapely.length(along) <= metres[self.own[other]]:
            return along
        if not np.isfinite(metres[self.own[other]]):
            return None
        nodes = [self.own[other]]
        while nodes[-1] != self.own[one]:
            nodes.append(int(before[nodes[-1]]))
        parts = [self._between(a, b) for a, b in pairwise(nodes[::-1])]
        return shapely.LineString(np.vstack([shapely.get_coordinates(each) for each in parts]))

    def _search(self, place: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Return how far each node is from a place, and the node before it."""
        if place not in self.searched:
            metres, before = dijkstra(
                self.graph, indices=np.array([self.own[place]]), return_predecessors=True
            )
            self.searched[place] = metres[0], before[0]
        return self.searched[place]

    def _along_one_piece(self, one: int, other: int) -> shapely.LineString | None:
        piece = int(self.places.piece[one])
        if piece != self.places.piece[other]:
            return None
        begin, end = self.places.along_m[[one, other]].tolist()
        if not (self.ahead if end >= begin else self.back)[piece]:
            return None
        return _part(self.network.lines[piece], begin, end)

    def _between(self, one: int, other: int) -> shapely.LineString:
        """Return the way from a node to the next; a way may come by other places than its own."""
        if one in self.place_at:
            return self._from_place(self.place_at[one], other)
        if other in self.place_at:
            return shapely.reverse(self._from_place(self.place_at[other], one, arriving=True))
        piece, forwards = self.pieces[one, other]
        line: shapely.LineString = self.network.lines[piece]
        return line if forwards else shapely.reverse(line)

    def _from_place(self, place: int, node: int, *, arriving: bool = False) -> shapely.LineString:
        """Return the part of its piece from a place to one of the piece's ends.

        Of a piece that begins and ends at one node, the shorter part that may be used.
        """
        piece, along = int(self.places.piece[place]), float(self.places.along_m[place])
        length = float(self.network.length_m[piece])
        ahead, back = bool(self.ahead[piece]), bool(self.back[piece])
        options = []
        if self.network.start[piece] == node and (ahead if arriving else back):
            options.append((along, 0.0))
        if self.network.end[piece] == node and (back if arriving else ahead):
            options.append((length - along, length))
        return _part(self.network.lines[piece], along, min(options)[1])


def _part(line: shapely.LineString, begin: float, end: float) -> shapely.LineString:
    """Return the part of a line between two distances along it; a point as a line of two."""
    xy = shapely.get_coordinates(substring(line, begin, end))
    return shapely.LineString(np.vstack([xy, xy]) if len(xy) == 1 else xy)


def _shortest_pieces(
    network: StreetNetwork, ahead: NDArray[np.bool_], back: NDArray[np.bool_]
) -> dict[tuple[int, int], tuple[int, bool]]:
    """Return the shortest piece from each node to the next, and whether it is used forwards."""
    found: dict[tuple[int, int], tuple[int, bool]] = {}
    start, end = network.start.tolist(), network.end.tolist()
    for piece in np.argsort(-network.length_m, kind="stable").tolist():  # the shortest last
        if ahead[piece]:
            found[start[piece], end[piece]] = piece, True
        if back[piece]:
            found[end[piece], start[piece]] = piece, False
    return found

"""The main roads of the demo's map as nodes: what is drawn by hand, with a node where streets join.

A postcode close to a road belongs to it: it becomes the point of the road that is nearest to it.
Between those there is a node every `NODE_EVERY_M`, so that a street can join. Where two roads
cross, both have the same node; bridges and tunnels count as crossings. A road that ends close to
another is taken to it.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.demo.hand_map import hand_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ON_ROAD_M: Final = 30.0  # a postcode no further from a road than this is on it
NODE_EVERY_M: Final = 90.0
_TAKEN_TO_M: Final = 85.0  # how far a road is taken to the one that it ends at
_APART_M: Final = 12.0  # nodes of a road are no closer to each other than this
TUNNELS: Final = ("Rotherhithe Tunnel", "Greenwich Foot Tunnel", "Limehouse Link")


@dataclass(frozen=True, slots=True)
class RoadNodes:
    """The roads as a graph.

    Attributes
    ----------
    lines : tuple of LineString
        Each road, its nodes being all its vertices.
    xy : float64 array of shape (n, 2)
        The nodes, to 0.1 m; a node that two roads share is there once.
    pairs : int64 array of shape (m, 2)
        Nodes that follow each other on a road, lower number first, sorted.
    road : int64 array of length m
        Which road a pair is on.
    on_road : int64 array
        For each postcode the road that it is on, or -1.
    """

    lines: tuple[shapely.LineString, ...]
    xy: NDArray[np.float64]
    pairs: NDArray[np.int64]
    road: NDArray[np.int64]
    on_road: NDArray[np.int64]


def road_nodes(postcodes: NDArray[np.float64]) -> RoadNodes:
    """Return the nodes of the roads drawn by hand, for postcodes of shape (n, 2)."""
    drawn = _taken_to(
        [
            shapely.LineString(shapely.get_coordinates(place.geometry))
            for place in hand_places("road", "path")
        ]
    )
    open_air = np.array([place.name not in TUNNELS for place in hand_places("road", "path")])
    points = _points(postcodes)
    on_road = np.full(len(points), -1)
    tree = shapely.STRtree(np.array(drawn, dtype=object)[open_air])
    of, which = tree.query_nearest(points, max_distance=ON_ROAD_M, all_matches=False)
    on_road[of] = np.flatnonzero(open_air)[which]
    crossings = _crossings(drawn)
    lines = [
        _with_nodes(line, crossings[at], beside=points[on_road == at])
        for at, line in enumerate(drawn)
    ]
    coordinates = [shapely.get_coordinates(line) for line in lines]
    every = np.concatenate(coordinates)
    xy, number = np.unique(every, axis=0, return_inverse=True)
    starts = np.cumsum([0, *(len(each) for each in coordinates)])
    runs = [number[a:b] for a, b in pairwise(starts)]
    steps = np.concatenate([np.sort(np.stack([run[:-1], run[1:]], axis=1), axis=1) for run in runs])
    of_road = np.repeat(np.arange(len(runs)), [len(run) - 1 for run in runs])
    pairs, first = np.unique(steps, axis=0, return_index=True)
    return RoadNodes(tuple(lines), xy, pairs, of_road[first], on_road)


def _taken_to(lines: Sequence[shapely.LineString]) -> list[shapely.LineString]:
    """Make each road end at the road that its ends are close to: lengthen it, or cut it there."""
    taken = list(lines)
    for at in range(len(taken)):
        others = np.array([*taken[:at], *taken[at + 1 :]], dtype=object)
        for _ in range(2):  # one end, then the other
            taken[at] = shapely.reverse(_end_at_another(taken[at], others))
    return taken


def _end_at_another(line: shapely.LineString, others: NDArray[np.object_]) -> shapely.LineString:
    """Return the road with its first point on another road, where one is close."""
    xy = shapely.get_coordinates(line)
    end = shapely.Point(xy[0])
    apart = shapely.distance(others, end)
    nearest = int(apart.argmin())
    if not 0 < apart[nearest] <= _TAKEN_TO_M:
        return line
    met = shapely.get_coordinates(shapely.intersection(line, others[nearest]))
    along = _along(line, _points(met))
    if len(met) and along.min() <= _TAKEN_TO_M:
        first = int(along.argmin())
        beyond = _along(line, _points(xy)) > along[first]
        return shapely.LineString(np.concatenate([met[[first]].round(1), xy[beyond]]))
    foot = shapely.line_locate_point(others[nearest], end)
    reached = shapely.get_coordinates(shapely.line_interpolate_point(others[nearest], foot))
    return shapely.LineString(np.concatenate([reached.round(1), xy]))


def _crossings(lines: Sequence[shapely.LineString]) -> list[list[NDArray[np.float64]]]:
    """Return for each road the points, to 0.1 m, at which it meets others."""
    met: list[list[NDArray[np.float64]]] = [[] for _ in lines]
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="dwithin", distance=0.2)
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if a < b:
            shared = shapely.intersection(lines[a], lines[b])
            points = shapely.get_coordinates(shared).round(1)
            if len(points) == 0:  # an end that was taken to the other, within the rounding
                points = _shared_end(lines[a], lines[b])
            met[a].append(points)
            met[b].append(points)
    return met


def _shared_end(one: shapely.LineString, other: shapely.LineString) -> NDArray[np.float64]:
    ends = np.concatenate([shapely.get_coordinates(line)[[0, -1]] for line in (one, other)])
    apart = [
        max(shapely.distance(one, point), shapely.distance(other, point)) for point in _points(ends)
    ]
    return ends[[int(np.argmin(apart))]]


def _with_nodes(
    line: shapely.LineString,
    met: Sequence[NDArray[np.float64]],
    *,
    beside: NDArray[np.object_],
) -> shapely.LineString:
    """Return the road with a vertex wherever a street may join it."""
    kept = np.concatenate([shapely.get_coordinates(line), *met])
    kept_at = _along(line, _points(kept))
    wished = np.concatenate(
        [
            np.sort(_along(line, beside)),
            np.arange(NODE_EVERY_M, line.length, NODE_EVERY_M),
        ]
    )
    at, fresh = sorted(kept_at.tolist()), []
    for each in wished.tolist():
        place = bisect(at, each)
        if all(abs(each - other) >= _APART_M for other in at[max(place - 1, 0) : place + 1]):
            at.insert(place, each)
            fresh.append(each)
    between = shapely.get_coordinates(shapely.line_interpolate_point(line, fresh)).round(1)
    xy = np.concatenate([kept, between])
    order = np.argsort(np.concatenate([kept_at, fresh]), kind="stable")
    xy = xy[order]
    return shapely.LineString(xy[np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]])


def _points(xy: NDArray[np.float64]) -> NDArray[np.object_]:
    return np.asarray(shapely.points(xy), dtype=object)


def _along(line: shapely.LineString, points: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how far along a road the nearest point to each of these is."""
    return np.asarray(shapely.line_locate_point(line, points), dtype=np.float64)

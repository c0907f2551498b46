"""Segments of street: what incidents lie on, and the ground that each segment has to itself.

A segment is a piece of street between crossings; a piece longer than `MOST_M` is cut into equal
parts. A point lies on the segment that is nearest to it, or at a crossing: at a corner, and within
`CROSSING_M` of where streets meet, all of them are just as near, and no rule could tell one from
another that does not favour it.

**Ground.** What is nearest to a segment and within reach is its ground; what is nearest to a
crossing, the crossing's. Grounds do not overlap, so the points in the ground of a few segments and
crossings are those that lie on them. Borders between two streets are drawn from points `_STEP_M`
apart along both (a Voronoi diagram), within centimetres of the true ones.

Source: A. Okabe and K. Sugihara, "Spatial Analysis along Networks" (2012), chapters 3 and 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import shapely

from geo.points import paired
from geo.shapes import polygonal
from geo.streets._segment_kernels import Lookup, Straights, look_up, nearest
from geo.streets.arms import Arms, arms_of, directions_of, ends_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray
    from shapely import MultiPolygon, Polygon

    from geo.streets.network import StreetNetwork

MOST_M: Final = 100.0
REACH_M: Final = 30.0  # a point farther from every street lies on none
CROSSING_M: Final = 1.0
_STEP_M: Final = 2 * CROSSING_M
_CELL_M: Final = 10.0
_MOST_CELLS: Final = 4_000_000  # over more ground they are larger
_MOST_WHOLE: Final = 4_000  # grounds of stretches that are kept
_UNIT_M: Final = 0.001  # corners of grounds closer than this are one


@dataclass(frozen=True, slots=True, eq=False)
class OnStreet:
    """Where points lie on segments, in the order of the points.

    Attributes
    ----------
    segment : int32 array of shape (n,)
        −1 for a point that is on no street, and −1 as well for one at a crossing.
    node : int32 array of shape (n,)
        The crossing or dead end that a point lies at, −1 elsewhere.
    along_m : float64 array of shape (n,)
        From the beginning of its segment; NaN without one.
    """

    segment: NDArray[np.int32]
    node: NDArray[np.int32]
    along_m: NDArray[np.float64]

    @property
    def off_street(self) -> NDArray[np.bool_]:
        """Which points lie on no street."""
        return np.asarray((self.segment < 0) & (self.node < 0))


@dataclass(frozen=True, eq=False)
class Segments:
    """The segments of a network. Make them with `segments_of`; they are shared, so change nothing.

    Attributes
    ----------
    network : StreetNetwork
        With one piece a segment; a place where a long piece was cut is a node too.
    piece : int32 array of shape (segments,)
        Which piece of the network before the cut each is part of.
    """

    network: StreetNetwork
    piece: NDArray[np.int32]
    _ground: dict[int, Polygon | MultiPolygon] = field(default_factory=dict, repr=False)
    _node_ground: dict[int, Polygon | MultiPolygon] = field(default_factory=dict, repr=False)
    _whole: dict[tuple[tuple[int, ...], tuple[int, ...]], Polygon | MultiPolygon] = field(
        default_factory=dict, repr=False
    )

    def __len__(self) -> int:
        return len(self.piece)

    @cached_property
    def middle(self) -> NDArray[np.float64]:
        """The point half-way along each segment, shape (segments, 2)."""
        return shapely.get_coordinates(
            shapely.line_interpolate_point(self.network.lines, 0.5, normalized=True)
        )

    @cached_property
    def ends(self) -> NDArray[np.int32]:
        """The node of each end of each segment, shape (2 × segments,); see `geo.streets.arms`."""
        return ends_of(self.network)

    @cached_property
    def arms(self) -> Arms:
        """What leads away from each node."""
        return arms_of(self.network)

    @cached_property
    def directions(self) -> NDArray[np.float64]:
        """The unit vector in which each end is left, shape (2 × segments, 2)."""
        return directions_of(self.network)

    @cached_property
    def name_code(self) -> NDArray[np.int32]:
        """A number for each name, −1 for none, shape (segments,)."""
        names = self.network.name
        codes = {name: at for at, name in enumerate(dict.fromkeys(names[names != ""]))}
        return np.array([codes.get(name, -1) for name in names], dtype=np.int32)

    def place(self, easting: ArrayLike, northing: ArrayLike) -> OnStreet:
        """Return the segment or the crossing that each point lies on.

        Parameters
        ----------
        easting, northing : array of shape (n,)
            In the network's CRS; a point that is not finite is on no street.
        """
        x, y = paired(easting, northing)
        segment, along, _ = nearest(x, y, self._straights, self._lookup, REACH_M)
        node = np.full(len(x), -1, dtype=np.int32)
        net, on = self.network, np.flatnonzero(segment >= 0)
        held = segment[on]
        length = net.length_m[held]
        end_m = _end_m(length)
        begins, ends = along[on] <= end_m, along[on] >= length - end_m
        node[on[begins]] = net.start[held[begins]]
        node[on[ends & ~begins]] = net.end[held[ends & ~begins]]
        at_node = node >= 0
        segment[at_node], along[at_node] = -1, np.nan
        return OnStreet(segment, node, along)

    def ground(self, segments: Iterable[int], nodes: Iterable[int]) -> Polygon | MultiPolygon:
        """Return the ground of some segments and crossings as one area.

        Points in it lie on those segments or at those crossings, and on no others.
        """
        wanted, corners = tuple(segments), tuple(nodes)
        held = self._whole.get((wanted, corners))
        if held is not None:
            return held
        self._draw_grounds(list(wanted), list(corners))
        parts = [self._ground[each] for each in wanted]
        parts += [self._node_ground[each] for each in corners]
        whole = shapely.union_all(np.array(parts, dtype=object), grid_size=_UNIT_M)
        if len(self._whole) >= _MOST_WHOLE:
            self._whole.clear()
        self._whole[wanted, corners] = ground = polygonal(shapely.normalize(whole))
        return ground

    def draw_grounds(self, segments: Iterable[int]) -> None:
        """Work out the ground of many segments at once, which is faster than one by one."""
        wanted = sorted(set(segments))
        net = self.network
        self._draw_grounds(wanted, np.unique([net.start[wanted], net.end[wanted]]).tolist())

    def line(self, segments: Iterable[int]) -> shapely.LineString | shapely.MultiLineString:
        """Return segments as one line where they follow each other, else as several."""
        lines = shapely.MultiLineString(list(self.network.lines[list(segments)]))
        return cast("shapely.LineString | shapely.MultiLineString", shapely.line_merge(lines))

    @cached_property
    def _straights(self) -> Straights:
        xy, of = shapely.get_coordinates(self.network.lines, return_index=True)
        step = np.diff(xy, axis=0)
        same = of[1:] == of[:-1]
        long = np.hypot(step[:, 0], step[:, 1]) * same
        run = np.concatenate([[0.0], np.cumsum(long)])
        first = np.searchsorted(of, np.arange(len(self)))
        at = np.flatnonzero(same)
        begin = run[at] - run[first[of[at]]]
        return Straights(
            x=xy[at, 0].copy(),
            y=xy[at, 1].copy(),
            dx=step[at, 0].copy(),
            dy=step[at, 1].copy(),
            along=begin,
            segment=of[at].astype(np.int32),
        )

    @cached_property
    def _lookup(self) -> Lookup:
        straights = self._straights
        if not len(straights.x):
            return Lookup(0, 0, _CELL_M, 0, 0, np.zeros(1, np.int32), np.zeros(0, np.int32))
        west, south, east, north = shapely.total_bounds(self.network.lines)
        left, bottom = float(west) - REACH_M, float(south) - REACH_M
        wide, high = float(east) + REACH_M - left, float(north) + REACH_M - bottom
        cell_m = max(_CELL_M, math.sqrt(wide * high / _MOST_CELLS))
        columns, rows = int(wide // cell_m) + 1, int(high // cell_m) + 1
        first, candidate = look_up(straights, left, bottom, cell_m, columns, rows, REACH_M)
        return Lookup(left, bottom, cell_m, columns, rows, first, candidate)

    def _draw_grounds(self, segments: list[int], nodes: list[int]) -> None:
        """Fill in the grounds that have not been asked for before."""
        missing = [each for each in segments if each not in self._ground]
        corners = [each for each in nodes if each not in self._node_ground]
        if not missing and not corners:
            return
        net = self.network
        points = np.asarray(shapely.points(net.node_xy[corners]), dtype=object)
        centres = np.concatenate([net.lines[missing], points])
        near = net.tree.query(centres, predicate="dwithin", distance=2 * REACH_M)[1]
        owner, cells = self._cells(np.unique(near))
        order = np.argsort(owner, kind="stable")
        owner, cells = owner[order], cells[order]
        for held, numbers, first, lines in (
            (self._ground, missing, 0, net.lines[missing]),
            (self._node_ground, corners, len(self), points),
        ):
            for number, line in zip(numbers, lines, strict=True):
                begin, end = np.searchsorted(owner, [number + first, number + first + 1])
                whole = shapely.coverage_union_all(cells[begin:end])
                held[number] = polygonal(whole.intersection(line.buffer(REACH_M)))

    def _cells(self, segments: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
        """Return Voronoi cells of points along segments, and whose they are: nodes come last."""
        net = self.network
        length = net.length_m[segments]
        end_m = np.minimum(_STEP_M, length / 2)
        inner = length - 2 * end_m
        steps = np.ceil(inner / _STEP_M).astype(np.int64)
        of = np.repeat(np.arange(len(segments)), steps + 1)
        nth = np.arange(len(of)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
        at = end_m[of] + nth * inner[of] / np.maximum(steps[of], 1)
        points = shapely.line_interpolate_point(net.lines[segments[of]], at)
        nodes = np.unique(np.concatenate([net.start[segments], net.end[segments]]))
        xy = np.concatenate([net.node_xy[nodes], shapely.get_coordinates(points)])
        owner = np.concatenate([len(self) + nodes, segments[of]])
        _, first = np.unique(np.rint(xy / _UNIT_M), axis=0, return_index=True)
        spots = shapely.MultiPoint(xy[first])
        whole = shapely.buffer(shapely.envelope(spots), 3 * REACH_M)
        cells = shapely.get_parts(shapely.voronoi_polygons(spots, extend_to=whole, ordered=True))
        return owner[first].astype(np.int64), cells


def segments_of(network: StreetNetwork, *, most_m: float = MOST_M) -> Segments:
    """Return the segments of a network: its pieces, those longer than `most_m` in equal parts."""
    parts = np.maximum(np.ceil(network.length_m / most_m - 1e-9), 1).astype(np.int64)
    piece = np.repeat(np.arange(len(network)), parts)
    nth = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    lines = network.lines[piece]
    start, end = network.start[piece].astype(np.int64), network.end[piece].astype(np.int64)
    cut = np.flatnonzero(parts[piece] > 1)
    for at in cut:
        number = parts[piece[at]]
        lines[at] = _part(network.lines[piece[at]], nth[at] / number, (nth[at] + 1) / number)
    joints = cut[nth[cut] > 0]  # each begins at a new node, where the one before it ends
    start[joints] = len(network.node_xy) + np.arange(len(joints))
    end[joints - 1] = start[joints]
    new = shapely.get_coordinates(shapely.get_point(lines[joints], 0))
    return Segments(
        replace(
            network,
            node_xy=np.concatenate([network.node_xy, new]),
            start=start.astype(np.int32),
            end=end.astype(np.int32),
            length_m=shapely.length(lines),
            row=network.row[piece],
            name=network.name[piece],
            class_code=network.class_code[piece],
            one_way=network.one_way[piece],
            barred=network.barred[piece],
            carriageway=network.carriageway[piece],
            lines=lines,
        ),
        piece.astype(np.int32),
    )


def _end_m(length_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far from its end a segment's points lie at the crossing."""
    return np.minimum(CROSSING_M, length_m / 4)


def _part(line: shapely.LineString, begin: float, end: float) -> shapely.LineString:
    """Return the part of a line between two shares of its length, with its own ends at 0 and 1."""
    xy = shapely.get_coordinates(line)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    ends = run[-1] * np.array([begin, end])
    inner = (run > ends[0]) & (run < ends[1])
    at = np.concatenate([ends[:1], run[inner], ends[1:]])
    return shapely.LineString(
        np.column_stack([np.interp(at, run, xy[:, 0]), np.interp(at, run, xy[:, 1])])
    )

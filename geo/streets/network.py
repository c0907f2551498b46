"""The network that a layer of streets makes: crossings, and the pieces of street between them.

Sources cut their lines differently. OS Open Roads ends a line at each crossing, OpenStreetMap lets
one run on and shares a vertex there. So a crossing is where a line ends or where a vertex is
shared, and never where two lines merely cross: that is a bridge. An end that misses another end, or
the line it plainly meets, by less than `JOIN_M` is joined to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely import STRtree

from geo.places import ONE_WAY_COLUMN, STREET_CLASSES

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

JOIN_M: Final = 0.5
_UNIT_M: Final = 0.1  # vertices closer than this are one


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """Vertices of all lines in turn, and which of them are crossings."""

    xy: NDArray[np.float64]
    line: NDArray[np.intp]
    vertex: NDArray[np.intp]
    crossing: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Pieces of street between crossings, in the metric CRS of their layer; lengths in metres.

    Attributes
    ----------
    node_xy : float64 array of shape (nodes, 2)
        Crossings and dead ends.
    start, end : int32 arrays of shape (pieces,)
        The node at which each piece begins and ends; the same for a loop.
    length_m : float64 array of shape (pieces,)
    row : int32 array of shape (pieces,)
        Which row of the layer's frame a piece is cut from.
    name : object array of shape (pieces,)
        Of the street, "" where it has none.
    class_code : int8 array of shape (pieces,)
        Place in `geo.places.STREET_CLASSES`.
    one_way : int8 array of shape (pieces,)
        1 where cars may only go from `start` to `end`, -1 where only back, 0 where either way, or
        where the layer does not say.
    lines : object array of shape (pieces,)
        `LineString`, from `start` to `end`.
    crs : str
    """

    node_xy: NDArray[np.float64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    length_m: NDArray[np.float64]
    row: NDArray[np.int32]
    name: NDArray[np.object_]
    class_code: NDArray[np.int8]
    one_way: NDArray[np.int8]
    lines: NDArray[np.object_]
    crs: str

    def __len__(self) -> int:
        return len(self.length_m)

    @cached_property
    def tree(self) -> STRtree:
        """The pieces by place."""
        return STRtree(self.lines)

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """How many ends of pieces meet at each node; a loop has two."""
        ends = np.concatenate([self.start, self.end])
        return np.bincount(ends, minlength=len(self.node_xy))

    @cached_property
    def component(self) -> NDArray[np.int32]:
        """Which connected part each node belongs to; 0 is the one with the most nodes."""
        nodes = len(self.node_xy)
        ones = np.ones(len(self), dtype=np.int8)
        graph = csr_array((ones, (self.start, self.end)), shape=(nodes, nodes))
        _, labels = connected_components(graph, directed=False)
        by_size = np.argsort(-np.bincount(labels), kind="stable")
        rank = np.empty_like(by_size)
        rank[by_size] = np.arange(len(by_size))
        return rank[labels].astype(np.int32)

    def nearest(
        self,
        xy: NDArray[np.float64],
        *,
        within_m: float,
        among: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
        """Return the piece nearest to each point, how far along it, and how far from it.

        Parameters
        ----------
        xy : float64 array of shape (n, 2)
            In the network's CRS.
        within_m : float
            Farther pieces do not count.
        among : bool array of shape (pieces,), optional
            Which pieces count; all without it.

        Returns
        -------
        piece : int32 array of shape (n,)
            -1 where no piece is within reach; of several just as near, the first.
        along_m, off_m : float64 arrays of shape (n,)
            NaN where there is none.
        """
        piece = np.full(len(xy), -1, dtype=np.int32)
        along, off = np.full(len(xy), np.nan), np.full(len(xy), np.nan)
        points = np.asarray(shapely.points(xy))
        counted = np.arange(len(self)) if among is None else np.flatnonzero(among)
        tree = self.tree if among is None else STRtree(self.lines[counted])
        (at, found), distance = tree.query_nearest(
            points, max_distance=within_m, return_distance=True, all_matches=True
        )
        found = counted[found]
        order = np.lexsort((found, at))  # of several just as near, the first
        at, found, distance = at[order], found[order], distance[order]
        first = np.concatenate([[True], at[1:] != at[:-1]]) if len(at) else np.zeros(0, dtype=bool)
        at, found, distance = at[first], found[first], distance[first]
        piece[at], off[at] = found, distance
        along[at] = shapely.line_locate_point(self.lines[found], points[at])
        return piece, along, off


def street_network(frame: gpd.GeoDataFrame) -> StreetNetwork:
    """Return the network of a layer of streets.

    Parameters
    ----------
    frame : GeoDataFrame
        Columns `geo.places.PLACE_COLUMNS`, lines (also of several parts) in a metric CRS. Lines
        that are there twice, or without length, become no piece.
    """
    lines, row = shapely.get_parts(frame.geometry.to_numpy(), return_index=True)
    kept = (shapely.length(lines) > 0) & _first_of_same(lines)
    lines, row = lines[kept], row[kept]
    if not len(lines):
        return _empty(crs=str(frame.crs))
    lines = _joined_ends(_ends_together(lines))
    cut = _cut(lines)
    pieces, of_line, ends = _pieces(cut)
    nodes, at = np.unique(ends, return_inverse=True)
    at = at.reshape(ends.shape)
    first = np.zeros(int(cut.vertex.max()) + 1, dtype=np.intp)
    first[cut.vertex[::-1]] = np.arange(len(cut.vertex))[::-1]
    named = frame["name"].fillna("").to_numpy(dtype=object)
    codes = frame["place_class"].map({each: n for n, each in enumerate(STREET_CLASSES)})
    of_row = row[of_line]
    return StreetNetwork(
        node_xy=cut.xy[first[nodes]].reshape(-1, 2),
        start=at[:, 0].astype(np.int32),
        end=at[:, 1].astype(np.int32),
        length_m=shapely.length(pieces),
        row=of_row.astype(np.int32),
        name=named[of_row],
        class_code=codes.fillna(STREET_CLASSES.index("local")).to_numpy(np.int8)[of_row],
        one_way=_one_way(frame)[of_row],
        lines=pieces,
        crs=str(frame.crs),
    )


def _empty(*, crs: str) -> StreetNetwork:
    whole, objects = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=object)
    return StreetNetwork(
        node_xy=np.zeros((0, 2)),
        start=whole,
        end=whole,
        length_m=np.zeros(0),
        row=whole,
        name=objects,
        class_code=np.zeros(0, dtype=np.int8),
        one_way=np.zeros(0, dtype=np.int8),
        lines=objects,
        crs=crs,
    )


def _one_way(frame: gpd.GeoDataFrame) -> NDArray[np.int8]:
    """Return in which direction of its line each row is one-way: 1, -1, or 0 for neither."""
    if ONE_WAY_COLUMN not in frame:
        return np.zeros(len(frame), dtype=np.int8)
    column = frame[ONE_WAY_COLUMN].to_numpy()
    found = np.zeros(len(frame), dtype=np.int8)
    found[column == "forward"], found[column == "backward"] = 1, -1
    return found


def _first_of_same(lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which lines are not the same as an earlier one, in whichever direction."""
    return ~pd.Series(shapely.to_wkb(shapely.normalize(lines))).duplicated().to_numpy()


def _ends_together(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the lines with ends that all but meet at one point, the first of them."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    change = line[1:] != line[:-1]
    at = np.flatnonzero(np.concatenate([[True], change]) | np.concatenate([change, [True]]))
    pairs = cKDTree(xy[at]).query_pairs(JOIN_M, output_type="ndarray")
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(at), len(at)))
    _, group = connected_components(graph, directed=False)
    _, first = np.unique(group, return_index=True)
    xy[at] = xy[at[first[group]]]
    return np.asarray(shapely.linestrings(xy, indices=line))


def _joined_ends(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the lines with a vertex wherever another's loose end all but touches them."""
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    loose = ends[~_shared(shapely.get_coordinates(ends), xy, line)]
    at, touched = STRtree(lines).query(loose, predicate="dwithin", distance=JOIN_M)
    joined = lines.copy()
    for number in np.unique(touched):
        joined[number] = _with_vertices(lines[number], loose[at[touched == number]])
    return joined


def _shared(
    ends: NDArray[np.float64], xy: NDArray[np.float64], line: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Tell which ends are a vertex of another line, or twice one of their own, too."""
    keys = np.concatenate([_whole(ends), _whole(xy)])
    _, key = np.unique(keys, axis=0, return_inverse=True)
    key = key.ravel()
    seen = np.unique(np.column_stack([key[len(ends) :], line]), axis=0)
    lines_at = np.bincount(seen[:, 0], minlength=int(key.max()) + 1)
    return np.asarray(lines_at[key[: len(ends)]] > 1)


def _with_vertices(line: shapely.LineString, near: NDArray[np.object_]) -> shapely.LineString:
    """Return a line with a vertex at each of some points that all but lie on it."""
    xy = shapely.get_coordinates(line)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    along = shapely.line_locate_point(line, near)
    inner = (along > JOIN_M) & (along < run[-1] - JOIN_M)
    at = np.concatenate([run, along[inner]])
    points = np.concatenate([xy, shapely.get_coordinates(near[inner])])
    # A loose end moves onto the line, not the line to the end's fraction of a metre: it is both.
    return shapely.LineString(points[np.argsort(at, kind="stable")])


def _cut(lines: NDArray[np.object_]) -> _Cut:
    """Return the vertices of lines, each once in a row, with the ends that almost meet as one."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    keys, vertex = np.unique(_whole(xy), axis=0, return_inverse=True)
    vertex = vertex.ravel()
    kept = np.ones(len(xy), dtype=bool)
    kept[1:] = (vertex[1:] != vertex[:-1]) | (line[1:] != line[:-1])
    xy, line, vertex = xy[kept], line[kept], vertex[kept]
    change = line[1:] != line[:-1]
    ends = np.concatenate([[True], change]) | np.concatenate([change, [True]])
    times = np.bincount(vertex, minlength=len(keys))
    return _Cut(xy, line, vertex, ends[: len(xy)] | (times[vertex] > 1))


def _pieces(
    cut: _Cut,
) -> tuple[NDArray[np.object_], NDArray[np.intp], NDArray[np.intp]]:
    """Return the pieces between crossings, the line of each, and its two vertices."""
    at = np.flatnonzero(cut.crossing)
    same = cut.line[at[:-1]] == cut.line[at[1:]]
    begin, stop = at[:-1][same], at[1:][same]
    size = stop - begin + 1
    number = np.repeat(np.arange(len(begin)), size)
    offset = np.arange(len(number)) - np.repeat(np.cumsum(size) - size, size)
    pieces = shapely.linestrings(cut.xy[begin[number] + offset], indices=number)
    ends = np.column_stack([cut.vertex[begin], cut.vertex[stop]])
    kept = (shapely.length(pieces) > 0) & _first_of_same(pieces)
    return pieces[kept], cut.line[begin][kept], ends[kept]


def _whole(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(xy / _UNIT_M).astype(np.int64)

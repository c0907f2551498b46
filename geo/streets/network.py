"""The network that a layer of streets makes: crossings, and the pieces of street between them.

Sources cut their lines differently. OS Open Roads ends a line at each crossing, OpenStreetMap lets
one run on and shares a vertex there. So a crossing is where a line ends or where a vertex is
shared, and never where two lines merely cross: that is a bridge. Lines that are there twice, and
ends that miss another street by a little, are mended first (`geo.streets.mending`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, get_args

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely import STRtree

from geo.places import BARRED_COLUMN, CARRIAGEWAY_COLUMN, ONE_WAY_COLUMN, STREET_CLASSES
from geo.street_access import Barred, Carriageway
from geo.streets.mending import NO_REPAIRS, Lines, Repairs, copied_pieces, first_of_same, mended

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

BARRED: Final[tuple[Barred, ...]] = get_args(Barred)
CARRIAGEWAYS: Final[tuple[Carriageway, ...]] = get_args(Carriageway)
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
    barred : int8 array of shape (pieces,)
        Place in `BARRED`: who may not use it, as far as the layer says.
    carriageway : int8 array of shape (pieces,)
        Place in `CARRIAGEWAYS`.
    lines : object array of shape (pieces,)
        `LineString`, from `start` to `end`.
    crs : str
    repairs : Repairs
        What was mended in the layer's lines.
    """

    node_xy: NDArray[np.float64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    length_m: NDArray[np.float64]
    row: NDArray[np.int32]
    name: NDArray[np.object_]
    class_code: NDArray[np.int8]
    one_way: NDArray[np.int8]
    barred: NDArray[np.int8]
    carriageway: NDArray[np.int8]
    lines: NDArray[np.object_]
    crs: str
    repairs: Repairs = NO_REPAIRS

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
        that are there twice, or without length, become no piece; see `geo.streets.mending`.
    """
    lines, row = shapely.get_parts(frame.geometry.to_numpy(), return_index=True)
    named = frame["name"].fillna("").to_numpy(dtype=object)
    codes = frame["place_class"].map({each: n for n, each in enumerate(STREET_CLASSES)})
    code = codes.fillna(STREET_CLASSES.index("local")).to_numpy(np.int8)
    one_way = _one_way(frame)
    is_path = code == STREET_CLASSES.index("path")
    about = Lines(lines, named[row], is_path[row], one_way[row] != 0)
    lines, kept, repairs = mended(about)
    row, about = row[kept], about.take(kept)
    if not len(lines):
        return _empty(crs=str(frame.crs))
    cut = _cut(lines)
    pieces, of_line, ends = _pieces(cut)
    copied = copied_pieces(replace(about.take(of_line), lines=pieces), ends)
    repairs = replace(repairs, copies=repairs.copies + int(copied.sum()))
    pieces, of_line, ends = pieces[~copied], of_line[~copied], ends[~copied]
    nodes, at = np.unique(ends, return_inverse=True)
    at = at.reshape(ends.shape)
    first = np.zeros(int(cut.vertex.max()) + 1, dtype=np.intp)
    first[cut.vertex[::-1]] = np.arange(len(cut.vertex))[::-1]
    of_row = row[of_line]
    return StreetNetwork(
        node_xy=cut.xy[first[nodes]].reshape(-1, 2),
        start=at[:, 0].astype(np.int32),
        end=at[:, 1].astype(np.int32),
        length_m=shapely.length(pieces),
        row=of_row.astype(np.int32),
        name=named[of_row],
        class_code=code[of_row],
        one_way=one_way[of_row],
        barred=_placed(frame, BARRED_COLUMN, BARRED)[of_row],
        carriageway=_placed(frame, CARRIAGEWAY_COLUMN, CARRIAGEWAYS)[of_row],
        lines=pieces,
        crs=str(frame.crs),
        repairs=repairs,
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
        barred=np.zeros(0, dtype=np.int8),
        carriageway=np.zeros(0, dtype=np.int8),
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


def _placed(frame: gpd.GeoDataFrame, column: str, values: tuple[str, ...]) -> NDArray[np.int8]:
    """Return the place of each row's value; 0, which says nothing, for one that is not known."""
    if column not in frame:
        return np.zeros(len(frame), dtype=np.int8)
    places = frame[column].map({each: n for n, each in enumerate(values)})
    return np.asarray(places.fillna(0).to_numpy(np.int8))


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
    kept = (shapely.length(pieces) > 0) & first_of_same(pieces)
    return pieces[kept], cut.line[begin][kept], ends[kept]


def _whole(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(xy / _UNIT_M).astype(np.int64)

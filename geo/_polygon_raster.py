"""Plumbing of `geo.polygon_index`: the raster of polygons and its Numba kernels.

A cell counts as touched when an edge comes within a millionth of a cell of it, which is more than
rounding can move a point from one cell to the next; so a cell left untouched is answered rightly
whatever the rounding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OUTSIDE: Final = -1
_SLACK: Final = 1e-6


class Lattice(NamedTuple):
    left: float
    bottom: float
    per_m: float  # cells per metre
    columns: int
    rows: int


class Edges(NamedTuple):
    """Edges of all rings in order of polygon, each from its lower end to its upper end."""

    low_x: NDArray[np.float64]
    low_y: NDArray[np.float64]
    high_x: NDArray[np.float64]
    high_y: NDArray[np.float64]
    first: NDArray[np.int64]  # polygon p has edges first[p] to first[p + 1]


class Cells(NamedTuple):
    code: NDArray[np.int32]  # per cell: polygon, −1 none, −2 − b for boundary cell b
    otherwise: NDArray[np.int32]  # per boundary cell: the polygon that covers all of it, or −1
    first: NDArray[np.int64]  # boundary cell b has candidates first[b] to first[b + 1]
    candidate: NDArray[np.int32]


class _Scratch(NamedTuple):
    stamp: NDArray[np.int32]  # per cell: the last polygon one of whose edges touches it
    odd: NDArray[np.bool_]  # per cell: an odd number of edges cross its row left of its centre
    touched: NDArray[np.int64]  # cell × number of polygons + polygon, for each touched cell


class Bands(NamedTuple):
    """Edges by polygon and row of cells; band of polygon p and row r is offset[p] + r."""

    offset: NDArray[np.int64]
    first: NDArray[np.int64]
    low_x: NDArray[np.float64]
    low_y: NDArray[np.float64]
    high_x: NDArray[np.float64]
    high_y: NDArray[np.float64]


def edges_of(geometries: NDArray[np.object_]) -> Edges:
    """Return the edges of all rings of all polygons."""
    parts, part_polygon = shapely.get_parts(geometries, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring[1:] == ring[:-1]
    start, end = xy[:-1][same_ring], xy[1:][same_ring]
    polygon = part_polygon[ring_part[ring[:-1][same_ring]]]
    upward = (start[:, 1] <= end[:, 1])[:, None]
    low, high = np.where(upward, start, end), np.where(upward, end, start)
    return Edges(
        low_x=np.ascontiguousarray(low[:, 0]),
        low_y=np.ascontiguousarray(low[:, 1]),
        high_x=np.ascontiguousarray(high[:, 0]),
        high_y=np.ascontiguousarray(high[:, 1]),
        first=np.searchsorted(polygon, np.arange(len(geometries) + 1)).astype(np.int64),
    )


def cells_of(edges: Edges, lattice: Lattice) -> Cells:
    """Return what each cell of the lattice holds."""
    polygons = len(edges.first) - 1
    columns = np.abs(edges.high_x - edges.low_x) * lattice.per_m
    rows = (edges.high_y - edges.low_y) * lattice.per_m
    most = int(np.sum(2 * np.ceil(columns) + 3 * np.ceil(rows))) + 16 * len(columns)
    size = lattice.rows * lattice.columns
    cover = np.full(size, _OUTSIDE, dtype=np.int32)
    scratch = _Scratch(
        stamp=np.full(size, _OUTSIDE, dtype=np.int32),
        odd=np.zeros(size, dtype=np.bool_),
        touched=np.empty(most, dtype=np.int64),
    )
    touched = scratch.touched[: _rasterise(edges, lattice, cover, scratch)]
    touched.sort()
    cell, polygon = touched // max(polygons, 1), touched % max(polygons, 1)
    # Where a polygon covers the whole cell, only those before it in order can still win.
    open_ = (cover[cell] == _OUTSIDE) | (polygon < cover[cell])
    cell, polygon = cell[open_], polygon[open_]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    boundary = cell[first]
    otherwise = cover[boundary]
    cover[boundary] = -2 - np.arange(len(boundary), dtype=np.int32)
    return Cells(
        code=cover,
        otherwise=otherwise,
        first=np.append(first, len(cell)).astype(np.int64),
        candidate=polygon.astype(np.int32),
    )


def bands_of(edges: Edges, lattice: Lattice) -> Bands:
    """Return the edges sorted into bands, one for each polygon and row of cells."""
    offset = np.zeros(len(edges.first) - 1, dtype=np.int64)
    first = np.zeros(_number_bands(edges, lattice, offset) + 1, dtype=np.int64)
    none = np.empty(0, dtype=np.float64)
    _count_bands(edges, lattice, Bands(offset, first, none, none, none, none))
    np.cumsum(first, out=first)
    coordinates = (np.empty(int(first[-1]), dtype=np.float64) for _ in range(4))
    bands = Bands(offset, first, *coordinates)
    _fill_bands(edges, lattice, bands)
    return bands


@njit(cache=True)
def _span(low: float, high: float, origin: float, per_m: float, size: int) -> tuple[int, int]:
    """First and last row (or column) that an edge from `low` to `high` touches."""
    first = math.floor((low - origin) * per_m - _SLACK)
    last = math.floor((high - origin) * per_m + _SLACK)
    return max(first, 0), min(last, size - 1)


@njit(cache=True)
def _rows(edges: Edges, e: int, lattice: Lattice) -> tuple[int, int]:
    """First and last row that edge `e` touches."""
    rows: tuple[int, int] = _span(
        edges.low_y[e], edges.high_y[e], lattice.bottom, lattice.per_m, lattice.rows
    )
    return rows


@njit(cache=True)
def _columns(edges: Edges, e: int, lattice: Lattice, row: int) -> tuple[int, int]:
    """First and last column that edge `e` touches within `row`."""
    x0, y0, x1, y1 = edges.low_x[e], edges.low_y[e], edges.high_x[e], edges.high_y[e]
    a, b = x0, x1
    if y1 > y0:
        slope = (x1 - x0) / (y1 - y0)
        below = lattice.bottom + (row - _SLACK) / lattice.per_m
        above = lattice.bottom + (row + 1 + _SLACK) / lattice.per_m
        a = x0 + slope * (max(y0, below) - y0)
        b = x0 + slope * (min(y1, above) - y0)
    low, high = max(min(a, b), min(x0, x1)), min(max(a, b), max(x0, x1))
    columns: tuple[int, int] = _span(low, high, lattice.left, lattice.per_m, lattice.columns)
    return columns


@njit(cache=True)
def _flip(edges: Edges, e: int, lattice: Lattice, row: int, odd: NDArray[np.bool_]) -> None:
    """Flip the first cell of `row` whose centre lies right of edge `e`."""
    x0, y0, x1, y1 = edges.low_x[e], edges.low_y[e], edges.high_x[e], edges.high_y[e]
    centre = lattice.bottom + (row + 0.5) / lattice.per_m
    if y0 <= centre < y1:
        x = x0 + (x1 - x0) / (y1 - y0) * (centre - y0)
        column = max(math.ceil((x - lattice.left) * lattice.per_m - 0.5), 0)
        if column < lattice.columns:
            cell = row * lattice.columns + column
            odd[cell] = not odd[cell]


@njit(cache=True)
def _rasterise(edges: Edges, lattice: Lattice, cover: NDArray[np.int32], scratch: _Scratch) -> int:
    """Fill `cover` (the first polygon that covers a whole cell) and `scratch.touched`."""
    stamp, odd, touched = scratch
    polygons = len(edges.first) - 1
    count = 0
    for p in range(polygons):
        west, east, south, north = lattice.columns, -1, lattice.rows, -1
        for e in range(edges.first[p], edges.first[p + 1]):
            row0, row1 = _rows(edges, e, lattice)
            south, north = min(south, row0), max(north, row1)
            for row in range(row0, row1 + 1):
                column0, column1 = _columns(edges, e, lattice, row)
                west, east = min(west, column0), max(east, column1)
                for column in range(column0, column1 + 1):
                    cell = row * lattice.columns + column
                    if stamp[cell] != p:
                        stamp[cell] = p
                        touched[count] = np.int64(cell) * polygons + p
                        count += 1
                _flip(edges, e, lattice, row, odd)
        # A crossing at the far end may have flipped the cell after the last touched one.
        east = min(east + 1, lattice.columns - 1)
        for row in range(south, north + 1):
            inside = False
            for cell in range(row * lattice.columns + west, row * lattice.columns + east + 1):
                inside ^= odd[cell]
                odd[cell] = False
                if inside and stamp[cell] != p and cover[cell] == -1:
                    cover[cell] = p
    return count


@njit(cache=True)
def _number_bands(edges: Edges, lattice: Lattice, offset: NDArray[np.int64]) -> int:
    """Set `offset` for each polygon; return how many bands there are."""
    bands = 0
    for p in range(len(offset)):
        south, north = lattice.rows, -1
        for e in range(edges.first[p], edges.first[p + 1]):
            row0, row1 = _rows(edges, e, lattice)
            south, north = min(south, row0), max(north, row1)
        offset[p] = bands - south
        bands += max(north - south + 1, 0)
    return bands


@njit(cache=True)
def _count_bands(edges: Edges, lattice: Lattice, bands: Bands) -> None:
    """Count the edges of each band in `bands.first`, one place on, ready for a running sum."""
    for p in range(len(bands.offset)):
        for e in range(edges.first[p], edges.first[p + 1]):
            if edges.low_y[e] < edges.high_y[e]:  # a level edge is never crossed
                row0, row1 = _rows(edges, e, lattice)
                for row in range(row0, row1 + 1):
                    bands.first[bands.offset[p] + row + 1] += 1


@njit(cache=True)
def _fill_bands(edges: Edges, lattice: Lattice, bands: Bands) -> None:
    """Copy each edge into the bands of the rows it touches."""
    used = np.zeros(len(bands.first), dtype=np.int64)
    for p in range(len(bands.offset)):
        for e in range(edges.first[p], edges.first[p + 1]):
            if edges.low_y[e] < edges.high_y[e]:
                row0, row1 = _rows(edges, e, lattice)
                for band in range(bands.offset[p] + row0, bands.offset[p] + row1 + 1):
                    place = bands.first[band] + used[band]
                    used[band] += 1
                    bands.low_x[place], bands.low_y[place] = edges.low_x[e], edges.low_y[e]
                    bands.high_x[place], bands.high_y[place] = edges.high_x[e], edges.high_y[e]


@njit(cache=True)
def _inside(x: float, y: float, bands: Bands, band: int) -> bool:
    """Odd number of edges to the right of the point; an edge holds its lower end only."""
    inside = False
    for e in range(bands.first[band], bands.first[band + 1]):
        y0, y1 = bands.low_y[e], bands.high_y[e]
        if y0 <= y < y1:
            x0 = bands.low_x[e]
            if (bands.high_x[e] - x0) * (y - y0) > (x - x0) * (y1 - y0):
                inside = not inside
    return inside


@njit(cache=True)
def locate(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    result: NDArray[np.int32],
    lattice: Lattice,
    cells: Cells,
    bands: Bands,
) -> None:
    """Fill `result` for each point: by its cell, or in a boundary cell by the exact test."""
    for i in range(len(x)):
        across = (x[i] - lattice.left) * lattice.per_m
        up = (y[i] - lattice.bottom) * lattice.per_m
        if not (0.0 <= across < lattice.columns and 0.0 <= up < lattice.rows):
            result[i] = -1
            continue
        row = int(up)
        code = cells.code[row * lattice.columns + int(across)]
        if code < -1:
            b = -2 - code
            code = cells.otherwise[b]
            for k in range(cells.first[b], cells.first[b + 1]):
                p = cells.candidate[k]
                if _inside(x[i], y[i], bands, bands.offset[p] + row):
                    code = p
                    break
        result[i] = code

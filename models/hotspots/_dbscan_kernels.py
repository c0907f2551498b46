"""Numba kernels of DBSCAN: exact, by cells much smaller than `eps`.

Around a cell, the cells whose every point is within `eps` of its every point form one run in each
row of cells (the inner window), and those that may hold such a point a wider one (the outer
window). As a row is walked, its windows only move forward, so finding them costs a step or two, and
nothing is stored for empty ground, however far a stray point lies. A running sum of weights bounds
the weight around a cell from below and above by its two windows alone, which settles most cells
without measuring one distance; only points of unsettled cells measure, only those between the two
windows, and only until the bounds meet.

All points of a cell are within `eps` of each other, so its core points belong to one cluster, and
clusters are joined cell by cell. No list of neighbours is ever kept: memory grows with the points.

The functions that call each other are in one file because Numba's cache, kept from run to run, does
not notice a change in another file.

Sources: M. Ester and others, "A density-based algorithm for discovering clusters", KDD (1996);
A. Gunawan, "A faster algorithm for DBSCAN" (2013), for cells that join clusters; J. Gan and Y. Tao,
"DBSCAN revisited", SIGMOD (2015), for counting by cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots._dbscan_cells import Cells

_NO_LABEL: Final = 2**31 - 1


@njit(cache=True)
def _start_row(cells: Cells, u: int, windows: NDArray[np.int32]) -> None:
    """Put the windows of the u-th occupied row at the start of its neighbour rows.

    `windows` has shape (2 × reach + 1, 5): outer from and to, inner from and to, end of the row; a
    row that is not there has windows of nothing.
    """
    reach = len(cells.outer) - 1
    windows[:, :] = 0
    v = u
    while v > 0 and cells.row[u] - cells.row[v - 1] <= reach:
        v -= 1
    while v < len(cells.row) and cells.row[v] - cells.row[u] <= reach:
        d = cells.row[v] - cells.row[u] + reach
        windows[d, :4] = cells.row_start[v]
        windows[d, 4] = cells.row_start[v + 1]
        v += 1


@njit(cache=True)
def _move_to(cells: Cells, column: int, windows: NDArray[np.int32], first: int) -> None:
    """Move the windows of rows `first` and up to those around a cell in `column`."""
    reach = len(cells.outer) - 1
    for d in range(first, 2 * reach + 1):
        end = windows[d, 4]
        if end == 0:
            continue
        wide = cells.outer[abs(d - reach)]
        narrow = cells.inner[abs(d - reach)]
        a = windows[d, 0]
        while a < end and cells.column[a] < column - wide:
            a += 1
        windows[d, 0] = a
        b = max(windows[d, 1], a)
        while b < end and cells.column[b] <= column + wide:
            b += 1
        windows[d, 1] = b
        if narrow < 0:
            windows[d, 2] = a
            windows[d, 3] = a
            continue
        a = max(windows[d, 2], a)
        while a < end and cells.column[a] < column - narrow:
            a += 1
        windows[d, 2] = a
        b = max(windows[d, 3], a)
        while b < end and cells.column[b] <= column + narrow:
            b += 1
        windows[d, 3] = b


@njit(cache=True, fastmath={"reassoc", "nsz"})
def _weight_within(cells: Cells, p: int, begin: int, end: int) -> float:
    """Return the weight of points begin to end that lie within eps of point p."""
    total = 0.0
    x, y, eps_squared = cells.x[p], cells.y[p], cells.eps_squared
    xs, ys, weights = cells.x[begin:end], cells.y[begin:end], cells.weight[begin:end]
    for q in range(len(xs)):
        dx = x - xs[q]
        dy = y - ys[q]
        total += weights[q] if dx * dx + dy * dy <= eps_squared else 0.0
    return total


@njit(cache=True)
def core_points(cells: Cells, min_weight: float) -> NDArray[np.bool_]:
    """Tell which points have at least `min_weight` within eps, themselves included."""
    core = np.zeros(len(cells.x), dtype=np.bool_)
    reach = len(cells.outer) - 1
    windows = np.empty((2 * reach + 1, 5), dtype=np.int32)
    before, start = cells.weight_before, cells.start
    for u in range(len(cells.row)):
        _start_row(cells, u, windows)
        for c in range(cells.row_start[u], cells.row_start[u + 1]):
            _move_to(cells, cells.column[c], windows, 0)
            least = 0.0
            most = 0.0
            for d in range(2 * reach + 1):
                most += before[start[windows[d, 1]]] - before[start[windows[d, 0]]]
                least += before[start[windows[d, 3]]] - before[start[windows[d, 2]]]
            if most < min_weight:
                continue
            if least >= min_weight:
                core[start[c] : start[c + 1]] = True
                continue
            for p in range(start[c], start[c + 1]):
                weight, possible = least, most
                for d in range(2 * reach + 1):
                    a, b, i, j = windows[d, 0], windows[d, 1], windows[d, 2], windows[d, 3]
                    near = _weight_within(cells, p, start[a], start[i])
                    near += _weight_within(cells, p, start[j], start[b])
                    ring = before[start[i]] - before[start[a]] + before[start[b]] - before[start[j]]
                    weight += near
                    possible -= ring - near
                    if weight >= min_weight or possible < min_weight:
                        break
                core[p] = weight >= min_weight
    return core


@njit(cache=True)
def _root(parent: NDArray[np.int32], c: int) -> int:
    while parent[c] != c:
        parent[c] = parent[parent[c]]
        c = parent[c]
    return c


@njit(cache=True)
def _join(parent: NDArray[np.int32], a: int, b: int) -> None:
    a, b = _root(parent, a), _root(parent, b)
    if a < b:
        parent[b] = a
    else:
        parent[a] = b


@njit(cache=True)
def _touch(cells: Cells, core: NDArray[np.bool_], a: int, b: int) -> bool:
    """Tell whether some core point of cell a lies within eps of some core point of cell b."""
    for p in range(cells.start[a], cells.start[a + 1]):
        if core[p] and _near_core(cells, core, p, b):
            return True
    return False


@njit(cache=True)
def _near_core(cells: Cells, core: NDArray[np.bool_], p: int, b: int) -> bool:
    """Tell whether point p lies within eps of some core point of cell b."""
    x, y = cells.x[p], cells.y[p]
    for q in range(cells.start[b], cells.start[b + 1]):
        if core[q]:
            dx = x - cells.x[q]
            dy = y - cells.y[q]
            if dx * dx + dy * dy <= cells.eps_squared:
                return True
    return False


@njit(cache=True)
def clusters_of_cells(
    cells: Cells, core: NDArray[np.bool_], number: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return the cluster of each cell's core points, −1 for a cell without any.

    Clusters are numbered by their core point of lowest `number`, the order in which scikit-learn
    meets them.
    """
    count = len(cells.column)
    lowest = np.full(count, len(core), dtype=np.int32)  # stays so where there is no core point
    for c in range(count):
        for p in range(cells.start[c], cells.start[c + 1]):
            if core[p]:
                lowest[c] = min(lowest[c], number[p])
    has_core = lowest < len(core)
    parent = np.arange(count).astype(np.int32)
    _join_sure(cells, has_core, parent)
    _join_measured(cells, core, has_core, parent)
    for c in range(count):
        root = _root(parent, c)
        lowest[root] = min(lowest[root], lowest[c])
    for c in range(count):
        lowest[c] = lowest[_root(parent, c)]
    return _renumbered(lowest, len(core))


@njit(cache=True)
def _renumbered(lowest: NDArray[np.int32], limit: int) -> NDArray[np.int32]:
    """Return 0, 1, 2 … in order of value; −1 for the value `limit`."""
    met = np.full(limit + 1, -1, dtype=np.int32)
    for value in lowest:
        met[value] = 0
    met[limit] = -1
    cluster = 0
    for i in range(limit):
        if met[i] == 0:
            met[i] = cluster
            cluster += 1
    return met[lowest]


@njit(cache=True)
def _join_sure(cells: Cells, has_core: NDArray[np.bool_], parent: NDArray[np.int32]) -> None:
    """Join cells by the inner windows, where there is nothing to measure."""
    reach = len(cells.outer) - 1
    windows = np.empty((2 * reach + 1, 5), dtype=np.int32)
    for u in range(len(cells.row)):
        _start_row(cells, u, windows)
        for c in range(cells.row_start[u], cells.row_start[u + 1]):
            if not has_core[c]:
                continue
            _move_to(cells, cells.column[c], windows, reach)
            for d in range(reach, 2 * reach + 1):
                for other in range(max(windows[d, 2], c + 1), windows[d, 3]):
                    if has_core[other] and parent[other] != parent[c]:
                        _join(parent, c, other)


@njit(cache=True)
def _join_measured(
    cells: Cells, core: NDArray[np.bool_], has_core: NDArray[np.bool_], parent: NDArray[np.int32]
) -> None:
    """Join cells between the two windows where two core points are near enough."""
    reach = len(cells.outer) - 1
    windows = np.empty((2 * reach + 1, 5), dtype=np.int32)
    for u in range(len(cells.row)):
        _start_row(cells, u, windows)
        for c in range(cells.row_start[u], cells.row_start[u + 1]):
            if not has_core[c]:
                continue
            _move_to(cells, cells.column[c], windows, reach)
            for d in range(reach, 2 * reach + 1):
                # Inner cells are met as well: they have the same root by now and cost a look.
                for other in range(max(windows[d, 0], c + 1), windows[d, 1]):
                    if not has_core[other] or parent[other] == parent[c]:
                        continue
                    if _root(parent, c) != _root(parent, other) and _touch(cells, core, c, other):
                        _join(parent, c, other)


@njit(cache=True)
def labels_of_points(
    cells: Cells, core: NDArray[np.bool_], cell_label: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return each point's cluster: a border point's is the lowest that reaches it, noise is −1."""
    label = np.full(len(core), -1, dtype=np.int32)
    near_core = _cells_near_core(cells, cell_label)
    reach = len(cells.outer) - 1
    windows = np.empty((2 * reach + 1, 5), dtype=np.int32)
    for u in range(len(cells.row)):
        _start_row(cells, u, windows)
        for c in range(cells.row_start[u], cells.row_start[u + 1]):
            begin, end = cells.start[c], cells.start[c + 1]
            label[begin:end] = cell_label[c]
            if not near_core[c] or core[begin:end].all():
                continue
            _move_to(cells, cells.column[c], windows, 0)
            sure = _lowest_label(cell_label, windows[:, 2], windows[:, 3])
            maybe = _lowest_label(cell_label, windows[:, 0], windows[:, 1])
            for p in range(begin, end):
                if not core[p]:
                    best = sure
                    if maybe < sure:
                        best = _lowest_near(cells, core, cell_label, windows, p, sure)
                    label[p] = -1 if best == _NO_LABEL else best
    return label


@njit(cache=True)
def _cells_near_core(cells: Cells, cell_label: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which cells have a core point in their outer window; most have none."""
    near = np.zeros(len(cell_label), dtype=np.bool_)
    windows = np.empty((2 * len(cells.outer) - 1, 5), dtype=np.int32)
    for u in range(len(cells.row)):
        _start_row(cells, u, windows)
        for c in range(cells.row_start[u], cells.row_start[u + 1]):
            if cell_label[c] >= 0:
                _move_to(cells, cells.column[c], windows, 0)
                for d in range(len(windows)):
                    near[windows[d, 0] : windows[d, 1]] = True
    return near


@njit(cache=True)
def _lowest_label(
    cell_label: NDArray[np.int32], begin: NDArray[np.int32], end: NDArray[np.int32]
) -> int:
    lowest = _NO_LABEL
    for d in range(len(begin)):
        for c in range(begin[d], end[d]):
            if 0 <= cell_label[c] < lowest:
                lowest = cell_label[c]
    return lowest


@njit(cache=True)
def _lowest_near(
    cells: Cells,
    core: NDArray[np.bool_],
    cell_label: NDArray[np.int32],
    windows: NDArray[np.int32],
    p: int,
    best: int,
) -> int:
    """Return the lowest cluster, below `best` if there is one, with a core point near point p."""
    for d in range(len(windows)):
        for c in range(windows[d, 0], windows[d, 1]):
            if 0 <= cell_label[c] < best and _near_core(cells, core, p, c):
                best = cell_label[c]
    return best

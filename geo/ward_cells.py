"""A ward cut into squares of one fixed grid, none smaller than a square, and small shapes merged.

The grid is the same for every ward and every period, so the same street is always in the same
square. What the ward's edge cuts smaller than a whole square is joined to the neighbour with which
it shares the longest border; so no piece shows a place more exactly than the grid's size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.grid import Grid
from geo.shapes import polygonal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

_WHOLE: Final = 0.999  # of a square: less than rounding can take away


def ward_cells(
    ward: Polygon | MultiPolygon, *, cell_m: float
) -> tuple[Polygon | MultiPolygon, ...]:
    """Cut a ward into pieces of at least one square of the grid each.

    Parameters
    ----------
    ward : Polygon or MultiPolygon
        In the metric CRS.
    cell_m : float
        Side of a square in metres.

    Returns
    -------
    tuple of Polygon or MultiPolygon
        They cover the ward and do not overlap; one piece, the ward itself, where it is smaller than
        a square. In the order of the grid's rows and columns.
    """
    grid = Grid.covering(ward.bounds, cell_m=cell_m)
    row, column = np.divmod(np.arange(grid.rows * grid.columns), grid.columns)
    left, bottom = grid.left + column * cell_m, grid.bottom + row * cell_m
    pieces = shapely.intersection(shapely.box(left, bottom, left + cell_m, bottom + cell_m), ward)
    pieces = pieces[shapely.area(pieces) > 0]
    least = _WHOLE * cell_m**2
    label = merge_small_shapes(
        shapely.area(pieces), shared_borders(pieces), pieces, too_small=lambda area: area < least
    )
    return joined(pieces, label)


def shared_borders(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the length of the border that each two shapes share, in metres, shape (n, n)."""
    length = np.zeros((len(shapes), len(shapes)))
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    border = shapely.length(shapely.intersection(shapes[one], shapes[other]))
    length[one, other] = length[other, one] = border
    return length


def merge_small_shapes(
    sizes: NDArray[np.float64] | NDArray[np.int64],
    borders: NDArray[np.float64],
    shapes: NDArray[np.object_],
    *,
    too_small: Callable[[float], bool],
) -> NDArray[np.int64]:
    """Join shapes to neighbours until none is too small, the smallest first.

    The partner is the neighbour with the longest shared border, whatever it holds; a shape without
    a neighbour (an island) goes with the nearest one.

    Parameters
    ----------
    sizes : array of shape (n,)
        What is added up when two are joined.
    borders : float64 array of shape (n, n)
        From `shared_borders`.
    shapes : object array of shape (n,)
    too_small : callable
        Whether a joined size is too small to stand alone.

    Returns
    -------
    int64 array of shape (n,)
        0, 1, …: which shapes are together, numbered in the order of their first shape.
    """
    label = np.arange(len(sizes))
    size = sizes.astype(np.float64).copy()
    border = borders.copy()
    alive = np.ones(len(sizes), dtype=np.bool_)
    while alive.sum() > 1:
        waiting = [at for at in np.flatnonzero(alive).tolist() if too_small(float(size[at]))]
        if not waiting:
            break
        at = min(waiting, key=lambda each: (size[each], each))
        to = _partner(at, border=border, alive=alive, shapes=shapes, label=label)
        size[to] += size[at]
        border[to] += border[at]
        border[:, to] += border[:, at]
        border[to, to] = 0
        border[at] = border[:, at] = 0
        alive[at] = False
        label[label == at] = to
    firsts = {number: rank for rank, number in enumerate(dict.fromkeys(label.tolist()))}
    return np.array([firsts[number] for number in label.tolist()], dtype=np.int64)


def joined(
    shapes: NDArray[np.object_], label: NDArray[np.int64]
) -> tuple[Polygon | MultiPolygon, ...]:
    """Return the union of the shapes of each label, in the order of labels."""
    return tuple(
        polygonal(shapely.union_all(shapes[label == each])) for each in range(label.max() + 1)
    )


def _partner(
    at: int,
    *,
    border: NDArray[np.float64],
    alive: NDArray[np.bool_],
    shapes: NDArray[np.object_],
    label: NDArray[np.int64],
) -> int:
    near = np.flatnonzero(alive & (border[at] > 0))
    if len(near):
        return int(max(near, key=lambda each: (border[at, each], -each)))
    others = np.flatnonzero(alive & (np.arange(len(alive)) != at))
    mine = shapely.union_all(shapes[label == at])
    away = [shapely.distance(mine, shapely.union_all(shapes[label == each])) for each in others]
    return int(others[int(np.argmin(away))])

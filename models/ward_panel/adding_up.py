"""Changed counts made whole: none below 0, and tables that add up along rows and columns.

Only changed counts go in, so what comes out tells no more than they do. Of all tables of whole
numbers that are not below 0 and have the wanted sums, the one nearest to the changed counts (least
squares) is taken: a flow of least cost with a convex cost in each cell, solved exactly where no
cell moves by more than 40; beyond, every further step costs the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from ortools.graph.python import min_cost_flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_STEPS: Final = 40  # changes of a cell that are costed one by one; beyond, all cost the same
_FAR: Final = 10_000_000


def nearest_line(wanted: NDArray[np.float64], *, total: int) -> NDArray[np.int64]:
    """Return the whole numbers, none below 0, nearest to a line and with the given sum.

    Parameters
    ----------
    wanted : float64 array of shape (n,)
        At least one.
    total : int
        Not below 0.
    """
    order = np.sort(wanted)[::-1]
    excess = (np.cumsum(order) - total) / np.arange(1, len(order) + 1)
    by = excess[np.flatnonzero(order >= excess)[-1]]  # what is taken from all that stay above 0
    exact = np.maximum(wanted - by, 0.0)
    whole = np.floor(exact).astype(np.int64)
    short = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return np.asarray(whole, dtype=np.int64)


def nearest_table(
    wanted: NDArray[np.int64], *, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the whole numbers, none below 0, nearest to a table and with the given sums.

    Parameters
    ----------
    wanted : int64 array of shape (rows, columns)
    rows, columns : int64 arrays
        The sums, none below 0, with the same sum of all.

    Raises
    ------
    ValueError
        If they have not.
    """
    if rows.sum() != columns.sum() or rows.min() < 0 or columns.min() < 0:
        message = f"Rows add up to {rows.sum()} and columns to {columns.sum()}, or one is below 0"
        raise ValueError(message)
    start = np.maximum(wanted, 0)
    arcs = _arcs(start, deficit=start - wanted)
    flow = min_cost_flow.SimpleMinCostFlow()
    supply = np.concatenate([rows - start.sum(axis=1), start.sum(axis=0) - columns])
    flow.set_nodes_supplies(np.arange(len(supply)), supply)
    row, column = (each[arcs.cell] for each in np.indices(wanted.shape).reshape(2, -1))
    column += len(rows)
    numbers = flow.add_arcs_with_capacity_and_unit_cost(
        np.where(arcs.up, row, column), np.where(arcs.up, column, row), arcs.room, arcs.cost
    )
    status = flow.solve()
    if status != flow.OPTIMAL:  # never: the sums can always be had
        message = f"No table has these sums ({status})"
        raise RuntimeError(message)
    more = np.zeros(wanted.size, dtype=np.int64)
    np.add.at(more, arcs.cell, np.where(arcs.up, 1, -1) * flow.flows(numbers))
    return np.asarray(start + more.reshape(wanted.shape), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Arcs:
    """The ways in which cells may change: each an array with one value for each way."""

    cell: NDArray[np.intp]
    up: NDArray[np.bool_]
    room: NDArray[np.int64]
    cost: NDArray[np.int64]


def _arcs(start: NDArray[np.int64], *, deficit: NDArray[np.int64]) -> _Arcs:
    """Return the steps up of all cells, then those down, each with room for a change.

    Parameters
    ----------
    start : int64 array
        What cells change from, none below 0.
    deficit : int64 array
        How far each was wanted below 0.
    """
    step = np.arange(_STEPS + 1)[:, np.newaxis]
    last = step == _STEPS
    left = np.maximum(start.ravel() - step, 0)
    up_room = np.where(last, _FAR, np.ones_like(left))
    down_room = np.where(last, left, np.minimum(left, 1))
    up_cost = 2 * (step + deficit.ravel()) + 1
    down_cost = np.broadcast_to(2 * step + 1, left.shape)
    room = np.concatenate([up_room.ravel(), down_room.ravel()])
    used = room > 0
    return _Arcs(
        cell=np.tile(np.arange(start.size), 2 * (_STEPS + 1))[used],
        up=np.repeat([True, False], left.size)[used],
        room=room[used],
        cost=np.concatenate([up_cost.ravel(), down_cost.ravel()])[used],
    )


def mean_of(estimates: Sequence[float], *, variances: Sequence[float]) -> float:
    """Return the mean of several estimates of one number, weighted by how sure each is."""
    weights = 1 / np.array(variances, dtype=np.float64)
    return float(np.average(np.array(estimates, dtype=np.float64), weights=weights))

"""Which values a hidden cell of a table can take, given everything that is shown.

Every hidden cell lies in one line of its row (the row's hidden cells, whose sum is known) and in
one line of its columns (the column's hidden cells where its total is shown; else the cells of all
columns whose totals are hidden, which are known together). The equations of such a system are those
of a flow between two sides, so the extremes of a cell are whole numbers and a linear program finds
them exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """The hidden cells of a table and what is known of their sums.

    Attributes
    ----------
    index : int64 array of shape (rows, columns)
        Number of each hidden cell, −1 for those shown.
    equations : sparse array of shape (known sums, hidden cells)
    sums : int64 array of shape (known sums,)
    values : int64 array of shape (hidden cells,)
        The true counts.
    """

    index: NDArray[np.int64]
    equations: csr_array
    sums: NDArray[np.int64]
    values: NDArray[np.int64]

    @classmethod
    def of(
        cls, counts: NDArray[np.int64], *, cells: NDArray[np.bool_], totals: NDArray[np.bool_]
    ) -> Hidden:
        """Set up the system of the hidden `cells` and the columns with hidden `totals`."""
        rows, columns = np.nonzero(cells)
        values = counts[rows, columns]
        index = np.full(counts.shape, -1, dtype=np.int64)
        index[rows, columns] = np.arange(len(values))
        line_of_column = np.arange(counts.shape[1])
        line_of_column[totals] = counts.shape[1]
        lines = np.concatenate([rows, counts.shape[0] + line_of_column[columns]])
        at = np.concatenate([np.arange(len(values)), np.arange(len(values))])
        used, line = np.unique(lines, return_inverse=True)
        shape = (len(used), len(values))
        equations = csr_array(coo_array((np.ones(len(line)), (line, at)), shape=shape))
        sums = np.asarray(equations @ values, dtype=np.int64)
        return cls(index, equations, sums, values)


def most_of(hidden: Hidden, *, row: int, column: int, enough: int | None = None) -> int:
    """Return the greatest value that a hidden cell can have.

    Parameters
    ----------
    hidden : Hidden
    row, column : int
        A hidden cell.
    enough : int, optional
        A smaller answer than the greatest will do if it is at least this; saves time.
    """
    at = int(hidden.index[row, column])
    if enough is not None and hidden.values[at] + _by_one_exchange(hidden, at=at) >= enough:
        return enough
    return _extreme(hidden, at=at, sign=-1.0)


def _extreme(hidden: Hidden, *, at: int, sign: float) -> int:
    cost = np.zeros(len(hidden.values))
    cost[at] = sign
    found = linprog(cost, A_eq=hidden.equations.toarray(), b_eq=hidden.sums, bounds=(0, None))
    values = np.asarray(found.x, dtype=np.float64)  # never None: the true counts are a solution
    return int(np.rint(values[at]))


def _by_one_exchange(hidden: Hidden, *, at: int) -> int:
    """Return by how much one exchange around a rectangle of hidden cells can raise a cell.

    The cell and the one opposite rise, the two others of the rectangle fall by as much.
    """
    row, column = np.argwhere(hidden.index == at)[0]
    value = np.append(hidden.values, 0)[hidden.index]
    there = hidden.index >= 0
    along = np.where(there[row], value[row], 0)
    along[column] = 0
    down = np.where(there[:, column], value[:, column], 0)
    down[row] = 0
    room = np.minimum(along[None, :], down[:, None])
    return int(np.where(there, room, 0).max(initial=0))

"""What an attacker knows for certain: integer programs over all figures of a quarter.

The unknowns are the true counts of all wards in the three breakdowns. Each published figure says
how far its count can be from it (the published rule); the breakdowns of a ward share its total, and
the borough's figures are sums over wards. The least and the greatest value of a count are then
exact. Quarters share no incident, and a map holds only some kinds, so neither adds anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from benchmarks.ward_figures.methods import Figures
    from benchmarks.ward_figures.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """All that the figures of a quarter say of the true counts.

    Attributes
    ----------
    cells : tuple of three int64 arrays of shape (wards, parts)
        The number of each unknown.
    least, most : float64 arrays
        Of each unknown, from its own figure.
    sums : sparse array of shape (sums, unknowns)
    sums_least, sums_most : float64 arrays
    """

    cells: tuple[NDArray[np.int64], ...]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    sums: csr_array
    sums_least: NDArray[np.float64]
    sums_most: NDArray[np.float64]

    def bounds(self, at: int) -> tuple[float, float]:
        """Return the least and the greatest whole value that an unknown can have."""
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(self.least))
            cost[at] = sign
            found = milp(
                cost,
                integrality=np.ones(len(cost), dtype=np.int64),
                bounds=Bounds(self.least, self.most),
                constraints=LinearConstraint(self.sums, self.sums_least, self.sums_most),
            )
            ends.append(float(np.rint(found.x[at])) if found.status == 0 else sign * -np.inf)
        return max(ends[0], float(self.least[at])), ends[1]


def reach(table: Table, figure: float) -> tuple[float, float]:
    """Return the least and the greatest count for which a figure can be shown at all."""
    if np.isnan(figure):
        return 0.0, np.inf
    may = np.arange(max(0, int(figure) - 50), max(0, int(figure)) + 51)
    possible = may[table.likelihood(int(figure), may) > 0]
    most = np.inf if possible[-1] == may[-1] else float(possible[-1])
    return (0.0 if possible[0] == may[0] else float(possible[0])), most


def program_of(figures: Figures, table: Table) -> Program:
    """Write down what the figures of wards and borough say, for one who has the table."""
    cells, number = [], 0
    for each in figures.tables:
        cells.append(number + np.arange(each.size).reshape(each.shape))
        number += each.size
    ends = [
        # A ward of which nothing is shown is in no sum either.
        (0.0, 0.0) if np.isnan(row).all() else reach(table, figure)
        for each in figures.tables
        for row in each
        for figure in row.tolist()
    ]
    rows: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []  # what is added, and taken away
    known: list[tuple[float, float]] = []
    none = np.zeros(0, dtype=np.int64)
    for ward, total in enumerate(figures.totals.tolist()):
        rows.append((cells[0][ward], none))
        known.append(reach(table, total))
        for other in cells[1:]:
            rows.append((cells[0][ward], other[ward]))
            known.append((0.0, 0.0))
    for numbers, line in zip(cells, figures.lines, strict=True):
        for part, figure in enumerate(line.tolist()):
            rows.append((numbers[:, part], none))
            known.append(reach(table, figure))
    rows.append((cells[0].ravel(), none))
    known.append(reach(table, figures.total))
    return Program(
        cells=tuple(cells),
        least=np.array([low for low, _ in ends]),
        most=np.array([high for _, high in ends]),
        sums=_matrix(rows, number),
        sums_least=np.array([low for low, _ in known]),
        sums_most=np.array([high for _, high in known]),
    )


def _matrix(rows: list[tuple[NDArray[np.int64], NDArray[np.int64]]], width: int) -> csr_array:
    line, at, weight = [], [], []
    for number, (plus, minus) in enumerate(rows):
        for cells, sign in ((plus, 1.0), (minus, -1.0)):
            line += [number] * len(cells)
            at += cells.tolist()
            weight += [sign] * len(cells)
    return coo_array((weight, (line, at)), shape=(len(rows), width)).tocsr()

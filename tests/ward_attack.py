"""An attacker on published ward figures, who knows nothing of how they were protected.

All that is shown becomes equations over the counts of all cells (wards × categories, wards ×
months, wards × hours, or the full cross of everything in small worlds). Every linear combination of
what is shown (totals, differences, sums over wards or periods) is then in play at once: a linear
program gives the least and the greatest value that any group's count can have. A count of 1 to 4 is
*recovered* when its greatest value is below the threshold: the attacker then knows it to be small.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.ward_panel.ward_release import Population, Published


ENDLESS = 10**9


@dataclass
class Equations:
    """Sums over cells that are known."""

    cells: int
    rows: list[NDArray[np.intp]] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)

    def know(self, cells: NDArray[np.intp], count: int) -> None:
        """The cells add up to the count."""
        self.rows.append(np.asarray(cells, dtype=np.intp).ravel())
        self.sums.append(count)

    def bounds(self, group: NDArray[np.intp]) -> tuple[int, int]:
        """Return the least and the greatest count of a group of cells."""
        if not np.isin(group, np.concatenate(self.rows)).all():
            return 0, ENDLESS  # nothing that is shown holds one of its cells
        matrix = self._matrix()
        cost = np.zeros(self.cells)
        cost[group] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * cost, A_eq=matrix, b_eq=self.sums, bounds=(0, None))
            assert found.status == 0, found.message
            ends.append(float(found.x[group].sum()))
        return int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6))

    def _matrix(self) -> csr_array:
        line = np.repeat(np.arange(len(self.rows)), [len(row) for row in self.rows])
        at = np.concatenate(self.rows)
        shape = (len(self.rows), self.cells)
        return csr_array((np.ones(len(at)), (line, at)), shape=shape)


def breakdown(
    lines: Sequence[Sequence[int | None] | None],
    totals: Sequence[int | None],
    *,
    borough: Sequence[int | None],
    borough_total: int,
) -> Equations:
    """Set up what one breakdown shows: wards × values, ward totals, the borough's line.

    `lines` and `totals` are None for a ward of which nothing is shown: it is in no total.
    """
    wards, values = len(lines), len(borough)
    cell = np.arange(wards * values).reshape(wards, values)
    known = Equations(cells=cell.size)
    named = [ward for ward, line in enumerate(lines) if line is not None]
    known.know(cell[named], borough_total)
    for ward, line in enumerate(lines):
        if line is None:
            continue
        known.know(cell[ward], totals[ward] or 0)
        for value, count in enumerate(line):
            if count is not None:
                known.know(np.array([cell[ward, value]]), count)
    for value, count in enumerate(borough):
        if count is not None:
            known.know(cell[named, value], count)
    return known


def everything(
    shown: Published, pieces_of_blocks: Sequence[Sequence[Sequence[int]]], *, shape: Sequence[int]
) -> tuple[Equations, NDArray[np.intp]]:
    """Set up all that is shown over the full cross of a small world.

    Parameters
    ----------
    shown : Published
    pieces_of_blocks : for each ward, for each block, the pieces that it is made of
    shape : wards, categories, months, bands, pieces
    """
    cell = np.arange(int(np.prod(shape))).reshape(shape)
    known = Equations(cells=cell.size)
    named = [ward for ward, figures in enumerate(shown.wards) if figures is not None]
    known.know(cell[named], shown.borough.total)
    for axis, line in enumerate(
        (shown.borough.categories, shown.borough.months, shown.borough.bands), start=1
    ):
        for value, count in enumerate(line[: shape[axis]]):
            if count is not None:
                known.know(cell[named].take(value, axis=axis), count)
    for ward, figures in enumerate(shown.wards):
        if figures is None:
            continue
        mine = cell[ward]
        known.know(mine, figures.total)
        for axis, line in enumerate((figures.categories, figures.months, figures.bands)):
            for value, count in enumerate(line[: mine.shape[axis]]):
                if count is not None:
                    known.know(mine.take(value, axis=axis), count)
        for block, pieces in zip(shown.blocks[ward], pieces_of_blocks[ward], strict=True):
            known.know(mine[..., list(pieces)], block.incidents)
    return known, cell


def true_counts(population: Population, *, shape: Sequence[int]) -> NDArray[np.int64]:
    """Count a population over the full cross."""
    counts = np.zeros(shape, dtype=np.int64)
    at = (population.ward, population.category, population.month, population.band, population.piece)
    np.add.at(counts, at, 1)
    return counts

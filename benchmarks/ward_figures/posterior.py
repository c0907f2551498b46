"""What an attacker believes of a count: by its own figure, and by all figures of the quarter.

The attacker has the table of changes and knows how often each count occurs in the breakdown. From
all figures: beliefs are passed once along each ward (whose breakdowns share a total) and once along
each part (whose wards add up to the borough's figure). Under the product's method the changed
counts themselves are given to the attacker, who in truth sees only what was made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.ward_figures.hiding import THRESHOLD
from benchmarks.ward_figures.tables import REACH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.ward_figures.methods import Figures
    from benchmarks.ward_figures.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Chances of whole numbers from `least` on."""

    least: int
    chance: NDArray[np.float64]

    def plus(self, other: Belief) -> Belief:
        """Return what is believed of the sum."""
        both = np.convolve(self.chance, other.chance)
        return Belief(self.least + other.least, both / both.sum())

    def at(self, values: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the chance of each value."""
        index = values - self.least
        there = (index >= 0) & (index < len(self.chance))
        return np.where(there, self.chance[np.clip(index, 0, len(self.chance) - 1)], 0.0)

    @property
    def values(self) -> NDArray[np.int64]:
        """The numbers that have a chance."""
        return self.least + np.arange(len(self.chance))

    @property
    def small(self) -> float:
        """The chance of 1 to 4."""
        return float(self.at(np.arange(1, THRESHOLD)).sum() / self.chance.sum())


def prior_of(counts: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Return how often each count occurs, with a little for those that do not."""
    every = np.concatenate([each.ravel() for each in counts])
    often = np.bincount(every, minlength=int(every.max()) + REACH + 1) + 0.5
    return np.asarray(often / often.sum(), dtype=np.float64)


def by_itself(figure: float, *, table: Table, prior: NDArray[np.float64]) -> Belief:
    """Return what a figure by itself says of its count."""
    around = int(figure)
    values = np.arange(max(0, around - REACH), max(0, around) + REACH + 1)
    expected = prior[np.minimum(values, len(prior) - 1)]
    chance = table.likelihood(around, values) * expected
    return Belief(int(values[0]), chance / chance.sum())


def from_everything(
    release: Figures, *, table: Table, own: Sequence[Sequence[Sequence[Belief]]]
) -> list[list[list[Belief]]]:
    """Return what all figures of a quarter say of each count of the three breakdowns.

    Parameters
    ----------
    release : Figures
    table : Table
    own : by breakdown, ward and part
        From `by_itself`.
    """
    sums = [[_sum(row) for row in breakdown] for breakdown in own]
    found = []
    for at, breakdown in enumerate(own):
        columns = [
            _told_by_sum(
                [row[part] for row in breakdown], _of_figure(table, float(release.lines[at][part]))
            )
            for part in range(len(breakdown[0]))
        ]
        rows = []
        for ward, row in enumerate(breakdown):
            total = _of_total(
                [each[ward] for other, each in enumerate(sums) if other != at],
                figure=float(release.totals[ward]),
                table=table,
            )
            told = _told_by_sum(row, total)
            rows.append(
                [_together(one, told[part], columns[part][ward]) for part, one in enumerate(row)]
            )
        found.append(rows)
    return found


def _of_figure(table: Table, figure: float) -> Belief:
    values = np.arange(max(0, int(figure) - REACH), max(0, int(figure)) + REACH + 1)
    return Belief(int(values[0]), table.likelihood(int(figure), values))


def _of_total(sums: Sequence[Belief], *, figure: float, table: Table) -> Belief:
    """Return what other breakdowns and its own figure say of a ward's total."""
    told = [*sums] if np.isnan(figure) else [*sums, _of_figure(table, figure)]
    least = max(each.least for each in told)
    most = min(each.least + len(each.chance) for each in told)
    if most <= least:
        return sums[0]  # the figures contradict each other in the far tails
    values = np.arange(least, most)
    chance = np.prod([each.at(values) for each in told], axis=0)
    return Belief(least, chance / chance.sum()) if chance.sum() > 0 else sums[0]


def _told_by_sum(parts: Sequence[Belief], total: Belief) -> list[NDArray[np.float64]]:
    """Return how likely the total is for each value of each part, given the other parts."""
    found = []
    for part, others in zip(parts, _all_but_one(parts), strict=True):
        rest = others.values
        found.append(
            np.array([float(others.chance @ total.at(rest + x)) for x in part.values.tolist()])
        )
    return found


def _all_but_one(parts: Sequence[Belief]) -> list[Belief]:
    """Return for each part the sum of all others."""
    nothing = Belief(0, np.ones(1))
    before, after = [nothing], [nothing]
    for each in parts[:-1]:
        before.append(before[-1].plus(each))
    for each in reversed(parts[1:]):
        after.append(after[-1].plus(each))
    return [one.plus(other) for one, other in zip(before, reversed(after), strict=True)]


def _sum(parts: Sequence[Belief]) -> Belief:
    whole = parts[0]
    for each in parts[1:]:
        whole = whole.plus(each)
    return whole


def _together(one: Belief, *told: NDArray[np.float64]) -> Belief:
    chance = one.chance * np.prod(told, axis=0)
    whole = chance.sum()
    return Belief(one.least, chance / whole) if whole > 0 else one

"""How many counts of 1 to 4 an attacker gets back from all figures of a quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.ward_figures.blanks import known_small
from benchmarks.ward_figures.bounds import program_of, reach
from benchmarks.ward_figures.hiding import THRESHOLD
from benchmarks.ward_figures.methods import AddingUp, EachByItself, Hiding, block_labels
from benchmarks.ward_figures.posterior import by_itself, from_everything, prior_of
from benchmarks.ward_figures.replay import small_of_pairs
from benchmarks.ward_figures.tables import Exact
from geo.ward_cells import shared_borders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.ward_figures.methods import Figures, Method
    from benchmarks.ward_figures.posterior import Belief
    from benchmarks.ward_figures.tables import Table
    from benchmarks.ward_figures.truth import QuarterCounts

SURE: Final = 0.95


@dataclass(slots=True)
class Calls:
    """Counts that the attacker calls small, being at least 95 % sure."""

    made: int = 0
    right: int = 0
    surest: float = 0.0

    def hear(self, belief: Belief, count: int) -> None:
        """Call a count where the belief is sure enough, and see whether that is right."""
        self.surest = max(self.surest, belief.small)
        if belief.small >= SURE:
            self.made += 1
            self.right += 0 < count < THRESHOLD

    def hear_certain(self, count: int) -> None:
        """Call a count that cannot be anything else, if the method did as it says."""
        self.surest = 1.0
        self.made += 1
        self.right += 0 < count < THRESHOLD

    @property
    def label(self) -> str:
        """How many calls were right, and how sure the surest was."""
        sure = f"surest {self.surest:.1%}"
        return f"{self.right:,} of {self.made:,} ({sure})" if self.made else f"none ({sure})"


@dataclass(slots=True)
class Taken:
    """What the attacks on one method found.

    Attributes
    ----------
    small : int
        Counts of 1 to 4 in wards and on maps.
    certain, exact : int
        Those known for certain to be small; those of which the count itself is known.
    alone, together : Calls
        By each figure by itself, and by all of them.
    replayed, parted : Calls
        By what the method chooses: which counts of a line are blank, and which blocks are joined.
    """

    small: int
    certain: int
    exact: int
    alone: Calls
    together: Calls
    replayed: Calls
    parted: Calls


def taken_from(
    method: Method,
    quarters: Sequence[QuarterCounts],
    *,
    rng: np.random.Generator,
    programs: bool = True,
) -> Taken:
    """Attack all figures of some quarters; without `programs` nothing is said to be certain."""
    taken = Taken(0, 0, 0, Calls(), Calls(), Calls(), Calls())
    priors = [prior_of([one.tables[at] for one in quarters]) for at in range(3)]
    on_map = prior_of([each for one in quarters for each in one.blocks])
    for truth in quarters:
        taken.small += sum(_small(each).sum() for each in (*truth.tables, *truth.blocks))
        if isinstance(method, Hiding):
            shown = method.figures(truth, rng=rng)
            if programs:
                _certain(shown, truth, table=Exact(), taken=taken)
                _replay(shown, truth, calls=taken.replayed)
            _part(truth, calls=taken.parted)
        elif isinstance(method, AddingUp | EachByItself):
            told = method.observed if isinstance(method, AddingUp) else method.figures
            shown = told(truth, rng=rng)
            if programs:
                _certain(shown, truth, table=method.table, taken=taken)
            _believe(shown, truth, table=method.table, priors=priors, taken=taken)
            for figures, counts in zip(shown.blocks, truth.blocks, strict=True):
                for figure, count in zip(figures.tolist(), counts.tolist(), strict=True):
                    belief = by_itself(figure, table=method.table, prior=on_map)
                    taken.alone.hear(belief, count)
                    taken.together.hear(belief, count)
    return taken


def _small(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    return (counts > 0) & (counts < THRESHOLD)


def _certain(shown: Figures, truth: QuarterCounts, *, table: Table, taken: Taken) -> None:
    program = program_of(shown, table)
    if np.isfinite(program.most).any():  # else no sum bounds anything either
        for cells, counts in zip(program.cells, truth.tables, strict=True):
            for at in cells[_small(counts)].tolist():
                _tell(*program.bounds(at), taken=taken)
    for figures, counts in zip(shown.blocks, truth.blocks, strict=True):
        for figure in figures[_small(counts)].tolist():
            _tell(*reach(table, figure), taken=taken)


def _tell(least: float, most: float, *, taken: Taken) -> None:
    small = least >= 1 and most < THRESHOLD
    taken.certain += small
    taken.exact += small and least == most


def _believe(
    shown: Figures,
    truth: QuarterCounts,
    *,
    table: Table,
    priors: Sequence[NDArray[np.float64]],
    taken: Taken,
) -> None:
    own = [
        [[by_itself(figure, table=table, prior=prior) for figure in row] for row in each.tolist()]
        for each, prior in zip(shown.tables, priors, strict=True)
    ]
    everything = from_everything(shown, table=table, own=own)
    for at, counts in enumerate(truth.tables):
        for (ward, part), count in np.ndenumerate(counts):
            taken.alone.hear(own[at][ward][part], int(count))
            taken.together.hear(everything[at][ward][part], int(count))


def _replay(figures: Figures, truth: QuarterCounts, *, calls: Calls) -> None:
    for cells, line, counts in zip(figures.tables, figures.lines, truth.tables, strict=True):
        for at in known_small(cells, figures.totals, line):
            calls.hear_certain(int(counts[at]))


def _part(truth: QuarterCounts, *, calls: Calls) -> None:
    for total, counts, pieces in zip(truth.totals, truth.blocks, truth.pieces, strict=True):
        if total < THRESHOLD:
            continue
        shapes = np.array(pieces, dtype=object)
        for at in small_of_pairs(block_labels(counts, shapes), shared_borders(shapes)):
            calls.hear_certain(int(counts[at]))
